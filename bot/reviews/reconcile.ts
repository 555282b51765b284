import type { Cadence } from '../charter/charter.ts';
import type { Occurrence } from './occurrences.ts';
import type { Review } from './review.ts';

const DAY_MS = 86_400_000;
const DAYS: Readonly<Record<Cadence['unit'], number>> = { day: 1, week: 7, month: 30, quarter: 91 };

export const cadenceMs = ({ unit, each }: Cadence): number => DAYS[unit] * each * DAY_MS;
/** How far a date may lie from the one in whose place it comes: half the way to the next. */
const reachMs = (every: Cadence): number => cadenceMs(every) / 2;

/** What the calendars make of a date that is known. */
export type Change =
  | { readonly kind: 'found'; readonly occurrence: Occurrence }
  | { readonly kind: 'placed'; readonly review: Review; readonly occurrence: Occurrence }
  | { readonly kind: 'cancelled'; readonly review: Review };

/**
 * Compares the dates of one review that are known with those that the calendars have. A date keeps its row wherever it goes: one that is gone
 * gives it to a new date in its place, so that no date is told twice. What is over is left as it is, unless it was moved ahead before anything
 * was said in it.
 * @param known - every date of it that is not long over
 * @param calendar - what the calendars have, in the order of time
 * @param touched - whether anything was said in it
 */
export function reconcile(
  every: Cadence,
  known: readonly Review[],
  calendar: readonly Occurrence[],
  now: Date,
  touched: (review: Review) => boolean = () => false,
): Change[] {
  const changes: Change[] = [];
  const found = calendar.map((occurrence) => usedAgain(occurrence, known, touched));
  const byKey = new Map(found.map((occurrence) => [occurrence.key, occurrence]));
  const free: Review[] = [];
  const taken = new Set<string>();
  for (const review of known) {
    const occurrence = byKey.get(review.key);
    if (occurrence) taken.add(review.key);
    if (occurrence && !occurrence.cancelled) {
      if (mayBePlaced(review, occurrence, now, touched)) changes.push({ kind: 'placed', review, occurrence });
    } else if (review.state === 'missing' || mayLeave(review, now)) free.push(review);
  }
  for (const occurrence of found) {
    if (taken.has(occurrence.key) || occurrence.cancelled || occurrence.endAt <= now) continue;
    const review = nearest(free, occurrence, reachMs(every));
    if (!review) {
      changes.push({ kind: 'found', occurrence });
      continue;
    }
    free.splice(free.indexOf(review), 1);
    changes.push({ kind: 'placed', review, occurrence });
  }
  for (const review of free) if (review.state === 'planned' || review.state === 'prepared') changes.push({ kind: 'cancelled', review });
  return changes;
}

/**
 * A date that took place and is moved ahead afterwards is another date: what came of the first one stays with it.
 * @returns the occurrence, by a key of its own where it is one
 */
function usedAgain(occurrence: Occurrence, known: readonly Review[], touched: (review: Review) => boolean): Occurrence {
  const before = known.find(({ key }) => key === occurrence.key);
  const over = before && (before.state === 'closed' || ((before.state === 'ended' || before.state === 'running') && touched(before)));
  if (!over || occurrence.startAt <= before.endAt!) return occurrence;
  return { ...occurrence, key: `${occurrence.key}|${occurrence.startAt.toISOString().slice(0, 10)}` };
}

function mayBePlaced(review: Review, { startAt }: Occurrence, now: Date, touched: (review: Review) => boolean): boolean {
  if (review.state === 'planned' || review.state === 'prepared' || review.state === 'missing') return true;
  if (review.state === 'cancelled') return startAt > now;
  if (review.state === 'running') return startAt <= now || !touched(review);
  return review.state === 'ended' && startAt > now && !touched(review);
}

/** Its date may go to another: it has not begun. */
const mayLeave = ({ state, startAt }: Review, now: Date): boolean =>
  (state === 'planned' || state === 'prepared' || state === 'cancelled') && startAt !== null && startAt > now;

/** The date that is free and lies nearest; one without any date last. */
function nearest(free: readonly Review[], { startAt }: Occurrence, most: number): Review | undefined {
  const away = (review: Review) => (review.startAt ? Math.abs(review.startAt.getTime() - startAt.getTime()) : most);
  return [...free].filter((review) => away(review) <= most).sort((a, b) => away(a) - away(b) || (a.key < b.key ? -1 : 1))[0];
}
