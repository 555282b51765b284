import type { CardJson } from '../capability.ts';
import type { MatterView, StepView } from '../contract/matter.ts';
import type { TimeView, Tone } from '../contract/obligation.ts';
import { actionsOf } from './actionView.ts';
import { type CardElement, card, facts, group, plain, textBlock, timeText } from './parts.ts';

/** Marks that say with a shape what the colour says too. */
export const MARK: Readonly<Record<Tone, string>> = { past: '●', soon: '◐', dated: '◷', calm: '○', unsure: '?', done: '✓' };
export const COLOR: Readonly<Partial<Record<Tone, 'Attention' | 'Warning' | 'Good' | 'Accent'>>> = {
  past: 'Attention',
  soon: 'Warning',
  dated: 'Accent',
  done: 'Good',
};
const STEP: Readonly<Record<StepView['state'], string>> = { done: '✓', now: '➜', next: '○', skipped: '–' };
const SAID_LENGTH = 600;
const HISTORY_ON_CARD = 3;

/** The living card of a matter: where it stands, what it is about, the steps on its way, what can be said, what was said last. */
export function matterCard(view: MatterView): CardJson {
  const color = COLOR[view.tone];
  const body: CardElement[] = [
    textBlock(`${MARK[view.tone]} ${plain(view.status, 120)}`, { weight: 'Bolder', ...(color && { color }) }),
    textBlock(plain(view.title, 160), { heading: true, spacing: 'Small' }),
    textBlock(plain(view.sentence, 200), { spacing: 'Small' }),
    facts([
      ...view.said.map(({ label, text }) => [label, plain(text, SAID_LENGTH)] as const),
      ['Since', cardTime(view.since)],
      [view.timeLabel, view.expectedBy && cardTime(view.expectedBy)],
      ['Ended', view.endedAt && cardTime(view.endedAt)],
    ]),
    ...(view.steps.length
      ? [
          group(
            view.steps.map(({ state, text }) =>
              textBlock(`${STEP[state]} ${plain(text, 200)}`, {
                spacing: 'None',
                ...(state === 'now' ? { weight: 'Bolder' } : { subtle: true }),
              }),
            ),
          ),
        ]
      : []),
    ...view.notes.map((note) => textBlock(plain(note, 240), { size: 'Small', spacing: 'Small' })),
    ...recent(view),
  ];
  return card([...body, ...actionsOf(view.actions, view.id, view.revision)]);
}

/** The reader's own time, and the day and clock of the first place. */
export const cardTime = ({ at, zones }: TimeView): string =>
  timeText(
    new Date(at),
    zones.slice(0, 1).map(({ place, text }) => ({ place, text: text.replace(/^(\w{3}) .*, /, '$1 ') })),
  );

const ON_CARD = 8;

/** Several matters in a line or two each, and how many more there are. @param also - what is said of each beside where it stands */
export const matterLines = (views: readonly MatterView[], also: (view: MatterView) => string = () => ''): CardElement[] => [
  ...views
    .slice(0, ON_CARD)
    .map((view) =>
      group([
        textBlock(`${MARK[view.tone]} ${plain(view.title, 120)}`, { weight: 'Bolder' }),
        textBlock(plain([lineOf(view), also(view)].filter(Boolean).join('. '), 300), { spacing: 'None', subtle: true }),
      ]),
    ),
  ...(views.length > ON_CARD ? [textBlock(`… and ${views.length - ON_CARD} more in the tab`, { subtle: true })] : []),
];

function lineOf({ waitingFor: turn, expectedBy, timeLabel, status }: MatterView): string {
  const who = turn ? `${turn.name}${turn.role ? ` (${turn.role})` : ''}` : '';
  const by = expectedBy?.zones[0];
  return [status, who, by ? `${timeLabel} ${by.text} in ${by.place}` : ''].filter(Boolean).join('. ');
}

/** What people said last. */
function recent(view: MatterView): CardElement[] {
  const lines = view.history.filter((line) => line.said).slice(-HISTORY_ON_CARD);
  return lines.length
    ? [group(lines.map((line) => textBlock(plain(line.text, 240), { subtle: true, size: 'Small', spacing: 'None' })))]
    : [];
}
