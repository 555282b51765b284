import { CalendarError, type CompiledCalendar, openOnWall } from './calendar.ts';
import { DAY_MS } from './spans.ts';
import { earliestWith, latestWith, segment, segmentAt, type Table, tableOf, workedUntil } from './table.ts';
import { offsetPieces, toInstants } from './zone.ts';

/**
 * Working seconds from `from` until `to`, as real time: a wall-clock hour that the zone skips counts nothing, one that it repeats counts
 * twice. 0 when `to` is not after `from`. Fractions of a second are kept.
 * @throws {CalendarError} `calendar.bad_instant`
 */
export function within(calendar: CompiledCalendar, from: Date, to: Date): number {
  const fromMs = from.getTime();
  const toMs = to.getTime();
  if (toMs <= fromMs) return 0;
  let table = calendar.table;
  if (!(fromMs >= table.fromMs && toMs < table.toMs)) {
    if (toMs - fromMs > LONGEST_MS) return withinAges(calendar, fromMs, toMs);
    table = cover(calendar, fromMs, toMs);
  }
  return (workedUntil(table, toMs) - workedUntil(table, fromMs)) / 1000;
}

/**
 * The earliest instant with `seconds` worked since `from`: 8 h from 09:00 is 17:00 of the same day. `from` itself for 0; a negative
 * amount goes back like {@link sub}.
 * @throws {CalendarError} `calendar.no_hours` when ten years pass without working time, `calendar.too_far` beyond four centuries,
 *   `calendar.bad_amount`, `calendar.bad_instant`
 */
export function add(calendar: CompiledCalendar, from: Date, seconds: number): Date {
  const fromMs = from.getTime();
  const amountMs = Math.round(seconds * 1000);
  const table = calendar.table;
  if (amountMs > 0 && fromMs >= table.fromMs && fromMs < table.toMs) {
    const target = workedUntil(table, fromMs) + amountMs;
    if (target <= table.totalMs) return new Date(earliestWith(table, target));
  }
  return addBeyond(calendar, fromMs, amountMs);
}

/**
 * The latest instant from which `seconds` are worked until `from`: 8 h back from 17:00 is 09:00 of the same day. Mirrors {@link add}.
 * @throws {CalendarError} as {@link add}
 */
export function sub(calendar: CompiledCalendar, from: Date, seconds: number): Date {
  const fromMs = from.getTime();
  const amountMs = Math.round(seconds * 1000);
  const table = calendar.table;
  if (amountMs > 0 && fromMs >= table.fromMs && fromMs < table.toMs) {
    const target = workedUntil(table, fromMs) - amountMs;
    if (target >= 0) return new Date(latestWith(table, target));
  }
  return addBeyond(calendar, fromMs, -amountMs);
}

/** Whether the wall clock at this instant lies in an interval: its start is in, its end is out. */
export function isOpen(calendar: CompiledCalendar, at: Date): boolean {
  const atMs = at.getTime();
  const table = tableAt(calendar, atMs);
  const open = segment(table, segmentAt(table, atMs));
  return open !== undefined && atMs < open.toMs;
}

/**
 * The instant itself when it is open, else the next one that is.
 * @throws {CalendarError} `calendar.no_hours` when ten years pass without working time, `calendar.bad_instant`
 */
export function nextOpen(calendar: CompiledCalendar, at: Date): Date {
  const atMs = at.getTime();
  for (let reachMs = 0; ; reachMs = further(reachMs)) {
    const table = tableAt(calendar, atMs, atMs + reachMs);
    const position = segmentAt(table, atMs);
    const open = segment(table, position);
    if (open && atMs < open.toMs) return new Date(atMs);
    const next = segment(table, position + 2);
    if (next) return new Date(next.fromMs);
    if (reachMs > PATIENCE_MS) throw noHours(calendar);
  }
}

/**
 * The instant itself when work goes on right up to it, else the last closing before it; so at an opening it is the closing before.
 * @throws {CalendarError} `calendar.no_hours` when ten years back hold no working time, `calendar.bad_instant`
 */
export function prevClose(calendar: CompiledCalendar, at: Date): Date {
  const atMs = at.getTime();
  for (let reachMs = 0; ; reachMs = further(reachMs)) {
    const table = tableAt(calendar, atMs - reachMs, atMs);
    const position = segmentAt(table, atMs);
    const open = segment(table, position);
    if (open && open.fromMs < atMs) return new Date(Math.min(atMs, open.toMs));
    const previous = segment(table, position - 2);
    if (previous) return new Date(previous.toMs);
    if (reachMs > PATIENCE_MS) throw noHours(calendar);
  }
}

/** Open segments between two instants, ascending, clipped to them. */
export function segmentsBetween(calendar: CompiledCalendar, fromMs: number, toMs: number): { fromMs: number; toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = [];
  if (toMs <= fromMs) return found;
  const table = tableAt(calendar, fromMs, toMs);
  for (let position = segmentAt(table, fromMs); table.marks[position]! < toMs; position += 2) {
    const open = segment(table, position);
    if (open && open.toMs > fromMs) found.push({ fromMs: Math.max(open.fromMs, fromMs), toMs: Math.min(open.toMs, toMs) });
  }
  return found;
}

/** What a table holds beyond the instants that were asked for, so that the next question finds it ready. */
const BEHIND_MS = 120 * DAY_MS;
const AHEAD_MS = 400 * DAY_MS;
/** A table that would grow longer than this starts anew where the question is. */
const LONGEST_MS = 64 * 366 * DAY_MS;
/** How long a search goes on without meeting any working time. */
const PATIENCE_MS = 3653 * DAY_MS;
const FARTHEST_MS = 400 * 366 * DAY_MS;
/** Instants of the years 1 to 9999, less what a table adds around them. */
const EARLIEST_MS = new Date(0).setUTCFullYear(2, 0, 1);
const LATEST_MS = Date.UTC(9998, 0, 1);

const further = (reachMs: number): number => (reachMs === 0 ? AHEAD_MS : 2 * reachMs);

function tableAt(calendar: CompiledCalendar, fromMs: number, toMs = fromMs): Table {
  const table = calendar.table;
  return fromMs >= table.fromMs && toMs < table.toMs ? table : cover(calendar, fromMs, toMs);
}

/** Makes the calendar's table hold both instants, and all between. */
function cover(calendar: CompiledCalendar, fromMs: number, toMs: number): Table {
  if (!(fromMs >= EARLIEST_MS && toMs < LATEST_MS)) {
    throw new CalendarError('calendar.bad_instant', 'an instant must be a valid date of the years 2 to 9997');
  }
  const known = calendar.table;
  const joins = Math.max(toMs, known.toMs) - Math.min(fromMs, known.fromMs) <= LONGEST_MS;
  const startMs = joins && fromMs >= known.fromMs ? known.fromMs : fromMs - BEHIND_MS;
  const endMs = joins && toMs < known.toMs ? known.toMs : toMs + AHEAD_MS;
  // No zone is more than two days away from UTC.
  const wall = openOnWall(calendar.rules, Math.floor(startMs / DAY_MS) - 2, Math.floor(endMs / DAY_MS) + 2);
  const pieces = offsetPieces(calendar.offsets, startMs, endMs).map((piece) => ({
    offsetMs: piece.offsetMs,
    fromMs: Math.max(piece.fromMs, startMs),
    toMs: Math.min(piece.toMs, endMs),
  }));
  calendar.table = tableOf(toInstants(wall, pieces), startMs, endMs);
  return calendar.table;
}

function addBeyond(calendar: CompiledCalendar, fromMs: number, amountMs: number): Date {
  if (!Number.isFinite(amountMs)) throw new CalendarError('calendar.bad_amount', 'an amount must be a finite number of seconds');
  const forward = amountMs > 0;
  for (let reachMs = 0; ; reachMs = further(reachMs)) {
    const table = forward ? tableAt(calendar, fromMs, fromMs + reachMs) : tableAt(calendar, fromMs - reachMs, fromMs);
    if (amountMs === 0) return new Date(fromMs);
    const target = workedUntil(table, fromMs) + amountMs;
    if (forward && target <= table.totalMs) return new Date(earliestWith(table, target));
    if (!forward && target >= 0) return new Date(latestWith(table, target));
    const edge = segment(table, forward ? table.marks.length - 4 : 2);
    const emptyMs = forward ? table.toMs - Math.max(fromMs, edge?.toMs ?? fromMs) : Math.min(fromMs, edge?.fromMs ?? fromMs) - table.fromMs;
    if (emptyMs > PATIENCE_MS) throw noHours(calendar);
    if (reachMs > FARTHEST_MS) throw new CalendarError('calendar.too_far', 'the amount reaches further than four centuries');
  }
}

/** Ranges longer than a table: the sum of shorter ones. */
function withinAges(calendar: CompiledCalendar, fromMs: number, toMs: number): number {
  let seconds = 0;
  for (let startMs = fromMs; startMs < toMs; startMs += LONGEST_MS) {
    seconds += within(calendar, new Date(startMs), new Date(Math.min(startMs + LONGEST_MS, toMs)));
  }
  return seconds;
}

const noHours = (calendar: CompiledCalendar): CalendarError =>
  new CalendarError(
    'calendar.no_hours',
    `the calendar (${calendar.zone}) has no working time within ten years: check hours, shifts and holidays`,
  );
