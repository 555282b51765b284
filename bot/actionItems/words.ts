import type { Capability, EventKind } from '../capability.ts';
import { doneByPeople, doneByRules, type Sentence } from '../matters/index.ts';

export const REFUSED = {
  'actionItem.not_found': { status: 404, message: 'This is not there, or you cannot see it.' },
  'actionItem.not_yours': { status: 403, message: 'This is for somebody else to say. It names who does it.' },
  'actionItem.not_now': { status: 409, message: 'This does not fit any more. Here is how it stands now.' },
  'actionItem.changed': { status: 409, message: 'Another day is asked for since. Please read it again.' },
  'actionItem.not_agreed': { status: 409, message: 'Both sides have to agree to the charter first. Until then nothing can be noted.' },
  'actionItem.not_them': { status: 409, message: 'This person cannot do it: not there, or of the other side.' },
  'actionItem.bad_day': { status: 409, message: 'Please give a day from today on, within a year, other than the one that counts.' },
  'actionItem.too_late': { status: 409, message: 'It was done more than ten working days ago. Please note a new one.' },
} as const satisfies Capability['refusals'];
export type ActionItemRefusal = keyof typeof REFUSED;

/** The sentence after a press. */
export const SAID = {
  note: 'Noted. Whoever does it is reminded the working day before; both sides see it until it is done.',
  done: 'Recorded as done. The other side sees it.',
  putBack: 'Recorded. It goes on; whoever does it is told.',
  move: 'Recorded. The new day counts; the first one stays in the history.',
  propose: 'Recorded. The other side is asked; until it agrees the earlier day counts.',
  agreeDate: 'Recorded. The new day counts.',
  declineDate: 'Recorded. The earlier day counts.',
  handOver: 'Recorded. They do it now.',
  withdraw: 'Recorded. Nobody has to do it any more.',
} as const;
export type ActionItemVerb = keyof typeof SAID;

const withDay =
  (text: string): Sentence =>
  ({ day }) =>
    typeof day === 'string' ? `${text} ${day}.` : text;
const PRESSED: Readonly<Record<ActionItemVerb, Sentence>> = {
  note: 'noted it.',
  done: 'said that it is done.',
  putBack: 'said that it is not done yet.',
  move: withDay('moved it to another day.'),
  propose: withDay('asked for another day.'),
  agreeDate: withDay('agreed to the other day.'),
  declineDate: withDay('kept to the earlier day.'),
  handOver: 'handed it on.',
  withdraw: 'took it away.',
};

export const events: Readonly<Record<string, EventKind>> = {
  ...doneByPeople('actionItem', PRESSED),
  ...doneByRules('actionItem', {
    reminded: 'Whoever does it was reminded.',
    pastDue: 'The agreed day is past.',
    handed: 'Whoever did it has left: an owner of that side has it now.',
    moved: 'A working calendar was corrected: the end of its day is another.',
  }),
};
