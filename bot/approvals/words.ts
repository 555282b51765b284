import type { Capability, EventKind } from '../capability.ts';
import { doneByPeople, doneByRules, type Sentence } from '../matters/index.ts';

export const REFUSED = {
  'approval.not_found': { status: 404, message: 'This is not there, or you cannot see it.' },
  'approval.not_yours': { status: 403, message: 'This is for somebody else to say. The card names who decides.' },
  'approval.not_now': { status: 409, message: 'This does not fit any more. Here is how it stands now.' },
  'approval.decided': { status: 409, message: 'You have said so already. Here is how it stands now.' },
  'approval.changed': { status: 409, message: 'What is asked has changed since. Please read it again.' },
  'approval.not_agreed': { status: 409, message: 'Both sides have to agree to the charter first. Until then nobody can be asked.' },
  'approval.no_scope': { status: 409, message: 'What was agreed names nobody of the other side who decides about this.' },
  'approval.no_notice': { status: 409, message: 'Both sides did not agree that silence decides about this. Please ask for a decision.' },
  'approval.amount_needed': { status: 409, message: 'Please say how much: there is a limit for this.' },
  'approval.above_limit': {
    status: 409,
    message: 'This is more than was agreed for this kind of decision. Please choose another, or ask for less.',
  },
  'approval.nobody': { status: 409, message: 'Nobody who decides about this is there now. Please speak to the owner of the other side.' },
  'approval.not_them': { status: 409, message: 'This person cannot decide it: not there, of the other side, or asked already.' },
  'approval.bad_day': { status: 409, message: 'Please give a day from tomorrow on, within the next three months.' },
} as const satisfies Capability['refusals'];
export type ApprovalRefusal = keyof typeof REFUSED;

/** The sentence after a press. */
export const SAID = {
  ask: 'Recorded. Whoever decides is asked, and the card in the channel shows how it goes on.',
  notice: 'Recorded. It goes ahead unless somebody objects; you are told either way.',
  approve: 'Recorded. The other side sees it.',
  decline: 'Recorded. The other side sees it, and why.',
  unclear: 'Recorded. The other side is asked; your time rests until they answer.',
  answer: 'Recorded. Whoever decides sees your answer.',
  change: 'Recorded. It is asked anew: earlier decisions were about something else.',
  withdraw: 'Recorded. Nobody is asked any more.',
  handOver: 'Recorded. They decide now.',
} as const;
export type ApprovalVerb = keyof typeof SAID;

/** What is said of a decision, and of a notice. */
const either =
  (decision: string, notice: string): Sentence =>
  (data) =>
    data.notice ? notice : decision;
const PRESSED: Readonly<Record<ApprovalVerb, Sentence>> = {
  ask: 'asked for a decision.',
  notice: either('said what comes.', 'said what they will do unless somebody objects.'),
  approve: either('approved it.', 'has nothing against it.'),
  decline: either('declined it.', 'objected.'),
  unclear: 'asked what is meant.',
  answer: 'answered the question.',
  change: either('changed what is asked: it begins anew.', 'changed what is planned: it begins anew.'),
  withdraw: 'took it back.',
  handOver: either('handed the decision on.', 'handed it on.'),
};

const ENDED: Readonly<Record<string, string>> = {
  approved: 'It ended: approved.',
  declined: 'It ended: not approved.',
  withdrawn: 'It ended: taken back.',
  silent: 'Nobody objected: it goes ahead.',
  unheard: 'It does not go ahead: not everybody who may object could be reached.',
};

export const events: Readonly<Record<string, EventKind>> = {
  ...doneByPeople('approval', PRESSED),
  ...doneByRules('approval', {
    asked: 'Those who decide were asked.',
    absent: 'Somebody who decides is not there, and nobody stands in.',
    reminded: 'Those who decide were reminded.',
    pastDue: 'The agreed time for the decision is past.',
    moved: 'It waits longer: somebody was reached later and has the whole time.',
    ended: ({ ending }) => ENDED[String(ending)] ?? 'It ended.',
  }),
};
