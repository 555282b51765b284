import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import { NAME_LOCK_SEED } from '../store/sessionLocks.ts';

export const workerLock = (workerId: string): string => `worker:${workerId}`;
export const keyLock = (key: string): string => `job:${key}`;

/**
 * Releases the jobs of workers that are gone: each living one holds an advisory lock under its id, so a free one means that nobody works on
 * what it had taken. The lock is held here until the jobs are free, so that two instances do not release one worker twice.
 * @returns how many workers were gone
 */
export const releaseKilledWorkers = (ports: Pick<Ports, 'transaction'>): Promise<number> =>
  ports.transaction(async (tx) => {
    const { rows: owners } = await sql<{ lockedBy: string }>`
      select distinct locked_by from graphile_worker.jobs where locked_by is not null`.execute(tx);
    const gone: string[] = [];
    for (const { lockedBy } of owners) {
      const { rows } = await sql<{ free: boolean }>`
        select pg_try_advisory_xact_lock(hashtextextended(${workerLock(lockedBy)}, ${sql.lit(NAME_LOCK_SEED)})) as free`.execute(tx);
      if (rows[0]!.free) gone.push(lockedBy);
    }
    if (gone.length) await sql`select graphile_worker.force_unlock_workers(${gone}::text[])`.execute(tx);
    // what was replaced while it ran or stood still: the worker takes its key away and leaves it
    await sql`delete from graphile_worker._private_jobs where key is null and locked_at is null and attempts >= max_attempts`.execute(tx);
    return gone.length;
  });
