import type { CardJson } from '../capability.ts';
import { toInstant } from '../contract/sides.ts';
import { plain } from './plain.ts';

export { plain, visible } from './plain.ts';

/** An element of a card's body, or an action: JSON of Adaptive Cards 1.5. */
export type CardElement = { readonly type: string; readonly [property: string]: unknown };
export type CardAction = { readonly type: `Action.${string}`; readonly title: string; readonly [property: string]: unknown };

/** Actions that one set shows at most: renderers drop what is beyond their limit (Teams 6, the JavaScript renderer 5). */
export const ACTIONS_IN_A_SET = 5;

interface CardOptions {
  /** Asks the bot for the reader's own view when the card is opened: at most 60 Teams user ids (`29:...`). */
  readonly refresh?: { readonly data: Readonly<Record<string, unknown>>; readonly userIds: readonly string[] };
  readonly actions?: { readonly few: readonly CardAction[]; readonly more?: readonly CardAction[] };
}

/** A card of the house: version 1.5, full width, its actions below the body. */
export const card = (body: readonly CardElement[], { refresh, actions }: CardOptions = {}): CardJson => ({
  type: 'AdaptiveCard',
  version: '1.5',
  ...(refresh && { refresh: refreshOf(refresh.data, refresh.userIds) }),
  body: [...body, ...(actions ? actionSet(actions.few, actions.more ?? []) : [])],
});

/** `refresh` of a card; see `CardOptions`. */
export const refreshOf = (data: Readonly<Record<string, unknown>>, userIds: readonly string[]) => ({
  action: { type: 'Action.Execute', title: 'Refresh', verb: 'card.refresh', data },
  userIds: userIds.slice(0, 60),
});

interface TextOptions {
  readonly weight?: 'Bolder' | 'Lighter';
  readonly size?: 'Small' | 'Medium' | 'Large';
  /** Colour never carries meaning alone: the text says it too. */
  readonly color?: 'Attention' | 'Warning' | 'Good' | 'Accent';
  readonly subtle?: boolean;
  readonly spacing?: 'None' | 'Small' | 'Medium' | 'Large';
  readonly separator?: boolean;
  readonly heading?: boolean;
}

/** A line of our own words. What mail or people wrote goes through `plain` first. */
export const textBlock = (text: string, { subtle, heading, ...look }: TextOptions = {}): CardElement => ({
  type: 'TextBlock',
  text,
  wrap: true,
  ...look,
  ...(subtle && { isSubtle: true }),
  ...(heading && { style: 'heading', weight: 'Bolder', size: look.size ?? 'Medium' }),
});

/** Rows of a name and a value; rows without a value are left out. Values may hold times; what people wrote goes through `plain` first. */
export const facts = (rows: readonly (readonly [title: string, value: string | null | undefined])[]): CardElement => ({
  type: 'FactSet',
  facts: rows.flatMap(([title, value]) => (value ? [{ title, value }] : [])),
});

/** Elements that belong together; hidden ones need an id that an action toggles. */
export const group = (items: readonly CardElement[], options: { id?: string; hidden?: boolean; emphasis?: boolean } = {}): CardElement => ({
  type: 'Container',
  ...(options.id && { id: options.id }),
  ...(options.hidden && { isVisible: false }),
  ...(options.emphasis && { style: 'emphasis' }),
  items,
});

/** A button that asks the bot; where a client knows no Action.Execute, the same as Action.Submit with the verb in its data. */
export const execute = (
  label: string,
  verb: string,
  data: Readonly<Record<string, unknown>>,
  { withInputs = false, tooltip }: { withInputs?: boolean; tooltip?: string } = {},
): CardAction => {
  const shared = { title: label, associatedInputs: withInputs ? 'auto' : 'none', ...(tooltip && { tooltip }) };
  return { type: 'Action.Execute', verb, data, ...shared, fallback: { type: 'Action.Submit', ...shared, data: { ...data, verb } } };
};

/** A button that opens a form below it. */
export const showCard = (label: string, body: readonly CardElement[], actions: readonly CardAction[]): CardAction => ({
  type: 'Action.ShowCard',
  title: label,
  card: { type: 'AdaptiveCard', version: '1.5', body: [...body, { type: 'ActionSet', actions }] },
});

/** The few actions first; the rest behind one More button. Empty when there is no action. */
export function actionSet(few: readonly CardAction[], more: readonly CardAction[] = [], moreId = 'more'): CardElement[] {
  const first = few.slice(0, ACTIONS_IN_A_SET - 1);
  const rest = [...few.slice(ACTIONS_IN_A_SET - 1), ...more];
  const toggle: CardAction = { type: 'Action.ToggleVisibility', title: 'More', targetElements: [moreId] };
  const shown = rest.length ? [...first, toggle] : first;
  return [
    ...(shown.length ? [{ type: 'ActionSet', actions: shown }] : []),
    ...(rest.length ? [group(sets(rest), { id: moreId, hidden: true })] : []),
  ];
}

const sets = (actions: readonly CardAction[]): CardElement[] =>
  Array.from({ length: Math.ceil(actions.length / ACTIONS_IN_A_SET) }, (_set, index) => ({
    type: 'ActionSet',
    actions: actions.slice(index * ACTIONS_IN_A_SET, (index + 1) * ACTIONS_IN_A_SET),
  }));

/**
 * An instant as everyone reads it on a card: the reader's own time, made by his client, and the time in the places of the partnership.
 * `{{DATE(2026-11-22T10:00:00Z, SHORT)}} {{TIME(2026-11-22T10:00:00Z)}} your time (Sun 22 Nov, 18:00 in Manila)`. No milliseconds: the
 * renderer does not read them.
 * @param places - as in `TimeView.zones`: `text` is the wall clock in `place`
 */
export function timeText(at: Date, places: readonly { readonly place: string; readonly text: string }[] = []): string {
  const instant = toInstant(at);
  const elsewhere = places.map(({ place, text }) => `${plain(text, 40)} in ${plain(place, 40)}`).join(', ');
  return `{{DATE(${instant}, SHORT)}} {{TIME(${instant})}} your time${elsewhere ? ` (${elsewhere})` : ''}`;
}
