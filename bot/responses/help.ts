import type { Charter } from '../charter/charter.ts';
import { dayOfSide } from '../charter/readable.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { otherSide } from '../contract/sides.ts';
import { choiceInput, textInput } from '../form.ts';
import type { StoredObligation } from './store.ts';

/** What whoever asks the other side for help is asked: short, and enough to act on. */
export const helpForm = (what = '', why = ''): ActionInput[] => [
  textInput('what', 'What happened', { max: 200, placeholder: 'The nightly import has stopped twice this week', value: what }),
  textInput('why', 'Why it matters', { placeholder: 'Invoices go out a day late', value: why }),
  textInput('wanted', 'What you need from them', { placeholder: 'Somebody who knows the import, today' }),
  textInput('doneWhen', 'Done when', { placeholder: 'Two nights without a stop' }),
  choiceInput('urgency', 'How urgent', [
    { value: 'normal', title: 'In working hours' },
    { value: 'critical', title: 'Critical: tell people at any hour' },
  ]),
];

/** *Ask for help* about a wait that is past its time. What becomes of it is the business of another room: its verb is all that is known here. */
export function helpButton(o: StoredObligation, charter: Charter): ActionView[] {
  if (o.state !== 'open' || o.pastDueAt === null) return [];
  const since = dayOfSide(charter, otherSide(o.debtor), o.openedAt);
  return [
    {
      verb: 'escalation.about',
      label: 'Ask for help …',
      rank: 'more',
      inputs: helpForm(`A mail of ${since} has no answer yet`),
      hint: 'The people who were agreed on are asked one level after the other, until somebody takes it.',
    },
  ];
}
