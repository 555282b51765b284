import type { Actor } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { otherSide } from '../contract/sides.ts';
import { choiceInput, textInput } from '../form.ts';
import { dateText } from './dateText.ts';
import { helpButton } from './help.ts';
import { mayPress } from './mayPress.ts';
import type { PressKind } from './press.ts';
import type { StoredObligation } from './store.ts';

const HOW = choiceInput('how', 'How', [
  { value: 'phone', title: 'By phone' },
  { value: 'teams', title: 'In Teams' },
  { value: 'meeting', title: 'In a meeting' },
  { value: 'mail', title: 'By another mail' },
  { value: 'other', title: 'Otherwise' },
]);
const remark = (label: string, placeholder = ''): ActionInput => textInput('remark', label, { placeholder });
const MISSING = textInput('remark', 'What is missing?', { required: false });

type Button = { label: string; inputs?: readonly ActionInput[]; hint?: string };
const BUTTONS: Readonly<Record<PressKind, Button>> = {
  promise: {
    label: 'Answer by …',
    inputs: [{ id: 'on', kind: 'date', label: 'Answer by', required: true }],
    hint: 'The end of that working day.',
  },
  answeredElsewhere: {
    label: 'Answered elsewhere',
    inputs: [HOW, { id: 'at', kind: 'datetime', label: 'When, if not just now', required: false }],
  },
  notOurs: { label: 'Not ours', inputs: [remark('Whose is it?', 'The network team of Contoso')] },
  cannot: { label: 'We cannot', inputs: [remark('Why')], hint: 'An honest no is an answer.' },
  unclear: { label: 'Unclear, please say …', inputs: [remark('What should they say?')] },
  setAside: { label: 'No answer needed', hint: 'The other side is told once and can put it back.' },
  notNeeded: { label: 'No answer needed' },
  stillWaiting: { label: 'Still waiting for something', inputs: [MISSING] },
  putBack: { label: 'Put it back', inputs: [MISSING] },
  agreeDate: { label: 'Agree to the date' },
  declineDate: { label: 'Keep the agreed time' },
  stillNeeded: { label: 'Still needed' },
  wasAnswer: { label: 'Yes, that answered it' },
  wasNotAnswer: { label: 'No, still waiting' },
  expected: { label: 'An answer is expected' },
  notExpected: { label: 'No answer expected' },
  neverLikeThis: { label: 'Never for mail like this', hint: 'The same sender and subject will not be counted again.' },
  askAgain: { label: 'Ask again', hint: 'Opens the mail. Nothing is sent by itself.' },
  hasLeft: { label: 'Has left', hint: 'What waits for this person comes to you.' },
  stillHere: { label: 'Still here' },
};

/** What stands on the card for each side, in order; everything else that may be said is behind More. */
const FEW: Readonly<Record<'asked' | 'asker', readonly PressKind[]>> = {
  asked: ['promise', 'answeredElsewhere', 'cannot'],
  asker: ['askAgain', 'stillWaiting', 'notNeeded'],
};
const MORE: Readonly<Record<'asked' | 'asker', readonly PressKind[]>> = {
  asked: ['unclear', 'notOurs', 'setAside', 'expected', 'notExpected', 'neverLikeThis'],
  asker: ['answeredElsewhere', 'putBack', 'expected', 'notExpected', 'neverLikeThis'],
};
/** The answers to a private question come first while it stands. */
const ANSWERS: Readonly<Record<string, readonly PressKind[]>> = {
  expected: ['expected', 'notExpected', 'neverLikeThis'],
  stillNeeded: ['stillNeeded', 'notNeeded'],
  wasAnswer: ['wasAnswer', 'wasNotAnswer'],
  newcomer: ['wasAnswer', 'wasNotAnswer'],
  agreeDate: ['agreeDate', 'declineDate'],
  stillWaiting: ['stillWaiting', 'askAgain', 'notNeeded'],
  told: ['putBack'],
  hasLeft: ['hasLeft', 'stillHere'],
};

/** Links come first, behind the answers to a question; but for silence, which a call ends best. */
export function withLinks(buttons: readonly ActionView[], links: readonly ActionView[], question: string | undefined): ActionView[] {
  const answers = question === undefined || question === 'stillWaiting' ? [] : (ANSWERS[question] ?? []);
  const rest = buttons.findIndex(({ verb }) => !answers.some((kind) => verb === `obligation.${kind}`));
  const at = rest < 0 ? buttons.length : rest;
  return [...buttons.slice(0, at), ...links, ...buttons.slice(at)];
}

export const buttonOf = (kind: PressKind, rank: ActionView['rank'], label?: string): ActionView => {
  const { inputs = [], hint, ...button } = BUTTONS[kind];
  return { verb: `obligation.${kind}`, rank, label: label ?? button.label, inputs: [...inputs], ...(hint && { hint }) };
};

/**
 * The buttons a person may press now, few first; `questions` to him are answered before all else. Everyone (what is stored in Teams) gets the few that either side can use: who presses
 * what is decided by who he is.
 */
export function buttonsFor(
  o: StoredObligation,
  viewer: Actor | 'everyone',
  charter: Charter,
  questions: readonly string[],
  now: Date,
): ActionView[] {
  if (o.mergedInto) return [];
  if (viewer === 'everyone')
    return o.state === 'open' ? (['promise', 'answeredElsewhere', 'askAgain'] as const).map((kind) => buttonOf(kind, 'few')) : [];
  const role = viewer.side === o.debtor ? 'asked' : 'asker';
  const calendar = charter.sides[otherSide(o.debtor)].calendar;
  const may = (kind: PressKind) => mayPress(o, kind, viewer, calendar, now) === null;
  const first = questions.flatMap((question) => ANSWERS[question] ?? []);
  const dated = o.proposal && role === 'asker' ? ANSWERS.agreeDate! : [];
  const few = [...new Set([...first, ...dated, ...FEW[role]])].filter(may);
  // An open wait is carried on by asking again; *Still waiting* is for one that was answered.
  const fitting = few.filter((kind) => !(kind === 'stillWaiting' && o.state === 'open' && !first.includes('stillWaiting')));
  const more = MORE[role].filter((kind) => !fitting.includes(kind)).filter(may);
  const label = (kind: PressKind): string | undefined => {
    if (kind === 'agreeDate' && o.proposal) return `Agree to ${dateText(o.proposal.on)}`;
    return kind === 'wasAnswer' && o.holds.at(-1)?.why === 'meeting' ? 'Yes, answered in the meeting' : undefined;
  };
  return [
    ...fitting.slice(0, 4).map((kind) => buttonOf(kind, 'few', label(kind))),
    ...[...fitting.slice(4), ...more].map((kind) => buttonOf(kind, 'more', label(kind))),
    ...(role === 'asker' ? helpButton(o, charter) : []),
  ];
}
