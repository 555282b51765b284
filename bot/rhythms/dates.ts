import type { AgreedCalendar, Cadence, Rhythm } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { fromWallClock, localDate, workingDate, workingDay } from '../worktime/index.ts';

// When an agreed update is expected: pure arithmetic over days `YYYY-MM-DD` of the calendar of the side that gives it. Readings that the
// charter leaves open: docs/decisions/0012-agreed-updates-and-actions.md.

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** So many periods in a row may hold no working day before it is given up. */
const PATIENCE = 400;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** How often, and by when: what says when a rhythm's dates are. */
export type Beat = Pick<Rhythm, 'every' | 'by'>;

/** One date of a rhythm. */
export interface Dated {
  /** The first day of its period: of the day itself, the week (from Monday), the month or the quarter. */
  readonly slotOn: string;
  readonly dueAt: Date;
  /** `[opensAt, endsAt)`: what is given then is given for this date. Half-way from the date before, and to the one after it. */
  readonly opensAt: Date;
  readonly endsAt: Date;
}

const utc = (on: string): Date => new Date(`${on}T00:00:00Z`);
const dayText = (at: Date): string => at.toISOString().slice(0, 10);
const plusDays = (on: string, days: number): string => dayText(new Date(utc(on).getTime() + days * DAY_MS));
const plusMonths = (on: string, months: number): string => {
  const at = utc(on);
  return dayText(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1)));
};
/** 0 for Monday. */
const weekdayOf = (on: string): number => (utc(on).getUTCDay() + 6) % 7;

/** The first day of the period that a day lies in. */
export function slotOf(unit: Cadence['unit'], on: string): string {
  if (unit === 'day') return on;
  if (unit === 'week') return plusDays(on, -weekdayOf(on));
  const month = utc(on).getUTCMonth();
  return plusMonths(on, unit === 'month' ? 0 : -(month % 3));
}

/** The first day of the period so many further on. */
export function shifted(unit: Cadence['unit'], slotOn: string, periods: number): string {
  if (unit === 'day') return plusDays(slotOn, periods);
  return unit === 'week' ? plusDays(slotOn, 7 * periods) : plusMonths(slotOn, (unit === 'month' ? 1 : 3) * periods);
}

/**
 * When the update of a period is expected: by the wall clock in the zone of the side that gives it; without a time of day, the end of that
 * working day. A day that is closed there moves to the working day before it. Null for a period in which nobody works.
 */
export function momentIn({ every, by }: Beat, calendar: AgreedCalendar, slotOn: string): Date | null {
  const work = compiled(calendar);
  const last = plusDays(shifted(every.unit, slotOn, 1), -1);
  const first = workingDate(work, slotOn, 'forward');
  if (first > last) return null;
  const on = workingDate(work, nominal({ every, by }, calendar, slotOn, last), 'back');
  return by.time === null ? workingDay(work, on)!.endAt : fromWallClock(calendar.work.zone, `${on}T${by.time}`)!;
}

/** The day that the charter names: that weekday, the first one of a month; the nth working day, at most the last; else the last day. */
function nominal({ every, by }: Beat, calendar: AgreedCalendar, slotOn: string, last: string): string {
  if (every.unit === 'day') return slotOn;
  if (by.weekday !== null) return plusDays(slotOn, (WEEKDAYS.indexOf(by.weekday) - weekdayOf(slotOn) + 7) % 7);
  if (by.workingDay === null) return last;
  let on = slotOn;
  for (let n = 1; ; n += 1) {
    const found = workingDate(compiled(calendar), on, 'forward');
    if (found > last) return last;
    if (n === by.workingDay) return found;
    on = plusDays(found, 1);
  }
}

interface Moment {
  readonly slotOn: string;
  readonly at: Date;
}

/** The next date in steps of the cadence, from a period on. Periods in which nobody works, and days that would be two dates, have none. */
function next(beat: Beat, calendar: AgreedCalendar, from: string, direction: 1 | -1): Moment | null {
  const { unit, each } = beat.every;
  let slotOn = from;
  for (let n = 0; n < PATIENCE; n += 1) {
    const at = momentIn(beat, calendar, slotOn);
    const before = momentIn(beat, calendar, shifted(unit, slotOn, -each));
    if (at && !(before && before >= at)) return { slotOn, at };
    slotOn = shifted(unit, slotOn, direction * each);
  }
  return null;
}

/** Whole minutes: it is read and set by people. */
const halfWay = (a: Date, b: Date): Date => new Date(Math.floor((a.getTime() + b.getTime()) / 2 / MINUTE_MS) * MINUTE_MS);

function dated(beat: Beat, calendar: AgreedCalendar, { slotOn, at }: Moment): Dated | null {
  const { unit, each } = beat.every;
  const before = next(beat, calendar, shifted(unit, slotOn, -each), -1);
  const after = next(beat, calendar, shifted(unit, slotOn, each), 1);
  return before && after && { slotOn, dueAt: at, opensAt: halfWay(before.at, at), endsAt: halfWay(at, after.at) };
}

/** The date of a period by the calendar as it is now; null where it has none. */
export function dateOf(beat: Beat, calendar: AgreedCalendar, slotOn: string): Dated | null {
  const at = momentIn(beat, calendar, slotOn);
  return at && dated(beat, calendar, { slotOn, at });
}

/** The first date of a rhythm that opens at `from` or later. */
export function firstDate(beat: Beat, calendar: AgreedCalendar, from: Date): Dated | null {
  const { unit, each } = beat.every;
  let slotOn = slotOf(unit, localDate(calendar.work.zone, from));
  for (let n = 0; n < PATIENCE; n += 1) {
    const moment = next(beat, calendar, slotOn, 1);
    const found = moment && dated(beat, calendar, moment);
    if (!found || found.opensAt >= from) return found;
    slotOn = shifted(unit, moment.slotOn, each);
  }
  return null;
}

/**
 * The date after another one, which ended at `from`: the next of the same cadence; of an amended one, the first that is expected later than
 * that. It opens where the one before it ended, or later.
 */
export function dateAfter(beat: Beat, calendar: AgreedCalendar, before: { slotOn: string; every: Cadence }, from: Date): Dated | null {
  const { unit, each } = beat.every;
  const same = before.every.unit === unit && before.every.each === each;
  let slotOn = same ? shifted(unit, before.slotOn, each) : slotOf(unit, localDate(calendar.work.zone, from));
  for (let n = 0; n < PATIENCE; n += 1) {
    const moment = next(beat, calendar, slotOn, 1);
    const found = moment && dated(beat, calendar, moment);
    if (!found) return null;
    if (found.dueAt > from && found.endsAt > from) return { ...found, opensAt: found.opensAt < from || same ? from : found.opensAt };
    slotOn = shifted(unit, moment.slotOn, each);
  }
  return null;
}
