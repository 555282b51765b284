import { type Selectable, sql } from 'kysely';
import type { Database, Db, Tx } from '../store/database.ts';

/** A partnership's matters of one kind that ended since an instant, latest first; at most 50. Their table says `state` and `ended_at`. */
export async function endedSince<Table extends keyof Database>(
  tx: Tx | Db,
  table: Table,
  partnershipId: string,
  since: Date,
): Promise<Selectable<Database[Table]>[]> {
  const { rows } = await sql<Selectable<Database[Table]>>`
    select * from ${sql.table(table)} where partnership_id = ${partnershipId} and state = 'closed' and ended_at >= ${since}
    order by ended_at desc, id limit 50`.execute(tx);
  return rows;
}
