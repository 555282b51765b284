import type { CardJson } from '../capability.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import type { AgendaItemView, ReviewView } from '../contract/review.ts';
import { actionsOf } from '../posts/actionView.ts';
import { COLOR, cardTime, MARK, matterLines } from '../posts/matterCard.ts';
import { type CardElement, card, facts, group, plain, textBlock } from '../posts/parts.ts';

/** Items on a card at most; fewer where they would make it too large. The tab has them all. */
const ON_CARD = 12;
/** Bytes of a card before Teams ids of its readers are added, so that it stays below 25 KB with them. */
const MOST_BYTES = 18_000;
const TEXT = 160;

/** As many items as fit. */
function fitting(view: ReviewView, make: (shown: number) => CardJson): CardJson {
  for (let shown = Math.min(view.items.length, ON_CARD); shown > 0; shown -= 1) {
    const made = make(shown);
    if (Buffer.byteLength(JSON.stringify(made)) <= MOST_BYTES) return made;
  }
  return make(0);
}

const head = (view: ReviewView): CardElement[] => {
  const color = COLOR[view.tone];
  return [
    textBlock(`${MARK[view.tone]} ${plain(view.status, 120)}`, { weight: 'Bolder', ...(color && { color }) }),
    textBlock(plain(view.name, 120), { heading: true, spacing: 'Small' }),
    textBlock(plain(view.sentence, 240), { spacing: 'Small' }),
    facts([
      ['Begins', view.startsAt && cardTime(view.startsAt)],
      ['Stood at', view.movedFrom && cardTime(view.movedFrom)],
      ['Takes', view.startsAt ? `${Math.round(view.minutes)} minutes` : null],
    ]),
    ...view.notes.map((note) => textBlock(plain(note, 400), { size: 'Small', spacing: 'Small' })),
  ];
};

const TIMES = ['', 'once before', 'twice before'];
const carriedText = ({ carried }: AgendaItemView): string =>
  carried ? `on the agenda ${TIMES[carried] ?? `${carried} times before`}` : '';

/** `(1) Release date` (clients make a list of its own of `1.`) and, below it, whose it is, what for, and how long. */
function itemLines(item: AgendaItemView, place: number): CardElement {
  const about = [item.owner, item.wishText, item.minutes ? `${item.minutes} min` : 'if time is left', carriedText(item)]
    .filter(Boolean)
    .join(' · ');
  const done = item.state === 'decided' ? '✓ ' : item.state === 'discussed' ? '◐ ' : '';
  return group([
    textBlock(`${done}(${place}) ${plain(item.text, TEXT)}`, {
      weight: 'Bolder',
      ...(item.flagged && { color: 'Attention' as const }),
    }),
    textBlock(plain(about, 240), { spacing: 'None', subtle: true }),
    ...(item.note ? [textBlock(plain(item.note, 240), { spacing: 'None' })] : []),
  ]);
}

function agendaLines(view: ReviewView, shown: number): CardElement[] {
  const found: CardElement[] = [];
  let heading = '';
  for (const [index, item] of view.items.slice(0, shown).entries()) {
    if (item.heading !== heading) found.push(textBlock(plain(item.heading, 80), { subtle: true, separator: true }));
    heading = item.heading;
    found.push(itemLines(item, index + 1));
  }
  const rest = Math.max(view.items.length - shown, view.more);
  return rest > 0 ? [...found, textBlock(`… and ${rest} more in the tab`, { subtle: true })] : found;
}

const FIGURES_ON_CARD = 3;
const CHANGED = { better: 'better than before', worse: 'not as good as before', same: 'as before' } as const;
/** The first figures of each side in words and numbers; the tab has all of them, and draws them. */
function figureLines({ figures }: ReviewView): CardElement[] {
  if (!figures) return [];
  const lines = figures.sides.flatMap(({ name, figures: own }) =>
    own
      .filter(({ value }) => value !== null)
      .slice(0, FIGURES_ON_CARD)
      .map(({ label, text, change }) => `${name}, ${label}: ${text}${change ? `, ${CHANGED[change]}` : ''}`),
  );
  return lines.length
    ? [
        group([
          textBlock('Since the last one', { subtle: true, separator: true }),
          ...lines.map((line) => textBlock(plain(line, 200), { size: 'Small', spacing: 'None' })),
        ]),
      ]
    : [];
}

const DROPPED_ON_CARD = 4;
const droppedLines = ({ dropped }: ReviewView): CardElement[] =>
  dropped.length
    ? [
        group([
          textBlock('Dropped', { subtle: true, separator: true }),
          ...dropped
            .slice(-DROPPED_ON_CARD)
            .map((item) => textBlock(`– ${plain(item.text, 120)}. ${plain(item.note ?? '', 200)}`, { size: 'Small', spacing: 'None' })),
        ]),
      ]
    : [];

/** One form for each thing that can be said about an item, with the item to choose: a form for each item would not fit on a card. */
function itemForms(items: readonly AgendaItemView[]): ActionView[] {
  const verbs = new Map<string, { readonly of: ActionView; readonly items: AgendaItemView[] }>();
  for (const item of items)
    for (const action of item.actions) {
      const known = verbs.get(action.verb) ?? { of: action, items: [] };
      known.items.push(item);
      verbs.set(action.verb, known);
    }
  return [...verbs.entries()].map(([verb, { of, items: own }]) => {
    const choice: ActionInput = {
      id: 'item',
      kind: 'choice',
      label: 'Item',
      required: true,
      value: own[0]!.id,
      choices: [
        ...own.map((item) => ({ value: item.id, title: item.text.slice(0, 60) })),
        ...(verb === 'review.action' ? [{ value: 'none', title: 'Nothing on the agenda' }] : []),
      ],
    };
    const { carries: _one, ...rest } = of;
    return { ...rest, label: LABELS[verb] ?? of.label, inputs: [choice, ...of.inputs] };
  });
}
const LABELS: Readonly<Record<string, string>> = {
  'review.up': 'Move up …',
  'review.down': 'Move down …',
  'review.putBack': 'Put back …',
  'review.discussed': 'Discussed …',
  'review.decide': 'Decide …',
  'review.carry': 'On the next agenda …',
};

/** The living card of a date: its agenda, and what can be said about it. Once it is over its outcome has a card of its own. */
export function reviewCard(view: ReviewView): CardJson {
  const held = view.state === 'ended' || view.state === 'closed';
  return fitting(view, (shown) => {
    const items = view.items.slice(0, shown);
    const forms = held ? [] : [...view.actions, ...itemForms([...items, ...view.dropped.slice(-DROPPED_ON_CARD)])];
    return card([
      ...head(view),
      ...agendaLines(view, shown),
      ...droppedLines(view),
      ...figureLines(view),
      ...(held ? [textBlock('What was agreed stands on a card of its own.', { subtle: true })] : []),
      ...actionsOf(withoutTwins(forms), view.id, view.revision),
    ]);
  });
}

/** Of two forms of one verb the one that lets choose the item: ids of inputs are unique on a card. */
const withoutTwins = (forms: readonly ActionView[]): ActionView[] =>
  forms.filter((form, index) => form.verb === 'open' || !forms.some((other, at) => at > index && other.verb === form.verb));

/** What came of a date: what is still to be said, then the minutes. */
export function outcomeCard(view: ReviewView): CardJson {
  const { outcome } = view;
  const rows = (heading: string, lines: readonly string[], most = 8): CardElement[] =>
    lines.length
      ? [
          group([
            textBlock(heading, { weight: 'Bolder', separator: true }),
            ...lines.slice(0, most).map((line) => textBlock(`• ${plain(line, 300)}`, { spacing: 'None' })),
            ...(lines.length > most ? [textBlock(`… and ${lines.length - most} more in the tab`, { subtle: true })] : []),
          ]),
        ]
      : [];
  return fitting(view, (shown) => {
    const undone = view.items.filter(({ state, wish }) => state === 'planned' || (state === 'discussed' && wish === 'decide'));
    const forms = [...view.actions, ...itemForms(view.items.slice(0, shown))];
    return card([
      ...head(view).slice(0, 3),
      ...rows('Still to be said', outcome?.missing ?? []),
      ...rows(
        'Decided',
        (outcome?.decisions ?? []).map(({ text, about }) => (about ? `${about}: ${text}` : text)),
      ),
      ...(outcome?.actionItems.length
        ? [textBlock('To be done', { weight: 'Bolder', separator: true }), ...matterLines(outcome.actionItems)]
        : []),
      ...rows(
        'On the next agenda',
        undone.map(({ text }) => text),
        5,
      ),
      ...(outcome?.minutesAt
        ? [
            textBlock(
              plain(
                outcome.acknowledged ? `Minutes: ${outcome.acknowledged}.` : 'These are the minutes. The other side can agree to them.',
                240,
              ),
              { subtle: true },
            ),
          ]
        : []),
      ...actionsOf(withoutTwins(forms), view.id, view.revision),
    ]);
  });
}

/** That no date was found, with times in which both sides work; once there is one, that there is. */
export function missingCard(view: ReviewView): CardJson {
  return card([
    ...head(view),
    ...(view.state === 'missing' ? [] : [textBlock('There is a date now.', { subtle: true })]),
    ...(view.state === 'missing' ? actionsOf(view.actions, view.id, view.revision) : []),
  ]);
}
