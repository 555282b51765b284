import { type RawBuilder, sql } from 'kysely';
import { wall } from '../clock.ts';

/** A job that found its key taken comes back in a second: that is not idle yet. */
const SOON_MS = 2000;

/**
 * Whether no job runs and none is due: as a part of a statement, which may ask for more at the same instant. Jobs that wait for a later attempt
 * do not count. The worker's clock is the wall, always.
 */
export function idle(): RawBuilder<boolean> {
  const soon = new Date(wall.now().getTime() + SOON_MS);
  return sql<boolean>`not exists (
    select 1 from graphile_worker.jobs where locked_at is not null or (attempts < max_attempts and run_at <= ${soon})
  )`;
}
