import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AgreedCalendar } from '../../bot/charter/charter.ts';
import { readCadence, readMoment } from '../../bot/charter/words.ts';
import { type Beat, dateAfter, dateOf, firstDate, momentIn, shifted, slotOf } from '../../bot/rhythms/dates.ts';
import type { WorkCalendar } from '../../bot/worktime/index.ts';
import { aCalendar, calendars, weekdays } from '../worktime/calendars.ts';

const agreed = (work: WorkCalendar): AgreedCalendar => ({ key: 'own', place: 'Here', work, assumed: false });
/** As the charter writes it: `week`, `thu 12:00`. */
const beat = (every: string, by: string): Beat => ({ every: readCadence(every), by: readMoment(by) });
const OWN = {
  ...calendars,
  amsterdam: aCalendar({ zone: 'Europe/Amsterdam' }),
  sunToThu: aCalendar({ zone: 'Asia/Dubai', hours: { ...weekdays(['09:00', '17:00']), fri: [], sun: [['09:00', '17:00']] } }),
  closedWeek: aCalendar({ holidays: ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'] }),
  closedToWednesday: aCalendar({ holidays: ['2026-11-19', '2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25'] }),
};

describe('the moment of a period', () => {
  it.each([
    ['a weekday at a time of day, by the clock there', 'week', 'thu 12:00', 'manila', '2026-11-23', '2026-11-26T04:00:00Z'],
    ['in winter', 'week', 'thu 12:00', 'amsterdam', '2027-03-22', '2027-03-25T11:00:00Z'],
    ['after the clocks changed', 'week', 'thu 12:00', 'amsterdam', '2027-03-29', '2027-04-01T10:00:00Z'],
    ['at a time that the change skips', 'day', '02:30', 'everySunday', '2027-03-28', '2027-03-28T01:30:00Z'],
    ['at a time that the change repeats, the first of both', 'day', '02:30', 'everySunday', '2026-10-25', '2026-10-25T00:30:00Z'],
    ['without a time, the end of that working day', 'week', 'thu', 'utc', '2026-11-23', '2026-11-26T17:00:00Z'],
    ['a closed day moves to the working day before it', 'week', 'wed 12:00', 'manila', '2026-11-23', '2026-11-24T04:00:00Z'],
    ['also into the week before', 'week', 'mon 10:00', 'manila', '2026-11-30', '2026-11-28T02:00:00Z'],
    ['a week in which nobody works has none', 'week', 'thu 12:00', 'closedWeek', '2026-11-23', null],
    ['every day, at its time', 'day', '10:00', 'utc', '2026-11-24', '2026-11-24T10:00:00Z'],
    ['not on a day that is closed', 'day', '10:00', 'utc', '2026-11-22', null],
    ['without a day, the last working day of the week', 'week', '12:00', 'utc', '2026-11-23', '2026-11-27T12:00:00Z'],
    ['of a week that begins on Sunday, its Sunday', 'week', '12:00', 'sunToThu', '2026-11-23', '2026-11-29T08:00:00Z'],
    ['the nth working day of a month', 'month', 'working day 3 12:00', 'utc', '2026-11-01', '2026-11-04T12:00:00Z'],
    ['counts what is open there', 'month', 'working day 17 12:00', 'manila', '2026-11-01', '2026-11-24T04:00:00Z'],
    ['with the last one where there are not so many', 'month', 'working day 30 12:00', 'utc', '2026-11-01', '2026-11-30T12:00:00Z'],
    ['a weekday of a month is its first', 'month', 'thu 12:00', 'utc', '2026-11-01', '2026-11-05T12:00:00Z'],
    ['without a day, the last working day of the month', 'month', '12:00', 'utc', '2026-10-01', '2026-10-30T12:00:00Z'],
    ['and of a quarter', 'quarter', 'working day 5', 'utc', '2026-10-01', '2026-10-07T17:00:00Z'],
    ['a night ends the morning after', 'day', '', 'nights', '2026-11-24', '2026-11-24T22:00:00Z'],
  ] as const)('%s', (_why, every, by, calendar, slotOn, at) => {
    const own = { ...OWN, everySunday: aCalendar({ zone: 'Europe/Amsterdam', hours: { sun: [['00:00', '24:00']] } }) };
    const said = by === '' ? { every: readCadence(every), by: { weekday: null, workingDay: null, time: null } } : beat(every, by);
    expect(momentIn(said, agreed(own[calendar]), slotOn)).toEqual(at && new Date(at));
  });
});

it.each([
  ['day', '2026-11-26', '2026-11-26', '2026-11-29'],
  ['week', '2026-11-29', '2026-11-23', '2026-12-14'],
  ['week', '2026-11-30', '2026-11-30', '2026-12-21'],
  ['month', '2026-12-31', '2026-12-01', '2027-03-01'],
  ['quarter', '2026-12-31', '2026-10-01', '2027-07-01'],
] as const)('a %s with %s begins on %s, the third after it on %s', (unit, on, slotOn, third) => {
  expect([slotOf(unit, on), shifted(unit, slotOf(unit, on), 3)]).toEqual([slotOn, third]);
});

describe('its own time', () => {
  it.each([
    ['reaches half-way to its neighbours', 'week', 'thu 12:00', 'utc', '2026-11-23', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['of a day, overnight', 'day', '10:00', 'utc', '2026-11-24', '2026-11-23T22:00:00Z', '2026-11-24T22:00:00Z'],
    ['over a weekend', 'day', '10:00', 'utc', '2026-11-23', '2026-11-21T22:00:00Z', '2026-11-23T22:00:00Z'],
    [
      'over the change of the clocks, in real time',
      'week',
      'thu 12:00',
      'amsterdam',
      '2027-03-22',
      '2027-03-21T23:00:00Z',
      '2027-03-28T22:30:00Z',
    ],
    ['over a week that has none', 'week', 'thu 12:00', 'closedWeek', '2026-11-16', '2026-11-16T00:00:00Z', '2026-11-26T12:00:00Z'],
  ] as const)('%s', (_why, every, by, calendar, slotOn, opensAt, endsAt) => {
    expect(dateOf(beat(every, by), agreed(OWN[calendar]), slotOn)).toMatchObject({ opensAt: new Date(opensAt), endsAt: new Date(endsAt) });
  });
});

describe('the first date', () => {
  it.each([
    ['opens when its time begins, not before both agreed', 'week', 'thu 12:00', '2026-11-25T09:00:00Z', '2026-12-03T12:00:00Z'],
    ['opens at once where its time begins just then', 'week', 'thu 12:00', '2026-11-23T00:00:00Z', '2026-11-26T12:00:00Z'],
    ['of a daily one is tomorrow’s', 'day', '10:00', '2026-11-25T09:00:00Z', '2026-11-26T10:00:00Z'],
    ['of a quarterly one is far', 'quarter', 'working day 5', '2026-11-25T09:00:00Z', '2027-04-07T17:00:00Z'],
  ])('%s', (_why, every, by, from, due) => {
    expect(firstDate(beat(every, by), agreed(OWN.utc), new Date(from))!.dueAt).toEqual(new Date(due));
  });
});

describe('the date after another', () => {
  const after = (every: string, by: string, calendar: keyof typeof OWN, slotOn: string, before: string, from: string) =>
    dateAfter(beat(every, by), agreed(OWN[calendar]), { slotOn, every: readCadence(before) }, new Date(from));
  it.each([
    ['next week', 'week', 'utc', '2026-11-16', 'week', '2026-11-23T00:00:00Z', '2026-11-26T12:00:00Z', '2026-11-23T00:00:00Z'],
    [
      'every second week',
      '2 weeks',
      'utc',
      '2026-11-16',
      '2 weeks',
      '2026-11-26T00:00:00Z',
      '2026-12-03T12:00:00Z',
      '2026-11-26T00:00:00Z',
    ],
    [
      'not twice where one day would be two dates',
      'week',
      'closedToWednesday',
      '2026-11-16',
      'week',
      '2026-11-22T00:00:00Z',
      '2026-11-26T12:00:00Z',
      '2026-11-22T00:00:00Z',
    ],
    [
      'after a long rest, the next that is still to come',
      'week',
      'utc',
      '2026-11-16',
      'week',
      '2026-12-08T00:00:00Z',
      '2026-12-10T12:00:00Z',
      '2026-12-08T00:00:00Z',
    ],
    [
      'of an amended cadence, when its own time begins',
      'month',
      'utc',
      '2026-11-16',
      'week',
      '2026-11-23T00:00:00Z',
      '2026-12-03T12:00:00Z',
      '2026-11-23T00:00:00Z',
    ],
  ] as const)('%s', (_why, every, calendar, slotOn, before, from, due, opens) => {
    const found = after(every, 'thu 12:00', calendar, slotOn, before, from)!;
    expect([found.dueAt, found.opensAt]).toEqual([new Date(due), new Date(opens)]);
  });
});

it('dates follow one another without a gap, each within its own time, and a mail counts for the nearest', () => {
  const moments = ['mon 10:00', 'thu 12:00', 'sun 23:30', '09:00', 'working day 3 12:00'];
  fc.assert(
    fc.property(
      fc.constantFrom('day', 'week', '2 weeks', 'month', 'quarter'),
      fc.constantFrom(...moments),
      fc.constantFrom('utc', 'paris', 'manila', 'nights', 'newYork', 'amsterdam', 'closedWeek', 'closedToWednesday', 'sunToThu'),
      fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
      (every, by, calendar, from) => {
        const said = beat(every, by);
        const own = agreed(OWN[calendar as keyof typeof OWN]);
        let before = firstDate(said, own, from)!;
        expect(before.opensAt.getTime()).toBeGreaterThanOrEqual(from.getTime());
        for (let n = 0; n < 6; n += 1) {
          expect(before.opensAt < before.dueAt && before.dueAt < before.endsAt).toBe(true);
          const next = dateAfter(said, own, { slotOn: before.slotOn, every: said.every }, before.endsAt)!;
          expect(next.opensAt).toEqual(before.endsAt);
          const [before_, after_] = [before.endsAt.getTime() - before.dueAt.getTime(), next.dueAt.getTime() - next.opensAt.getTime()];
          expect(Math.abs(before_ - after_)).toBeLessThanOrEqual(60_000);
          before = next;
        }
      },
    ),
    { numRuns: 150 },
  );
});
