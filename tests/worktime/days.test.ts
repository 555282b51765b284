import { describe, expect, it } from '@jest/globals';
import {
  endOfWorkingDay,
  localDate,
  startOfNextWorkingDay,
  workCalendar,
  workingDate,
  workingDay,
  workingDaysOver,
} from '../../bot/worktime/index.ts';
import { aCalendar, calendars } from './calendars.ts';

describe('the end of the nth working day', () => {
  it.each([
    ['Friday 16:59', 'utc', '2026-11-20T16:59:00Z', 1, '2026-11-23T17:00:00Z'],
    ['Friday 17:30', 'utc', '2026-11-20T17:30:00Z', 1, '2026-11-23T17:00:00Z'],
    ['Saturday', 'utc', '2026-11-21T12:00:00Z', 1, '2026-11-23T17:00:00Z'],
    ['early on Monday is Tuesday', 'utc', '2026-11-23T00:00:00Z', 1, '2026-11-24T17:00:00Z'],
    ['five of them', 'utc', '2026-11-20T16:59:00Z', 5, '2026-11-27T17:00:00Z'],
    ['ten of them', 'utc', '2026-11-20T16:59:00Z', 10, '2026-12-04T17:00:00Z'],
    ['ten thousand are two thousand weeks', 'utc', '2026-11-20T16:59:00Z', 10_000, '2065-03-20T17:00:00Z'],
    ['over a holiday', 'paris', '2027-05-05T10:00:00Z', 1, '2027-05-07T15:00:00Z'],
    ['the date is that of the zone: Tuesday 00:30 in Manila', 'manila', '2026-11-23T16:30:00Z', 1, '2026-11-26T10:00:00Z'],
    ['the same afternoon it is still Monday', 'manila', '2026-11-23T08:00:00Z', 1, '2026-11-24T10:00:00Z'],
    ['the Saturday worked by exception counts', 'manila', '2026-11-27T08:00:00Z', 1, '2026-11-28T06:00:00Z'],
    ['a night shift ends the morning after', 'nights', '2026-11-24T05:00:00Z', 1, '2026-11-25T22:00:00Z'],
    ['in the small hours of Tuesday, the next shift to start after Tuesday', 'nights', '2026-11-23T18:00:00Z', 1, '2026-11-25T22:00:00Z'],
    ['a holiday is no working day, though its night goes on', 'nights', '2026-11-21T05:00:00Z', 1, '2026-11-24T22:00:00Z'],
    ['Sunday night runs through the holiday, by shift', 'nightsByShift', '2026-11-21T05:00:00Z', 1, '2026-11-22T22:00:00Z'],
    ['and Monday is none', 'nightsByShift', '2026-11-21T05:00:00Z', 2, '2026-11-24T22:00:00Z'],
    ['the day that Apia skipped is none', 'apia', '2011-12-29T20:00:00Z', 1, '2011-12-31T03:00:00Z'],
  ] as const)('%s', (_why, name, from, n, answer) =>
    expect(endOfWorkingDay(workCalendar(calendars[name]), new Date(from), n)).toEqual(new Date(answer)),
  );

  it('a night shift that a holiday cuts short ends at its midnight', () => {
    const calendar = workCalendar({ ...calendars.nights, holidays: ['2026-11-26'] });
    expect(endOfWorkingDay(calendar, new Date('2026-11-24T05:00:00Z'), 1)).toEqual(new Date('2026-11-25T16:00:00Z'));
  });
});

it.each(['utc', 'manila', 'nights', 'nightsByShift', 'apia'] as const)('working days are over when their ends are: %s', (name) => {
  const calendar = workCalendar(calendars[name]);
  const from = new Date('2011-12-27T05:30:00Z');
  for (let n = 1; n <= 12; n += 1) {
    const end = endOfWorkingDay(calendar, from, n);
    expect(workingDaysOver(calendar, from, end, 20)).toBe(n);
    expect(workingDaysOver(calendar, from, new Date(end.getTime() - 1), 20)).toBe(n - 1);
    expect(workingDaysOver(calendar, from, end, 3)).toBe(Math.min(n, 3));
  }
  expect(workingDaysOver(calendar, from, from, 20)).toBe(0);
});

it('the next working day starts with its first interval', () => {
  expect(startOfNextWorkingDay(workCalendar(calendars.utc), new Date('2026-11-20T03:00:00Z'))).toEqual(new Date('2026-11-23T09:00:00Z'));
  expect(startOfNextWorkingDay(workCalendar(calendars.nights), new Date('2026-11-24T05:00:00Z'))).toEqual(new Date('2026-11-25T13:00:00Z'));
});

describe('the working day of a date', () => {
  const manila = workCalendar(calendars.manila);
  it('runs from its first opening to its last closing', () =>
    expect(workingDay(manila, '2026-11-24')).toEqual({ startAt: new Date('2026-11-24T01:00Z'), endAt: new Date('2026-11-24T10:00Z') }));
  it.each(['2026-11-22', '2026-11-25', '2026-11-30'])('there is none on %s', (on) => expect(workingDay(manila, on)).toBeUndefined());
  it('ends early where the end is taken out', () => {
    const calendar = workCalendar(aCalendar({ breaks: { '2026-11-23': [['15:00', '24:00']] } }));
    expect(workingDay(calendar, '2026-11-23')?.endAt).toEqual(new Date('2026-11-23T15:00Z'));
  });
  it('needs a date', () => expect(() => workingDay(manila, '24.11.2026')).toThrow('is not a date'));
});

describe('the working date nearest to a date', () => {
  it.each([
    ['the date itself', 'manila', '2026-11-24', '2026-11-24', '2026-11-24'],
    ['over a weekend', 'utc', '2026-11-21', '2026-11-20', '2026-11-23'],
    ['over holidays and a weekend', 'manila', '2026-11-30', '2026-11-28', '2026-12-01'],
    ['by the day on which a night shift starts', 'nights', '2026-11-21', '2026-11-20', '2026-11-24'],
  ] as const)('%s', (_why, name, on, back, forward) => {
    const calendar = workCalendar(calendars[name]);
    expect([workingDate(calendar, on, 'back'), workingDate(calendar, on, 'forward')]).toEqual([back, forward]);
  });
  it('needs a date, and a calendar that is ever open', () => {
    expect(() => workingDate(workCalendar(calendars.utc), '24.11.2026', 'back')).toThrow('is not a date');
    expect(() => workingDate(workCalendar(aCalendar({ hours: {} })), '2026-11-24', 'back')).toThrow('no working day');
  });
});

it.each([
  ['Asia/Manila', '2026-11-22T15:59:59.999Z', '2026-11-22'],
  ['Asia/Manila', '2026-11-22T16:00:00Z', '2026-11-23'],
  ['America/New_York', '2027-01-01T04:59:59Z', '2026-12-31'],
  ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31'],
  ['America/Los_Angeles', '1883-11-18T07:52:57Z', '1883-11-17'],
  ['America/Los_Angeles', '1883-11-18T07:52:58Z', '1883-11-18'],
])('in %s, %s is on %s', (zone, at, on) => expect(localDate(zone, new Date(at))).toBe(on));
