import type { ReviewPlan } from '../charter/charter.ts';
import { type CompiledCalendar, localDate, workingDay } from '../worktime/index.ts';
import type { Review } from './review.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3600_000;
/** So long a search goes on for working days: longer than any holidays. */
const PATIENCE_DAYS = 120;
/** What came of it is asked for this long; then it is closed as it stands, and what is undone is carried. */
const ASKED_DAYS = 7;
/** Minutes go out this long after it is over, complete or not. */
export const MINUTES_AFTER_MS = HOUR_MS;

/** The start of the nth working day that lies before the calendar date of an instant; null where there is none. */
export function workingDayBefore(calendar: CompiledCalendar, at: Date, n: number): Date | null {
  const noon = Date.parse(`${localDate(calendar.zone, at)}T12:00:00Z`);
  let left = n;
  for (let back = 1; back <= PATIENCE_DAYS; back += 1) {
    const day = workingDay(calendar, new Date(noon - back * DAY_MS).toISOString().slice(0, 10));
    if (day) left -= 1;
    if (day && left === 0) return day.startAt;
  }
  return null;
}

/**
 * When the agenda is prepared: the agreed working days before it, the working day before, and when it begins. Never before the date that comes
 * before it is over.
 * @param calendar - of whoever prepares it
 */
export function preparationsAt(
  { preparedDays }: Pick<ReviewPlan, 'preparedDays'>,
  calendar: CompiledCalendar,
  startAt: Date,
  after: Date | null,
): readonly [Date, Date, Date] {
  const not = (at: Date | null): Date => {
    const early = at ?? startAt;
    const free = after && after > early ? after : early;
    return free < startAt ? free : startAt;
  };
  return [not(workingDayBefore(calendar, startAt, preparedDays)), not(workingDayBefore(calendar, startAt, 1)), startAt];
}

/** What time does to a date, in the order in which it happens. */
export type Step = 'tell' | 'prepare' | 'begin' | 'end' | 'minutes' | 'close';

export interface Times {
  readonly preparations: readonly [Date, Date, Date];
  /** When the next date of the same review begins. */
  readonly nextStartAt: Date | null;
}

const closesAt = ({ endAt }: Review, { nextStartAt }: Times): Date => {
  const late = new Date(endAt!.getTime() + ASKED_DAYS * DAY_MS);
  return nextStartAt && nextStartAt < late && nextStartAt > endAt! ? nextStartAt : late;
};

/** How many of the preparations are due. */
export const preparedBy = ({ preparations }: Times, at: Date): number => preparations.filter((each) => each <= at).length;

/** What comes next for a date, and when; null: never anything by itself. */
export function nextStep(review: Review, times: Times): { readonly step: Step; readonly at: Date } | null {
  const { state, startAt, endAt } = review;
  switch (state) {
    case 'missing':
      return review.tellAt && review.prepared === 0 ? { step: 'tell', at: review.tellAt } : null;
    case 'planned':
    case 'prepared': {
      const at = times.preparations[review.prepared];
      return at ? { step: 'prepare', at } : { step: 'begin', at: startAt! };
    }
    case 'running':
      return { step: 'end', at: endAt! };
    case 'ended':
      return review.minutesAt
        ? { step: 'close', at: closesAt(review, times) }
        : { step: 'minutes', at: new Date((review.endedAt ?? endAt!).getTime() + MINUTES_AFTER_MS) };
    case 'closed':
    case 'cancelled':
      return null;
  }
}
