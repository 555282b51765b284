import { sql } from 'kysely';
import type { Db } from '../store/database.ts';

export interface StuckJob {
  readonly id: string;
  readonly name: string;
  readonly attempts: number;
  readonly lastError: string;
}

/** Jobs that failed for the last time and stand still until somebody looks. One without a key was replaced by a later one. */
export async function stuckJobs(db: Db): Promise<StuckJob[]> {
  const { rows } = await sql<StuckJob>`
    select id, task_identifier as name, attempts, last_error from graphile_worker.jobs
    where attempts >= max_attempts and locked_at is null and key is not null order by id limit 50`.execute(db);
  return rows;
}
