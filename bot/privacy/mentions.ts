import { type RawBuilder, sql } from 'kysely';
import { ERASED_WORDS } from '../people/erased.ts';
import type { Db, Tx } from '../store/database.ts';
import { refreshSubjects } from './empty.ts';
import { columnsOf, matters } from './inventory.ts';
import { patternOf } from './somebody.ts';

/** In the place of each address its mark; names become `(erased)`. */
export interface Covered {
  readonly marks: ReadonlyMap<string, string>;
  readonly names: readonly string[];
}

/** As many rows in one statement: short enough that nobody waits for it. */
const BATCH = 2000;

type Typed = { readonly table: string; readonly column: string; readonly type: string };
async function typed(db: Db | Tx): Promise<Typed[]> {
  const { rows } = await sql<Typed>`
    select case table_schema when 'public' then '' else table_schema || '.' end || table_name as table, column_name as column, udt_name as type
    from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')`.execute(db);
  const held = new Set(
    columnsOf('address', 'people', 'name', 'words', 'facts', 'pointer').map(({ table, column }) => `${table}.${column}`),
  );
  // what is tied by ids stays tied: message keys are replaced nowhere or everywhere
  return rows.filter(({ table, column }) => held.has(`${table}.${column}`) && !TIED.has(`${table}.${column}`));
}
/** Message ids, by which mail belongs together. */
const TIED: ReadonlySet<string> = new Set([
  'message.key',
  'message_copy.message_key',
  'message_to.message_key',
  'thread_tie.tie',
  'obligation.opening_key',
]);

/** What has an address or a name of his in it, whatever its column holds. */
const mentioning = ({ marks, names }: Covered): string => patternOf([...marks.keys(), ...names].map((text) => inJson(text.toLowerCase())));
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

function replaced(column: RawBuilder<unknown>, { marks, names }: Covered): RawBuilder<string> {
  let text = sql<string>`${column}::text`;
  for (const [address, mark] of marks) text = sql`regexp_replace(${text}, ${patternOf([inJson(address)])}, ${mark}, 'gi')`;
  for (const name of names) text = sql`regexp_replace(${text}, ${patternOf([inJson(name)])}, ${ERASED_WORDS}, 'gi')`;
  return text;
}

/** What a row of a table is about, where a card may show it. */
function subjectIn(table: string): RawBuilder<string | null> {
  if (table === 'remark') return sql`(select subject_id from journal where id = journal_id)`;
  const matter = matters().find((each) => each.table === table);
  return matter ? sql`${sql.ref(matter.of?.column ?? 'id')}::text` : sql`null::text`;
}

/**
 * Puts marks in the place of addresses, and `(erased)` in that of names, wherever they stand: in what others wrote, in lists of addressees, in
 * details. A batch of rows at a time, each in a transaction of its own; what another is changing meanwhile is waited for.
 * @returns how many rows were changed
 */
export async function coverMentions(db: Db, covered: Covered): Promise<number> {
  if (covered.marks.size + covered.names.length === 0) return 0;
  const pattern = mentioning(covered);
  let changed = 0;
  for (const { table, column, type } of await typed(db)) {
    const [into, at] = [sql.table(table), sql.ref(column)];
    const value = sql`${replaced(sql`${at}`, covered)}::${sql.raw(type.startsWith('_') ? `${type.slice(1)}[]` : type)}`;
    const about = subjectIn(table);
    for (;;) {
      const { rows } = await sql<{ about: string | null }>`
        update ${into} set ${at} = ${value} where ctid = any(array(
          select ctid from ${into} where lower(${at}::text) ~ ${pattern} limit ${BATCH})) returning ${about} as about`.execute(db);
      changed += rows.length;
      await refreshSubjects(db, [...new Set(rows.flatMap((row) => row.about ?? []))]);
      if (rows.length === 0) break;
    }
  }
  return changed;
}

/** Rows in which an address or a name of his still stands: mail whose own id holds it. */
export async function countMentions(db: Db, covered: Covered): Promise<number> {
  if (covered.marks.size + covered.names.length === 0) return 0;
  let left = 0;
  for (const { table, column } of columnsOf().filter(({ holds }) => holds !== 'account' && holds !== 'contact')) {
    if (table === 'graphile_worker.jobs') continue; // a view
    const { rows } = await sql<{ n: string }>`
      select count(*) as n from ${sql.table(table)} where lower(${sql.ref(column)}::text) ~ ${mentioning(covered)}`.execute(db);
    left += Number(rows[0]!.n);
  }
  return left;
}
