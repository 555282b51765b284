import { type ColumnType, type Insertable, type Selectable, sql } from 'kysely';
import type { AgendaSection, ReviewState, Wish } from '../contract/review.ts';
import type { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import { dateIn, saveRows } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import type { Item, ItemState, Review } from './review.ts';

interface ReviewTable {
  id: string;
  partnershipId: string;
  name: string;
  key: string;
  state: ReviewState;
  startAt: Date | null;
  endAt: Date | null;
  firstAt: Date | null;
  joinUrl: string | null;
  endedAt: Date | null;
  revision: number;
  facts: ColumnType<unknown, string, string>;
}
interface ReviewItemTable {
  id: string;
  reviewId: string;
  partnershipId: string;
  subjectKind: string;
  subjectId: string;
  section: AgendaSection;
  text: string;
  side: Side | null;
  contactId: string | null;
  byContactId: string | null;
  wish: Wish;
  weight: number;
  position: number;
  carried: number;
  state: ItemState;
  noteId: string | null;
}
declare module '../store/database.ts' {
  interface Database {
    review: ReviewTable;
    reviewItem: ReviewItemTable;
  }
}

/** Everything that has no column: ids, numbers and times. */
type Facts = Pick<
  Review,
  'attendees' | 'organizerGone' | 'prepared' | 'dueBy' | 'tellAt' | 'busy' | 'more' | 'actionItems' | 'minutesAt' | 'acknowledged'
>;
function factsOf(value: unknown): Facts {
  const facts = value as Facts;
  return {
    ...facts,
    dueBy: dateIn(facts.dueBy),
    tellAt: dateIn(facts.tellAt),
    busy: busyOf(facts.busy),
    minutesAt: dateIn(facts.minutesAt),
    acknowledged: facts.acknowledged && { ...facts.acknowledged, at: dateIn(facts.acknowledged.at)! },
  };
}

const busyOf = (busy: Review['busy'] | undefined): Review['busy'] =>
  busy
    ? {
        of: busy.of,
        askedAt: new Date(busy.askedAt),
        until: new Date(busy.until),
        times: busy.times.map(({ from, to }) => ({ from: new Date(from), to: new Date(to) })),
      }
    : null;

function read({ facts, ...row }: Selectable<ReviewTable>): Review {
  return { ...row, ...factsOf(facts) };
}

function rowOf(review: Review): Insertable<ReviewTable> {
  const { id, partnershipId, name, key, state, startAt, endAt, firstAt, joinUrl, endedAt, revision, ...facts } = review;
  return {
    id,
    partnershipId,
    name,
    key,
    state,
    startAt,
    endAt,
    firstAt,
    joinUrl,
    endedAt,
    revision,
    // nobody's time is kept once there is a date, or none is looked for
    facts: JSON.stringify({ ...facts, busy: state === 'missing' ? facts.busy : null } satisfies Facts),
  };
}

export const saveReview = (tx: Tx, review: Review): Promise<void> => saveRows(tx, 'review', [rowOf(review)]);

/** @param id - may be hostile text, which finds nothing */
export async function reviewById(tx: Tx | Db, id: string): Promise<Review | undefined> {
  const row = isUuid(id) ? await tx.selectFrom('review').selectAll().where('id', '=', id).executeTakeFirst() : undefined;
  return row && read(row);
}

/**
 * Dates of a partnership that begin at or after an instant, those that are missing, and those with one of these keys; in the order of time,
 * missing ones last.
 */
export const reviewsSince = async (tx: Tx | Db, partnershipId: string, since: Date, keys: readonly string[] = []): Promise<Review[]> =>
  (
    await tx
      .selectFrom('review')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where((is) => is.or([is('startAt', '>=', since), is('startAt', 'is', null), is('key', '=', sql<string>`any(${[...keys]}::text[])`)]))
      .orderBy('startAt')
      .orderBy('id')
      .limit(1000)
      .execute()
  ).map(read);

/** The last date of a review before an instant that took place. */
export async function heldBefore(tx: Tx | Db, partnershipId: string, name: string, before: Date): Promise<Review | undefined> {
  const row = await tx
    .selectFrom('review')
    .selectAll()
    .where('partnershipId', '=', partnershipId)
    .where('name', '=', name)
    .where('startAt', '<', before)
    .where('state', 'in', ['running', 'ended', 'closed'])
    .orderBy('startAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && read(row);
}

/** Ids of dates of the same review that were cancelled: before this one, and after an instant. */
export async function cancelledBetween(tx: Tx | Db, { partnershipId, name, startAt }: Review, after: Date | null): Promise<string[]> {
  const rows = await tx
    .selectFrom('review')
    .select('id')
    .where('partnershipId', '=', partnershipId)
    .where('name', '=', name)
    .where('state', '=', 'cancelled')
    .where('startAt', '<', startAt)
    .$if(after !== null, (query) => query.where('startAt', '>', after))
    .orderBy('startAt', 'desc')
    .limit(10)
    .execute();
  return rows.map(({ id }) => id);
}

/** When the next date of a review begins after an instant; cancelled ones do not count. */
export async function nextAfter(tx: Tx | Db, partnershipId: string, name: string, after: Date): Promise<Date | null> {
  const row = await tx
    .selectFrom('review')
    .select('startAt')
    .where('partnershipId', '=', partnershipId)
    .where('name', '=', name)
    .where('startAt', '>', after)
    .where('state', '<>', 'cancelled')
    .orderBy('startAt')
    .limit(1)
    .executeTakeFirst();
  return row?.startAt ?? null;
}

/** Those that ended lately, latest first; at most `limit`. */
export const heldSince = async (tx: Tx | Db, partnershipId: string, since: Date, limit = 10): Promise<Review[]> =>
  (
    await tx
      .selectFrom('review')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('state', 'in', ['ended', 'closed'])
      .where('startAt', '>=', since)
      .orderBy('startAt', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute()
  ).map(read);

/** Dates that run now behind a join link. */
export const runningAt = async (tx: Tx, joinUrl: string): Promise<Review[]> =>
  (await tx.selectFrom('review').selectAll().where('joinUrl', '=', joinUrl).where('state', '=', 'running').execute()).map(read);

const readItem = (row: Selectable<ReviewItemTable>): Item => ({
  id: row.id,
  reviewId: row.reviewId,
  subject: { kind: row.subjectKind, id: row.subjectId },
  section: row.section,
  text: row.text,
  side: row.side,
  contactId: row.contactId,
  wish: row.wish,
  weight: row.weight,
  carried: row.carried,
  state: row.state,
  noteId: row.noteId,
  by: row.byContactId,
});

/** The agendas of some dates, each in its order. */
export async function itemsOf(tx: Tx | Db, reviewIds: readonly string[]): Promise<Item[]> {
  if (!reviewIds.length) return [];
  const rows = await tx
    .selectFrom('reviewItem')
    .selectAll()
    .where('reviewId', '=', sql<string>`any(${[...reviewIds]}::uuid[])`)
    .orderBy('position')
    .orderBy('id')
    .execute();
  return rows.map(readItem);
}

/** Writes an agenda whole, in its order; what is not in it any more goes. */
export async function saveItems(tx: Tx, { id, partnershipId }: Review, items: readonly Item[]): Promise<void> {
  const rows = items.map((item, position) => ({
    id: item.id,
    review_id: id,
    partnership_id: partnershipId,
    subject_kind: item.subject.kind,
    subject_id: item.subject.id,
    section: item.section,
    text: item.text,
    side: item.side,
    contact_id: item.contactId,
    by_contact_id: item.by,
    wish: item.wish,
    weight: item.weight,
    position,
    carried: item.carried,
    state: item.state,
    note_id: item.noteId,
  }));
  await sql`
    with gone as (delete from review_item where review_id = ${id} and id <> all(${items.map((item) => item.id)}::uuid[]))
    insert into review_item select * from jsonb_populate_recordset(null::review_item, ${JSON.stringify(rows)}::jsonb)
    on conflict (id) do update set section = excluded.section, text = excluded.text, side = excluded.side, contact_id = excluded.contact_id,
      wish = excluded.wish, weight = excluded.weight, position = excluded.position, carried = excluded.carried, state = excluded.state,
      note_id = excluded.note_id`.execute(tx);
}
