import { type ColumnType, type Selectable, sql } from 'kysely';
import type { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import { addManyRows, saveManyRows } from '../store/rows.ts';
import { anyOf, type Columns } from '../store/tableOf.ts';
import { isUuid } from '../store/uuid.ts';
import type { Obligation } from './obligation.ts';
import type { LearnedPattern } from './verdict.ts';

interface ObligationTable {
  id: string;
  partnershipId: string;
  threadId: string;
  openingKey: string;
  debtor: Side;
  openedAt: Date;
  charterVersion: number;
  priority: Obligation['priority'];
  verdict: Obligation['verdict']['answer'];
  why: Obligation['verdict']['why'];
  state: Obligation['state'];
  askerAddress: string;
  askedAddresses: string[];
  calendarKey: string;
  agreedAt: Date;
  dueAt: Date;
  warnAt: Date | null;
  alertAt: Date | null;
  firstSeenAt: Date;
  pastDueAt: Date | null;
  settledAt: Date | null;
  ending: Obligation['ending'];
  turns: number;
  lapseAt: Date;
  facts: unknown;
  workedSeconds: number | null;
  counted: Date[] | null;
  mergedInto: string | null;
  revision: number;
  changedAt: Date;
  emptiedAt: ColumnType<Date | null, undefined, Date | null>;
}
interface QuestionTable {
  id: string;
  obligationId: string;
  kind: string;
  contactId: string;
  askedAt: Date;
  answeredAt: Date | null;
}
interface LearnedPatternTable {
  pressId: string;
  partnershipId: string;
  fromAddress: string;
  bareSubject: string;
}
declare module '../store/database.ts' {
  interface Database {
    obligation: ObligationTable;
    question: QuestionTable;
    learnedPattern: LearnedPatternTable;
  }
}

export type ObligationRow = Selectable<ObligationTable>;

/**
 * What was counted when it ended, never counted anew: the working time it took without pauses, in whole seconds, and the stretches of working
 * time (from, to, from, to, ...), pauses among them.
 */
export interface EndRecord {
  readonly workedSeconds: number;
  readonly counted: readonly Date[];
}

/** An obligation as stored: the fold's finding with its id and what only the store knows. */
export interface StoredObligation extends Obligation {
  readonly id: string;
  readonly partnershipId: string;
  readonly firstSeenAt: Date;
  readonly pastDueAt: Date | null;
  readonly mergedInto: string | null;
  readonly revision: number;
  readonly record: EndRecord | null;
  /** Opened before the charter was acknowledged, or long past when first seen: measured only. */
  readonly history: boolean;
  /** No fold finds it any more: nothing is shown of it. */
  readonly retired: boolean;
  /** Its mail and addresses are not kept any more: times and outcome stand as they are. */
  readonly emptied: boolean;
}

/** Instants are told by their names (`at`, `...At`): text of mail is never taken for one. */
const revive = (value: unknown, name = ''): unknown => {
  if (Array.isArray(value)) return value.map((each) => revive(each));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each, key)]));
  return typeof value === 'string' && /^at$|At$/.test(name) ? new Date(value) : value;
};

const BLANK = {
  endedBy: null,
  promise: null,
  proposal: null,
  holds: [],
  questions: [],
  pauses: [],
  pausedSeconds: 0,
  turned: false,
  away: [],
  goesOnAt: null,
  askedAgain: null,
  nextAt: null,
  history: false,
  retired: false,
} as const satisfies Partial<StoredObligation>;

/** What an obligation says where `facts` says nothing: one mail that was answered by another. */
const usual = ({
  openingKey,
  openedAt,
  ending,
  settledAt,
}: Pick<StoredObligation, 'openingKey' | 'openedAt' | 'ending' | 'settledAt'>) => ({
  messageKeys: [openingKey],
  expectedFromAt: openedAt,
  lastTouchAt: openedAt,
  firstAnswerAt: ending === 'mail' ? settledAt : null,
  ...BLANK,
});
type Facts = Pick<StoredObligation, keyof ReturnType<typeof usual>>;

const FACTS = Object.keys(BLANK).concat('messageKeys', 'expectedFromAt', 'lastTouchAt', 'firstAnswerAt') as (keyof Facts)[];

/** What `facts` holds: everything of an obligation that has no column, as far as it is not as usual. */
function factsOf(o: StoredObligation): Partial<Facts> {
  const facts: Partial<Record<keyof Facts, unknown>> = {};
  const expected = usual(o);
  for (const name of FACTS) if (!alike(o[name], expected[name])) facts[name] = o[name];
  return facts as Partial<Facts>;
}
function alike(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, index) => each === b[index]);
  return a === b;
}

export const stored = (row: ObligationRow): StoredObligation => ({
  id: row.id,
  partnershipId: row.partnershipId,
  threadId: row.threadId,
  openingKey: row.openingKey,
  debtor: row.debtor,
  openedAt: row.openedAt,
  charterVersion: row.charterVersion,
  priority: row.priority,
  verdict: { answer: row.verdict, why: row.why },
  state: row.state,
  asker: row.askerAddress,
  asked: row.askedAddresses,
  calendarKey: row.calendarKey,
  agreedAt: row.agreedAt,
  dueAt: row.dueAt,
  warnAt: row.warnAt,
  alertAt: row.alertAt,
  lapseAt: row.lapseAt,
  firstSeenAt: row.firstSeenAt,
  pastDueAt: row.pastDueAt,
  settledAt: row.settledAt,
  ending: row.ending,
  turns: row.turns,
  mergedInto: row.mergedInto,
  emptied: row.emptiedAt !== null,
  revision: row.revision,
  record: row.workedSeconds === null ? null : { workedSeconds: row.workedSeconds, counted: row.counted ?? [] },
  // last: V8 grows a copy of so many properties by slow steps
  ...usual(row),
  ...(revive(row.facts) as Facts),
});

/** @param id - may be hostile text, which finds nothing */
export const obligationById = async (tx: Tx | Db, id: string): Promise<StoredObligation | undefined> => {
  const row = isUuid(id) ? await tx.selectFrom('obligation').selectAll().where('id', '=', id).executeTakeFirst() : undefined;
  return row && stored(row);
};

/** What a fold of these threads finds again: what was emptied stands as it is. */
export const obligationsOfThreads = async (tx: Tx, partnershipId: string, threadIds: readonly string[]): Promise<StoredObligation[]> =>
  (
    await tx
      .selectFrom('obligation')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('threadId', '=', anyOf(threadIds, 'uuid'))
      .where('emptiedAt', 'is', null)
      .orderBy('openedAt')
      .orderBy('id')
      .execute()
  ).map(stored);

/** What both sides see as waiting: an answer is expected, and it is not history. */
const SEEN = sql<boolean>`state = 'open' and verdict = 'expected' and not coalesce((facts->>'history')::boolean, false)`;

/** Open ones of a partnership that both sides see, soonest first; at most 500. */
export const openObligations = async (tx: Tx | Db, partnershipId: string): Promise<StoredObligation[]> =>
  (
    await tx
      .selectFrom('obligation')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where(SEEN)
      .orderBy('dueAt')
      .orderBy('id')
      .limit(500)
      .execute()
  ).map(stored);

/** How many are open that both sides see, and past their time, by partnership. */
export async function countOpen(
  tx: Tx | Db,
  partnershipIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, { readonly open: number; readonly pastDue: number }>> {
  if (partnershipIds.length === 0) return new Map();
  const { rows } = await sql<{ partnershipId: string; open: number; pastDue: number }>`
    select partnership_id, count(*)::int as open, (count(*) filter (where alert_at <= ${now}))::int as past_due
    from obligation where partnership_id = ${anyOf(partnershipIds, 'uuid')} and ${SEEN} group by partnership_id`.execute(tx);
  return new Map(rows.map(({ partnershipId, open, pastDue }) => [partnershipId, { open, pastDue }]));
}

/** Threads in which something waits. */
export const openThreads = async (tx: Tx, partnershipId: string): Promise<string[]> =>
  (
    await tx
      .selectFrom('obligation')
      .select('threadId')
      .distinct()
      .where('partnershipId', '=', partnershipId)
      .where('state', '=', 'open')
      .orderBy('threadId')
      .execute()
  ).map((row) => row.threadId);

/** Ended ones since an instant, latest first; at most 500. */
export const endedSince = async (tx: Tx | Db, partnershipId: string, since: Date): Promise<StoredObligation[]> =>
  (
    await tx
      .selectFrom('obligation')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('state', '<>', 'open')
      .where('settledAt', '>=', since)
      .orderBy('settledAt', 'desc')
      .limit(500)
      .execute()
  ).map(stored);

const COLUMNS: Columns<StoredObligation> = {
  id: ['uuid', (o) => o.id],
  partnership_id: ['uuid', (o) => o.partnershipId],
  thread_id: ['uuid', (o) => o.threadId],
  opening_key: ['text', (o) => o.openingKey],
  debtor: ['text', (o) => o.debtor],
  opened_at: ['timestamptz', (o) => o.openedAt],
  charter_version: ['int', (o) => o.charterVersion],
  priority: ['text', (o) => o.priority],
  verdict: ['text', (o) => o.verdict.answer],
  why: ['text', (o) => o.verdict.why],
  state: ['text', (o) => o.state],
  asker_address: ['text', (o) => o.asker],
  asked_addresses: ['text[]', (o) => o.asked],
  calendar_key: ['text', (o) => o.calendarKey],
  agreed_at: ['timestamptz', (o) => o.agreedAt],
  due_at: ['timestamptz', (o) => o.dueAt],
  warn_at: ['timestamptz', (o) => o.warnAt],
  alert_at: ['timestamptz', (o) => o.alertAt],
  lapse_at: ['timestamptz', (o) => o.lapseAt],
  first_seen_at: ['timestamptz', (o) => o.firstSeenAt],
  past_due_at: ['timestamptz', (o) => o.pastDueAt],
  settled_at: ['timestamptz', (o) => o.settledAt],
  ending: ['text', (o) => o.ending],
  turns: ['int', (o) => o.turns],
  facts: ['jsonb', (o) => factsOf(o)],
  worked_seconds: ['int', (o) => o.record?.workedSeconds ?? null],
  counted: ['timestamptz[]', (o) => o.record?.counted ?? null],
  merged_into: ['uuid', (o) => o.mergedInto],
  revision: ['int', (o) => o.revision],
};

/** Writes rows whole. @param added - those that are new */
export async function saveObligations(
  tx: Tx,
  list: readonly StoredObligation[],
  now: Date,
  added: readonly StoredObligation[] = [],
): Promise<void> {
  const columns: Columns<StoredObligation> = { ...COLUMNS, changed_at: ['timestamptz', () => now] };
  await saveManyRows(tx, 'obligation', list, columns, { by: ['id'], kept: ['partnership_id', 'first_seen_at'] });
  await addManyRows(tx, 'obligation', added, columns);
}

/** What people said never expects an answer, each since when. */
export const learnedPatterns = async (tx: Tx, partnershipId: string): Promise<LearnedPattern[]> =>
  (
    await tx
      .selectFrom('learnedPattern')
      .innerJoin('journal', 'journal.id', 'learnedPattern.pressId')
      .select(['learnedPattern.fromAddress', 'learnedPattern.bareSubject', 'journal.at'])
      .where('learnedPattern.partnershipId', '=', partnershipId)
      .execute()
  ).map((row) => ({ from: row.fromAddress, subject: row.bareSubject, fromAt: row.at }));

export async function learnPattern(tx: Tx, pattern: Selectable<LearnedPatternTable>): Promise<void> {
  await tx.insertInto('learnedPattern').values(pattern).execute();
}

export type PutQuestion = Selectable<QuestionTable>;

/** Questions put to these people since an instant: the budget of a day. */
export const questionsSince = async (tx: Tx, contactIds: readonly string[], since: Date): Promise<PutQuestion[]> =>
  contactIds.length === 0
    ? []
    : tx.selectFrom('question').selectAll().where('contactId', '=', anyOf(contactIds, 'uuid')).where('askedAt', '>', since).execute();

/** Every question that was put about these obligations, oldest first. */
export const questionsOf = async (tx: Tx | Db, obligationIds: readonly string[]): Promise<PutQuestion[]> =>
  obligationIds.length === 0
    ? []
    : tx
        .selectFrom('question')
        .selectAll()
        .where('obligationId', '=', anyOf(obligationIds, 'uuid'))
        .orderBy('askedAt')
        .orderBy('id')
        .execute();

export async function putQuestions(tx: Tx, questions: readonly PutQuestion[]): Promise<void> {
  if (questions.length)
    await tx
      .insertInto('question')
      .values([...questions])
      .execute();
}

/** Questions that were answered at an instant; null: they stand open again. */
export async function markAnswered(tx: Tx, ids: readonly string[], at: Date | null): Promise<void> {
  if (ids.length) await tx.updateTable('question').set({ answeredAt: at }).where('id', 'in', ids).execute();
}

/** What he is told stands on a person's page this long. */
export const TOLD_MS = 4 * 24 * 3600_000;

/** Obligations with something private to this contact that he has not answered yet, with its kinds. */
export const askedOf = async (tx: Tx | Db, contactId: string, now: Date): Promise<{ o: StoredObligation; kind: string }[]> =>
  (
    await tx
      .selectFrom('question')
      .innerJoin('obligation', 'obligation.id', 'question.obligationId')
      .selectAll('obligation')
      .select('question.kind as questionKind')
      .where('question.contactId', '=', contactId)
      .where('question.answeredAt', 'is', null)
      .where((is) =>
        is.or([
          is.and([is('obligation.state', '=', 'open'), is('question.kind', 'not in', ['told', 'away'])]),
          is('question.kind', '=', 'hasLeft'),
          is.and([is('question.kind', 'in', ['told', 'away']), is('question.askedAt', '>', new Date(now.getTime() - TOLD_MS))]),
        ]),
      )
      .orderBy('question.askedAt')
      .orderBy('question.id')
      .execute()
  ).map(({ questionKind, ...row }) => ({ o: stored(row), kind: questionKind }));
