import type { Db } from '../store/database.ts';
import type {} from './store.ts';

export interface ParkedDeadline {
  readonly kind: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly parkedAt: Date;
  readonly lastError: string;
}

/** Deadlines whose handler failed five times: they wait until the subject sets them anew. */
export async function parkedDeadlines(db: Db): Promise<ParkedDeadline[]> {
  const rows = await db
    .selectFrom('deadline')
    .select(['kind', 'subjectKind', 'subjectId', 'parkedAt', 'lastError'])
    .where('parkedAt', 'is not', null)
    .orderBy('parkedAt')
    .limit(50)
    .execute();
  return rows.map((row) => ({ ...row, parkedAt: row.parkedAt!, lastError: row.lastError ?? '' }));
}
