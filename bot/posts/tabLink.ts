import type { CardJson, CardKind } from '../capability.ts';
import type { Config } from '../config.ts';
import { ACTIONS_IN_A_SET, type CardElement } from './parts.ts';

/** The link that opens a place in the tab, in Teams; elsewhere the page itself. @param place - `escalation/<id>`; none: Today */
export type TabLink = (place: string) => string;

export const tabLink =
  ({ TEAMS_APP_ID, APP_ID, PUBLIC_URL }: Pick<Config, 'TEAMS_APP_ID' | 'APP_ID' | 'PUBLIC_URL'>): TabLink =>
  (place) => {
    const link = new URL(`https://teams.microsoft.com/l/entity/${TEAMS_APP_ID ?? APP_ID}/today`);
    link.searchParams.set('webUrl', `${PUBLIC_URL.replace(/\/$/, '')}/tab/#/${place}`);
    link.searchParams.set('context', JSON.stringify({ subEntityId: place }));
    return link.href;
  };

/** The kind with cards that lead to their place in the tab. */
export const withTabLink = (kind: CardKind, link: TabLink): CardKind =>
  kind.page ? { ...kind, card: (view) => leadingTo(kind.card(view), link(kind.page!(view))) } : kind;

/** The link is the last of the card's buttons: behind More where a card has it. */
function leadingTo(card: CardJson, url: string): CardJson {
  const body = card.body as readonly CardElement[];
  const link = { type: 'Action.OpenUrl', title: 'Open in Rapport', url };
  const more = body.findIndex(({ id, type }) => id === 'more' && type === 'Container');
  if (more < 0) return { ...card, body: withLast(body, link) };
  const { items, ...rest } = body[more]!;
  return { ...card, body: body.with(more, { ...rest, type: 'Container', items: withLast(items as CardElement[], link) }) };
}

/** The set of buttons that stands last takes one more; a full one is followed by another. */
function withLast(elements: readonly CardElement[], action: CardElement): CardElement[] {
  const last = elements.at(-1);
  const actions = last?.type === 'ActionSet' ? (last.actions as readonly CardElement[]) : null;
  if (!last || !actions || actions.length >= ACTIONS_IN_A_SET) return [...elements, { type: 'ActionSet', actions: [action] }];
  return [...elements.slice(0, -1), { ...last, actions: [...actions, action] }];
}
