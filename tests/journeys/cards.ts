import type { CardAction } from '../../infra/local/connector/client.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';

/** A button as it stands on a card: pressed by Action.Execute, or by the Action.Submit that an older client takes in its place. */
export interface CardButton extends CardAction {
  readonly verb: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly fallback?: { readonly type: 'Action.Submit'; readonly data: Readonly<Record<string, unknown>> };
}

/** The card that a message holds, as it is stored in Teams; null for words. */
export const cardOf = (message: StoredMessage): unknown => message.content.attachments?.[0]?.content ?? null;

/** Every button that asks the bot, wherever it stands on the card. */
export function buttonsOn(part: unknown): CardButton[] {
  if (Array.isArray(part)) return part.flatMap(buttonsOn);
  if (typeof part !== 'object' || part === null) return [];
  const own = 'type' in part && part.type === 'Action.Execute' ? [part as unknown as CardButton] : [];
  return [
    ...own,
    ...Object.entries(part).flatMap(([key, value]) => (['data', 'refresh', 'fallback'].includes(key) ? [] : buttonsOn(value))),
  ];
}

/** Kind and id of what a card is about: from its refresh, else from its first button. */
export function subjectOf(card: unknown): { kind: string; id: string } | null {
  const refresh = (card as { refresh?: { action?: { data?: { subjectKind?: string; subjectId?: string } } } } | null)?.refresh?.action
    ?.data;
  if (refresh?.subjectKind && refresh.subjectId) return { kind: refresh.subjectKind, id: refresh.subjectId };
  const [button] = buttonsOn(card);
  return button ? { kind: button.verb.split('.')[0]!, id: String(button.data.subjectId) } : null;
}
