/**
 * Working calendars and arithmetic over them. Imports nothing but itself.
 *
 * An instant is open when its wall clock in the calendar's zone lies in an interval; every figure is real time.
 */
export { add, isOpen, nextOpen, prevClose, sub, within } from './arithmetic.ts';
export {
  CalendarError,
  type CalendarErrorCode,
  type CompiledCalendar,
  type Interval,
  type Weekday,
  type WorkCalendar,
  workCalendar,
} from './calendar.ts';
export {
  endOfWorkingDay,
  fromWallClock,
  localDate,
  startOfNextWorkingDay,
  type WorkingDay,
  workingDate,
  workingDay,
  workingDaysOver,
} from './days.ts';
export { type ClosedDay, type Explanation, explain, type Segment, segments } from './explain.ts';
