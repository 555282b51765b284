import { sql } from 'kysely';
import type { Db } from '../../bot/store/index.ts';

/** Every row of every table of every schema as text, a line each: what somebody with the whole database would read. */
export async function everything(db: Db): Promise<string> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`.execute(db);
  const lines: string[] = [];
  for (const { schema, name } of tables) {
    const { rows } = await sql<{
      text: string;
    }>`select to_jsonb(each)::text as text from ${sql.table(`${schema}.${name}`)} as each`.execute(db);
    lines.push(...rows.map(({ text }) => `${schema}.${name} ${text}`));
  }
  return lines.join('\n');
}
