import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  add,
  endOfWorkingDay,
  explain,
  type Interval,
  isOpen,
  localDate,
  nextOpen,
  prevClose,
  sub,
  type WorkCalendar,
  within,
  workCalendar,
} from '../../bot/worktime/index.ts';
import { openByWallClock, workedByMinutes } from './oracle.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Zones with the instants around which something happens to their clocks. */
const PLACES = [
  ['UTC', '2027-01-01T00:00Z'],
  ['Europe/Berlin', '2027-03-28T01:00Z'],
  ['Europe/Berlin', '2027-10-31T01:00Z'],
  ['America/New_York', '2027-03-14T07:00Z'],
  ['America/New_York', '2027-11-07T06:00Z'],
  ['America/St_Johns', '2006-10-29T02:31Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Australia/Lord_Howe', '2027-04-03T15:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Pacific/Kwajalein', '1993-08-21T12:00Z'],
  ['Africa/Casablanca', '2027-02-07T02:00Z'],
  ['Asia/Kathmandu', '2027-01-01T00:00Z'],
  ['Asia/Manila', '2026-11-22T16:00Z'],
  ['Asia/Pyongyang', '2018-05-04T15:00Z'],
  ['Antarctica/Troll', '2027-03-28T01:00Z'],
  ['America/Caracas', '2016-05-01T07:00Z'],
  ['Asia/Gaza', '2026-10-23T22:00Z'],
] as const;

const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
  const minutes = quarter * 15;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
});
const interval: fc.Arbitrary<Interval> = fc.tuple(time, fc.oneof(time, fc.constant('24:00')));
const intervals = fc.array(interval, { maxLength: 3 });

/** A calendar and instants in the days around a clock change, holidays, exceptions and breaks among them. */
const scene = fc.constantFrom(...PLACES).chain(([zone, around]) => {
  const aroundMs = Date.parse(around);
  const on = fc.integer({ min: -4, max: 4 }).map((days) => localDate(zone, new Date(aroundMs + days * DAY)));
  const at = fc.integer({ min: -48 * 60, max: 48 * 60 }).map((minutes) => new Date(aroundMs + minutes * MINUTE));
  return fc.record({
    data: fc.record<WorkCalendar>({
      zone: fc.constant(zone),
      hours: fc.record({ mon: intervals, tue: intervals, wed: intervals, thu: intervals, fri: intervals, sat: intervals, sun: intervals }),
      holidays: fc.array(on, { maxLength: 2 }),
      holidayRule: fc.constantFrom('date', 'shift'),
      shifts: fc.dictionary(on, intervals, { maxKeys: 2 }),
      breaks: fc.dictionary(on, intervals, { maxKeys: 2 }),
    }),
    instants: fc.array(at, { minLength: 3, maxLength: 3 }).map((found) => found.sort((a, b) => a.getTime() - b.getTime())),
    seconds: fc.integer({ min: 1, max: 40 * 3600 }),
  });
});

const hasHours = ({ data }: { data: WorkCalendar }): boolean => Object.values(data.hours).some((list) => list.length > 0);

const noNights = ({ data }: { data: WorkCalendar }): boolean =>
  [...Object.values(data.hours), ...Object.values(data.shifts ?? {})].flat().every(([start, end]) => end > start);

describe('for any calendar, around any clock change', () => {
  it('counts what the wall clock says, minute by minute', () =>
    fc.assert(
      fc.property(scene, ({ data, instants: [from, to] }) => {
        expect(within(workCalendar(data), from!, to!)).toBe(workedByMinutes(data, from!, to!));
      }),
      { numRuns: 60 },
    ));

  it('is open when the wall clock says so, on either side of every instant', () =>
    fc.assert(
      fc.property(scene, ({ data, instants }) => {
        const calendar = workCalendar(data);
        for (const instant of instants) {
          for (const at of [instant, new Date(instant.getTime() - 1), new Date(instant.getTime() + 1)]) {
            expect(isOpen(calendar, at)).toBe(openByWallClock(data, at));
          }
        }
      }),
      { numRuns: 300 },
    ));

  it('adds up: two stretches are worth their sum, and none is worth less than nothing', () =>
    fc.assert(
      fc.property(scene, ({ data, instants: [a, b, c] }) => {
        const calendar = workCalendar(data);
        const first = within(calendar, a!, b!);
        const second = within(calendar, b!, c!);
        expect(first + second).toBe(within(calendar, a!, c!));
        expect(Math.min(first, second)).toBeGreaterThanOrEqual(0);
        expect(second).toBeLessThanOrEqual((c!.getTime() - b!.getTime()) / 1000);
        expect(within(calendar, c!, a!)).toBe(0);
      }),
      { numRuns: 500 },
    ));

  it('add is the earliest instant with that much worked, sub the latest', () =>
    fc.assert(
      fc.property(scene.filter(hasHours), ({ data, instants: [at], seconds }) => {
        const calendar = workCalendar({ ...data, holidays: [], shifts: {}, breaks: {} });
        const later = add(calendar, at!, seconds);
        expect(within(calendar, at!, later)).toBe(seconds);
        expect(within(calendar, at!, new Date(later.getTime() - 1))).toBeLessThan(seconds);
        const earlier = sub(calendar, at!, seconds);
        expect(within(calendar, earlier, at!)).toBe(seconds);
        expect(within(calendar, new Date(earlier.getTime() + 1), at!)).toBeLessThan(seconds);
      }),
      { numRuns: 500 },
    ));

  it('the same with holidays, exceptions and breaks; going there and back loses closed time only', () =>
    fc.assert(
      fc.property(scene.filter(hasHours), ({ data, instants: [at], seconds }) => {
        const calendar = workCalendar(data);
        const later = add(calendar, at!, seconds);
        expect(within(calendar, at!, later)).toBe(seconds);
        const back = sub(calendar, later, seconds);
        expect(back.getTime()).toBeGreaterThanOrEqual(at!.getTime());
        expect(within(calendar, at!, back)).toBe(0);
        expect(add(calendar, back, seconds)).toEqual(later);
        expect(add(calendar, at!, seconds + 1).getTime()).toBeGreaterThan(later.getTime());
      }),
      { numRuns: 500 },
    ));

  it('the next opening and the last closing have nothing worked on the way', () =>
    fc.assert(
      fc.property(scene.filter(hasHours), ({ data, instants: [at] }) => {
        const calendar = workCalendar(data);
        const opening = nextOpen(calendar, at!);
        expect(opening.getTime()).toBeGreaterThanOrEqual(at!.getTime());
        expect(isOpen(calendar, opening)).toBe(true);
        expect(within(calendar, at!, opening)).toBe(0);
        const closing = prevClose(calendar, at!);
        expect(closing.getTime()).toBeLessThanOrEqual(at!.getTime());
        expect(isOpen(calendar, new Date(closing.getTime() - 1))).toBe(true);
        expect(within(calendar, closing, at!)).toBe(0);
      }),
      { numRuns: 500 },
    ));

  it('the explanation adds up to the figure', () =>
    fc.assert(
      fc.property(scene, ({ data, instants: [from, , to] }) => {
        const calendar = workCalendar(data);
        const { segments, closed } = explain(calendar, from!, to!);
        expect(segments.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(within(calendar, from!, to!));
        for (const { fromAt, toAt, seconds } of segments) expect(within(calendar, fromAt, toAt)).toBe(seconds);
        for (const { on, why } of closed) {
          // The night shift of the day before may still run into a date that an exception, or a holiday by shift, closes.
          if (why === 'exception' || (why === 'holiday' && data.holidayRule === 'shift')) continue;
          // Not by the day's bounds: in St John's a clock went back over midnight, and a date came again after the next had begun.
          const noon = Date.parse(`${on}T12:00Z`);
          for (let ms = noon - 1.5 * DAY; ms < noon + 1.5 * DAY; ms += 15 * MINUTE) {
            const at = new Date(ms);
            if (localDate(data.zone, at) === on) expect(openByWallClock(data, at)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    ));

  it('answers do not depend on what was asked before', () =>
    fc.assert(
      fc.property(scene.filter(hasHours), fc.array(fc.integer({ min: -30_000, max: 30_000 }), { maxLength: 6 }), (given, days) => {
        const { data, instants, seconds } = given;
        const used = workCalendar(data);
        for (const day of days) isOpen(used, new Date(instants[0]!.getTime() + day * DAY));
        expect(add(used, instants[0]!, seconds)).toEqual(add(workCalendar(data), instants[0]!, seconds));
        expect(sub(used, instants[1]!, seconds)).toEqual(sub(workCalendar(data), instants[1]!, seconds));
        expect(within(used, instants[0]!, instants[2]!)).toBe(within(workCalendar(data), instants[0]!, instants[2]!));
      }),
      { numRuns: 100 },
    ));

  it('the nth working day is the one after the (n-1)th, never earlier than tomorrow, and ends where work stops', () =>
    fc.assert(
      fc.property(scene.filter(hasHours).filter(noNights), fc.integer({ min: 2, max: 8 }), ({ data, instants: [at] }, n) => {
        const calendar = workCalendar({ ...data, breaks: {} });
        const first = endOfWorkingDay(calendar, at!, 1);
        const lastMoment = new Date(first.getTime() - 1);
        expect(localDate(data.zone, lastMoment) > localDate(data.zone, at!)).toBe(true);
        expect(isOpen(calendar, lastMoment)).toBe(true);
        // Without nights, nothing more is worked on that date.
        const nextDay = Temporal.PlainDate.from(localDate(data.zone, lastMoment)).add({ days: 1 }).toZonedDateTime(data.zone);
        expect(within(calendar, first, new Date(nextDay.epochMilliseconds))).toBe(0);
        expect(endOfWorkingDay(calendar, at!, n)).toEqual(
          endOfWorkingDay(calendar, new Date(endOfWorkingDay(calendar, at!, n - 1).getTime() - 1), 1),
        );
      }),
      { numRuns: 300 },
    ));
});

describe('the wall clock of a zone', () => {
  /** Seconds after a day has begun in which it is the day before once more: Labrador set its clocks back a minute past midnight. */
  const yesterdayAgain = (start: Temporal.ZonedDateTime): number => {
    if (start.add({ hours: 3 }).offset === start.offset) return 0;
    const minutes = Array.from({ length: 180 }, (_, minute) => start.add({ minutes: minute }));
    return 60 * minutes.filter((at) => !at.toPlainDate().equals(start.toPlainDate())).length;
  };
  it('is that of the oracle in every zone that the runtime knows, over sixty years', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2035, 0) }), (zone, ms) => {
        const wall = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
        expect(localDate(zone, new Date(ms))).toBe(wall.toPlainDate().toString());
        const today = wall.startOfDay();
        const tomorrow = today.add({ days: 1 }).startOfDay();
        const calendar = workCalendar({ zone, hours: {}, holidays: [], shifts: { [wall.toPlainDate().toString()]: [['00:00', '24:00']] } });
        const seconds = (tomorrow.epochMilliseconds - today.epochMilliseconds) / 1000 - yesterdayAgain(today) + yesterdayAgain(tomorrow);
        expect(within(calendar, new Date(ms - 2 * DAY), new Date(ms + 2 * DAY))).toBe(seconds);
        expect(nextOpen(calendar, new Date(ms - 2 * DAY))).toEqual(new Date(today.epochMilliseconds));
      }),
      {
        numRuns: 1000,
        examples: [
          ['America/Goose_Bay', 688446000000],
          ['America/Goose_Bay', 688532400000],
        ],
      },
    );
  });
});
