import type { ActionOutcome, CardJson, CardKind, Subject, Viewer } from '../capability.ts';
import { actionSet, type CardElement, execute, group, plain, textBlock } from '../posts/parts.ts';
import type { Tx } from '../store/database.ts';

/** The card of a subject as one reader may see it now; null when there is nothing for him to see. */
export async function cardFor(
  tx: Tx,
  kinds: ReadonlyMap<string, CardKind>,
  subject: Subject,
  viewer: Viewer,
  now: Date,
): Promise<CardJson | null> {
  const kind = kinds.get(subject.kind);
  const view = kind ? await kind.view(tx, subject.id, viewer, now) : null;
  return view === null || view === undefined ? null : (kind?.card(view) ?? null);
}

const bodyOf = (card: CardJson): readonly CardElement[] => (Array.isArray(card.body) ? (card.body as CardElement[]) : []);

/** A card with a sentence for its reader on top, and the way back where there is one. */
export function noticed(card: CardJson, sentence: string, undo?: { verb: string; subjectId: string; eventId: string }): CardJson {
  const back = undo ? actionSet([execute('Undo', undo.verb, { subjectId: undo.subjectId, [`${undo.verb}:eventId`]: undo.eventId })]) : [];
  return { ...card, body: [group([textBlock(plain(sentence, 400), { weight: 'Bolder' }), ...back], { emphasis: true }), ...bodyOf(card)] };
}

/** The verb that takes an outcome back, where its capability offers one. */
export function undoOf(actions: ReadonlyMap<string, unknown>, { subject, undoEventId }: ActionOutcome) {
  const verb = `${subject.kind}.undo`;
  return undoEventId && actions.has(verb) ? { verb, subjectId: subject.id, eventId: undoEventId } : undefined;
}

/** The same card without anything to press: for people whom the bot does not know. */
export function readOnly(card: CardJson): CardJson {
  const { refresh: _refresh, actions: _actions, selectAction: _select, ...rest } = card;
  return { ...rest, type: 'AdaptiveCard', version: '1.5', body: bodyOf(card).flatMap(withoutButtons) };
}

function withoutButtons(element: CardElement): CardElement[] {
  if (element.type === 'ActionSet' || element.type.startsWith('Input.') || element.isVisible === false) return [];
  const { selectAction: _select, ...rest } = element;
  const kept: Record<string, unknown> = { ...rest };
  for (const key of ['items', 'columns'] as const)
    if (Array.isArray(element[key])) kept[key] = (element[key] as CardElement[]).flatMap(withoutButtons);
  const emptied = Array.isArray(kept.items) && kept.items.length === 0 && (element.items as unknown[]).length > 0;
  return emptied && element.type === 'Container' ? [] : [kept as CardElement];
}

/** What a person reads who is not bound. @param whoCanBind - the sentence that says who can say who he is */
export const unknownPerson = (whoCanBind: string): string => `Rapport does not know yet who you are here. ${plain(whoCanBind, 240)}`;
