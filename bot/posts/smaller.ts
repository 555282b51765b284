import type { CardJson } from '../capability.ts';
import { card, textBlock } from './parts.ts';

/** What is short enough for any limit, whatever else the card holds. */
const HEADLINE = 300;

/** A card in the place of one that is too large for Teams: its first line, and where the rest stands. The own view of a person is asked for as before. */
export function smaller(whole: CardJson): CardJson {
  const { refresh } = whole as { refresh?: CardJson };
  const headline = [...(firstText(whole) ?? '')].slice(0, HEADLINE).join('');
  const body = [
    ...(headline ? [textBlock(headline)] : []),
    textBlock('There is more to this than fits here. Please look in the Rapport tab.'),
  ];
  return { ...card(body), ...(refresh && { refresh }) };
}

/** The first text that a card shows, in reading order. */
function firstText(element: unknown): string | undefined {
  if (Array.isArray(element)) {
    for (const part of element) {
      const text = firstText(part);
      if (text !== undefined) return text;
    }
    return undefined;
  }
  if (typeof element !== 'object' || element === null) return undefined;
  const { type, text, body, items, columns } = element as Record<string, unknown>;
  if (type === 'TextBlock' && typeof text === 'string' && text) return text;
  return firstText(body) ?? firstText(items) ?? firstText(columns);
}
