import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Placement } from '../capability.ts';
import type { Db, Tx } from '../store/database.ts';
import { type Conversation, conversationById, openChannel, openChat } from './store.ts';

/** Somebody whose personal chat is not open yet, and what it takes to open it. */
export interface Unopened {
  readonly contactId: string;
  readonly userId: string;
  readonly serviceUrl: string;
  readonly tenantId: string;
  readonly botId: string;
}

/** The conversation of a placement, if anything may be written there now. */
export function conversationOf(tx: Tx | Db, { where }: Placement): Promise<Conversation | undefined> {
  if (where.kind === 'channel') return openChannel(tx, where.partnershipId);
  if (where.kind === 'personal' || where.kind === 'person') return openChat(tx, where.contactId);
  return conversationById(tx, where.conversationId);
}

/**
 * A bound contact without a personal chat whom the bot has met in the partnership's channel. People of another tenant are left out: the
 * bot cannot write to them in private.
 */
export async function unopened(tx: Tx | Db, contactId: string): Promise<Unopened | undefined> {
  const { rows } = await sql<Unopened>`
    select identity.contact_id, identity.conversation_user_id as user_id, channel.service_url, channel.tenant_id, channel.bot_id
    from identity
    join contact on contact.id = identity.contact_id
    join partnership on partnership.id = contact.partnership_id and partnership.paused_at is null
    join conversation channel on channel.partnership_id = contact.partnership_id and channel.kind = 'channel'
      and channel.tombstoned_at is null and channel.audience_confirmed_at is not null
    where identity.contact_id = ${contactId} and identity.tenant_id = channel.tenant_id and identity.conversation_user_id is not null
      and contact.active
      and not exists (select 1 from conversation chat where chat.contact_id = contact.id and chat.kind = 'personal'
        and (chat.tombstoned_at is null or chat.user_id = identity.conversation_user_id))
    limit 1`.execute(tx);
  return rows[0];
}

/** Whether a card to this contact's personal chat would reach him now. */
export async function reachable(tx: Tx | Db, contactId: string): Promise<boolean> {
  return (await openChat(tx, contactId)) !== undefined || (await unopened(tx, contactId)) !== undefined;
}

/** Keeps the personal chat that was opened; whoever came first stays. */
export async function keepChat(tx: Tx, who: Unopened, conversationId: string, at: Date): Promise<void> {
  await tx
    .insertInto('conversation')
    .values({
      id: randomUUID(),
      kind: 'personal',
      contactId: who.contactId,
      serviceUrl: who.serviceUrl,
      tenantId: who.tenantId,
      conversationId,
      botId: who.botId,
      userId: who.userId,
      installedAt: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Teams takes no more in one card. */
const MOST_VIEWERS = 60;

/**
 * Teams user ids of those whose own view a card asks for, as the conversation knows them, at most 60: the bound people of its partnership
 * first, then whoever else is there. What everyone sees has buttons; somebody unknown is shown it without, and who can say who he is.
 * @param concerns - contacts who come before all others; asked for where not everybody has a place
 */
export async function viewersOf(
  tx: Tx | Db,
  conversation: Conversation,
  concerns: () => Promise<readonly string[]> = async () => [],
): Promise<string[]> {
  if (conversation.kind !== 'channel') return [];
  const all = await everybodyIn(tx, conversation, []);
  return all.length <= MOST_VIEWERS ? all : (await everybodyIn(tx, conversation, await concerns())).slice(0, MOST_VIEWERS);
}

async function everybodyIn(tx: Tx | Db, conversation: Conversation, first: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    select user_id from (
      select identity.conversation_user_id as user_id, case when contact.id = any(${[...first]}::uuid[]) then 0 else 1 end as later
      from identity join contact on contact.id = identity.contact_id
      where contact.active and identity.conversation_user_id is not null and contact.partnership_id = ${conversation.partnershipId}
      union all
      select member.user_id, 2 from channel_member member where member.conversation_id = ${conversation.id} and member.user_id like '29:%') as seen
    group by user_id order by min(later), user_id limit ${5 * MOST_VIEWERS}`.execute(tx);
  return rows.map(({ userId }) => userId);
}
