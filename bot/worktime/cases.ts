import { add, isOpen, nextOpen, prevClose, sub, within } from './arithmetic.ts';
import { type CompiledCalendar, type WorkCalendar, workCalendar } from './calendar.ts';

/** What a line of a case file is answered with: seconds, open or not, or an instant such as `2006-01-04T16:00:00Z`. */
export type Answer = number | boolean | string;

/** A line of a case file that cannot be answered as it stands. The message says what to change. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
}

type Case = Record<string, unknown>;

const operations: Record<string, (calendar: CompiledCalendar, line: Case) => Answer> = {
  within: (calendar, line) => within(calendar, instant(line, 'from'), instant(line, 'to')),
  add: (calendar, line) => written(add(calendar, instant(line, 'from'), amount(line))),
  sub: (calendar, line) => written(sub(calendar, instant(line, 'from'), amount(line))),
  in_hours: (calendar, line) => isOpen(calendar, instant(line, 'from')),
  next_open: (calendar, line) => written(nextOpen(calendar, instant(line, 'from'))),
  prev_close: (calendar, line) => written(prevClose(calendar, instant(line, 'from'))),
};

/** How many different calendars are kept compiled; a case file usually holds few. */
const CALENDARS_KEPT = 200;

/**
 * Answers lines of a case file: JSON objects with `id`, `op`, `from`, `to` or `amount_seconds`, and the calendar's `zone`, `hours`,
 * `holidays`, `shifts`, `breaks`, `holiday_rule`. Other fields are ignored.
 * @throws {CaseError | CalendarError} from the returned function, about the one line
 */
export function caseReader(): (text: string) => { id: unknown; answer: Answer } {
  const calendars = new Map<string, CompiledCalendar>();
  return (text) => {
    const line = parse(text);
    if (line.id === undefined) throw new CaseError('"id" is missing: give the case a name');
    const operation = Object.hasOwn(operations, String(line.op)) ? operations[String(line.op)] : undefined;
    if (!operation) throw new CaseError(`"op" is ${shown(line.op)}: use ${Object.keys(operations).join(', ')}`);
    return { id: line.id, answer: operation(calendarOf(line, calendars), line) };
  };
}

function parse(text: string): Case {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    throw new CaseError(`not JSON (${error instanceof Error ? error.message : error}): write one JSON object on each line`);
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line)) throw new CaseError('not a JSON object: write one on each line');
  return line as Case;
}

function calendarOf(line: Case, calendars: Map<string, CompiledCalendar>): CompiledCalendar {
  const { zone, hours, holidays = [], shifts, breaks, holiday_rule: holidayRule } = line;
  const data = { zone, hours, holidays, shifts, breaks, holidayRule };
  const key = JSON.stringify(data);
  let calendar = calendars.get(key);
  if (!calendar) {
    calendar = workCalendar(data as WorkCalendar); // checks every field of it
    if (calendars.size >= CALENDARS_KEPT) calendars.clear();
    calendars.set(key, calendar);
  }
  return calendar;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function instant(line: Case, field: string): Date {
  const text = line[field];
  const at = typeof text === 'string' && INSTANT.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) throw new CaseError(`"${field}" is ${shown(text)}: write an instant such as 2006-01-04T16:00:00Z`);
  return at;
}

function amount(line: Case): number {
  const seconds = line.amount_seconds;
  if (typeof seconds !== 'number') throw new CaseError(`"amount_seconds" is ${shown(seconds)}: write a number of seconds`);
  return seconds;
}

/** ISO without zeros after the second, without a point when nothing is left. */
const written = (at: Date): string => at.toISOString().replace(/\.?0*Z$/, 'Z');

const shown = (value: unknown): string => JSON.stringify(value) ?? 'missing';
