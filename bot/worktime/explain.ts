import { segmentsBetween } from './arithmetic.ts';
import { type CompiledCalendar, openOnWall } from './calendar.ts';
import { localDay, openOf, piecesAround } from './days.ts';
import { DAY_MS, dateOf, type Spans } from './spans.ts';
import { toInstants } from './zone.ts';

/** A stretch of working time. */
export interface Segment {
  fromAt: Date;
  toAt: Date;
  seconds: number;
}

/** How a stretch of time came about. */
export interface Explanation {
  segments: Segment[];
  /** Local dates between the two instants, both ends included, on which nothing was open, or whose holiday or exception closed all that
   * would have started on them (the night shift of the day before may still have run into such a date). */
  closed: ClosedDay[];
  /** The zone of the dates. */
  zone: string;
}

export interface ClosedDay {
  /** `YYYY-MM-DD` in the calendar's zone. */
  on: string;
  /** `weekend` is any weekday without hours. */
  why: 'holiday' | 'exception' | 'weekend';
  name?: string;
}

/**
 * What is counted from `from` until `to`, ascending; neighbours that touch are one. Their seconds add up to `within`.
 * @throws {CalendarError} `calendar.bad_instant`
 */
export const segments = (calendar: CompiledCalendar, from: Date, to: Date): Segment[] =>
  segmentsBetween(calendar, from.getTime(), to.getTime()).map(({ fromMs, toMs }) => ({
    fromAt: new Date(fromMs),
    toAt: new Date(toMs),
    seconds: (toMs - fromMs) / 1000,
  }));

/**
 * The segments counted from `from` until `to` and the closed days among them; both empty when `to` is not after `from`.
 * @throws {CalendarError} `calendar.bad_instant`
 */
export function explain(calendar: CompiledCalendar, from: Date, to: Date): Explanation {
  const closed: ClosedDay[] = [];
  if (to > from) {
    // `to` is out: at midnight sharp, its own day was not reached.
    const lastDay = localDay(calendar.offsets, new Date(to.getTime() - 1));
    for (let day = localDay(calendar.offsets, from); day <= lastDay; day += 1) {
      const found = closedDay(calendar, day);
      if (found) closed.push(found);
    }
  }
  return { segments: segments(calendar, from, to), closed, zone: calendar.zone };
}

function closedDay(calendar: CompiledCalendar, day: number): ClosedDay | undefined {
  const { rules } = calendar;
  const pieces = piecesAround(calendar.offsets, day);
  // A date that the zone skipped altogether was no day at all.
  if (toInstants([day * DAY_MS, (day + 1) * DAY_MS], pieces).length === 0) return undefined;
  const on = dateOf(day);
  if (rules.holidays.has(day)) return named(on, 'holiday', rules.holidays.get(day));
  if ((rules.exceptions.has(day) || rules.breakDays.has(day)) && openOf(calendar, day).length === 0) {
    return named(on, 'exception', rules.names.get(day));
  }
  const wall = clipped(openOnWall(rules, day, day), day * DAY_MS, (day + 1) * DAY_MS);
  return toInstants(wall, pieces).length === 0 ? { on, why: 'weekend' } : undefined;
}

const named = (on: string, why: ClosedDay['why'], name: string | undefined): ClosedDay =>
  name === undefined ? { on, why } : { on, why, name };

function clipped(spans: Spans, from: number, to: number): Spans {
  const kept: number[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    const start = Math.max(spans[i]!, from);
    const end = Math.min(spans[i + 1]!, to);
    if (start < end) kept.push(start, end);
  }
  return kept;
}
