import { calendars } from './calendars.ts';

export type OwnCase = [
  why: string,
  calendar: keyof typeof calendars,
  op: 'within' | 'add' | 'sub' | 'in_hours' | 'next_open' | 'prev_close',
  from: string,
  toOrSeconds: string | number | undefined,
  answer: number | boolean | string,
];

const H = 3600;

export const ownCases: OwnCase[] = [
  ['eight hours from nine is five the same day', 'utc', 'add', '2026-11-23T09:00:00Z', 8 * H, '2026-11-23T17:00:00Z'],
  ['one second more is the next morning', 'utc', 'add', '2026-11-23T09:00:00Z', 8 * H + 1, '2026-11-24T09:00:01Z'],
  ['eight hours back from five is nine the same day', 'utc', 'sub', '2026-11-23T17:00:00Z', 8 * H, '2026-11-23T09:00:00Z'],
  ['one second more back is the evening before', 'utc', 'sub', '2026-11-24T17:00:00Z', 8 * H + 1, '2026-11-23T16:59:59Z'],
  ['over a weekend', 'utc', 'add', '2026-11-20T16:30:00Z', H, '2026-11-23T09:30:00Z'],
  ['back over a weekend', 'utc', 'sub', '2026-11-23T09:30:00Z', H, '2026-11-20T16:30:00Z'],
  ['nothing added stays where it is, open or not', 'utc', 'add', '2026-11-21T12:00:00Z', 0, '2026-11-21T12:00:00Z'],
  ['nothing taken stays where it is', 'utc', 'sub', '2026-11-21T12:00:00Z', 0, '2026-11-21T12:00:00Z'],
  ['a negative amount goes the other way', 'utc', 'add', '2026-11-23T09:30:00Z', -H, '2026-11-20T16:30:00Z'],
  ['from a closed instant the clock starts at the opening', 'utc', 'add', '2026-11-21T12:00:00Z', 60, '2026-11-23T09:01:00Z'],
  ['parts of a second are kept', 'utc', 'add', '2026-11-20T16:59:59.700Z', 1, '2026-11-23T09:00:00.7Z'],
  ['a year of work', 'utc', 'within', '2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z', 261 * 8 * H],
  ['a reversed range is nothing', 'utc', 'within', '2026-11-23T12:00:00Z', '2026-11-23T10:00:00Z', 0],
  ['an empty range is nothing', 'utc', 'within', '2026-11-23T12:00:00Z', '2026-11-23T12:00:00Z', 0],
  ['the opening minute is in', 'utc', 'in_hours', '2026-11-23T09:00:00Z', undefined, true],
  ['the closing instant is out', 'utc', 'in_hours', '2026-11-23T17:00:00Z', undefined, false],
  ['the last second is in', 'utc', 'in_hours', '2026-11-23T16:59:59Z', undefined, true],
  ['open stays', 'utc', 'next_open', '2026-11-23T10:00:00Z', undefined, '2026-11-23T10:00:00Z'],
  ['at the closing instant the next opening is tomorrow', 'utc', 'next_open', '2026-11-23T17:00:00Z', undefined, '2026-11-24T09:00:00Z'],
  ['at the closing instant the last closing is now', 'utc', 'prev_close', '2026-11-23T17:00:00Z', undefined, '2026-11-23T17:00:00Z'],
  ['at the opening instant the last closing is on Friday', 'utc', 'prev_close', '2026-11-23T09:00:00Z', undefined, '2026-11-20T17:00:00Z'],

  ['inside one working day in Paris', 'paris', 'add', '2027-03-02T09:30:00Z', 2 * H, '2027-03-02T11:30:00Z'],
  ['over the weekend on which the clocks go forward', 'paris', 'add', '2027-03-26T15:30:00Z', H, '2027-03-29T07:30:00Z'],
  ['over the weekend on which the clocks go back', 'paris', 'add', '2027-10-29T14:30:00Z', H, '2027-11-01T08:30:00Z'],
  ['skips a holiday', 'paris', 'add', '2027-05-05T14:30:00Z', H, '2027-05-07T07:30:00Z'],
  ['skips a holiday going back', 'paris', 'sub', '2027-05-07T07:30:00Z', H, '2027-05-05T14:30:00Z'],
  ['a week with a holiday', 'paris', 'within', '2027-05-02T22:00:00Z', '2027-05-09T22:00:00Z', 4 * 8 * H],
  ['closed on a holiday', 'paris', 'in_hours', '2027-05-06T10:00:00Z', undefined, false],

  ['lunch is out', 'manila', 'within', '2026-11-23T01:00:00Z', '2026-11-23T10:00:00Z', 8 * H],
  ['lunch is skipped', 'manila', 'add', '2026-11-23T03:30:00Z', H, '2026-11-23T05:30:00Z'],
  ['Wednesday is closed by the typhoon', 'manila', 'add', '2026-11-24T09:30:00Z', H, '2026-11-26T01:30:00Z'],
  ['a break of the day is taken out', 'manila', 'within', '2026-11-26T05:00:00Z', '2026-11-26T10:00:00Z', 3.5 * H],
  ['a Saturday worked by exception', 'manila', 'within', '2026-11-27T16:00:00Z', '2026-11-28T16:00:00Z', 4 * H],
  ['the holiday follows the date in Manila, not in UTC', 'manila', 'next_open', '2026-11-29T16:00:00Z', undefined, '2026-12-01T01:00:00Z'],

  ['a night shift belongs to the day it starts on', 'nights', 'in_hours', '2026-11-20T21:00:00Z', undefined, true],
  ['so there is none from Sunday to Monday', 'nights', 'in_hours', '2026-11-22T21:00:00Z', undefined, false],
  [
    'a holiday closes its date: the shift goes on at midnight',
    'nights',
    'next_open',
    '2026-11-22T00:00:00Z',
    undefined,
    '2026-11-23T16:00:00Z',
  ],
  ['a night is nine hours', 'nights', 'within', '2026-11-24T12:00:00Z', '2026-11-25T00:00:00Z', 9 * H],
  ['by shift: Sunday night runs into the holiday', 'nightsByShift', 'in_hours', '2026-11-22T21:00:00Z', undefined, true],
  ['by shift: Monday night is closed to its end', 'nightsByShift', 'next_open', '2026-11-22T22:00:00Z', undefined, '2026-11-24T13:00:00Z'],
  ['by shift: both together', 'nightsByShift', 'within', '2026-11-22T12:00:00Z', '2026-11-24T13:00:00Z', 9 * H],

  ['Thanksgiving', 'newYork', 'add', '2026-11-25T21:00:00Z', 2 * H, '2026-11-27T15:00:00Z'],
  ['a night on which an hour is skipped is seven hours', 'newYorkNights', 'within', '2027-03-14T01:00:00Z', '2027-03-14T16:00:00Z', 7 * H],
  ['a night on which an hour is repeated is nine', 'newYorkNights', 'within', '2027-11-06T22:00:00Z', '2027-11-07T16:00:00Z', 9 * H],
  ['round the clock, seconds are seconds', 'always', 'within', '2027-03-01T00:00:00Z', '2027-12-01T00:00:00Z', 275 * 24 * H],
  ['round the clock, adding is plain', 'always', 'add', '2027-03-14T05:00:00Z', 48 * H, '2027-03-16T05:00:00Z'],
  ['Lord Howe skips half an hour', 'lordHowe', 'within', '2026-10-03T12:00:00Z', '2026-10-04T12:00:00Z', 3.5 * H],
  ['Lord Howe repeats half an hour', 'lordHowe', 'within', '2027-04-03T12:00:00Z', '2027-04-04T12:00:00Z', 4.5 * H],
  [
    'an opening at 01:45 is shut between and comes twice',
    'lordHoweDay',
    'within',
    '2027-04-03T14:00:00Z',
    '2027-04-03T15:45:00Z',
    0.75 * H,
  ],
  ['Apia had no 30 December 2011', 'apia', 'within', '2011-12-29T19:00:00Z', '2012-01-01T03:00:00Z', 3 * 8 * H],
  ['the day after the 29th is the 31st', 'apia', 'next_open', '2011-12-30T03:30:00Z', undefined, '2011-12-30T19:00:00Z'],
  ['midnight itself is skipped in São Paulo', 'saoPaulo', 'within', '2018-11-04T00:00:00Z', '2018-11-04T12:00:00Z', 7 * H],
  ['the opening moves to the first minute there is', 'saoPaulo', 'next_open', '2018-11-03T20:00:00Z', undefined, '2018-11-04T03:00:00Z'],
  ['a quarter-hour zone', 'kathmandu', 'next_open', '2026-11-21T12:00:00Z', undefined, '2026-11-22T04:15:00Z'],
  [
    'clocks go back for Ramadan: 02:30 to 03:00 comes twice',
    'casablanca',
    'within',
    '2027-02-06T12:00:00Z',
    '2027-02-07T12:00:00Z',
    1.5 * H,
  ],
  ['summer time that lasted a week', 'recife', 'next_open', '2000-10-10T00:00:00Z', undefined, '2000-10-10T11:00:00Z'],
  ['and was over', 'recife', 'next_open', '2000-10-17T00:00:00Z', undefined, '2000-10-17T12:00:00Z'],
  ['only dated intervals', 'onlyDated', 'next_open', '2026-11-22T00:00:00Z', undefined, '2027-03-02T10:00:00Z'],
  ['two years of nothing between', 'onlyDated', 'add', '2026-11-22T00:00:00Z', 3 * H, '2028-03-03T00:00:00Z'],
  ['and back again', 'onlyDated', 'sub', '2031-01-01T00:00:00Z', 3 * H, '2027-03-02T11:00:00Z'],
  ['a range longer than a life', 'utc', 'within', '1900-01-01T00:00:00Z', '2100-01-01T00:00:00Z', 52179 * 8 * H],
];

/** The case as a line of a case file. */
export function asLine([why, name, op, from, toOrSeconds]: OwnCase): Record<string, unknown> {
  const { holidayRule, exceptionNames: _, ...calendar } = calendars[name] as (typeof calendars)['manila'] & { holidayRule?: string };
  const asked = typeof toOrSeconds === 'number' ? { amount_seconds: toOrSeconds } : toOrSeconds ? { to: toOrSeconds } : {};
  return { id: why, ...calendar, ...(holidayRule ? { holiday_rule: holidayRule } : {}), op, from, ...asked };
}
