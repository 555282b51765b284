import { partyOf } from '../people/index.ts';
import { type Draft, end, times } from './draft.ts';
import type { Ending, Hold, Obligation, ObligationState, Question } from './obligation.ts';
import { later, type Times } from './times.ts';

const STATE: Readonly<Record<Ending, ObligationState>> = {
  mail: 'settled',
  elsewhere: 'settled',
  otherThread: 'settled',
  notOurs: 'settled',
  cannot: 'settled',
  setAside: 'waived',
  notNeeded: 'waived',
  flag: 'waived',
  notDelivered: 'notDelivered',
  lapsed: 'lapsed',
  notCounted: 'notCounted',
};

/** The finished wait. An asker who flags his own latest mail complete needs no answer. */
export function finish(draft: Draft, turnsAt: readonly Date[], now: Date): Obligation {
  if (draft.ending === null && draft.flaggedComplete) end(draft, 'flag', draft.lastAskedAt, null);
  const t = times(draft);
  const open = draft.ending === null;
  const alertAt = draft.verdict.answer === 'expected' && !draft.turned ? heldUntil(draft, t.dueAt) : null;
  const asksFirst = draft.furtherAt !== null && draft.stillNeededAt === null;
  const warnAt =
    alertAt === null || asksFirst || t.warnAt === null
      ? null
      : unlessLate(heldUntil(draft, later(t.warnAt, draft.stillNeededAt ?? t.warnAt)), alertAt);
  const questions = open ? questionsOf(draft, t, asksFirst) : toldOf(draft);
  const ahead = [t.warnAt, warnAt, t.dueAt, alertAt, t.askAt, t.lapseAt, ...questions.map((question) => question.fromAt)];
  return {
    threadId: draft.threadId,
    openingKey: draft.openingKey,
    messageKeys: draft.messageKeys,
    debtor: draft.debtor,
    openedAt: draft.openedAt,
    charterVersion: draft.charter.version,
    calendarKey: draft.calendar.key,
    asker: draft.asker,
    asked: draft.asked,
    priority: draft.urgentFrom ? 'high' : draft.priority,
    verdict: draft.verdict,
    expectedFromAt: draft.expectedFromAt,
    agreedAt: t.agreedAt,
    dueAt: t.dueAt,
    warnAt,
    alertAt,
    lapseAt: t.lapseAt,
    state: draft.ending ? STATE[draft.ending] : 'open',
    settledAt: draft.settledAt,
    ending: draft.ending,
    endedBy: draft.endedBy,
    firstAnswerAt: draft.firstAnswerAt,
    promise: draft.promise,
    proposal: draft.proposal,
    holds: open ? told(draft.holds, heldAt(draft, t.dueAt)) : [],
    questions,
    pauses: draft.pauses,
    pausedSeconds: t.pausedSeconds,
    turned: draft.turned,
    away: [...draft.away.keys()].sort(),
    turns: turnsAt.filter((at) => draft.settledAt === null || at <= draft.settledAt).length,
    goesOnAt: draft.goesOnAt,
    lastTouchAt: draft.lastTouchAt,
    askedAgain: draft.askedAgain,
    nextAt: open ? soonest(ahead, now) : null,
  };
}

const heldAt = (draft: Draft, at: Date): Hold | undefined => draft.holds.find((each) => each.at <= at && each.untilAt > at);

/** Of everything that may have been the answer, what holds the alert and what came last: the rest says nothing more. */
const told = (holds: readonly Hold[], held: Hold | undefined): Hold[] =>
  [...new Set([held, holds.at(-1)])].filter((each) => each !== undefined);

/** The alert waits once for the asker's word on what may be the answer: until he says, or one of his working days has passed. */
function heldUntil(draft: Draft, at: Date): Date {
  const found = heldAt(draft, at);
  if (!found) return at;
  const answered = draft.holdAnsweredAt;
  return answered && answered >= found.at && answered < found.untilAt ? later(at, answered) : found.untilAt;
}

const unlessLate = (warnAt: Date, alertAt: Date): Date | null => (warnAt < alertAt ? warnAt : null);

function questionsOf(draft: Draft, t: Times, asksFirst: boolean): Question[] {
  const questions: Question[] = [];
  if (draft.verdict.answer === 'unsure' && draft.habit !== 'again')
    questions.push({ kind: 'expected', to: 'asker', fromAt: draft.openedAt });
  // Where nobody would be warned there is nothing to ask in place of a warning.
  if (asksFirst && draft.furtherAt && draft.verdict.answer === 'expected')
    questions.push({ kind: 'stillNeeded', to: 'asker', fromAt: later(t.warnAt ?? t.dueAt, draft.furtherAt) });
  const held = draft.holds.at(-1);
  if (held && draft.verdict.answer === 'expected' && (draft.holdAnsweredAt === null || draft.holdAnsweredAt < held.at)) {
    // Who somebody new is, is asked at once; a mail elsewhere when the time gets short: people who write to each other a lot would be asked of every wait otherwise.
    const short = later(t.warnAt ?? t.dueAt, held.at);
    questions.push(
      held.why === 'newcomer' ? { kind: 'newcomer', to: 'owner', fromAt: held.at } : { kind: 'wasAnswer', to: 'asker', fromAt: short },
    );
  }
  if (draft.proposal) questions.push({ kind: 'agreeDate', to: 'asker', fromAt: draft.proposal.madeAt });
  if (draft.verdict.answer === 'expected' && draft.asked.every((address) => draft.away.has(address)))
    questions.push({ kind: 'away', to: 'asker', fromAt: new Date(Math.max(...[...draft.away.values()].map((at) => at.getTime()))) });
  questions.push({ kind: 'stillWaiting', to: 'asker', fromAt: t.askAt });
  return questions;
}

function toldOf(draft: Draft): Question[] {
  const { toldAt, ending, settledAt, asked, leftAnsweredAt } = draft;
  const questions: Question[] = toldAt ? [{ kind: 'told', to: 'asker', fromAt: toldAt }] : [];
  if (ending === 'notDelivered' && settledAt && leftAnsweredAt === null && partyOf(draft.charter, asked[0]!)?.contact)
    questions.push({ kind: 'hasLeft', to: 'askedOwner', fromAt: settledAt });
  return questions;
}

function soonest(instants: readonly (Date | null)[], now: Date): Date | null {
  const ahead = instants.filter((at): at is Date => at !== null && at > now).map((at) => at.getTime());
  return ahead.length ? new Date(Math.min(...ahead)) : null;
}
