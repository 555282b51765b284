import type { AgreedCalendar, Charter } from '../charter/charter.ts';
import { otherSide, type Priority, type Side } from '../contract/sides.ts';
import { partyOf } from '../people/index.ts';
import type { Message } from '../threads/message.ts';
import type { DatedPromise, Ending, Hold, Obligation, Verdict } from './obligation.ts';
import { dayOf, later, promisedAt, SOONEST_LAPSE_MS, type Times, timesOf } from './times.ts';
import { askedByOf, askedIn, signOf, toFew } from './verdict.ts';

/** A wait while the fold walks: what `finish` turns into an `Obligation`. */
export interface Draft {
  readonly threadId: string;
  readonly openingKey: string;
  readonly messageKeys: string[];
  readonly debtor: Side;
  readonly openedAt: Date;
  readonly charter: Charter;
  readonly calendar: AgreedCalendar;
  readonly asker: string;
  readonly asked: string[];
  readonly bareSubject: string;
  /** Like earlier mail that nobody ever answered; `again`: that was asked about before. */
  readonly habit: 'first' | 'again' | null;
  readonly priority: Priority;
  verdict: Verdict;
  expectedFromAt: Date;
  urgentFrom: Date | null;
  askedByAt: Date | null;
  /** The asker wrote again before the agreed time: he may not need it any more. */
  furtherAt: Date | null;
  stillNeededAt: Date | null;
  lastAskedAt: Date;
  lastTouchAt: Date;
  /** The asker flagged his latest mail complete. */
  flaggedComplete: boolean;
  pauses: { fromAt: Date; toAt: Date | null }[];
  turned: boolean;
  promise: DatedPromise | null;
  proposal: DatedPromise | null;
  promised: boolean;
  holds: Hold[];
  /** When the question of a hold was answered. */
  holdAnsweredAt: Date | null;
  ending: Ending | null;
  settledAt: Date | null;
  endedBy: string | null;
  firstAnswerAt: Date | null;
  /** Whose automatic reply came, and when. */
  readonly away: Map<string, Date>;
  /** Since when the asker has to be told how it ended. */
  toldAt: Date | null;
  /** When the owner of the side asked said whether the person whom mail does not reach is still there. */
  leftAnsweredAt: Date | null;
  goesOnAt: Date | null;
  askedAgain: Obligation['askedAgain'];
  /** Taken into an earlier wait that goes on. */
  absorbed: boolean;
  /** Times for the state they were computed in; null after a change. */
  times: Times | null;
}

type Opening = Pick<
  Draft,
  'threadId' | 'openingKey' | 'debtor' | 'openedAt' | 'charter' | 'calendar' | 'asker' | 'asked' | 'bareSubject' | 'priority' | 'verdict'
> &
  Partial<Pick<Draft, 'habit' | 'askedByAt' | 'flaggedComplete'>>;

/** A wait as it begins. Property by property, as all that is made once for each wait: copying so many by a spread takes several times as long. */
const begun = (opening: Opening): Draft => ({
  threadId: opening.threadId,
  openingKey: opening.openingKey,
  messageKeys: [opening.openingKey],
  debtor: opening.debtor,
  openedAt: opening.openedAt,
  charter: opening.charter,
  calendar: opening.calendar,
  asker: opening.asker,
  asked: opening.asked,
  bareSubject: opening.bareSubject,
  habit: opening.habit ?? null,
  priority: opening.priority,
  verdict: opening.verdict,
  expectedFromAt: opening.openedAt,
  urgentFrom: null,
  askedByAt: opening.askedByAt ?? null,
  furtherAt: null,
  stillNeededAt: null,
  lastAskedAt: opening.openedAt,
  lastTouchAt: opening.openedAt,
  flaggedComplete: opening.flaggedComplete ?? false,
  pauses: [],
  turned: false,
  promise: null,
  proposal: null,
  promised: false,
  holds: [],
  holdAnsweredAt: null,
  ending: null,
  settledAt: null,
  endedBy: null,
  firstAnswerAt: null,
  away: new Map(),
  toldAt: null,
  leftAnsweredAt: null,
  goesOnAt: null,
  askedAgain: null,
  absorbed: false,
  times: null,
});

/** A wait that a mail opens. One named contact in To: his calendar if he has one, else his side's. */
export function draftOf(
  threadId: string,
  message: Message,
  charter: Charter,
  side: Side,
  verdict: Verdict,
  habit: Draft['habit'] = null,
): Draft {
  const debtor = otherSide(side);
  const asked = askedIn(charter, message, side).map((to) => to.address);
  const alone = asked.length === 1 ? partyOf(charter, asked[0]!)?.contact?.calendar : null;
  const calendar = alone ?? charter.sides[debtor].calendar;
  return begun({
    threadId,
    openingKey: message.key,
    debtor,
    openedAt: message.at,
    charter,
    calendar,
    asker: message.from.address,
    asked,
    bareSubject: message.bareSubject,
    priority: message.importance === 'high' ? 'high' : 'normal',
    verdict,
    habit,
    askedByAt: askedDay(charter, side, calendar, message),
    flaggedComplete: completeOn(message),
  });
}

/** A wait that the side asked turned round by a press: the asker is asked what he meant. */
export function oppositeOf(draft: Draft, pressId: string, at: Date, charter: Charter, asker: string): Draft {
  const debtor = otherSide(draft.debtor);
  const contact = partyOf(charter, draft.asker)?.contact;
  return begun({
    threadId: draft.threadId,
    openingKey: `press:${pressId}`,
    debtor,
    openedAt: at,
    charter,
    calendar: contact?.calendar ?? charter.sides[debtor].calendar,
    asker,
    asked: [draft.asker],
    bareSubject: draft.bareSubject,
    priority: draft.priority,
    verdict: { answer: 'expected', why: 'asked' },
  });
}

/** The day that the author's flag names, in his own zone, ends with that working day of the side asked. */
function askedDay(charter: Charter, side: Side, calendar: AgreedCalendar, message: Message): Date | null {
  const until = askedByOf(message);
  return until && promisedAt(calendar, dayOf(charter.sides[side].calendar, new Date(until.getTime() - 1000)));
}

/** The calendar of the asker: his own if he has one, else his side's. */
export const askersCalendar = ({ charter, debtor, asker }: Pick<Draft, 'charter' | 'debtor' | 'asker'>): AgreedCalendar =>
  partyOf(charter, asker)?.contact?.calendar ?? charter.sides[otherSide(debtor)].calendar;

const completeOn = (message: Message): boolean =>
  message.marks.some((mark) => mark.owner === message.from.address && mark.flag === 'complete');

/** A further message of the asker's side: it never restarts the clock; after the agreed time it asks again. */
export function attach(draft: Draft, message: Message, correction: 'expected' | 'notExpected' | null): void {
  const { dueAt } = times(draft);
  draft.messageKeys.push(message.key);
  for (const to of askedIn(draft.charter, message, otherSide(draft.debtor)))
    if (!draft.asked.includes(to.address)) draft.asked.push(to.address);
  const why = correction === 'expected' ? 'corrected' : (signOf(message) ?? (message.at >= dueAt && toFew(message) ? 'chaser' : null));
  if (why && draft.verdict.answer === 'unsure') expect(draft, why, message.at);
  if (message.at < dueAt) draft.furtherAt = message.at;
  if (message.importance === 'high' && draft.priority === 'normal') draft.urgentFrom ??= message.at;
  draft.lastAskedAt = message.at;
  draft.flaggedComplete = completeOn(message);
  touch(draft, message.at);
}

/** From now on an answer is expected; no alert can be due before this was known. */
export function expect(draft: Draft, why: Verdict['why'], at: Date): void {
  draft.verdict = { answer: 'expected', why };
  draft.expectedFromAt = later(draft.expectedFromAt, at);
  draft.times = null;
}

export function touch(draft: Draft, at: Date): void {
  draft.lastTouchAt = later(draft.lastTouchAt, at);
  draft.times = null;
}

const ANSWERS: readonly Ending[] = ['mail', 'elsewhere', 'otherThread', 'notOurs', 'cannot'];

/** The wait ends, at an instant that is never before it began. */
export function end(draft: Draft, ending: Ending, at: Date, by: string | null): void {
  const settledAt = later(at, draft.openedAt);
  draft.ending = ending;
  draft.settledAt = settledAt;
  draft.endedBy = by;
  draft.goesOnAt = null;
  if (ANSWERS.includes(ending)) draft.firstAnswerAt ??= settledAt;
  closePause(draft, settledAt);
  draft.times = null;
}

/** It goes on: the time since it ended counts as paused, the first answer stays recorded. */
export function reopen(draft: Draft, at: Date): void {
  const from = draft.settledAt ?? at;
  draft.ending = null;
  draft.settledAt = null;
  draft.endedBy = null;
  draft.toldAt = null;
  if (at > from) draft.pauses.push({ fromAt: from, toAt: at });
  touch(draft, at);
}

export function turn(draft: Draft, at: Date): void {
  draft.turned = true;
  draft.pauses.push({ fromAt: at, toAt: null });
  touch(draft, at);
}

/** The asker has written what he meant: the clock of the side asked runs on. */
export function resumeIfTurned(draft: Draft, at: Date): void {
  if (draft.turned) closePause(draft, at);
}

function closePause(draft: Draft, at: Date): void {
  draft.turned = false;
  draft.pauses = draft.pauses.flatMap((pause) => (pause.toAt ? [pause] : at > pause.fromAt ? [{ ...pause, toAt: at }] : []));
  draft.times = null;
}

/** Notes what may be the answer. Once the asker has said that something was not it, he is not asked again. */
export function hold(draft: Draft, found: Hold): void {
  if (found.at >= draft.openedAt && draft.holdAnsweredAt === null) draft.holds.push(found);
}

/**
 * Silence for ten working days past the expected time ends a wait: as unanswered, or as not counted when it was unsure.
 * @param lapsed - a lapse on record after the same last touch: a calendar corrected later does not take it back
 */
export function lapseIfSilent(draft: Draft, at: Date, lapsed: ReadonlyMap<string, Date>): boolean {
  if (draft.ending !== null || draft.flaggedComplete) return false;
  const known = lapsed.size > 0 ? lapsed.get(lapseKey(draft)) : undefined;
  // most mail is answered long before, and nothing need be computed
  if (!known && at.getTime() - draft.lastTouchAt.getTime() < SOONEST_LAPSE_MS) return false;
  const lapseAt = known ?? times(draft).lapseAt;
  if (at < lapseAt) return false;
  end(draft, draft.verdict.answer === 'unsure' ? 'notCounted' : 'lapsed', lapseAt, null);
  return true;
}

export const lapseKey = ({ debtor, openingKey, lastTouchAt }: Pick<Draft, 'debtor' | 'openingKey' | 'lastTouchAt'>): string =>
  `${debtor} ${openingKey} ${lastTouchAt.getTime()}`;

export function times(draft: Draft): Times {
  draft.times ??= timesOf(draft);
  return draft.times;
}
