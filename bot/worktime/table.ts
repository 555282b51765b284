import type { Spans } from './spans.ts';

/**
 * Open time between two instants, laid out for search. Segment 0 is empty and stands at `fromMs`, so that every instant of the table has a
 * segment at or before it; the entry after the last segment is (Infinity, `totalMs`).
 */
export interface Table {
  readonly fromMs: number;
  readonly toMs: number;
  readonly totalMs: number;
  /** Of segment i: at 2i its start, at 2i + 1 what was worked from `fromMs` until that start. Its length is the difference to the next. */
  readonly marks: Float64Array;
  /** Where to start looking: by time, a segment not after the one sought ... */
  readonly byTime: Int32Array;
  readonly timeScale: number;
  /** ... and by amount worked, a segment not after the one sought. Both hold positions in `marks` (2i). */
  readonly byWork: Int32Array;
  readonly workScale: number;
}

/** Covers nothing. */
export const NO_TABLE: Table = {
  fromMs: Number.POSITIVE_INFINITY,
  toMs: Number.NEGATIVE_INFINITY,
  totalMs: 0,
  marks: new Float64Array(4),
  byTime: new Int32Array(1),
  timeScale: 0,
  byWork: new Int32Array(1),
  workScale: 0,
};

/** @param open - spans of instants within `fromMs` to `toMs` */
export function tableOf(open: Spans, fromMs: number, toMs: number): Table {
  const count = open.length / 2 + 1;
  const marks = new Float64Array(2 * count + 2);
  marks[0] = fromMs;
  let totalMs = 0;
  for (let i = 0; i < open.length; i += 2) {
    marks[i + 2] = open[i]!;
    marks[i + 3] = totalMs;
    totalMs += open[i + 1]! - open[i]!;
  }
  marks[2 * count] = Number.POSITIVE_INFINITY;
  marks[2 * count + 1] = totalMs;

  // The buckets are even, working time is not: each names a segment from which the one sought is reached in a step or two. Multiplying
  // by a positive number keeps order even where it rounds, so comparing scaled values never starts too late.
  const timeScale = (2 * count) / (toMs - fromMs);
  const byTime = new Int32Array(2 * count + 2);
  for (let bucket = 0, at = 0; bucket < byTime.length; bucket += 1) {
    while (at < 2 * count - 2 && (marks[at + 2]! - fromMs) * timeScale < bucket) at += 2;
    byTime[bucket] = at;
  }
  const workScale = totalMs > 0 ? count / totalMs : 0;
  const byWork = new Int32Array(count + 2);
  for (let bucket = 0, at = 0; bucket < byWork.length; bucket += 1) {
    while (at < 2 * count - 2 && marks[at + 3]! * workScale < bucket) at += 2;
    byWork[bucket] = at;
  }
  return { fromMs, toMs, totalMs, marks, byTime, timeScale, byWork, workScale };
}

/** Position of the last segment that starts at or before `atMs`, which must lie in the table. */
export function segmentAt(table: Table, atMs: number): number {
  const marks = table.marks;
  let at = table.byTime[((atMs - table.fromMs) * table.timeScale) | 0]!;
  while (marks[at + 2]! <= atMs) at += 2;
  return at;
}

/** Milliseconds worked from the start of the table until `atMs`, which must lie in the table. */
export function workedUntil(table: Table, atMs: number): number {
  const marks = table.marks;
  const at = segmentAt(table, atMs);
  const worked = marks[at + 1]! + (atMs - marks[at]!);
  const whole = marks[at + 3]!;
  return Math.min(worked, whole);
}

/** The earliest instant by which `workedMs` of the table are worked; more than 0, at most `totalMs`. */
export function earliestWith(table: Table, workedMs: number): number {
  const marks = table.marks;
  let at = table.byWork[(workedMs * table.workScale) | 0]!;
  while (marks[at + 3]! < workedMs) at += 2;
  return marks[at]! + (workedMs - marks[at + 1]!);
}

/** The latest instant until which only `workedMs` of the table are worked; at least 0, less than `totalMs`. */
export function latestWith(table: Table, workedMs: number): number {
  const marks = table.marks;
  let at = table.byWork[(workedMs * table.workScale) | 0]!;
  while (marks[at + 3]! <= workedMs) at += 2;
  return marks[at]! + (workedMs - marks[at + 1]!);
}

/** The open segment at this position, [start, end); undefined for the empty one at the start and for what lies beyond the last. */
export function segment(table: Table, at: number): { fromMs: number; toMs: number } | undefined {
  if (at < 2 || at >= table.marks.length - 2) return undefined;
  const fromMs = table.marks[at]!;
  return { fromMs, toMs: fromMs + (table.marks[at + 3]! - table.marks[at + 1]!) };
}
