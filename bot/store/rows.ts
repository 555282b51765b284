import { type Insertable, type Kysely, sql } from 'kysely';
import type { Database, Tx } from './database.ts';
import { type Columns, tableOf } from './tableOf.ts';

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

/** Adds a great many rows of which none is there yet, in one parameter a column. */
export async function addManyRows<Row>(tx: Tx, table: string, rows: readonly Row[], columns: Columns<Row>): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into ${sql.raw(table)} (${sql.raw(Object.keys(columns).join(', '))}) select * from ${tableOf(rows, columns)}`.execute(
    tx,
  );
}

/**
 * Writes a great many rows whole, new ones and known ones alike. Where it is known which are new, adding those takes less: nothing is looked up.
 * @param by - what a row is known by
 * @param kept - what stays as it stands in a row that is known
 */
export async function saveManyRows<Row>(
  tx: Tx,
  table: string,
  rows: readonly Row[],
  columns: Columns<Row>,
  { by, kept = [] }: { readonly by: readonly string[]; readonly kept?: readonly string[] },
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(columns);
  const written = names.filter((name) => !by.includes(name) && !kept.includes(name));
  await sql`
    insert into ${sql.raw(table)} (${sql.raw(names.join(', '))}) select * from ${tableOf(rows, columns)}
    on conflict (${sql.raw(by.join(', '))}) do update set ${sql.raw(written.map((name) => `${name} = excluded.${name}`).join(', '))}`.execute(
    tx,
  );
}

/** An instant in a column of JSON; null where there is none. */
export const dateIn = (json: unknown): Date | null => (typeof json === 'string' ? new Date(json) : null);
