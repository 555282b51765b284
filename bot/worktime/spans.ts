/**
 * Half-open spans of milliseconds, flat: start, end, start, end, ... ascending, none empty, none touching the next. They stand on the
 * wall-clock line (local day x 24 h + time of day, as if no clock were ever changed) or on the line of instants.
 */
export type Spans = readonly number[];

export const DAY_MS = 86_400_000;

export const NEVER: Spans = [];

/** Sorts pairs and joins those that overlap or touch. */
export function merged(pairs: [number, number][]): Spans {
  const spans: number[] = [];
  for (const [start, end] of pairs.sort((a, b) => a[0] - b[0])) {
    const last = spans.length - 1;
    if (last > 0 && start <= spans[last]!) spans[last] = Math.max(spans[last]!, end);
    else spans.push(start, end);
  }
  return spans;
}

/** `open` without `closed`. */
export function subtract(open: Spans, closed: Spans): Spans {
  if (open.length === 0 || closed.length === 0) return open;
  const left: number[] = [];
  let next = firstEndingAfter(closed, open[0]!);
  for (let i = 0; i < open.length; i += 2) {
    let start = open[i]!;
    const end = open[i + 1]!;
    while (next < closed.length && closed[next + 1]! <= start) next += 2;
    for (let c = next; c < closed.length && closed[c]! < end; c += 2) {
      if (closed[c]! > start) left.push(start, closed[c]!);
      start = Math.max(start, closed[c + 1]!);
    }
    if (start < end) left.push(start, end);
  }
  return left;
}

/** Index of the first span whose end lies after `at`; the length when there is none. */
export function firstEndingAfter(spans: Spans, at: number): number {
  let low = 0;
  let high = spans.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[2 * middle + 1]! > at) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

/** Days from 1970-01-01 to a date `YYYY-MM-DD` of the years 0001 to 9999; NaN when it is none. */
export function dayOf(on: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(on) ? Date.parse(`${on}T00:00:00Z`) : Number.NaN;
  // Date.parse may take the 30th of February for the 1st of March; a date that reads back differently is none.
  return !Number.isNaN(ms) && on >= '0001' && dateOf(ms / DAY_MS) === on ? ms / DAY_MS : Number.NaN;
}

/** The date `YYYY-MM-DD` of a day counted from 1970-01-01. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
