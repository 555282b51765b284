import type { ColumnType, Selectable } from 'kysely';
import { type Subject, subjectKey } from '../capability.ts';
import type { Db, Tx } from '../store/database.ts';
import type { ConversationRef } from './port.ts';

interface ConversationTable {
  id: string;
  kind: 'channel' | 'personal';
  partnershipId: string | null;
  contactId: string | null;
  serviceUrl: string;
  tenantId: string;
  conversationId: string;
  teamId: string | null;
  botId: string;
  userId: string | null;
  installedAt: Date;
  audienceConfirmedAt: Date | null;
  audienceConfirmedBy: string | null;
  audienceHash: string | null;
  tombstonedAt: Date | null;
  tombstoneReason: string | null;
  paceShortAt: Date | null;
  paceLongAt: Date | null;
  waitUntil: Date | null;
}
interface PostTable {
  id: string;
  conversationId: string;
  subjectKind: string;
  subjectId: string;
  state: 'intended' | 'sending' | 'posted' | 'unknown' | 'dead';
  attempt: ColumnType<number, number | undefined, number>;
  activityId: string | null;
  contentHash: string | null;
  possibleDouble: ColumnType<boolean, boolean | undefined, boolean>;
  intendedAt: Date;
  postedAt: Date | null;
  deadAt: Date | null;
  leaseUntil: Date | null;
  alertWeight: number | null;
  deadReason: string | null;
}
interface AlertSpentTable {
  partnershipId: string;
  onDate: string;
  subjectKey: string;
}
interface ChannelMemberTable {
  conversationId: string;
  userId: string;
  tenantId: string | null;
  objectId: string | null;
  name: string;
  address: string | null;
  seenAt: Date;
}
declare module '../store/database.ts' {
  interface Database {
    conversation: ConversationTable;
    post: PostTable;
    alertSpent: AlertSpentTable;
    channelMember: ChannelMemberTable;
  }
}

export type Conversation = Selectable<ConversationTable>;
export type Post = Selectable<PostTable>;

export const refOf = (conversation: Conversation): ConversationRef => ({
  kind: conversation.kind,
  serviceUrl: conversation.serviceUrl,
  tenantId: conversation.tenantId,
  conversationId: conversation.conversationId,
  botId: conversation.botId,
});

/** A partnership's channel, where cards may be posted: captured, its audience confirmed, the partnership not paused. */
export const openChannel = (tx: Tx | Db, partnershipId: string): Promise<Conversation | undefined> =>
  tx
    .selectFrom('conversation')
    .innerJoin('partnership', 'partnership.id', 'conversation.partnershipId')
    .selectAll('conversation')
    .where('conversation.kind', '=', 'channel')
    .where('conversation.partnershipId', '=', partnershipId)
    .where('conversation.tombstonedAt', 'is', null)
    .where('conversation.audienceConfirmedAt', 'is not', null)
    .where('partnership.pausedAt', 'is', null)
    .executeTakeFirst();

/** A contact's personal chat, unless he has left or his partnership is paused. */
export const openChat = (tx: Tx | Db, contactId: string): Promise<Conversation | undefined> =>
  tx
    .selectFrom('conversation')
    .innerJoin('contact', 'contact.id', 'conversation.contactId')
    .innerJoin('partnership', 'partnership.id', 'contact.partnershipId')
    .selectAll('conversation')
    .where('conversation.kind', '=', 'personal')
    .where('conversation.contactId', '=', contactId)
    .where('contact.active', '=', true)
    .where('conversation.tombstonedAt', 'is', null)
    .where('partnership.pausedAt', 'is', null)
    .executeTakeFirst();

export const conversationById = (tx: Tx | Db, id: string): Promise<Conversation | undefined> =>
  tx.selectFrom('conversation').selectAll().where('id', '=', id).where('tombstonedAt', 'is', null).executeTakeFirst();

/** The card of a subject in a conversation that is not dead, locked until the commit. */
export const lockPost = (tx: Tx, conversationId: string, subject: Subject): Promise<Post | undefined> =>
  tx
    .selectFrom('post')
    .selectAll()
    .where('conversationId', '=', conversationId)
    .where('subjectKind', '=', subject.kind)
    .where('subjectId', '=', subject.id)
    .where('state', '<>', 'dead')
    .forUpdate()
    .executeTakeFirst();

/** Whether a card of the subject stands (or is on its way) in a conversation. */
export const standsIn = async (tx: Tx, conversationId: string, subject: Subject): Promise<boolean> =>
  (await tx
    .selectFrom('post')
    .select('id')
    .where('conversationId', '=', conversationId)
    .where('subjectKind', '=', subject.kind)
    .where('subjectId', '=', subject.id)
    .where('state', '<>', 'dead')
    .executeTakeFirst()) !== undefined;

/** Of many subjects of one kind those that have a card somewhere, or one on its way. */
export async function standingOf(tx: Tx, subjectKind: string, subjectIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (!subjectIds.length) return new Set();
  const rows = await tx
    .selectFrom('post')
    .select('subjectId')
    .distinct()
    .where('subjectKind', '=', subjectKind)
    .where('subjectId', 'in', [...subjectIds])
    .where('state', '<>', 'dead')
    .execute();
  return new Set(rows.map(({ subjectId }) => subjectId));
}

/** Whether a card of any of these subjects has arrived in a contact's own chat and stands there. */
export const standsWith = async (tx: Tx | Db, contactId: string, subjectKind: string, subjectIds: readonly string[]): Promise<boolean> =>
  subjectIds.length > 0 &&
  (await tx
    .selectFrom('post')
    .innerJoin('conversation', 'conversation.id', 'post.conversationId')
    .select('post.id')
    .where('post.subjectKind', '=', subjectKind)
    .where('post.subjectId', 'in', [...subjectIds])
    .where('post.state', '=', 'posted')
    .where('conversation.kind', '=', 'personal')
    .where('conversation.contactId', '=', contactId)
    .executeTakeFirst()) !== undefined;

export const wasDeleted = async (tx: Tx, conversationId: string, subject: Subject): Promise<boolean> =>
  (await tx
    .selectFrom('post')
    .select('id')
    .where('conversationId', '=', conversationId)
    .where('subjectKind', '=', subject.kind)
    .where('subjectId', '=', subject.id)
    .where('deadReason', '=', 'deleted')
    .executeTakeFirst()) !== undefined;

/** Somebody deleted a card: it is not posted there again. */
export async function markDeleted(tx: Tx, conversationId: string, activityId: string, at: Date): Promise<void> {
  await tx
    .updateTable('post')
    .set({ state: 'dead', deadAt: at, deadReason: 'deleted', leaseUntil: null })
    .where('conversationId', '=', conversationId)
    .where('activityId', '=', activityId)
    .where('state', '<>', 'dead')
    .execute();
}

/** All cards of a subject that are not dead, with where they stand. */
export const postsOf = (tx: Tx | Db, subject: Subject): Promise<Post[]> =>
  tx
    .selectFrom('post')
    .selectAll()
    .where('subjectKind', '=', subject.kind)
    .where('subjectId', '=', subject.id)
    .where('state', '<>', 'dead')
    .orderBy('intendedAt')
    .execute();

/** When a card of any of these subjects first arrived in a contact's own chat, by contact id. What came and was taken away since did arrive. */
export async function arrivals(tx: Tx | Db, subjectKind: string, subjectIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  if (!subjectIds.length) return new Map();
  const rows = await tx
    .selectFrom('post')
    .innerJoin('conversation', 'conversation.id', 'post.conversationId')
    .select(({ fn }) => ['conversation.contactId', fn.min('post.postedAt').as('at')])
    .where('post.subjectKind', '=', subjectKind)
    .where('post.subjectId', 'in', subjectIds)
    .where('post.postedAt', 'is not', null)
    .where('conversation.kind', '=', 'personal')
    .where('conversation.contactId', 'is not', null)
    .groupBy('conversation.contactId')
    .execute();
  return new Map(rows.flatMap(({ contactId, at }) => (contactId && at ? [[contactId, at] as const] : [])));
}

/** Closes a conversation for good: nothing is written to it again, and its cards are no longer ours to change. */
export async function tombstone(tx: Tx, conversationId: string, reason: string, at: Date): Promise<void> {
  await tx
    .updateTable('conversation')
    .set({ tombstonedAt: at, tombstoneReason: reason })
    .where('id', '=', conversationId)
    .where('tombstonedAt', 'is', null)
    .execute();
  await tx
    .updateTable('post')
    .set({ state: 'dead', deadAt: at, deadReason: 'tombstone', leaseUntil: null })
    .where('conversationId', '=', conversationId)
    .where('state', '<>', 'dead')
    .execute();
  await tx.deleteFrom('channelMember').where('conversationId', '=', conversationId).execute();
}

export const spent = async (tx: Tx, partnershipId: string, subject: Subject): Promise<boolean> =>
  (await tx
    .selectFrom('alertSpent')
    .select('onDate')
    .where('partnershipId', '=', partnershipId)
    .where('subjectKey', '=', subjectKey(subject))
    .executeTakeFirst()) !== undefined;
