import { CalendarError, type CompiledCalendar, startingOn } from './calendar.ts';
import { DAY_MS, dateOf, dayOf, NEVER, type Spans, subtract } from './spans.ts';
import { type OffsetPiece, offsetAt, offsetPieces, toInstants, type Zone, zoneOf } from './zone.ts';

/** What is worked of the intervals that start on one local date, from the first opening to the last closing. */
export interface WorkingDay {
  readonly startAt: Date;
  readonly endAt: Date;
}

/** How many days are searched for the next working day. */
const PATIENCE_DAYS = 3653;
const DAYS_KEPT = 2000;

/**
 * The local date `YYYY-MM-DD` of an instant.
 * @throws {CalendarError} `calendar.bad_zone`, `calendar.bad_instant`
 */
export function localDate(zone: string, at: Date): string {
  const offsets = zoneOf(zone);
  if (!offsets) throw new CalendarError('calendar.bad_zone', `unknown time zone ${JSON.stringify(zone)}`);
  return dateOf(localDay(offsets, at));
}

/** The local day of an instant, counted from 1970-01-01. */
export function localDay(offsets: Zone, at: Date): number {
  const atMs = at.getTime();
  if (Number.isNaN(atMs)) throw new CalendarError('calendar.bad_instant', 'an instant must be a valid date');
  return Math.floor((atMs + offsetAt(offsets, atMs)) / DAY_MS);
}

/**
 * The working day that starts on a local date: undefined when nothing starts on it. A holiday is none, even where an interval that starts
 * on it would go on after its midnight.
 * @param on - `YYYY-MM-DD` in the calendar's zone
 * @throws {CalendarError} `calendar.bad_date`
 */
export function workingDay(calendar: CompiledCalendar, on: string): WorkingDay | undefined {
  const day = dayOf(on);
  if (Number.isNaN(day)) throw new CalendarError('calendar.bad_date', `${JSON.stringify(on)} is not a date YYYY-MM-DD`);
  return workingDayOf(calendar, day);
}

/**
 * The nearest date on which a working day starts: the date itself where one does, else the next one, or the last before it.
 * @param on - `YYYY-MM-DD` in the calendar's zone
 * @throws {CalendarError} `calendar.bad_date`; `calendar.no_hours` when there is none within ten years
 */
export function workingDate(calendar: CompiledCalendar, on: string, look: 'forward' | 'back'): string {
  const from = dayOf(on);
  if (Number.isNaN(from)) throw new CalendarError('calendar.bad_date', `${JSON.stringify(on)} is not a date YYYY-MM-DD`);
  const step = look === 'forward' ? 1 : -1;
  for (let n = 0; n <= PATIENCE_DAYS; n += 1) if (openOf(calendar, from + n * step).length > 0) return dateOf(from + n * step);
  throw new CalendarError('calendar.no_hours', `the calendar (${calendar.zone}) has no working day within ten years`);
}

function workingDayOf(calendar: CompiledCalendar, day: number): WorkingDay | undefined {
  const open = openOf(calendar, day);
  return open.length === 0 ? undefined : { startAt: new Date(open[0]!), endAt: new Date(open[open.length - 1]!) };
}

/** Instants open by the intervals that start on this local day; none on a holiday. */
export function openOf(calendar: CompiledCalendar, day: number): Spans {
  let open = calendar.days.get(day);
  if (!open) {
    open = calendar.rules.holidays.has(day) ? NEVER : readOpenOf(calendar, day);
    if (calendar.days.size >= DAYS_KEPT) calendar.days.clear();
    calendar.days.set(day, open);
  }
  return open;
}

function readOpenOf(calendar: CompiledCalendar, day: number): Spans {
  const own = startingOn(calendar.rules, day);
  if (own.length === 0) return NEVER;
  const wall = subtract(
    own.map((time) => day * DAY_MS + time),
    calendar.rules.closures,
  );
  return wall.length === 0 ? NEVER : toInstants(wall, piecesAround(calendar.offsets, day));
}

/** Offsets around a local day: enough for intervals that run into the day after it, in any zone. */
export const piecesAround = (offsets: Zone, day: number): OffsetPiece[] => offsetPieces(offsets, (day - 2) * DAY_MS, (day + 4) * DAY_MS);

/**
 * The end of the nth working day. Counted are working days that start after the calendar date of `from` in the calendar's zone: from
 * Friday 16:59, Friday 17:30 or Saturday, n = 1 is Monday. The end is that of the day's last interval, or of the shift that starts on it.
 * @param n - a whole number, at least 1
 * @throws {CalendarError} `calendar.no_hours`, `calendar.bad_amount`, `calendar.bad_instant`
 */
export const endOfWorkingDay = (calendar: CompiledCalendar, from: Date, n: number): Date => nthWorkingDay(calendar, from, n).endAt;

/** The first opening of the next working day: of those that start after the calendar date of `from`. Errors as {@link endOfWorkingDay}. */
export const startOfNextWorkingDay = (calendar: CompiledCalendar, from: Date): Date => nthWorkingDay(calendar, from, 1).startAt;

function nthWorkingDay(calendar: CompiledCalendar, from: Date, n: number): WorkingDay {
  if (!Number.isInteger(n) || n < 1) throw new CalendarError('calendar.bad_amount', `working days are counted from 1, not ${n}`);
  let day = localDay(calendar.offsets, from);
  for (let left = n; left > 0; left -= 1) day = nextOpenDay(calendar, day);
  return workingDayOf(calendar, day)!;
}

/** The next local day on which a working day starts. */
function nextOpenDay(calendar: CompiledCalendar, after: number): number {
  for (let day = after + 1; day <= after + 1 + PATIENCE_DAYS; day += 1) if (openOf(calendar, day).length > 0) return day;
  throw new CalendarError('calendar.no_hours', `the calendar (${calendar.zone}) has no working day within ten years`);
}

/**
 * How many working days are over by `to`, of those that start after the calendar date of `from`: the largest n whose {@link endOfWorkingDay}
 * is not after it, at most `atMost`. Errors as there.
 */
export function workingDaysOver(calendar: CompiledCalendar, from: Date, to: Date, atMost: number): number {
  let day = localDay(calendar.offsets, from);
  for (let over = 0; over < atMost; over += 1) {
    day = nextOpenDay(calendar, day);
    if (workingDayOf(calendar, day)!.endAt > to) return over;
  }
  return atMost;
}

/**
 * The instant at which a clock on the wall of this zone shows `YYYY-MM-DDTHH:MM`: the earlier one where it shows it twice, the one after
 * the gap where it never does. Undefined when the text is no such time.
 * @throws {CalendarError} `calendar.bad_zone`
 */
export function fromWallClock(zone: string, text: string): Date | undefined {
  const offsets = zoneOf(zone);
  if (!offsets) throw new CalendarError('calendar.bad_zone', `unknown time zone ${JSON.stringify(zone)}`);
  const wallMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
  if (Number.isNaN(wallMs)) return undefined;
  const before = wallMs - offsetAt(offsets, wallMs - DAY_MS);
  const after = wallMs - offsetAt(offsets, wallMs + DAY_MS);
  const fitting = [before, after].filter((atMs) => atMs + offsetAt(offsets, atMs) === wallMs);
  return new Date(fitting.length ? Math.min(...fitting) : Math.max(before, after));
}
