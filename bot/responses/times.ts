import type { AgreedCalendar, Charter, Target } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import type { Priority, Side } from '../contract/sides.ts';
import { add, endOfWorkingDay, localDate, startOfNextWorkingDay, within, workingDay, workingDaysOver } from '../worktime/index.ts';
import type { DatedPromise, Pause } from './obligation.ts';

/** Warned when this share of the agreed working time has passed. */
const WARN_SHARE = 0.75;
/** Silent working days past due after which the asker is asked, and after which the wait lapses. */
const ASK_AFTER_DAYS = 8;
const LAPSE_AFTER_DAYS = 10;
/** No wait lapses sooner after it was last touched: each working day is one of another date. A day less, for zones whose clocks are moved. */
export const SOONEST_LAPSE_MS = (LAPSE_AFTER_DAYS - 2) * 24 * 3600_000;

export interface Clockwork {
  readonly charter: Charter;
  readonly calendar: AgreedCalendar;
  readonly debtor: Side;
  readonly openedAt: Date;
  readonly priority: Priority;
  /** When it became known that an answer is expected: the opening, or later (asked again, or said by a person). */
  readonly expectedFromAt: Date;
  /** A further message that raised the urgency, and when. */
  readonly urgentFrom: Date | null;
  /** The day the author asked for by his flag. */
  readonly askedByAt: Date | null;
  readonly pauses: readonly Pause[];
  readonly promise: DatedPromise | null;
  readonly lastTouchAt: Date;
}

export interface Times {
  readonly pausedSeconds: number;
  readonly agreedAt: Date;
  readonly dueAt: Date;
  readonly warnAt: Date | null;
  readonly askAt: Date;
  readonly lapseAt: Date;
}

/** A target counted from an instant: n working seconds, or the end of the nth working day that starts after its calendar date. */
export function reach(calendar: AgreedCalendar, from: Date, target: Target, times = 1): Date {
  const work = compiled(calendar);
  return target.kind === 'hours' ? add(work, from, target.seconds * times) : endOfWorkingDay(work, from, target.days * times);
}

/**
 * When an answer is expected and what follows from it (design.md, clocks, 1, 5, 9, 10). The agreed time is the target in the working
 * calendar of the side asked, with paused working time given back; a standing promise moves what counts now, never earlier than agreed.
 * @throws {CalendarError} `calendar.no_hours`
 */
export function timesOf(c: Clockwork): Times {
  const work = compiled(c.calendar);
  const targets = c.charter.targets[c.debtor];
  let agreedAt = reach(c.calendar, c.openedAt, targets[c.priority]);
  if (c.urgentFrom) agreedAt = earlier(agreedAt, reach(c.calendar, c.urgentFrom, targets.high));
  if (c.askedByAt) agreedAt = later(agreedAt, c.askedByAt);
  const pausedSeconds = c.pauses.reduce((sum, pause) => sum + (pause.toAt ? within(work, pause.fromAt, pause.toAt) : 0), 0);
  if (pausedSeconds > 0) agreedAt = add(work, agreedAt, pausedSeconds);
  // Where that an answer is expected came out late, nobody had been told: what is waited for counts from there, the figures do not.
  const late = c.expectedFromAt > c.openedAt;
  const knownAt = late ? later(agreedAt, reach(c.calendar, c.expectedFromAt, targets[c.priority])) : agreedAt;
  const dueAt = c.promise ? later(knownAt, c.promise.at) : knownAt;
  const from = late ? c.expectedFromAt : c.openedAt;
  const worked = within(work, from, dueAt);
  const silentFrom = later(dueAt, c.lastTouchAt);
  return {
    pausedSeconds,
    agreedAt,
    dueAt,
    warnAt: worked > 0 ? add(work, from, Math.floor(worked * WARN_SHARE)) : null,
    askAt: endOfWorkingDay(work, silentFrom, ASK_AFTER_DAYS),
    lapseAt: endOfWorkingDay(work, silentFrom, LAPSE_AFTER_DAYS),
  };
}

/** The end of the working day promised: of that date, or of the next working day when the date is closed. */
export function promisedAt(calendar: AgreedCalendar, on: string): Date {
  const work = compiled(calendar);
  return workingDay(work, on)?.endAt ?? endOfWorkingDay(work, new Date(`${on}T12:00:00Z`), 1);
}

/** A first date stands at once when it is no later than the day on which twice the target, from the opening, is over: dates are days. */
export function standsAtOnce(c: Pick<Clockwork, 'charter' | 'calendar' | 'debtor' | 'openedAt' | 'priority'>, at: Date): boolean {
  const twice = reach(c.calendar, c.openedAt, c.charter.targets[c.debtor][c.priority], 2);
  return at <= twice || dayOf(c.calendar, at) <= dayOf(c.calendar, twice);
}

/** One working day after an instant, for holds: the same worked time the next working day gives, at least its end. */
export const oneWorkingDayAfter = (calendar: AgreedCalendar, from: Date): Date => endOfWorkingDay(compiled(calendar), from, 1);

/** Whole working days that are over between `from` and `to` in this calendar, at most so many. */
export const workingDaysBetween = (calendar: AgreedCalendar, from: Date, to: Date, atMost: number): number =>
  workingDaysOver(compiled(calendar), from, to, atMost);

/** The date of the working day that an instant belongs to: its own, or of the next day on which somebody works. */
export function workingDateOf(calendar: AgreedCalendar, at: Date): string {
  const on = dayOf(calendar, at);
  return workingDay(compiled(calendar), on) ? on : dayOf(calendar, startOfNextWorkingDay(compiled(calendar), at));
}

export const dayOf = (calendar: AgreedCalendar, at: Date): string => localDate(calendar.work.zone, at);
export const later = (a: Date, b: Date): Date => (a >= b ? a : b);
export const earlier = (a: Date, b: Date): Date => (a <= b ? a : b);
