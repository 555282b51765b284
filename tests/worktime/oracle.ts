import { Temporal } from 'temporal-polyfill';
import type { Interval, Weekday, WorkCalendar } from '../../bot/worktime/index.ts';

/**
 * The slow and plain way to say whether work goes on: the wall clock is read anew for each instant, and looked up in the data as it
 * stands. Nothing is shared with the room that it checks.
 */
export function openByWallClock(calendar: WorkCalendar, at: Date): boolean {
  const wall = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(calendar.zone);
  const time = `${String(wall.hour).padStart(2, '0')}:${String(wall.minute).padStart(2, '0')}`;
  const today = { on: wall.toPlainDate().toString(), weekday: WEEKDAYS[wall.dayOfWeek % 7]! };
  const before = wall.toPlainDate().subtract({ days: 1 });
  const yesterday = { on: before.toString(), weekday: WEEKDAYS[before.dayOfWeek % 7]! };
  if ((calendar.holidayRule ?? 'date') === 'date' && isHoliday(calendar, today.on)) return false;
  if (covers(calendar.breaks?.[today.on], calendar.breaks?.[yesterday.on], time)) return false;
  return covers(starting(calendar, today), starting(calendar, yesterday), time);
}

/** Seconds worked between two whole minutes, counted minute by minute. */
export function workedByMinutes(calendar: WorkCalendar, from: Date, to: Date): number {
  let seconds = 0;
  for (let at = from.getTime(); at < to.getTime(); at += 60_000) if (openByWallClock(calendar, new Date(at))) seconds += 60;
  return seconds;
}

const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const isHoliday = ({ holidays }: WorkCalendar, on: string): boolean =>
  Array.isArray(holidays) ? holidays.includes(on) : Object.hasOwn(holidays, on);

function starting(calendar: WorkCalendar, { on, weekday }: { on: string; weekday: Weekday }): readonly Interval[] | undefined {
  if (calendar.holidayRule === 'shift' && isHoliday(calendar, on)) return undefined;
  return calendar.shifts?.[on] ?? calendar.hours[weekday];
}

function covers(today: readonly Interval[] | undefined, yesterday: readonly Interval[] | undefined, time: string): boolean {
  const overMidnight = ([start, end]: Interval): boolean => end <= start;
  return (
    (today ?? []).some((interval) => interval[0] <= time && (overMidnight(interval) || time < interval[1])) ||
    (yesterday ?? []).some((interval) => overMidnight(interval) && time < interval[1])
  );
}
