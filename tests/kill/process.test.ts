import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { importHolidays } from '../../bot/charter/holidays.ts';
import { type Life, lifeIn } from '../journeys/life.ts';
import { openPlace, type Place } from '../journeys/place.ts';
import { type Day, dayOf, goesOn, healDoubles, ready, rest } from './day.ts';
import { type EmbeddedDatabase, embeddedDatabase } from './embedded.ts';
import { SEED } from './seed.ts';

/** Days with faults: more with `KILL_RUNS=300`; they are repeated with the `KILL_SEED` that was printed. */
const RUNS = Math.ceil(Number(process.env.KILL_RUNS ?? 20) / 30);

/** What dies while a step is under way, and so long after its beginning. `both`: the machine loses power. */
interface Fault {
  readonly what: 'service' | 'database' | 'both' | 'frozen';
  readonly afterMs: number;
}
const STEPS = 7;
/** More than any lease is given for; less than lies between a warning and the agreed time, so that none is passed over. */
const JUMP_MS = 600_000;
/** The database is away for so long, while work is under way. */
const AWAY_MS = Number(process.env.KILL_AWAY_SECONDS ?? 8) * 1_000;
const fault: fc.Arbitrary<Fault | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constantFrom('service' as const, 'service' as const, 'database' as const, 'both' as const, 'frozen' as const),
      afterMs: fc.integer({ min: 0, max: 250 }),
    }),
  },
);
const schedule = fc
  .array(fault, { minLength: STEPS, maxLength: STEPS })
  .filter((faults) => faults.some(Boolean) && faults.filter(Boolean).length <= 4);

jest.setTimeout(120_000 + RUNS * 30_000);
let place: Place;
let life: Life;
let database: EmbeddedDatabase;
const days: string[] = [];
const wallFolder = mkdtempSync(path.join(os.tmpdir(), 'rapport-wall-'));
const wallFile = path.join(wallFolder, 'ahead');
const setWall = (aheadMs: number) => writeFileSync(wallFile, String(aheadMs));
let expected: Awaited<ReturnType<Day['outcome']>>;

beforeAll(async () => {
  const addresses = ['anna', 'pieter'].map((key) => `${key}@contoso.example`);
  const preload = `--import ${pathToFileURL(path.join(import.meta.dirname, 'wall.mjs')).href}`;
  place = await openPlace(
    { MAILBOXES: addresses.join(','), NODE_OPTIONS: preload, KILL_WALL_FILE: wallFile },
    { notified: true, database: async (folder) => (database = await embeddedDatabase()(folder)) },
  );
  life = lifeIn(place);
  await life.setUp('fabrikam');
  await life.agree('fabrikam', ['anna', 'joan']);
  await life.openChats(['anna', 'joan', 'carlo']);
  const closed = await Promise.all(['NL', 'PH'].map((country) => importHolidays({ holidays: { country } } as never, 2027)));
  for (let day = new Date('2027-01-04T00:00Z'); days.length < RUNS + 4; day = new Date(day.getTime() + 86_400_000)) {
    const on = day.toISOString().slice(0, 10);
    if (day.getUTCDay() % 6 !== 0 && !closed.some((list) => list.days[on])) days.push(on);
  }
});
afterAll(async () => {
  await place?.close();
  rmSync(wallFolder, { recursive: true });
});
const nextDay = () => dayOf(place, life, days.shift()!);

async function strike({ what, afterMs }: Fault): Promise<void> {
  await sleep(afterMs);
  if (what === 'frozen') {
    database.freeze();
    await sleep(1_500);
    return database.thaw();
  }
  await Promise.all([what !== 'database' && place.kill(), what !== 'service' && database.kill()]);
}

/** Plays a day; after each fault the service is started again where it died, and nobody else does anything. */
async function play(day: Day, faults: readonly (Fault | null)[]): Promise<void> {
  for (const [index, step] of day.steps.entries()) {
    const met = faults[index];
    if (!met) {
      await step.run();
      continue;
    }
    const under = step.run().catch(() => {}); // it dies with the service; it is done again below
    await strike(met);
    if (place.instances.length === 0) await place.start();
    await ready(place);
    await under;
    await rest(place);
    expect(await day.lost()).toEqual([]);
    await step.run();
    await rest(place);
  }
}

it(`whatever is killed, the days come out as the one without faults (seed ${SEED})`, async () => {
  const quiet = nextDay();
  await play(quiet, []);
  expected = await quiet.outcome();
  expect(expected).toMatchObject([
    { ending: 'mail', channel: [expect.anything()], carlo: [expect.anything()], joan: [] },
    { ending: 'elsewhere', channel: [expect.anything()], carlo: [], joan: [expect.anything()] },
  ]);
  for (const [run, faults] of fc.sample(schedule, { numRuns: RUNS, seed: SEED }).entries()) {
    const day = nextDay();
    try {
      await play(day, faults);
      await rest(place);
      await healDoubles(place, life);
      expect(await day.outcome()).toEqual(expected);
    } catch (error) {
      console.error(`seed ${SEED}, day ${run}: ${JSON.stringify(faults)}\n${place.log().split('\n').slice(-30).join('\n')}`);
      throw error;
    }
  }
});

it('a notification that was answered 202, and a press that was answered, outlive the loss of power at once', async () => {
  // Graph is slow, so that nothing that follows from the notification is done yet
  place.graph.faults.slowMs = 2_000;
  const notification = place.notifications.at(-1)!;
  await goesOn('the reading', async () => (await wakes()).every(({ due, jobs }) => due === 0 && jobs === 0));
  expect(await place.notify(notification)).toBe(202);
  await Promise.all([place.kill(), database.kill()]);
  const server = await database.start();
  expect((await wakes()).some(({ jobs }) => jobs > 0)).toBe(true);
  await server.leave();
  place.graph.faults.slowMs = 0;
  await place.start();
  await goesOn('the reading', async () => (await wakes()).every(({ due, jobs }) => due === 0 && jobs === 0));

  const day = nextDay();
  for (const step of day.steps) {
    await step.run();
    if (!['promise', 'say'].includes(step.name)) continue;
    await Promise.all([place.kill(), database.kill()]);
    await place.start();
    await ready(place);
    expect(await day.lost()).toEqual([]);
    await rest(place);
  }
  await healDoubles(place, life);
  expect(await day.outcome()).toEqual(expected);
});

it('while cards are posted the wall jumps ahead and back, and the database goes away: work goes on by itself', async () => {
  const day = nextDay();
  for (const step of day.steps) {
    if (step.name === 'post') {
      const under = step.run().catch(() => {});
      setWall(JUMP_MS);
      await sleep(700);
      setWall(0);
      await database.goAway();
      await sleep(AWAY_MS);
      expect((await fetch(`${place.url()}/readyz`)).status).toBe(503);
      database.returns();
      await ready(place);
      await under;
      // the product clock stands where it was, as people's would: what was under way is done first
      await goesOn('what was under way', async () => (await underWay()) === 0);
    }
    await step.run();
  }
  await healDoubles(place, life);
  expect(await day.outcome()).toEqual(expected);
});

/** Jobs that wait for another try, and cards whose sending has no end yet. */
async function underWay(): Promise<number> {
  const { rows } = await sql<{ left: number }>`
    select ((select count(*) from graphile_worker.jobs where last_error is not null or locked_at is not null)
      + (select count(*) from post where state = 'sending' and not possible_double))::int as left`.execute(database.db);
  return rows[0]!.left;
}

/** For each mailbox that is watched: what a notification leaves behind. */
async function wakes(): Promise<{ due: number; jobs: number }[]> {
  const { rows } = await sql<{ due: number; jobs: number }>`
    select (select coalesce(max(due), 0)::int from mail_folder where mailbox_id = mailbox.id) as due,
      ((select count(*) from graph_wake where mailbox_id = mailbox.id)
        + (select count(*) from graphile_worker.jobs where key = 'mailbox:' || mailbox.id))::int as jobs
    from mailbox join graph_subscription on mailbox_id = mailbox.id`.execute(database.db);
  return rows;
}
