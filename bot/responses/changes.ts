import type { Actor, Subject } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import type { NewEvent } from '../journal/index.ts';
import { uuidInOrder } from '../store/uuid.ts';
import { segments } from '../worktime/index.ts';
import type { Obligation } from './obligation.ts';
import type { EndRecord, StoredObligation } from './store.ts';
import { workingDaysBetween } from './times.ts';
import { calendarOf } from './whose.ts';

/** What is first seen this many working days past due or more is history: measured, never alerted. */
const HISTORY_AFTER_DAYS = 5;

export const subjectOf = (id: string): Subject => ({ kind: 'obligation', id });

/** One row before and after. `reached`: nothing else changed, but a moment has come that it was to be looked at (a warning, a question). */
export interface Change {
  readonly before: StoredObligation | undefined;
  readonly after: StoredObligation;
  readonly what: 'changed' | 'reached' | 'same';
}

/** Since when both sides have agreed to something: what opened before is history. */
export const acknowledgedAtOf = (versions: readonly Charter[]): Date | null =>
  versions.find((version) => version.acknowledgedAt)?.acknowledgedAt ?? null;

/** What the new fold makes of the rows: changed, new, or taken into another one. */
export function changesOf(
  rows: readonly StoredObligation[],
  found: readonly Obligation[],
  versions: readonly Charter[],
  partnershipId: string,
  now: Date,
): Change[] {
  const left = new Set(rows);
  const acknowledgedAt = acknowledgedAtOf(versions);
  const changes = found.map((o): Change => {
    const before = rowOf(o, left);
    if (before) left.delete(before);
    const after = merged(o, before, versions, acknowledgedAt, partnershipId, now);
    if (!before || !same(before, after)) return { before, after, what: 'changed' };
    const reached = before.nextAt !== null ? before.nextAt <= now || isBefore(after.nextAt, before.nextAt) : after.nextAt !== null;
    return { before, after: { ...after, revision: before.revision }, what: reached ? 'reached' : 'same' };
  });
  for (const before of left)
    if (before.mergedInto === null && before.retired !== true) {
      const into = changes.find(({ after }) => after.debtor === before.debtor && after.messageKeys.includes(before.openingKey));
      changes.push({ before, after: retired(before, into?.after.id ?? null, now), what: 'changed' });
    }
  return changes;
}
export const isBefore = (at: Date | null, other: Date | null): boolean => at !== null && (other === null || at < other);
/** An obligation keeps its id by its earliest message: the row it opened, else the earliest row that one of its messages opened. */
function rowOf(o: Obligation, rows: ReadonlySet<StoredObligation>): StoredObligation | undefined {
  const own = [...rows].filter((row) => row.debtor === o.debtor && o.messageKeys.includes(row.openingKey));
  return own.find((row) => row.openingKey === o.openingKey) ?? own[0];
}

function merged(
  o: Obligation,
  old: StoredObligation | undefined,
  versions: readonly Charter[],
  acknowledgedAt: Date | null,
  partnershipId: string,
  now: Date,
): StoredObligation {
  const firstSeenAt = old?.firstSeenAt ?? now;
  const charter = versions.find((version) => version.version === o.charterVersion)!;
  const calendar = calendarOf(charter, o);
  const history =
    acknowledgedAt === null ||
    o.openedAt < acknowledgedAt ||
    workingDaysBetween(calendar, o.dueAt, firstSeenAt, HISTORY_AFTER_DAYS + 1) > HISTORY_AFTER_DAYS;
  const ended = o.settledAt !== null && o.state !== 'open';
  const kept = ended && old?.record && old.settledAt?.getTime() === o.settledAt.getTime() ? old : null;
  const alertAt = history ? null : o.alertAt;
  return {
    id: old?.id ?? uuidInOrder(),
    partnershipId,
    threadId: o.threadId,
    openingKey: o.openingKey,
    messageKeys: o.messageKeys,
    debtor: o.debtor,
    openedAt: o.openedAt,
    charterVersion: o.charterVersion,
    calendarKey: o.calendarKey,
    asker: o.asker,
    asked: o.asked,
    priority: o.priority,
    verdict: o.verdict,
    expectedFromAt: o.expectedFromAt,
    agreedAt: kept?.agreedAt ?? o.agreedAt,
    dueAt: kept?.dueAt ?? o.dueAt,
    warnAt: history ? null : o.warnAt,
    alertAt,
    lapseAt: o.lapseAt,
    firstSeenAt,
    history,
    pastDueAt: old?.pastDueAt ?? (o.state === 'open' && alertAt && alertAt <= now ? alertAt : null),
    state: o.state,
    settledAt: o.settledAt,
    ending: o.ending,
    endedBy: o.endedBy,
    record: ended ? (kept?.record ?? recordOf(charter, o)) : null,
    firstAnswerAt: o.firstAnswerAt,
    promise: o.promise,
    proposal: o.proposal,
    holds: o.holds,
    questions: o.questions,
    pauses: o.pauses,
    pausedSeconds: o.pausedSeconds,
    turned: o.turned,
    away: o.away,
    turns: o.turns,
    goesOnAt: o.goesOnAt,
    lastTouchAt: o.lastTouchAt,
    askedAgain: o.askedAgain,
    nextAt: o.nextAt,
    mergedInto: null,
    retired: false,
    emptied: false,
    revision: (old?.revision ?? 0) + 1,
  };
}

function recordOf(charter: Charter, o: Obligation): EndRecord {
  const counted = segments(compiled(calendarOf(charter, o)), o.openedAt, o.settledAt!);
  const worked = counted.reduce((sum, segment) => sum + segment.seconds, 0);
  return {
    workedSeconds: Math.max(0, Math.round(worked - o.pausedSeconds)),
    counted: counted.flatMap(({ fromAt, toAt }) => [fromAt, toAt]),
  };
}

/** What makes a difference to anybody; `nextAt` alone does not. */
function same(a: StoredObligation, b: StoredObligation): boolean {
  const told = ({ revision: _revision, nextAt: _nextAt, ...rest }: StoredObligation) => canonical(rest);
  return told(a) === told(b);
}

/** JSON with sorted keys: jsonb does not keep their order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, each) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
      : each,
  );

/** What changed, for the history. Events carry the time of what happened, not of its discovery. */
export function eventsOf(before: StoredObligation | undefined, after: StoredObligation, now: Date, by: Actor | null): NewEvent[] {
  const events: NewEvent[] = [];
  // Of what is only measured nothing is told, unless a person said something about it.
  if (after.history && (before?.history ?? true) && !by) return events;
  const say = (kind: string, at: Date, data: Record<string, unknown> = {}) =>
    events.push({
      kind,
      subject: subjectOf(after.id),
      partnershipId: after.partnershipId,
      at,
      by: null,
      through: by ? 'rule' : 'mail',
      data,
    });
  if (!before) say('obligation.opened', after.openedAt, { debtor: after.debtor, answer: after.verdict.answer, why: after.verdict.why });
  else if (before.state !== 'open' && after.state === 'open') say('obligation.reopened', now);
  if (after.pastDueAt && !before?.pastDueAt)
    say('obligation.pastDue', after.pastDueAt, { debtor: after.debtor, ...(after.pastDueAt > after.dueAt && { held: true }) });
  if (after.state !== 'open' && (!before || before.state === 'open' || before.ending !== after.ending))
    say('obligation.ended', after.settledAt ?? now, { ending: after.ending });
  else if (before && after.state === 'open' && before.dueAt.getTime() !== after.dueAt.getTime())
    say('obligation.moved', now, { fromAt: before.dueAt.toISOString(), toAt: after.dueAt.toISOString() });
  return events;
}

/** A row that no fold finds any more: its wait was taken into another one, or its thread was left out. What was read of people goes. */
const retired = (gone: StoredObligation, into: string | null, now: Date): StoredObligation => ({
  ...gone,
  asker: '',
  asked: [],
  away: [],
  messageKeys: [],
  holds: [],
  questions: [],
  state: 'notCounted',
  ending: 'notCounted',
  settledAt: gone.settledAt ?? now,
  alertAt: null,
  warnAt: null,
  nextAt: null,
  retired: true,
  mergedInto: into,
  revision: gone.revision + 1,
});
