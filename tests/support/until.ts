import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { wall } from '../../bot/clock.ts';
import type { Db } from '../../bot/store/index.ts';

/** Far beyond what a slow machine needs: whoever waits this long waits for something that will not come. */
const GIVE_UP_MS = 120_000;

/** Waits until something holds; when it never does, says what the database was doing, so that the cause can be found. */
export async function until(db: Db, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = wall.now().getTime() + GIVE_UP_MS;
  while (!(await holds())) {
    if (wall.now().getTime() > giveUpAt) throw new Error(`waited in vain; ${await doings(db)}`);
    await sleep(10);
  }
}

/** Jobs, sessions that are not idle, and locks that are waited for. */
async function doings(db: Db): Promise<string> {
  const jobs = await sql`select id, key, attempts, run_at, locked_at, locked_by, last_error from graphile_worker.jobs`.execute(db);
  const sessions = await sql`
    select pid, state, wait_event_type, wait_event, pg_blocking_pids(pid) as blocked_by, left(query, 120) as query
    from pg_stat_activity where datname = current_database() and state <> 'idle'`.execute(db);
  return JSON.stringify({ jobs: jobs.rows, sessions: sessions.rows }, null, 1);
}
