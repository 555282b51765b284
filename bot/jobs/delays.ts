import { sql } from 'kysely';
import type { Db } from '../store/database.ts';

/** A job found its key taken; by this name it is known again when the key is free. */
export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';
}

/**
 * Puts a running job back for later without using up an attempt. The wait is counted from when the database gave the job out, so that this
 * machine's clock and the database's need not agree. The worker adds exp(attempts) seconds to the later of the present and `run_at` when a
 * task throws, so that much is taken off here; the wait is never shorter than asked for.
 * @param ranSeconds - how long the job has been running
 * @returns false when one that was added meanwhile has taken its key, and does the work anew
 */
export async function putBack(db: Db, job: { id: string; key: string | null }, ranSeconds: number, waitSeconds: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update graphile_worker._private_jobs set
      attempts = greatest(attempts - 1, 0),
      run_at = coalesce(locked_at, run_at) + (${ranSeconds + waitSeconds}::float8 - exp(least(greatest(attempts - 1, 0), 10))) * interval '1 second'
    where id = ${job.id} and key is not distinct from ${job.key}`.execute(db);
  return Boolean(numAffectedRows);
}

/** Whether the running job is still the one of its key. */
export async function holdsKey(db: Db, job: { id: string; key: string | null }): Promise<boolean> {
  const { rows } = await sql`select 1 from graphile_worker.jobs where id = ${job.id} and key is not distinct from ${job.key}`.execute(db);
  return rows.length > 0;
}

/** The key is free: whoever found it taken need not wait any longer. */
export async function wake(db: Db, key: string): Promise<void> {
  await sql`
    with woken as (
      update graphile_worker._private_jobs set run_at = least(run_at, created_at)
      where key = ${key} and locked_at is null and last_error like 'KeyTaken%' returning 1
    )
    select pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":1}') from woken`.execute(db);
}

/** The wall was set back: what waits for a time of before would wait so much longer. Called earlier, a job does no harm. */
export async function callEarlier(db: Db, byMs: number, wallNow: Date): Promise<void> {
  await sql`
    update graphile_worker._private_jobs set run_at = run_at - ${byMs}::float8 * interval '1 millisecond'
    where locked_at is null and run_at > ${wallNow}`.execute(db);
}
