import { type Interval, type Weekday, workCalendar, workingDay } from '../worktime/index.ts';
import type { Target } from './charter.ts';
import { dayText } from './readable.ts';
import { WEEKDAYS } from './words.ts';

// Times of a charter as people read them, and back.

/** The instant of a wall-clock time; one that the zone skips is the next that it has. */
export function instantOf(zone: string, on: string, time = '00:00'): Date {
  const fromThen = workCalendar({ zone, hours: {}, holidays: [], shifts: { [on]: [[time, '24:00']] } });
  return workingDay(fromThen, on)!.startAt;
}

/** `Mon 23 Nov`; with the year where it is not that of today. Both `YYYY-MM-DD`. */
export function dateText(on: string, todayOn: string): string {
  const text = dayText('UTC', new Date(`${on}T12:00:00Z`));
  return on.slice(0, 4) === todayOn.slice(0, 4) ? text : `${text} ${on.slice(0, 4)}`;
}

const NAMES: Readonly<Record<Weekday, string>> = { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' };

/** `Mon to Thu 09:00-12:30 and 13:00-17:30`, `Fri 09:00-16:00`: days with the same hours together. */
export function hoursText(hours: Partial<Record<Weekday, readonly Interval[]>>): string[] {
  const runs: { days: Weekday[]; text: string }[] = [];
  for (const day of WEEKDAYS) {
    const text = (hours[day] ?? []).map(([start, end]) => `${start}-${end}`).join(' and ');
    const last = runs.at(-1);
    if (last?.text === text) last.days.push(day);
    else runs.push({ days: [day], text });
  }
  // A week of nights starts on Sunday: `Sun to Thu`, not `Mon to Thu` and `Sun`.
  const [first, last] = [runs[0]!, runs.at(-1)!];
  if (runs.length > 1 && first.text && first.text === last.text) first.days.unshift(...runs.pop()!.days);
  return runs.filter((run) => run.text).map(({ days, text }) => `${daysText(days)} ${text}`);
}

const daysText = (days: readonly Weekday[]): string => {
  const names = days.map((day) => NAMES[day]);
  return names.length > 2 ? `${names[0]} to ${names.at(-1)}` : names.join(' and ');
};

/** `8 working hours`, `30 working minutes`, `the end of the next working day`, `the end of working day 2`. */
export function targetText(target: Target): string {
  if (target.kind === 'days') return target.days === 1 ? 'the end of the next working day' : `the end of working day ${target.days}`;
  const minutes = Math.round(target.seconds / 60);
  if (minutes % 60 && minutes < 180) return `${minutes} working minutes`;
  const hours = Math.round(minutes / 6) / 10;
  return hours === 1 ? '1 working hour' : `${hours} working hours`;
}
