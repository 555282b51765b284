import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { keepUp } from '../../bot/store/embedded/keepUp.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** The connection that is held, told from the test's own. */
const kept = () => `${database.url}${database.url.includes('?') ? '&' : '?'}application_name=kept`;

/** The server dies: to a connection that is held that looks like its end. */
const dies = () => sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kept'`.execute(database.db);

it('starts a server that dies as soon as it lets us in again and again, with pauses that grow', async () => {
  const pauses: number[] = [];
  let revived = 0;
  const watch = await keepUp(
    kept(),
    async () => {
      revived += 1;
    },
    async (ms) => {
      pauses.push(ms);
    },
  );
  for (let died = 1; died <= 7; died++) {
    await dies();
    await until(database.db, async () => revived === died);
    await until(database.db, async () => (await held()) === 1);
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000]); // the first time it is started at once
  await watch.end();
});

it('tries with the same pauses while a server does not start', async () => {
  const pauses: number[] = [];
  const watch = await keepUp(
    kept(),
    async () => {
      if (pauses.length < 3) throw new Error('no room');
    },
    async (ms) => {
      pauses.push(ms);
    },
  );
  await dies();
  await until(database.db, async () => pauses.length === 3 && (await held()) === 1);
  expect(pauses).toEqual([500, 1_000, 2_000]);
  await watch.end();
});

async function held(): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    select count(*)::int as held from pg_stat_activity where application_name = 'kept'`.execute(database.db);
  return rows[0]!.held;
}
