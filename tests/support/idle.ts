import { sql } from 'kysely';
import { idle } from '../../bot/jobs/index.ts';
import type { Db } from '../../bot/store/index.ts';

/** Whether no job runs and none is due. */
export async function isIdle(db: Db): Promise<boolean> {
  const { rows } = await sql<{ idle: boolean }>`select ${idle()} as idle`.execute(db);
  return rows[0]!.idle;
}
