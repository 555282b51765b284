import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { keepUp } from '../../bot/store/embedded/keepUp.ts';
import { calling, type TestDatabase, testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let watch: Awaited<ReturnType<typeof keepUp>>;
let pauses: number[];
/** Takes no time, but lets the end of a test through. */
const pause = async (ms: number): Promise<void> => {
  pauses.push(ms);
  await setImmediate();
};

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => watch.end());
afterAll(() => database.close());

/** The connection that is held, told from the test's own. */
const watched = () => calling(database.url, 'watched');

/** The server dies: to a connection that is held that looks like its end. */
const dies = () => sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'watched'`.execute(database.db);

it('starts a server that dies as soon as it lets us in again and again, with pauses that grow', async () => {
  pauses = [];
  let revived = 0;
  watch = await keepUp(
    watched(),
    async () => {
      revived += 1;
    },
    pause,
  );
  for (let died = 1; died <= 7; died++) {
    await dies();
    await until(database.db, async () => revived === died);
    await until(database.db, async () => (await held()) === 1);
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000]); // the first time it is started at once
});

it('tries with the same pauses while a server does not start', async () => {
  pauses = [];
  watch = await keepUp(
    watched(),
    async () => {
      if (pauses.length < 3) throw new Error('no room');
    },
    pause,
  );
  await dies();
  await until(database.db, async () => pauses.length === 3 && (await held()) === 1);
  expect(pauses).toEqual([500, 1_000, 2_000]);
});

async function held(): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    select count(*)::int as held from pg_stat_activity where application_name = 'watched'`.execute(database.db);
  return rows[0]!.held;
}
