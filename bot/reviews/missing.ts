import type { ReviewPlan } from '../charter/charter.ts';
import type { Stretch } from '../meetings/index.ts';
import { type CompiledCalendar, fromWallClock, isOpen, localDate, nextOpen, within } from '../worktime/index.ts';
import { cadenceMs } from './reconcile.ts';
import { workingDayBefore } from './times.ts';

const DAY_MS = 86_400_000;
/** Of the day on which clocks are set back. */
const LONGEST_DAY_MS = DAY_MS + 3600_000;
/** So many working days before the agenda is due the owner hears that there is no date. */
const NOTICE_DAYS = 5;
/** As far as a calendar is known to be read ahead. */
const AHEAD_DAYS = 28;
/** Times are offered at least so far ahead. */
const LEAST_DAYS = 7;
/** A date may lie so far beyond the cadence before it counts as missing. */
const SLACK_DAYS = { least: 4, most: 14 };

/** A date of a review, as far as it says something about the next. */
export interface Stands {
  readonly startAt: Date;
  readonly cancelled: boolean;
}

/**
 * Whether the next date of a review is missing, and by when it should take place. A single date that was cancelled is passed over; when nothing
 * comes after it, or the whole series is off, the next one is missing.
 * @param dates - all that are known, past ones too
 * @param since - from when the review counts, where it never took place
 */
export function missingBy({ every }: ReviewPlan, dates: readonly Stands[], since: Date, now: Date): Date | null {
  const period = cadenceMs(every);
  const slack = Math.min(Math.max(period / 2, SLACK_DAYS.least * DAY_MS), SLACK_DAYS.most * DAY_MS);
  const past = dates.filter(({ startAt }) => startAt <= now).map(({ startAt }) => startAt.getTime());
  const base = Math.max(since.getTime(), ...past);
  const next = dates
    .filter(({ startAt, cancelled }) => startAt > now && !cancelled)
    .map(({ startAt }) => startAt.getTime())
    .sort((a, b) => a - b)[0];
  if (next !== undefined) {
    const skipped = dates.filter(({ startAt, cancelled }) => cancelled && startAt.getTime() > base && startAt.getTime() < next).length;
    if (next <= base + period * (1 + skipped) + slack) return null;
  }
  const due = base + period + slack;
  // long past: what counts is the next one that can still be booked
  return new Date(due > now.getTime() ? due : now.getTime() + Math.min(period, AHEAD_DAYS * DAY_MS));
}

/** When the owner is told that a date is missing: in time to book one before its agenda is due, and never before calendars can show it. */
export function tellAt(plan: ReviewPlan, calendar: CompiledCalendar, dueBy: Date, now: Date): Date {
  const early = workingDayBefore(calendar, dueBy, plan.preparedDays + NOTICE_DAYS) ?? now;
  const visible = new Date(dueBy.getTime() - AHEAD_DAYS * DAY_MS);
  const at = early > visible ? early : visible;
  return at > now ? at : nextOpen(calendar, now);
}

/** Until when times are offered for a date that is missing: by when it should take place, and at least a week ahead. */
export const offeredUntil = (dueBy: Date | null, now: Date): Date =>
  new Date(Math.max(dueBy?.getTime() ?? 0, now.getTime() + LEAST_DAYS * DAY_MS));
/** Until when it has to be known what is taken: to the end of what begins last on the last day that `slots` looks at. */
export const takenUntil = (dueBy: Date | null, now: Date, minutes: number): Date =>
  new Date(Math.min(offeredUntil(dueBy, now).getTime(), now.getTime() + AHEAD_DAYS * DAY_MS) + LONGEST_DAY_MS + minutes * 60_000);

const STEP_MS = 30 * 60_000;

/**
 * Times in which both sides work from beginning to end: at most `most`, one a day, from tomorrow on; at the time of day that was agreed where
 * it fits, else the earliest.
 * @param zone - of the side by whose clock `plan.on` is read
 * @param busy - what is taken already
 */
export function slots(
  plan: Pick<ReviewPlan, 'minutes' | 'on'>,
  calendars: readonly [CompiledCalendar, CompiledCalendar],
  zone: string,
  busy: readonly Stretch[],
  now: Date,
  until: Date,
  most = 3,
): Stretch[] {
  const found: Stretch[] = [];
  const seconds = plan.minutes * 60;
  const fits = (from: Date): Stretch | null => {
    const to = new Date(from.getTime() + seconds * 1000);
    const works = calendars.every((calendar) => isOpen(calendar, from) && within(calendar, from, to) === seconds);
    return works && !busy.some((one) => one.from < to && one.to > from) ? { from, to } : null;
  };
  for (let day = 1; found.length < most && day <= AHEAD_DAYS; day += 1) {
    const on = localDate(zone, new Date(now.getTime() + day * DAY_MS));
    const start = fromWallClock(zone, `${on}T00:00`);
    if (!start || start > until) break;
    const agreed = plan.on?.time ? fromWallClock(zone, `${on}T${plan.on.time}`) : undefined;
    let slot = agreed ? fits(agreed) : null;
    for (let at = start.getTime(); !slot && at < start.getTime() + DAY_MS; at += STEP_MS) slot = fits(new Date(at));
    if (slot) found.push(slot);
  }
  return found;
}
