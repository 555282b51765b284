import type { AgendaItemView, ReviewView } from '../../bot/contract/review.ts';

const MINUTE_MS = 60_000;
type Planned = Pick<ReviewView, 'state' | 'startsAt' | 'minutes' | 'items'>;

/** It was held, or will not be: nobody joins it any more. */
export const isOver = ({ state }: Pick<ReviewView, 'state'>): boolean => state === 'ended' || state === 'closed' || state === 'cancelled';

/** The item whose turn it is while a review is held: the first that is not done yet. */
export const itemNow = (review: Planned): AgendaItemView | null =>
  review.state === 'running' ? (review.items.find(({ state }) => state === 'planned') ?? null) : null;

/** Whole minutes from an instant of the service to another: a minute that has begun counts; below zero once it has passed. */
const minutesUntil = (now: string, at: number): number => Math.ceil((at - Date.parse(now)) / MINUTE_MS);

/** Minutes until the review begins; null without a date. */
export const minutesToStart = ({ startsAt }: Planned, now: string): number | null => startsAt && minutesUntil(now, Date.parse(startsAt.at));

/** Minutes of the meeting that are left, none below zero; null without a date. */
export const minutesOfMeeting = ({ startsAt, minutes }: Planned, now: string): number | null =>
  startsAt && Math.max(0, minutesUntil(now, Date.parse(startsAt.at) + minutes * MINUTE_MS));

/**
 * Minutes until the time planned for an item is over, below zero once it is: an item that begins early has what was saved before it as well.
 * Null without a date, and for an item for which there was no time.
 */
export function minutesOfItem({ startsAt }: Planned, item: AgendaItemView, now: string): number | null {
  if (!startsAt || item.minutes === 0) return null;
  return minutesUntil(now, Date.parse(startsAt.at) + (item.startsAfterMinutes + item.minutes) * MINUTE_MS);
}
