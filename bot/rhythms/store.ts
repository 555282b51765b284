import { type Insertable, type Selectable, sql } from 'kysely';
import type { Period } from '../capability.ts';
import type { Side } from '../contract/sides.ts';
import { EMPTIED_WORDS, ERASED_WORDS } from '../people/erased.ts';
import type { Db, Tx } from '../store/database.ts';
import { dateIn, saveRows } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import type { RhythmDate } from './rhythm.ts';

interface RhythmDateTable {
  id: string;
  partnershipId: string;
  charterVersion: number;
  side: Side;
  title: string;
  mail: string | null;
  slotOn: string;
  opensAt: Date;
  dueAt: Date;
  endsAt: Date;
  state: RhythmDate['state'];
  ending: RhythmDate['ending'];
  byContactId: string | null;
  done: string | null;
  next: string | null;
  blocked: string | null;
  givenAt: Date | null;
  pastDueAt: Date | null;
  endedAt: Date | null;
  nextId: string | null;
  revision: number;
  facts: unknown;
}
declare module '../store/database.ts' {
  interface Database {
    rhythmDate: RhythmDateTable;
  }
}

/** Everything that has no column: kinds and times. */
type Facts = Pick<RhythmDate, 'every' | 'mailAt' | 'pressAt' | 'notIt' | 'rested'>;

/** What people wrote is there: its time is not over, and nobody was erased. */
const isKept = (words: string): boolean => words !== EMPTIED_WORDS && words !== ERASED_WORDS;

function read(row: Selectable<RhythmDateTable>): RhythmDate {
  const { byContactId: by, done, next, blocked, facts, ...rest } = row;
  const { every, mailAt, pressAt, notIt, rested } = facts as Facts;
  return {
    ...rest,
    every,
    by,
    words: done === null ? null : { done, next, blocked },
    mailAt: dateIn(mailAt),
    pressAt: dateIn(pressAt),
    notIt: dateIn(notIt),
    rested,
  };
}

function rowOf(d: RhythmDate): Insertable<RhythmDateTable> {
  const { by, words, every, mailAt, pressAt, notIt, rested, ...rest } = d;
  const facts: Facts = { every, mailAt, pressAt, notIt, rested };
  const said = { done: words?.done ?? null, next: words?.next ?? null, blocked: words?.blocked ?? null };
  return { ...rest, ...said, byContactId: by, facts: JSON.stringify(facts) };
}

export const saveDate = (tx: Tx, d: RhythmDate): Promise<void> => saveRows(tx, 'rhythmDate', [rowOf(d)]);

/** For one that has not opened: nothing was told of it. */
export const removeDate = async (tx: Tx, id: string): Promise<void> => {
  await tx.deleteFrom('rhythmDate').where('id', '=', id).where('state', '=', 'planned').execute();
};

/** @param id - may be hostile text, which finds nothing */
export async function dateById(tx: Tx | Db, id: string): Promise<RhythmDate | undefined> {
  const row = isUuid(id) ? await tx.selectFrom('rhythmDate').selectAll().where('id', '=', id).executeTakeFirst() : undefined;
  return row && read(row);
}

/** The last date of each rhythm that there is or was, planned ones too; the one expected first in front. */
export const lastDates = async (tx: Tx | Db, partnershipId: string): Promise<RhythmDate[]> =>
  (
    await tx
      .selectFrom('rhythmDate')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('nextId', 'is', null)
      .orderBy('dueAt')
      .orderBy('id')
      .execute()
  ).map(read);

/** The last dates before those that are last now, by the id of the one that follows. */
export async function datesBefore(tx: Tx | Db, ids: readonly string[]): Promise<ReadonlyMap<string, RhythmDate>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('rhythmDate')
    .selectAll()
    .where('nextId', '=', sql<string>`any(${[...ids]}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.nextId!, read(row)]));
}

/** Dates that a mail within a stretch of time may give: their own time meets it. */
export const datesMeeting = async (tx: Tx | Db, partnershipId: string, { from, to }: Period): Promise<RhythmDate[]> =>
  (
    await tx
      .selectFrom('rhythmDate')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('state', '<>', 'planned')
      .where('mail', 'is not', null)
      .where('endsAt', '>', from)
      .where('opensAt', '<=', to)
      .orderBy('opensAt')
      .orderBy('id')
      .execute()
  ).map(read);

/** Of each rhythm the latest date with words that are kept, where it was given since an instant; by side and title. */
export async function latestWords(tx: Tx | Db, partnershipId: string, since: Date): Promise<RhythmDate[]> {
  const rows = await tx
    .selectFrom('rhythmDate')
    .selectAll()
    .distinctOn(['side', 'title'])
    .where('partnershipId', '=', partnershipId)
    .where('done', 'is not', null)
    .where('done', 'not in', [EMPTIED_WORDS, ERASED_WORDS])
    .where('dueAt', '>=', since)
    .orderBy('side')
    .orderBy('title')
    .orderBy('dueAt', 'desc')
    .execute();
  return rows.map(read);
}

/** What an agenda is made of. `done` and `blocked` are null where nobody wrote anything, or it is not kept any more. */
export type DateInShort = Pick<RhythmDate, 'id' | 'side' | 'title' | 'dueAt' | 'givenAt'> & {
  readonly done: string | null;
  readonly blocked: string | null;
};
/** Dates that opened, expected since an instant, the earliest in front; at most 2,000, the latest of them. */
export async function datesSince(tx: Tx | Db, partnershipId: string, since: Date): Promise<DateInShort[]> {
  const rows = await tx
    .selectFrom('rhythmDate')
    .select(['id', 'side', 'title', 'dueAt', 'givenAt', 'done', 'blocked'])
    .where('partnershipId', '=', partnershipId)
    .where('state', '<>', 'planned')
    .where('dueAt', '>=', since)
    .orderBy('dueAt', 'desc')
    .orderBy('id')
    .limit(2000)
    .execute();
  return rows.map((row) => (row.done !== null && isKept(row.done) ? row : { ...row, done: null, blocked: null })).reverse();
}

/** By side: of the dates of a period, how many were given by the agreed time. */
export async function givenInTime(
  tx: Tx | Db,
  partnershipId: string,
  { from, to }: Period,
): Promise<{ side: Side; all: number; inTime: number }[]> {
  const { rows } = await sql<{ side: Side; all: number; inTime: number }>`
    select side, count(*)::int as all, count(*) filter (where given_at <= due_at)::int as in_time
    from rhythm_date where partnership_id = ${partnershipId} and state <> 'planned' and due_at >= ${from} and due_at < ${to}
    group by side order by side`.execute(tx);
  return rows;
}
