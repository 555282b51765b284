import { describe, expect, it } from '@jest/globals';
import { explain, workCalendar } from '../../bot/worktime/index.ts';
import { calendars } from './calendars.ts';

const explained = (name: keyof typeof calendars, from: string, to: string) =>
  explain(workCalendar(calendars[name]), new Date(from), new Date(to));

describe('an explanation', () => {
  it('shows what was counted, clipped to the two instants, and the days between on which nothing was open', () =>
    expect(explained('paris', '2027-05-05T14:00:00Z', '2027-05-10T08:00:00Z')).toEqual({
      segments: [
        { fromAt: new Date('2027-05-05T14:00:00Z'), toAt: new Date('2027-05-05T15:00:00Z'), seconds: 3600 },
        { fromAt: new Date('2027-05-07T07:00:00Z'), toAt: new Date('2027-05-07T15:00:00Z'), seconds: 8 * 3600 },
        { fromAt: new Date('2027-05-10T07:00:00Z'), toAt: new Date('2027-05-10T08:00:00Z'), seconds: 3600 },
      ],
      closed: [
        { on: '2027-05-06', why: 'holiday', name: 'Ascension' },
        { on: '2027-05-08', why: 'weekend' },
        { on: '2027-05-09', why: 'weekend' },
      ],
      zone: 'Europe/Paris',
    }));

  it('names an exception; a Saturday worked by exception is not closed', () =>
    expect(explained('manila', '2026-11-24T02:00:00Z', '2026-11-30T16:00:00Z').closed).toEqual([
      { on: '2026-11-25', why: 'exception', name: 'Typhoon' },
      { on: '2026-11-29', why: 'weekend' },
      { on: '2026-11-30', why: 'holiday' },
    ]));

  it('a date into which a night shift runs was open', () =>
    expect(explained('nights', '2026-11-20T12:00:00Z', '2026-11-22T15:00:00Z').closed).toEqual([{ on: '2026-11-22', why: 'weekend' }]));

  it('a holiday by shift is told, though the night before ran into it', () => {
    const { segments, closed } = explained('nightsByShift', '2026-11-22T12:00:00Z', '2026-11-24T13:30:00Z');
    expect(segments.map(({ seconds }) => seconds)).toEqual([9 * 3600, 1800]);
    expect(closed).toEqual([{ on: '2026-11-23', why: 'holiday' }]);
  });

  it('a day that the zone skipped was none', () =>
    expect(explained('apia', '2011-12-28T10:00:00Z', '2012-01-02T10:00:00Z').closed).toEqual([]));

  it('the day of an end at midnight was not reached', () =>
    expect(explained('utc', '2026-11-20T16:00:00Z', '2026-11-21T00:00:00Z').closed).toEqual([]));

  it('of nothing is empty', () => {
    const nothing = { segments: [], closed: [], zone: 'UTC' };
    expect(explained('utc', '2026-11-21T12:00:00Z', '2026-11-21T12:00:00Z')).toEqual(nothing);
    expect(explained('utc', '2026-11-23T12:00:00Z', '2026-11-21T12:00:00Z')).toEqual(nothing);
  });
});
