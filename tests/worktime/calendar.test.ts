import { describe, expect, it } from '@jest/globals';
import {
  add,
  CalendarError,
  endOfWorkingDay,
  isOpen,
  nextOpen,
  prevClose,
  sub,
  type WorkCalendar,
  within,
  workCalendar,
} from '../../bot/worktime/index.ts';
import { aCalendar, weekdays } from './calendars.ts';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof CalendarError) return error.code;
    throw error;
  }
  return 'none';
};

describe('a calendar is checked', () => {
  const bad = (given: Record<string, unknown>) => () => workCalendar(aCalendar(given as Partial<WorkCalendar>));
  it.each([
    ['a zone that nobody knows', { zone: 'Europe/Atlantis' }, 'calendar.bad_zone'],
    ['no zone', { zone: undefined }, 'calendar.bad_zone'],
    ['no hours', { hours: undefined }, 'calendar.bad_data'],
    ['a weekday that is none', { hours: { monday: [] } }, 'calendar.bad_weekday'],
    ['a time that is none', { hours: { mon: [['9:00', '17:00']] } }, 'calendar.bad_interval'],
    ['an hour 25', { hours: { mon: [['09:00', '25:00']] } }, 'calendar.bad_interval'],
    ['24:00 as a start', { hours: { mon: [['24:00', '08:00']] } }, 'calendar.bad_interval'],
    ['an interval without an end', { hours: { mon: [['09:00']] } }, 'calendar.bad_interval'],
    ['an interval that is not in a list', { hours: { mon: ['09:00', '17:00'] } }, 'calendar.bad_interval'],
    ['null hours of a day', { shifts: { '2027-03-02': null } }, 'calendar.bad_interval'],
    ['a date that does not exist', { holidays: ['2027-02-29'] }, 'calendar.bad_date'],
    ['a date in words', { holidays: { Christmas: 'x' } }, 'calendar.bad_date'],
    ['an exception without a date', { shifts: { mon: [] } }, 'calendar.bad_date'],
    ['a break on no date', { breaks: { '2027-13-01': [] } }, 'calendar.bad_date'],
    ['a rule that is none', { holidayRule: 'both' }, 'calendar.bad_data'],
    ['no holidays', { holidays: undefined }, 'calendar.bad_data'],
  ])('%s', (_why, given, code) => expect(codeOf(bad(given))).toBe(code));

  it('says what it found, and where', () =>
    expect(bad({ shifts: { '2027-03-02': [['08:00', '8']] } })).toThrow('shifts.2027-03-02: ["08:00","8"] is not ["HH:MM", "HH:MM"]'));

  it('accepts overlapping intervals and counts them once', () => {
    const calendar = workCalendar(aCalendar({ hours: weekdays(['12:00', '17:00'], ['09:00', '13:00'], ['17:00', '17:30']) }));
    expect(within(calendar, new Date('2026-11-23T00:00Z'), new Date('2026-11-24T00:00Z'))).toBe(8.5 * 3600);
  });

  it('a holiday wins over an exception of its date, by either rule', () => {
    for (const holidayRule of ['date', 'shift'] as const) {
      const calendar = workCalendar(aCalendar({ holidays: ['2026-11-23'], holidayRule, shifts: { '2026-11-23': [['10:00', '11:00']] } }));
      expect(isOpen(calendar, new Date('2026-11-23T10:30Z'))).toBe(false);
    }
  });

  it('leaves its data as it was', () => {
    const data = aCalendar({ hours: weekdays(['13:00', '17:00'], ['09:00', '12:00']) });
    const before = JSON.stringify(data);
    add(workCalendar(data), new Date('2026-11-23T00:00Z'), 3600);
    expect(JSON.stringify(data)).toBe(before);
  });
});

describe('questions without an answer', () => {
  const at = new Date('2026-11-23T00:00Z');
  const never = workCalendar(aCalendar({ hours: {} }));
  const once = workCalendar(aCalendar({ hours: {}, shifts: { '2026-11-23': [['09:00', '10:00']] } }));
  const usual = workCalendar(aCalendar());
  it.each([
    ['adding to a calendar without hours', () => add(never, at, 1), 'calendar.no_hours'],
    ['taking from one', () => sub(never, at, 1), 'calendar.no_hours'],
    ['its next opening', () => nextOpen(never, at), 'calendar.no_hours'],
    ['its last closing', () => prevClose(never, at), 'calendar.no_hours'],
    ['its next working day', () => endOfWorkingDay(never, at, 1), 'calendar.no_hours'],
    ['more than there is', () => add(once, at, 3601), 'calendar.no_hours'],
    ['more than four centuries hold', () => add(usual, at, 1e11), 'calendar.too_far'],
    ['an amount that is none', () => add(usual, at, Number.NaN), 'calendar.bad_amount'],
    ['an endless amount', () => sub(usual, at, Number.POSITIVE_INFINITY), 'calendar.bad_amount'],
    ['an instant that is none', () => within(usual, new Date(Number.NaN), at), 'calendar.bad_instant'],
    ['an end that is none', () => within(usual, at, new Date(Number.NaN)), 'calendar.bad_instant'],
    ['adding to none', () => add(usual, new Date(Number.NaN), 1), 'calendar.bad_instant'],
    ['open at none', () => isOpen(usual, new Date(Number.NaN)), 'calendar.bad_instant'],
    ['working day nought', () => endOfWorkingDay(usual, at, 0), 'calendar.bad_amount'],
    ['half a working day', () => endOfWorkingDay(usual, at, 1.5), 'calendar.bad_amount'],
  ])('%s', (_why, act, code) => expect(codeOf(act)).toBe(code));

  it('nothing is worked by a calendar without hours', () => {
    expect(within(never, at, new Date('2027-11-23T00:00Z'))).toBe(0);
    expect(isOpen(never, at)).toBe(false);
    expect(add(never, at, 0)).toEqual(at);
  });

  it('an exception holds what it says to its last second', () => expect(add(once, at, 3600)).toEqual(new Date('2026-11-23T10:00Z')));
});
