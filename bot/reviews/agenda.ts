import { createHash } from 'node:crypto';
import type { AgendaCandidate, Subject } from '../capability.ts';
import { AgendaSection, type Wish } from '../contract/review.ts';
import type { Item } from './review.ts';

/** From the third carry on an item stands out. */
export const FLAGGED_FROM = 3;
const SECTIONS = AgendaSection.options;
const rankOf = (section: AgendaSection): number => SECTIONS.indexOf(section);
const keyOf = ({ kind, id }: Subject): string => `${kind}:${id}`;

/** A line that every date has to cover, as a subject that stays the same. */
export const coversSubject = (line: string): Subject => ({
  kind: 'covers',
  id: createHash('sha256').update(line).digest('hex').slice(0, 32),
});

/** It did not come to its end on that agenda: nobody spoke of it, or it wished for a decision and there is none. */
export const isUndone = ({ state, wish }: Pick<Item, 'state' | 'wish'>): boolean =>
  state === 'planned' || (state === 'discussed' && wish === 'decide');

export interface Sources {
  readonly candidates: readonly AgendaCandidate[];
  /** Items of the date before it that took place. */
  readonly previous: readonly Item[];
  /** Items of dates since then that were cancelled: they go on without another carry. */
  readonly off?: readonly Item[];
  /** What the charter says that it covers. */
  readonly covers: readonly string[];
}

/**
 * The agenda as it is now: what stood on it keeps its place and what people did to it; what is new comes at the end of its section; what has
 * come to its end elsewhere goes. The same subject is one item, from one preparation and one date to the next.
 * @param items - as they stand, in their order
 * @param newId - makes the id of an item
 */
export function prepared(reviewId: string, items: readonly Item[], sources: Sources, newId: () => string): Item[] {
  const before = new Map([
    ...sources.previous.filter(isUndone).map((item) => [keyOf(item.subject), { ...item, carried: item.carried + 1 }] as const),
    ...(sources.off ?? []).filter(isUndone).map((item) => [keyOf(item.subject), item] as const),
  ]);
  const wanted = new Map<string, Item>();
  const want = (given: Pick<Item, 'subject' | 'section' | 'text' | 'side' | 'contactId' | 'wish' | 'weight' | 'by'>): void => {
    const key = keyOf(given.subject);
    if (wanted.has(key)) return;
    const carried = before.get(key)?.carried ?? 0;
    wanted.set(key, {
      ...given,
      id: '',
      reviewId,
      section: carried ? 'carried' : given.section,
      carried,
      state: 'planned',
      noteId: null,
    });
  };
  for (const candidate of sources.candidates) want({ ...candidate, by: null });
  for (const line of sources.covers)
    want({
      subject: coversSubject(line),
      section: 'covers',
      text: line,
      side: null,
      contactId: null,
      wish: 'discuss',
      weight: 0,
      by: null,
    });
  // what people put there has no other home: it goes on until it is done
  for (const item of before.values()) if (item.subject.kind === 'added') want(item);

  const kept = items.flatMap((item): Item[] => {
    const now = wanted.get(keyOf(item.subject));
    wanted.delete(keyOf(item.subject));
    if (!now) return item.subject.kind === 'added' || item.state !== 'planned' ? [item] : [];
    const { text, side, contactId, wish, weight, carried, section } = now;
    const told = item.subject.kind === 'added' ? item : { ...item, text, side, contactId, wish, weight };
    return [{ ...told, carried, section }];
  });
  // what is carried only since the date before it was held goes up to what is carried; all else keeps its place
  const sectionOf = new Map(items.map(({ id, section }) => [id, section]));
  const stays = kept.filter(({ id, section }) => sectionOf.get(id) === section);
  const goes = kept.filter((item) => !stays.includes(item));
  const fresh = [...wanted.values()].map((item) => ({ ...item, id: newId() }));
  return [...goes, ...fresh].sort(byImportance).reduce(placed, stays);
}

const byImportance = (a: Item, b: Item): number =>
  rankOf(a.section) - rankOf(b.section) || b.carried - a.carried || b.weight - a.weight || (keyOf(a.subject) < keyOf(b.subject) ? -1 : 1);

/** At the end of its section, or of the last one that stands before it. */
function placed(items: readonly Item[], item: Item): Item[] {
  const at = items.findLastIndex((each) => rankOf(each.section) <= rankOf(item.section)) + 1;
  return [...items.slice(0, at), item, ...items.slice(at)];
}

/** One place up or down among those that are not dropped; the same list where it stands at the end already. */
export function shifted(items: readonly Item[], id: string, by: -1 | 1): readonly Item[] {
  const shown = items.filter(({ state }) => state !== 'dropped');
  const at = shown.findIndex((item) => item.id === id);
  const other = at < 0 ? undefined : shown[at + by];
  if (!other) return items;
  const [a, b] = [items.indexOf(shown[at]!), items.indexOf(other)];
  return items.map((item, index) => (index === a ? items[b]! : index === b ? items[a]! : item));
}

/** Minutes that an item takes, and the least in which it makes sense. */
const MINUTES: Readonly<Record<Wish, { readonly usual: number; readonly least: number }>> = {
  decide: { usual: 10, least: 5 },
  discuss: { usual: 8, least: 4 },
  inform: { usual: 3, least: 1 },
};
/** The last minutes are for what was agreed. */
const CLOSING = 5;

export interface Boxed {
  readonly item: Item;
  /** 0 where the time is used up before it. */
  readonly minutes: number;
  readonly startsAfterMinutes: number;
}

/**
 * The items within the time there is: as long as they usually take, shorter where that is more than there is, and the rest after it.
 * @param late - how many at the end were added while it is held: they have what the others leave, so that nobody's time changes under way
 */
export function boxed(items: readonly Item[], minutes: number, late = 0): Boxed[] {
  const time = minutes > 3 * CLOSING ? minutes - CLOSING : minutes;
  const planned = items.slice(0, items.length - late);
  const fitting: Item[] = [];
  let least = 0;
  for (const item of planned) {
    least += MINUTES[item.wish].least;
    if (least > time) break;
    fitting.push(item);
  }
  const sum = (of: 'usual' | 'least') => fitting.reduce((total, { wish }) => total + MINUTES[wish][of], 0);
  const [usual, shortest] = [sum('usual'), sum('least')];
  // all have a like part of what is more than the least
  const part = usual <= time || usual === shortest ? 1 : (time - shortest) / (usual - shortest);
  let at = 0;
  return items.map((item, index) => {
    const { usual: most, least: fewest } = MINUTES[item.wish];
    const left = Math.min(most, time - at);
    const ofLate = left >= fewest ? left : 0;
    const ofPlanned = index < fitting.length ? fewest + Math.floor((most - fewest) * part) : 0;
    const own = index < planned.length ? ofPlanned : ofLate;
    const startsAfterMinutes = at;
    at += own;
    return { item, minutes: own, startsAfterMinutes };
  });
}
