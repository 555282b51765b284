import { otherSide, SIDES, type Side } from '../contract/sides.ts';
import type { Interval, WorkCalendar } from '../worktime/index.ts';
import type { AgreedCalendar } from './charter.ts';
import type { CalendarDocument } from './document.ts';
import type { Edit, StoredCharter } from './store.ts';

/** Every calendar of a version as it stands now: as written, with imported holidays and what was corrected since. */
export function agreedCalendars({ document, holidays }: StoredCharter, edits: readonly Edit[]): Record<string, AgreedCalendar> {
  const own = Object.fromEntries(
    Object.entries(document.calendars).map(([key, calendar]) => [
      key,
      ownDays(
        calendar,
        holidays[key]?.days ?? {},
        edits.filter((edit) => edit.calendarKey === key),
      ),
    ]),
  );
  return Object.fromEntries(
    Object.entries(document.calendars).map(([key, calendar]) => {
      const theirs = own[document[otherSide(sideOf(document, key))].calendar]!;
      return [key, agreed(key, calendar, own[key]!, theirs)];
    }),
  );
}

/** The side that uses a calendar, for itself or one of its people. */
export const sideOf = (document: StoredCharter['document'], key: string): Side =>
  SIDES.find((side) => document[side].calendar === key || document[side].people.some((person) => person.calendar === key)) ?? 'client';

/** A side's own closed and changed days, before it is said whose holidays it rests on. */
interface OwnDays {
  readonly holidays: Record<string, string>;
  /** Dates on which it was said that work is done, whatever a list says. */
  readonly worked: Set<string>;
  readonly shifts: Record<string, readonly Interval[]>;
  readonly breaks: Record<string, readonly Interval[]>;
  readonly names: Record<string, string>;
  readonly assumed: boolean;
}

function ownDays(calendar: CalendarDocument, imported: Readonly<Record<string, string>>, edits: readonly Edit[]): OwnDays {
  const holidays: Record<string, string> = { ...imported };
  const worked = new Set<string>();
  const shifts: Record<string, readonly Interval[]> = {};
  const breaks: Record<string, readonly Interval[]> = {};
  const names: Record<string, string> = {};
  const rest = (on: string, name: string) => {
    holidays[on] = name;
    worked.delete(on);
  };
  const work = (on: string) => {
    delete holidays[on];
    worked.add(on);
  };
  /** Hours given for one date count even where a list calls it a holiday. */
  const except = (on: string, hours: readonly Interval[], reason: string) => {
    shifts[on] = hours;
    names[on] = reason;
    if (hours.length) work(on);
  };
  for (const { key: dates, value } of calendar.holidays?.add ?? []) for (const on of dates) rest(on, value);
  for (const on of calendar.holidays?.remove.flat() ?? []) work(on);
  for (const { key: dates, value } of calendar.exceptions) for (const on of dates) except(on, value.hours, value.reason);
  for (const { kind, onDate: on, intervals, reason } of edits) {
    if (on === null) continue;
    if (kind === 'holiday') rest(on, reason ?? 'Holiday');
    else if (kind === 'notHoliday') work(on);
    else if (kind === 'exception' && intervals && 'closed' in intervals) {
      breaks[on] = [...(breaks[on] ?? []), ...intervals.closed];
      names[on] = reason ?? 'Closed';
    } else if (kind === 'exception') except(on, (intervals as readonly Interval[] | null) ?? [], reason ?? 'Closed');
  }
  const confirmed = calendar.holidays?.confirmed || edits.some((edit) => edit.kind === 'confirmed');
  return { holidays, worked, shifts, breaks, names, assumed: Boolean(calendar.holidays?.country) && !confirmed };
}

function agreed(key: string, calendar: CalendarDocument, own: OwnDays, theirs: OwnDays): AgreedCalendar {
  const whose = calendar.holidays?.whose ?? 'ours';
  const holidays = whose === 'ours' ? own.holidays : { ...theirs.holidays, ...own.holidays };
  for (const on of own.worked) delete holidays[on];
  const work: WorkCalendar = {
    zone: calendar.zone,
    hours: calendar.hours,
    holidays: sorted(holidays),
    holidayRule: calendar.holidays?.rule ?? 'date',
    shifts: sorted(own.shifts),
    breaks: sorted(own.breaks),
    exceptionNames: sorted(own.names),
  };
  const assumed = whose === 'ours' ? own.assumed : theirs.assumed || own.assumed;
  return { key, place: calendar.place ?? cityOf(calendar.zone), work, assumed };
}

/** `Asia/Ho_Chi_Minh` -> `Ho Chi Minh`. */
const cityOf = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');

const sorted = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
