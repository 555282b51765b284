import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Meeting } from '../../bot/meetings/index.ts';
import { ANNA, aDate, aSeries, PIETER, ReviewsWorld } from './world.ts';

/** A Thursday; the series is on Tuesdays from 1 December on. */
const START = '2026-11-26T09:00:00Z';
const HOUR = 3600_000;
const WEEKS = 4;

let world: ReviewsWorld;
beforeAll(async () => {
  world = await ReviewsWorld.open(START);
});
afterAll(() => world?.close());

/** What somebody does to a calendar. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), n: fc.nat(WEEKS - 1), hours: fc.integer({ min: -70, max: 70 }) }),
  fc.record({ kind: fc.constant('cancel' as const), n: fc.nat(WEEKS - 1) }),
  fc.record({ kind: fc.constant('delete' as const), n: fc.nat(WEEKS - 1) }),
  fc.record({ kind: fc.constant('restore' as const), n: fc.nat(WEEKS - 1) }),
  fc.record({ kind: fc.constant('single' as const), n: fc.nat(2), hours: fc.integer({ min: 0, max: 24 * 7 * WEEKS }) }),
  fc.record({ kind: fc.constant('noSingle' as const), n: fc.nat(2) }),
);
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

const startOf = (n: number): Date => aDate({ n }).startAt;
const single = (n: number, hours: number): Meeting => {
  const startAt = new Date(startOf(0).getTime() + hours * HOUR);
  const seen = aSeries({ id: `single/${n}`, kind: 'singleInstance', icalUid: `single-${n}`, startAt });
  return { ...seen, endAt: new Date(startAt.getTime() + HOUR) };
};

/** What one calendar shows after a change. */
async function happen(given: Change, box: string): Promise<void> {
  switch (given.kind) {
    case 'move': {
      const startAt = new Date(startOf(given.n).getTime() + given.hours * HOUR);
      return world.calendar([aDate({ n: given.n, kind: 'exception', startAt, originalAt: startOf(given.n) })], [box]);
    }
    case 'cancel':
      // the organiser's copy goes; an attendee's stays and says so
      return box === ANNA
        ? world.remove([`weekly/${given.n}`], [box])
        : world.calendar([{ ...aDate({ n: given.n }), cancelled: true }], [box]);
    case 'delete':
      return world.remove([`weekly/${given.n}`], [box]);
    case 'restore':
      return world.calendar([aDate({ n: given.n })], [box]);
    case 'single':
      return world.calendar([single(given.n, given.hours)], [box]);
    case 'noSingle':
      return world.remove([`single/${given.n}`], [box]);
  }
}

async function begin(): Promise<void> {
  await sql`truncate review, calendar_event, deadline, journal, remark cascade`.execute(world.db);
  await world.calendar([aSeries(), ...Array.from({ length: WEEKS }, (_, n) => aDate({ n }))]);
  await world.find();
}

const LIVE = ['planned', 'prepared', 'running'];
/** Beginnings of all dates that stand. */
const live = async () =>
  (await world.dates())
    .filter(({ state }) => LIVE.includes(state))
    .map(({ startAt }) => startAt!.toISOString())
    .sort();

/** The same, from what both calendars show in the end. */
async function expectedOf(changes: readonly Change[]): Promise<string[]> {
  const dates = new Map<string, string>(Array.from({ length: WEEKS }, (_, n) => [`w${n}`, startOf(n).toISOString()]));
  for (const each of changes) {
    if (each.kind === 'move') dates.set(`w${each.n}`, new Date(startOf(each.n).getTime() + each.hours * HOUR).toISOString());
    if (each.kind === 'cancel' || each.kind === 'delete') dates.delete(`w${each.n}`);
    if (each.kind === 'restore') dates.set(`w${each.n}`, startOf(each.n).toISOString());
    if (each.kind === 'single') dates.set(`s${each.n}`, single(each.n, each.hours).startAt.toISOString());
    if (each.kind === 'noSingle') dates.delete(`s${each.n}`);
  }
  return [...dates.values()].sort();
}

it('one date for each that stands, none missing and none twice, however the calendars are read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.boolean()), async (changes, stream) => {
      await begin();
      // each calendar has the changes in their order; how far it is when the dates are looked for is left to chance
      const left = { [ANNA]: [...changes], [PIETER]: [...changes] };
      while (left[ANNA]!.length + left[PIETER]!.length > 0) {
        const wanted = stream.next().value ? ANNA : PIETER;
        const box = left[wanted]!.length ? wanted : wanted === ANNA ? PIETER : ANNA;
        await happen(left[box]!.shift()!, box);
        if (stream.next().value) await world.find();
      }
      await world.find();
      expect(await live()).toEqual(await expectedOf(changes));
      const dates = await world.dates();
      expect(new Set(dates.map(({ key }) => key)).size).toBe(dates.length);
      expect(dates.filter(({ state }) => state === 'missing').length).toBeLessThanOrEqual(1);
      // looked for again, nothing changes
      await world.find();
      expect((await world.dates()).map(({ id, revision }) => [id, revision])).toEqual(dates.map(({ id, revision }) => [id, revision]));
    }),
    { numRuns: Number(process.env.REVIEW_RUNS ?? 12) },
  );
});
