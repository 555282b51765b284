import { type RawBuilder, sql } from 'kysely';
import { wall } from '../clock.ts';
import type { Db, Tx } from '../store/database.ts';

/** A job that found its key taken comes back in a second: that is not idle yet. */
const SOON_MS = 2000;

/**
 * Whether a job runs or is due, for a statement that asks for more at the same instant. Jobs that wait for a later attempt do not count. The
 * worker's clock is the wall, always.
 */
export function busy(): RawBuilder<boolean> {
  const soon = new Date(wall.now().getTime() + SOON_MS);
  return sql<boolean>`exists (
    select 1 from graphile_worker.jobs where locked_at is not null or (attempts < max_attempts and run_at <= ${soon})
  )`;
}

/** Whether no job runs and none is due. */
export async function idle(db: Db | Tx): Promise<boolean> {
  const { rows } = await sql<{ busy: boolean }>`select ${busy()} as busy`.execute(db);
  return !rows[0]!.busy;
}
