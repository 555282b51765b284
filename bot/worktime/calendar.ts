import { DAY_MS, dayOf, merged, NEVER, type Spans, subtract } from './spans.ts';
import { NO_TABLE, type Table } from './table.ts';
import { type Zone, zoneOf } from './zone.ts';

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/**
 * Wall-clock times `HH:MM`: start in, end out. `24:00` is the end of the day. An end that is not after its start runs over midnight and
 * belongs to the day on which it starts; `['08:00', '08:00']` is a whole day.
 */
export type Interval = readonly [start: string, end: string];

/** When people work: plain JSON data. Dates are local `YYYY-MM-DD`. Intervals of one day may overlap; they count once. */
export interface WorkCalendar {
  /** IANA name. */
  zone: string;
  /** A weekday that is left out is closed. */
  hours: Partial<Record<Weekday, readonly Interval[]>>;
  /** Dates, or date -> name. A holiday wins over a dated exception of the same date. */
  holidays: readonly string[] | Record<string, string>;
  /** `date` (default) closes every minute of the calendar date, `shift` closes the intervals that start on it. */
  holidayRule?: 'date' | 'shift';
  /** Dated exceptions: the intervals that replace this date's weekly hours; `[]` closes it. */
  shifts?: Record<string, readonly Interval[]>;
  /** Date of an exception or of breaks -> why, for {@link explain}. */
  exceptionNames?: Record<string, string>;
  /** Date -> intervals taken out of whatever is open by the wall clock then. */
  breaks?: Record<string, readonly Interval[]>;
}

export type CalendarErrorCode =
  | 'calendar.bad_zone'
  | 'calendar.bad_weekday'
  | 'calendar.bad_interval'
  | 'calendar.bad_date'
  | 'calendar.bad_data'
  | 'calendar.bad_instant'
  | 'calendar.bad_amount'
  | 'calendar.too_far'
  | 'calendar.no_hours';

/** A calendar, or a question put to one, that has no answer. `code` is public and stable; the message says what was found where. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
  readonly code: CalendarErrorCode;
  constructor(code: CalendarErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A calendar ready for arithmetic. Made by {@link workCalendar}; holds tables that grow as it is asked, so keep it. */
export interface CompiledCalendar {
  readonly zone: string;
  /** The data as given. It is read once: later changes to it change nothing here. */
  readonly data: WorkCalendar;
  /** @internal */ readonly rules: WallRules;
  /** @internal */ readonly offsets: Zone;
  /** @internal the cached part of the time line; replaced by a longer one when a question goes beyond it */
  table: Table;
  /** @internal by local day, the instants that are open by what starts on it, as far as anybody asked */
  readonly days: Map<number, Spans>;
}

/** What the calendar says in wall-clock terms. Days are counted from 1970-01-01, times are milliseconds from local midnight. */
export interface WallRules {
  /** By weekday, Sunday first. */
  readonly weekly: readonly Spans[];
  readonly exceptions: ReadonlyMap<number, Spans>;
  readonly holidays: ReadonlyMap<number, string | undefined>;
  readonly holidayRule: 'date' | 'shift';
  /** Days that have breaks. */
  readonly breakDays: ReadonlySet<number>;
  /** Everything taken out, on the wall-clock line (day x 24 h + time of day). */
  readonly closures: Spans;
  readonly names: ReadonlyMap<number, string>;
}

const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * Checks a calendar and makes it ready for arithmetic. Cheap: tables are built when they are first needed.
 * @throws {CalendarError} `calendar.bad_zone`, `calendar.bad_weekday`, `calendar.bad_interval`, `calendar.bad_date`, `calendar.bad_data`
 */
export function workCalendar(data: WorkCalendar): CompiledCalendar {
  if (!isRecord(data) || !isRecord(data.hours)) throw new CalendarError('calendar.bad_data', 'a calendar needs hours by weekday');
  const offsets = zoneOf(data.zone);
  if (!offsets)
    throw new CalendarError('calendar.bad_zone', `unknown time zone ${quoted(data.zone)}: use an IANA name such as Asia/Manila`);
  return { zone: data.zone, data, rules: wallRules(data), offsets, table: NO_TABLE, days: new Map() };
}

function wallRules(data: WorkCalendar): WallRules {
  const unknown = Object.keys(data.hours).find((day) => !(WEEKDAYS as string[]).includes(day));
  if (unknown !== undefined) throw new CalendarError('calendar.bad_weekday', `unknown weekday ${quoted(unknown)}: use mon to sun`);
  const holidayRule = data.holidayRule ?? 'date';
  if (holidayRule !== 'date' && holidayRule !== 'shift') {
    throw new CalendarError('calendar.bad_data', `unknown holidayRule ${quoted(holidayRule)}: use date or shift`);
  }
  const holidays = new Map<number, string | undefined>();
  if (Array.isArray(data.holidays)) for (const on of data.holidays) holidays.set(dayNumber(on, 'holidays'), undefined);
  else for (const [on, name] of entries(data.holidays, 'holidays')) holidays.set(dayNumber(on, 'holidays'), String(name));
  const breaks = dated(data.breaks, 'breaks');
  const taken: [number, number][] = [];
  if (holidayRule === 'date') for (const day of holidays.keys()) taken.push([day * DAY_MS, (day + 1) * DAY_MS]);
  for (const [day, spans] of breaks) {
    for (let i = 0; i < spans.length; i += 2) taken.push([day * DAY_MS + spans[i]!, day * DAY_MS + spans[i + 1]!]);
  }
  return {
    weekly: WEEKDAYS.map((day) => (data.hours[day] ? parseIntervals(data.hours[day], `hours.${day}`) : NEVER)),
    exceptions: dated(data.shifts, 'shifts'),
    holidays,
    holidayRule,
    breakDays: new Set(breaks.keys()),
    closures: merged(taken),
    names: new Map(
      entries(data.exceptionNames ?? {}, 'exceptionNames').map(([on, name]) => [dayNumber(on, 'exceptionNames'), String(name)]),
    ),
  };
}

/** The intervals that start on this local day, before closures: milliseconds from its midnight, over it when they run over midnight. */
export function startingOn(rules: WallRules, day: number): Spans {
  if (rules.holidayRule === 'shift' && rules.holidays.has(day)) return NEVER;
  return rules.exceptions.get(day) ?? rules.weekly[(((day + 4) % 7) + 7) % 7]!;
}

/** Where the wall-clock line is open between two local days, both included: overlaps joined, closures taken out. */
export function openOnWall(rules: WallRules, firstDay: number, lastDay: number): Spans {
  const open: number[] = [];
  // An interval is over by the end of the day after the one on which it starts.
  for (let day = firstDay - 1; day <= lastDay; day += 1) {
    const own = startingOn(rules, day);
    for (let i = 0; i < own.length; i += 2) {
      const start = day * DAY_MS + own[i]!;
      const end = day * DAY_MS + own[i + 1]!;
      const last = open.length - 1;
      if (last > 0 && start <= open[last]!) open[last] = Math.max(open[last]!, end);
      else open.push(start, end);
    }
  }
  return subtract(open, rules.closures);
}

const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

function timeOfDay(text: unknown): number {
  const match = typeof text === 'string' ? TIME.exec(text) : null;
  if (!match) return Number.NaN;
  return match[1] === undefined ? DAY_MS : (Number(match[1]) * 60 + Number(match[2])) * 60_000;
}

function parseIntervals(intervals: unknown, where: string): Spans {
  if (!Array.isArray(intervals)) throw new CalendarError('calendar.bad_interval', `${where}: expected a list of ["HH:MM", "HH:MM"]`);
  const pairs = intervals.map((interval: unknown): [number, number] => {
    const [start, end] = Array.isArray(interval) && interval.length === 2 ? interval.map(timeOfDay) : [];
    if (!(start! < DAY_MS && end! >= 0)) {
      throw new CalendarError(
        'calendar.bad_interval',
        `${where}: ${JSON.stringify(interval)} is not ["HH:MM", "HH:MM"] (24:00 only as an end)`,
      );
    }
    return [start!, end! > start! ? end! : end! + DAY_MS];
  });
  return merged(pairs);
}

const dated = (value: unknown, where: string): Map<number, Spans> =>
  new Map(entries(value ?? {}, where).map(([on, intervals]) => [dayNumber(on, where), parseIntervals(intervals, `${where}.${on}`)]));

function dayNumber(on: unknown, where: string): number {
  const day = typeof on === 'string' ? dayOf(on) : Number.NaN;
  if (Number.isNaN(day)) throw new CalendarError('calendar.bad_date', `${where}: ${quoted(on)} is not a date YYYY-MM-DD`);
  return day;
}

function entries(value: unknown, where: string): [string, unknown][] {
  if (!isRecord(value)) throw new CalendarError('calendar.bad_data', `${where}: expected an object with dates as keys`);
  return Object.entries(value);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const quoted = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
