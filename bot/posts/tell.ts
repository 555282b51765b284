import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { CardKind, Placement, Ports, Subject } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { leaseUntil, stillLeased } from './lease.ts';
import { plain } from './plain.ts';
import { type FeedPort, GatewayGaveUp, PostGone, type TeamsPort, Tombstoned, Uncertain } from './port.ts';
import { requestRemoval } from './remove.ts';
import { appTurn, slot } from './slot.ts';
import { type Conversation, lockPost, markDeleted, openChannel, openChat, refOf, standsIn, tombstone, wasDeleted } from './store.ts';
import { reachable } from './targets.ts';

interface TellingTable {
  subjectKind: string;
  subjectId: string;
  contactId: string;
  way: 'mention' | 'feed';
  beganAt: Date;
  saidAt: Date | null;
  leaseUntil: Date | null;
  conversationId: string | null;
  activityId: string | null;
}
declare module '../store/database.ts' {
  interface Database {
    telling: TellingTable;
  }
}

interface Parts {
  readonly ports: Ports;
  readonly teams: TeamsPort;
  readonly feed?: FeedPort | null;
}
type ToPerson = Extract<Placement['where'], { kind: 'person' }>;
type Way =
  | { readonly way: 'mention'; readonly conversation: Conversation; readonly userId: string; readonly name: string; readonly below: string }
  | { readonly way: 'feed'; readonly tenantId: string; readonly objectId: string };

/**
 * Tells a person once, by a mention or in his feed, where that is how he is told.
 * @returns true when he is told so, now or before; false: the card in his own chat is how, and is settled as any other
 * @throws {Unavailable} when it has to be tried again; nothing was said then
 */
export async function saysOnce(parts: Parts, kind: CardKind, subject: Subject, placement: Placement): Promise<boolean> {
  const { where } = placement;
  if (where.kind !== 'person' || placement.state !== 'wanted') return false;
  const { ports } = parts;
  const said = await ports.transaction(async (tx) => {
    const words = await wordsFor(tx, kind, subject, placement, ports.clock.now());
    const way = words === null ? null : await wayTo(tx, parts, subject, where);
    if (way === null || way === 'said') return way;
    if (!(await begin(tx, subject, where, way, ports))) throw new Unavailable('he is being told', { retryAfterSeconds: 1 });
    return { way, words: words!, waitMs: way.way === 'mention' ? await slot(tx, way.conversation.id, ports.wall.now()) : 0 };
  });
  if (said === null) return false;
  if (said === 'said') return true;
  return speak(parts, subject, where, said);
}

async function wordsFor(tx: Tx, kind: CardKind, subject: Subject, { viewer }: Placement, now: Date): Promise<string | null> {
  if (!kind.tells) return null;
  const view = await kind.view(tx, subject.id, viewer, now);
  return view === null ? null : plain(kind.tells(view), 400);
}

/** How he is told; `said` when he was, null for the card in his own chat: also where nobody knows whether he heard it. */
async function wayTo(tx: Tx, { ports, feed }: Parts, subject: Subject, where: ToPerson): Promise<Way | 'said' | null> {
  const chat = await openChat(tx, where.contactId);
  if (chat && (await standsIn(tx, chat.id, subject))) return null;
  const before = await tx
    .selectFrom('telling')
    .select(['saidAt', 'leaseUntil'])
    .where('subjectKind', '=', subject.kind)
    .where('subjectId', '=', subject.id)
    .where('contactId', '=', where.contactId)
    .executeTakeFirst();
  if (before?.saidAt) return 'said';
  if (before) {
    if (stillLeased(before.leaseUntil, ports.wall.now())) throw new Unavailable('he is being told', { retryAfterSeconds: 1 });
    return null;
  }
  if (where.first === 'chat' && (await reachable(tx, where.contactId))) return null;
  return (await mentionOf(tx, where)) ?? (feed ? await feedOf(tx, where) : null);
}

/** A mention below the card, for somebody who is in the channel. */
async function mentionOf(tx: Tx, { contactId, partnershipId, below, role }: ToPerson): Promise<Way | null> {
  const conversation = await openChannel(tx, partnershipId);
  if (!conversation || (await wasDeleted(tx, conversation.id, below))) return null;
  const { rows } = await sql<{ userId: string }>`
    select member.user_id from contact
    join identity on identity.contact_id = contact.id
    join channel_member member on member.conversation_id = ${conversation.id}
      and member.tenant_id = identity.tenant_id and member.object_id = identity.object_id
    where contact.id = ${contactId} and contact.active and member.user_id like '29:%'
    limit 1`.execute(tx);
  const [found] = rows;
  if (!found) return null;
  const card = await lockPost(tx, conversation.id, below);
  if (card?.state === 'unknown' && card.possibleDouble) return null;
  if (card?.state !== 'posted' || !card.activityId) throw new Unavailable('the card is not there yet', { retryAfterSeconds: 2 });
  return { way: 'mention', conversation, userId: found.userId, name: plain(role, 60) || 'Whoever is asked', below: card.activityId };
}

/** Lines in the feed reach people of the tenant in which the bot lives, guests among them. */
async function feedOf(tx: Tx, { contactId, partnershipId }: ToPerson): Promise<Way | null> {
  const { rows } = await sql<{ tenantId: string; objectId: string }>`
    select identity.tenant_id, identity.object_id from identity
    join contact on contact.id = identity.contact_id and contact.active
    join partnership on partnership.id = ${partnershipId} and partnership.paused_at is null
    join conversation channel on channel.partnership_id = partnership.id and channel.kind = 'channel' and channel.tombstoned_at is null
      and channel.audience_confirmed_at is not null and channel.tenant_id = identity.tenant_id
    where identity.contact_id = ${contactId} limit 1`.execute(tx);
  return rows[0] ? { way: 'feed', ...rows[0] } : null;
}

/** False where another instance began it. */
async function begin(tx: Tx, subject: Subject, { contactId }: ToPerson, way: Way, { clock, wall }: Ports): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('telling')
    .values({
      subjectKind: subject.kind,
      subjectId: subject.id,
      contactId,
      way: way.way,
      beganAt: clock.now(),
      saidAt: null,
      leaseUntil: leaseUntil(wall.now()),
      conversationId: way.way === 'mention' ? way.conversation.id : null,
      activityId: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

const rowOf = (subject: Subject, contactId: string) =>
  sql<boolean>`subject_kind = ${subject.kind} and subject_id = ${subject.id} and contact_id = ${contactId}`;

async function speak(
  { ports, teams, feed }: Parts,
  subject: Subject,
  where: ToPerson,
  { way, words, waitMs }: { way: Way; words: string; waitMs: number },
): Promise<boolean> {
  const unsaid = (tx: Tx) => tx.deleteFrom('telling').where(rowOf(subject, where.contactId)).execute();
  let activityId: string | null;
  try {
    if (waitMs > 0) await sleep(waitMs);
    if (way.way === 'mention') await appTurn(ports);
    activityId =
      way.way === 'mention'
        ? await teams.reply(refOf(way.conversation), `${way.conversation.conversationId};messageid=${way.below}`, way.below, {
            text: words,
            mention: { userId: way.userId, name: way.name },
          })
        : (await feed!.tell({
              tenantId: way.tenantId,
              objectId: way.objectId,
              text: words.charAt(0).toUpperCase() + words.slice(1),
              subject: where.below,
            }))
          ? ''
          : null;
  } catch (error) {
    if (error instanceof Uncertain || error instanceof GatewayGaveUp) {
      await ports.transaction((tx) => tx.updateTable('telling').set({ leaseUntil: null }).where(rowOf(subject, where.contactId)).execute());
      return false; // nobody knows whether he heard it: it is not said again, the card in his own chat follows
    }
    await ports.transaction(async (tx) => {
      await unsaid(tx);
      if (way.way !== 'mention') return;
      if (error instanceof Tombstoned) await tombstone(tx, way.conversation.id, error.reason, ports.clock.now());
      if (error instanceof PostGone) await markDeleted(tx, way.conversation.id, way.below, ports.clock.now());
    });
    if (error instanceof Tombstoned || error instanceof PostGone)
      throw new Unavailable('he cannot be mentioned there: another way is looked for', { retryAfterSeconds: 1, cause: error });
    throw error;
  }
  // A database that is away now is no trouble of the telling: the row stays as it was claimed, and nobody is told twice.
  if (activityId === null) {
    await ports.transaction(unsaid);
    return false;
  }
  await ports.transaction(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('telling')
      .set({ saidAt: ports.clock.now(), leaseUntil: null, activityId: activityId || null })
      .where(rowOf(subject, where.contactId))
      .executeTakeFirst();
    // he was erased meanwhile: a mention names his account
    if (numUpdatedRows === 0n && way.way === 'mention') await requestRemoval(tx, way.conversation.id, activityId);
  });
  return true;
}
