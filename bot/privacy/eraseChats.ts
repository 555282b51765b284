import { sql } from 'kysely';
import { addJob } from '../jobs/index.ts';
import { refreshCards, removeCards, requestLeave } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import type { Somebody } from './somebody.ts';

/**
 * His accounts are nobody's any more; his own chats with the bot lose their cards, and our record of them goes once Teams has taken that. The
 * cards in the channels of his partnerships, and in the chats of its people, are written anew: they may offer or invite him.
 * @returns how many chats
 */
export async function emptyChats(tx: Tx, person: Somebody, now: Date): Promise<number> {
  const { contacts, accounts } = person;
  const contactIds = contacts.map(({ id }) => id);
  const objectIds = accounts.map(({ objectId }) => objectId);
  const userIds = accounts.flatMap(({ userId }) => userId ?? []);
  const { rows: chats } = await sql<{ id: string; conversationId: string }>`
    select id, conversation_id from conversation
    where kind = 'personal' and (contact_id = any(${contactIds}::uuid[]) or user_id = any(${userIds}::text[]))
      and conversation_id not like 'erased:%'`.execute(tx);
  for (const { id, conversationId } of chats) {
    await removeCards(tx, id, null, now);
    await tx.updateTable('conversation').set({ contactId: null }).where('id', '=', id).execute();
    await requestLeave(tx, id);
    await sql`delete from activity_seen where starts_with(activity_key, ${conversationId})`.execute(tx);
  }
  await withoutMentions(tx, contactIds);
  await sql`delete from identity where contact_id = any(${contactIds}::uuid[]) or object_id = any(${objectIds}::uuid[])`.execute(tx);
  await sql`delete from question where contact_id = any(${contactIds}::uuid[])`.execute(tx);
  await sql`delete from deadline where subject_id = any(${contactIds}::text[])`.execute(tx);
  const channels = await withoutMember(tx, person);
  const partnershipIds = contacts.map(({ partnershipId }) => partnershipId);
  const { rows: own } = await sql<{ id: string }>`
    select conversation.id from conversation left join contact on contact.id = conversation.contact_id
    where tombstoned_at is null and (conversation.partnership_id = any(${partnershipIds}::uuid[])
      or contact.partnership_id = any(${partnershipIds}::uuid[]) or conversation.id = any(${channels}::uuid[]))
    order by 1`.execute(tx);
  for (const { id } of own) await refreshCards(tx, id);
  await withoutAccounts(tx, contactIds, accounts);
  return chats.length;
}

/** Takes him out of what we know of channels; the next reading of them writes him there as nobody in particular. @returns which conversations */
export async function withoutMember(tx: Tx, { addresses, accounts }: Pick<Somebody, 'addresses' | 'accounts'>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    delete from channel_member
    where object_id = any(${accounts.map(({ objectId }) => objectId)}::uuid[]) or user_id = any(${accounts.flatMap(({ userId }) => userId ?? [])}::text[])
      or lower(address) = any(${[...addresses]}::text[])
    returning conversation_id as id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** A mention names his account in Teams: it goes from the channel, and our record of it. */
async function withoutMentions(tx: Tx, contactIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ conversationId: string | null; activityId: string | null }>`
    delete from telling where contact_id = any(${[...contactIds]}::uuid[]) returning conversation_id, activity_id`.execute(tx);
  for (const { conversationId, activityId } of rows)
    if (conversationId && activityId)
      await addJob(tx, 'post.remove', { conversationId, activityId }, { key: `post.remove:${conversationId}:${activityId}` });
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
/** The history says who was bound by id: of accounts nothing stays. */
async function withoutAccounts(tx: Tx, contactIds: readonly string[], accounts: Somebody['accounts']): Promise<void> {
  const objectIds = accounts.map(({ objectId }) => objectId);
  await sql`
    update journal set data = data || ${JSON.stringify({ tenantId: NOBODY, objectId: NOBODY })}::jsonb
    where subject_kind = 'contact' and data ? 'objectId'
      and (subject_id = any(${[...contactIds]}::text[]) or data ->> 'objectId' = any(${objectIds}::text[]))`.execute(tx);
}
