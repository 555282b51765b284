import type pg from 'pg';

/** How a database looks that nobody used: the shape of its tables, and the rows that migrations leave in them. */
export interface Look {
  readonly shape: string;
  readonly rows: ReadonlyMap<string, string>;
}

export const look = async (client: pg.Client): Promise<Look> => ({ shape: await shapeOf(client), rows: await rowsIn(client) });

const TABLES = `
  select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1`;

/** Tables, columns, constraints, indexes and functions, as one text. */
async function shapeOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ shape: string }>(`
    select md5(concat_ws('|',
      (select string_agg(concat_ws(' ', attrelid::regclass, attname, atttypid::regtype, attnotnull), ',' order by attrelid::regclass::text, attnum)
        from pg_attribute where attnum > 0 and attrelid >= 16384 and not attisdropped),
      (select string_agg(pg_get_constraintdef(oid), ',' order by conname) from pg_constraint where oid >= 16384),
      (select string_agg(indexdef, ',' order by indexname) from pg_indexes where schemaname not in ('pg_catalog', 'information_schema')),
      (select string_agg(md5(prosrc), ',' order by oid) from pg_proc where oid >= 16384))) as shape`);
  return rows[0]!.shape;
}

/** What stands in tables that are not empty, by table, as JSON. */
async function rowsIn(client: pg.Client): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name } of (await client.query<{ name: string }>(TABLES)).rows) {
    const { rows } = await client.query<{ all: string | null }>(`select json_agg(row)::text as all from ${name} as row`);
    if (rows[0]!.all !== null) found.set(name, rows[0]!.all);
  }
  return found;
}

/** What connections call themselves that stay from one test to the next. */
export const KEPT = 'kept';

/** Makes a database as it was. @returns false when it cannot be: somebody is still in it or at work, or a test changed its tables */
export async function emptied(client: pg.Client, asMade: Look): Promise<boolean> {
  const others = await client.query(`
    select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and (application_name <> '${KEPT}' or state <> 'idle' or exists (select 1 from pg_locks where pg_locks.pid = pg_stat_activity.pid))`);
  if (others.rowCount || (await shapeOf(client)) !== asMade.shape) return false;
  await client.query('begin; set local session_replication_role = replica'); // no constraint looks on
  await client.query(`
      do $$ declare one text; filled boolean; begin
        for one in ${TABLES} loop
          execute 'select exists (select 1 from ' || one || ')' into filled;
          if filled then execute 'delete from ' || one; end if;
        end loop;
        perform setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) from pg_sequences where last_value is not null;
      end $$`);
  for (const [table, all] of asMade.rows)
    await client.query(`insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1)`, [all]);
  await client.query('commit');
  return true;
}
