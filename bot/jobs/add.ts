import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Tx } from '../store/database.ts';
import { tableOf } from '../store/tableOf.ts';

/** How often a job is tried before it stands still and `/readyz` shows it: with the worker's growing pauses about three days. */
export const MAX_ATTEMPTS = 25;

export interface JobOptions {
  /** At most one job with this key waits; adding it again replaces what waits, and one that runs is followed by another. Without it the job is its own. */
  key?: string;
  /** Not before (wall time); at once without it. */
  runAt?: Date;
  /** Not where one of this key is under way: what that does is enough. */
  unlessRunning?: boolean;
  /** Not where one of this key waits: that was called for something else, and may be of more urgency. */
  unlessWaiting?: boolean;
  /** Lower goes first; 0 without it, back-fill is higher. */
  priority?: number;
}

/** Enqueues a job in the caller's transaction: it runs after the commit, or never. Payloads hold ids, not what people wrote. */
export async function addJob(
  tx: Tx | Db,
  name: string,
  payload: Readonly<Record<string, unknown>>,
  options: JobOptions = {},
): Promise<void> {
  const key = options.key ?? `once:${randomUUID()}`;
  const there = (state: 'is null' | 'is not null') =>
    sql`where not exists (select from graphile_worker.jobs where key = ${key} and locked_at ${sql.raw(state)})`;
  const unless = options.unlessRunning ? there('is not null') : options.unlessWaiting ? there('is null') : sql``;
  await sql`
    select graphile_worker.add_job(
      identifier => ${name}, payload => ${JSON.stringify(payload)}::json, run_at => ${options.runAt ?? null}::timestamptz,
      max_attempts => ${MAX_ATTEMPTS}::int, job_key => ${key}::text, priority => ${options.priority ?? 0}::int
    ) ${unless}`.execute(tx);
}

/** The same for many jobs of one kind in one statement, each under its key; those of living keys are replaced in the keys' order. */
export async function addJobs(
  tx: Tx | Db,
  name: string,
  jobs: readonly { readonly key: string; readonly payload: Readonly<Record<string, unknown>> }[],
  priority = 0,
): Promise<void> {
  if (jobs.length === 0) return;
  const sorted = [...new Map(jobs.map((job) => [job.key, job])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  await sql`
    select count(*) from graphile_worker.add_jobs(array(
      select (${name}, payload, null, null, ${MAX_ATTEMPTS}::smallint, key, ${priority}::smallint, null)::graphile_worker.job_spec
      from ${tableOf(sorted, { key: ['text', ({ key }) => key], payload: ['json', ({ payload }) => payload] })}))`.execute(tx);
}
