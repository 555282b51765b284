import type { Actor } from '../capability.ts';
import type { AgreedCalendar } from '../charter/charter.ts';
import { otherSide } from '../contract/sides.ts';
import type { PressKind } from './press.ts';
import type { StoredObligation } from './store.ts';
import { workingDateOf, workingDaysBetween } from './times.ts';

/** A wait that was answered can go on when its asker says so within this many of his working days. */
const GO_ON_DAYS = 5;

export type PressRefusal =
  | 'obligation.not_found'
  | 'obligation.not_yours'
  | 'obligation.ended'
  | 'obligation.open'
  | 'obligation.too_late'
  | 'obligation.nothing_to_say'
  | 'obligation.asked_today'
  | 'obligation.changed'
  | 'obligation.bad_date'
  | 'obligation.not_undoable';

type Who = 'asked' | 'asker' | 'either';
const WHO: Readonly<Record<PressKind, Who>> = {
  promise: 'asked',
  answeredElsewhere: 'either',
  notOurs: 'asked',
  cannot: 'asked',
  unclear: 'asked',
  setAside: 'asked',
  notNeeded: 'asker',
  stillWaiting: 'asker',
  putBack: 'asker',
  agreeDate: 'asker',
  declineDate: 'asker',
  stillNeeded: 'asker',
  wasAnswer: 'asker',
  wasNotAnswer: 'asker',
  expected: 'either',
  notExpected: 'either',
  neverLikeThis: 'either',
  askAgain: 'asker',
  hasLeft: 'asked',
  stillHere: 'asked',
};

/**
 * Whether somebody may say this about an obligation now (design.md, clocks, 5): null, or why not.
 * @param askersCalendar - of the side that waits: its working days bound *Still waiting for something* and *Ask again*
 */
export function mayPress(
  o: StoredObligation,
  kind: PressKind,
  actor: Pick<Actor, 'partnershipId' | 'side' | 'owner'>,
  askersCalendar: AgreedCalendar,
  now: Date,
): PressRefusal | null {
  if (actor.partnershipId !== o.partnershipId || o.mergedInto) return 'obligation.not_found';
  if (o.emptied) return 'obligation.too_late';
  const who = WHO[kind];
  if (who !== 'either' && actor.side !== (who === 'asked' ? o.debtor : otherSide(o.debtor))) return 'obligation.not_yours';
  const open = o.state === 'open';
  switch (kind) {
    case 'stillWaiting':
      if (open) return null;
      if (o.state !== 'settled') return 'obligation.nothing_to_say';
      return workingDaysBetween(askersCalendar, o.settledAt!, now, GO_ON_DAYS) < GO_ON_DAYS ? null : 'obligation.too_late';
    case 'putBack':
      if (open) return 'obligation.open';
      return o.ending && PUT_BACK.has(o.ending) ? null : 'obligation.nothing_to_say';
    case 'agreeDate':
    case 'declineDate':
      return open && o.proposal ? null : 'obligation.nothing_to_say';
    case 'wasAnswer':
    case 'wasNotAnswer':
      return open && o.holds.length ? null : 'obligation.nothing_to_say';
    case 'expected':
      return (open && o.verdict.answer === 'unsure') || o.state === 'notCounted' ? null : 'obligation.nothing_to_say';
    case 'notExpected':
    case 'neverLikeThis':
      if (!open) return 'obligation.ended';
      // Where an answer is expected only the asker can take that back; the side asked sets it aside, which the asker is told.
      return o.verdict.answer === 'unsure' || actor.side !== o.debtor ? null : 'obligation.not_yours';
    case 'askAgain':
      if (!open) return 'obligation.ended';
      return o.askedAgain && workingDateOf(askersCalendar, o.askedAgain.at) === workingDateOf(askersCalendar, now)
        ? 'obligation.asked_today'
        : null;
    case 'hasLeft':
    case 'stillHere':
      if (!actor.owner) return 'obligation.not_yours';
      return o.questions.some((question) => question.kind === 'hasLeft') ? null : 'obligation.nothing_to_say';
    default:
      return open ? null : 'obligation.ended';
  }
}

/** Endings that the other side said by a press, and that the asker can put back. */
const PUT_BACK = new Set(['elsewhere', 'notOurs', 'cannot', 'setAside', 'otherThread']);
