import { type Insertable, type Kysely, sql } from 'kysely';
import type { Database, Tx } from './database.ts';

/** Writes rows of a table whole, new ones and known ones alike, by their `id`. All of them name the same columns. */
export async function saveRows<Table extends keyof Database>(
  tx: Tx,
  table: Table,
  rows: readonly Insertable<Database[Table]>[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).filter((column) => column !== 'id');
  const written = Object.fromEntries(columns.map((column) => [column, sql.ref(`excluded.${column}`)]));
  // the rows are of the table: their columns are not looked at again
  await (tx as unknown as Kysely<Record<string, Record<string, unknown>>>)
    .insertInto<string>(table)
    .values([...rows])
    .onConflict((conflict) => conflict.column('id').doUpdateSet(written))
    .execute();
}

/** An instant in a column of JSON; null where there is none. */
export const dateIn = (json: unknown): Date | null => (typeof json === 'string' ? new Date(json) : null);
