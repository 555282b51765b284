import { z } from 'zod';
import type { EventKind, JournalEvent } from '../capability.ts';
import { dateText } from './dateText.ts';
import type { PressRefusal } from './mayPress.ts';
import type { Ending, Why } from './obligation.ts';
import type { PressKind } from './press.ts';

/** Why an answer is (not) expected, as people read it. */
export const WHY: Readonly<Record<Why, string>> = {
  corrected: 'Somebody said so.',
  pattern: 'Both sides agreed that mail like this needs no answer.',
  importance: 'It was sent with high importance.',
  flag: 'Its author flagged it for an answer.',
  category: 'It is marked “Answer needed”.',
  chaser: 'It was asked again after the agreed time.',
  habit: 'Earlier mail like this was never answered.',
  settles: 'It answers something itself.',
  manyAddressed: 'It was written to more than five people.',
  list: 'It was written to a mailing list.',
  ownSide: 'It was written to people of both sides.',
  first: 'It opens a conversation with the other side.',
  asked: 'The other side asked what was meant.',
  unclear: 'Nothing in it says either way.',
};

/** How a wait ended, in the past tense of the side asked. */
export const ENDED: Readonly<Record<Ending, string>> = {
  mail: 'Answered by mail',
  elsewhere: 'Answered elsewhere',
  otherThread: 'Answered in another conversation',
  notOurs: 'Not theirs to answer',
  cannot: 'Answered: not possible',
  setAside: 'Set aside: no answer needed',
  notNeeded: 'No answer needed any more',
  flag: 'Marked complete by its author',
  notDelivered: 'Not delivered',
  lapsed: 'No answer came',
  notCounted: 'Not counted',
};

/** The sentence after a press. */
export const SAID: Readonly<Record<PressKind, string>> = {
  promise: 'Noted. The other side sees the date.',
  answeredElsewhere: 'Noted as answered elsewhere. The other side sees it and can put it back.',
  notOurs: 'Noted. The other side is told.',
  cannot: 'Noted. The other side is told.',
  unclear: 'Noted. The other side is asked what was meant; your time rests until then.',
  setAside: 'Set aside. The other side is told once and can put it back.',
  notNeeded: 'No answer needed any more.',
  stillWaiting: 'Noted: this goes on. The time in between is not counted.',
  putBack: 'Put back. The time in between is not counted.',
  agreeDate: 'Agreed.',
  declineDate: 'The earlier time holds.',
  stillNeeded: 'Noted: still needed.',
  wasAnswer: 'Noted as answered.',
  wasNotAnswer: 'Noted: still waiting.',
  expected: 'Noted: an answer is expected.',
  notExpected: 'Noted: no answer is expected.',
  neverLikeThis: 'Noted: mail like this will not be counted again.',
  askAgain: 'Open the mail below to ask again. Nothing was sent by Rapport.',
  hasLeft: 'Noted. What waits for this person comes to you.',
  stillHere: 'Noted: still here. The address may need to be corrected.',
};

/** After a date that does not stand by itself. */
export const PROPOSED = 'Noted. The other side is asked to agree; until then the agreed time holds.';

export const REFUSED: Readonly<Record<PressRefusal, { status: number; message: string }>> = {
  'obligation.not_found': { status: 404, message: 'This item is not there any more.' },
  'obligation.not_yours': { status: 403, message: 'Only the other side can say this.' },
  'obligation.ended': { status: 409, message: 'This has ended in the meantime. Here is how it stands now.' },
  'obligation.open': { status: 409, message: 'This is open already.' },
  'obligation.too_late': { status: 409, message: 'That was answered more than five working days ago. A new mail opens it anew.' },
  'obligation.nothing_to_say': { status: 409, message: 'There is nothing to say here any more. Here is how it stands now.' },
  'obligation.asked_today': { status: 409, message: 'Your side asked again today already. Once a working day is enough.' },
  'obligation.bad_date': { status: 409, message: 'Please give a day from today on, within a year.' },
  'obligation.changed': { status: 409, message: 'This changed while you looked at it. Here is how it stands now.' },
  'obligation.not_undoable': { status: 409, message: 'This cannot be taken back any more.' },
};

const HOW: Readonly<Record<string, string>> = {
  phone: 'by phone',
  teams: 'in Teams',
  meeting: 'in a meeting',
  mail: 'by another mail',
  other: '',
};

/** The history line of a press; `who` is a side and role. Remarks are not part of it: they are shown beside it, to those who may read them. */
const PRESSED: Readonly<Record<PressKind, (who: string, event: JournalEvent) => string>> = {
  promise: (who, event) => `${who}: answer by ${dateText(String(event.data.on))}.`,
  answeredElsewhere: (who, event) => `${who}: answered ${HOW[String(event.data.how)] || 'elsewhere'}.`,
  notOurs: (who) => `${who}: not ours to answer.`,
  cannot: (who) => `${who}: this cannot be done.`,
  unclear: (who) => `${who} asked what was meant.`,
  setAside: (who) => `${who}: no answer needed.`,
  notNeeded: (who) => `${who} needs no answer any more.`,
  stillWaiting: (who) => `${who} is still waiting for something.`,
  putBack: (who) => `${who} put it back.`,
  agreeDate: (who) => `${who} agreed to the date.`,
  declineDate: (who) => `${who} keeps the earlier time.`,
  stillNeeded: (who) => `${who} still needs an answer.`,
  wasAnswer: (who) => `${who}: that was the answer.`,
  wasNotAnswer: (who) => `${who}: that was not the answer.`,
  expected: (who) => `${who}: an answer is expected.`,
  notExpected: (who) => `${who}: no answer is expected.`,
  neverLikeThis: (who) => `${who}: never for mail like this.`,
  askAgain: (who) => `${who} opened the mail to ask again.`,
  hasLeft: (who) => `${who}: whoever was written to has left.`,
  stillHere: (who) => `${who}: whoever was written to is still here.`,
};

const Press = z.looseObject({ messageKey: z.string(), debtor: z.enum(['client', 'provider']) });
const kind = (schema: z.ZodType, sentence: EventKind['sentence']): EventKind => ({ schema, sentence });

export const events: Readonly<Record<string, EventKind>> = {
  ...Object.fromEntries(
    Object.entries(PRESSED).map(([press, sentence]) => [`obligation.${press}`, kind(Press, (event, who) => sentence(who, event))]),
  ),
  'obligation.undone': kind(z.object({ eventId: z.string() }), (_event, who) => `${who} took it back.`),
  'obligation.opened': kind(z.looseObject({ debtor: z.string() }), (event) =>
    event.data.why === 'asked' ? 'The other side was asked what it meant.' : 'The mail was written.',
  ),
  'obligation.reopened': kind(z.looseObject({}), () => 'It goes on.'),
  'obligation.pastDue': kind(z.looseObject({ held: z.boolean().optional() }), (event) =>
    event.data.held ? 'Past the agreed time. It was not shown before, as it might have been answered.' : 'The agreed time passed.',
  ),
  'obligation.moved': kind(z.looseObject({}), () => 'The expected time moved.'),
  'obligation.ended': kind(z.looseObject({ ending: z.string() }), (event) => `${ENDED[event.data.ending as Ending] ?? 'Ended'}.`),
};
