import type { Charter } from '../charter/charter.ts';
import { type Draft, end, expect, oppositeOf, reopen, touch, turn } from './draft.ts';
import type { Ending } from './obligation.ts';
import type { Press } from './press.ts';
import { earlier, later, promisedAt, standsAtOnce } from './times.ts';

/**
 * What a press does to the wait it is about (design.md, clocks, 5). A press that no longer fits (answered meanwhile) changes nothing: it
 * was checked when it was made, and stays in the history.
 * @returns the wait that it opens for the other side, if any
 */
export function hearPress(draft: Draft, press: Press, charter: Charter): Draft | null {
  const open = draft.ending === null;
  const { at, id } = press;
  switch (press.kind) {
    case 'promise':
      if (open && press.on) promise(draft, press, press.on);
      break;
    case 'agreeDate':
      if (draft.proposal && press.about === draft.proposal.pressId) {
        draft.promise = draft.proposal;
        draft.proposal = null;
      }
      break;
    case 'declineDate':
      if (draft.proposal && press.about === draft.proposal.pressId) draft.proposal = null;
      break;
    case 'answeredElsewhere':
      if (open) endBy(draft, press, 'elsewhere', earlier(press.happenedAt ?? at, at));
      break;
    case 'notOurs':
    case 'cannot':
    case 'setAside':
    case 'notNeeded':
      if (open) endBy(draft, press, press.kind, at);
      break;
    case 'unclear':
      if (open && !draft.turned) return turned(draft, press, charter);
      break;
    case 'stillWaiting':
      if (!open) goOn(draft, at);
      else touch(draft, at);
      break;
    case 'putBack':
      if (!open) goOn(draft, at);
      break;
    case 'stillNeeded':
      draft.stillNeededAt = at;
      break;
    case 'wasAnswer':
      if (open) wasAnswer(draft, press);
      break;
    case 'wasNotAnswer':
      draft.holdAnsweredAt = at;
      break;
    case 'expected':
      if (draft.ending === 'notCounted') reopen(draft, draft.settledAt ?? at);
      draft.expectedFromAt = later(draft.expectedFromAt, at);
      if (draft.verdict.answer !== 'expected') expect(draft, 'corrected', at);
      break;
    case 'notExpected':
    case 'neverLikeThis':
      if (open) {
        end(draft, 'notCounted', at, id);
        draft.verdict = { answer: 'notExpected', why: 'corrected' };
      }
      break;
    case 'hasLeft':
    case 'stillHere':
      draft.leftAnsweredAt = at;
      break;
    case 'askAgain':
      draft.askedAgain = { at, side: press.side, contactId: press.contactId };
      break;
  }
  touch(draft, at);
  return null;
}

/** It ends by a word. What the side asked says, the asker is told once. */
function endBy(draft: Draft, press: Press, ending: Ending, at: Date): void {
  end(draft, ending, at, press.id);
  if (press.side === draft.debtor) draft.toldAt = press.at;
}

/** What may have been the answer was it: the mail elsewhere, or what was said in the meeting. */
function wasAnswer(draft: Draft, press: Press): void {
  const held = draft.holds.at(-1);
  if (held?.why === 'meeting') end(draft, 'elsewhere', earlier(held.meetingAt ? held.untilAt : press.at, press.at), press.id);
  else end(draft, 'otherThread', earlier(press.happenedAt ?? held?.at ?? press.at, press.at), press.id);
}

/** The asker (or whoever was asked and put it back) says that it goes on: then an answer is expected, whatever the rules thought. */
function goOn(draft: Draft, at: Date): void {
  reopen(draft, at);
  draft.goesOnAt = at;
  if (draft.verdict.answer !== 'expected') expect(draft, 'corrected', at);
}

/** A first date within twice the target stands at once; a later one, or a second, waits for the other side. */
function promise(draft: Draft, press: Press, on: string): void {
  const { calendar, contacts } = draft.charter.sides[press.side];
  const promiser = contacts.find((contact) => contact.id === press.contactId)?.calendar ?? calendar;
  const made = { pressId: press.id, contactId: press.contactId, madeAt: press.at, on, at: promisedAt(promiser, on) };
  if (!draft.promised && standsAtOnce(draft, made.at)) draft.promise = made;
  else draft.proposal = made;
  draft.promised = true;
}

function turned(draft: Draft, press: Press, charter: Charter): Draft {
  turn(draft, press.at);
  const presser = charter.sides[press.side].contacts.find((contact) => contact.id === press.contactId);
  return oppositeOf(draft, press.id, press.at, charter, presser?.addresses[0] ?? draft.asked[0]!);
}
