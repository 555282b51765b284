import { type RawBuilder, sql } from 'kysely';

type Value = string | number | boolean | Date | null | readonly string[] | readonly Date[] | object;
/**
 * Columns of rows that are written, by their names in PostgreSQL: the type there, and what stands in it. In `text[]` and other lists stands a
 * list, in `json` and `jsonb` anything that JSON can say (of which null is none).
 */
export type Columns<Row> = Readonly<Record<string, readonly [type: string, of: (row: Row) => Value]>>;

/**
 * Rows as a table of a statement, one parameter a column: `select key, at from ${tableOf(rows, { key: ['text', (row) => row.key], … })}`. In a
 * statement it is called `row`. Arrays are written here: the driver would write them piece by piece, which takes several times as long.
 */
export function tableOf<Row>(rows: readonly Row[], columns: Columns<Row>): RawBuilder<unknown> {
  const all = Object.entries(columns);
  const arrays = all.map(([, [type, of]]) => sql`${arrayOf(rows.map(of), type)}::${sql.raw(isList(type) ? 'text' : type)}[]`);
  const table = sql`unnest(${sql.join(arrays)}) as row (${sql.raw(Object.keys(columns).join(', '))})`;
  if (!all.some(([, [type]]) => isList(type))) return table;
  // unnest would take a list of lists for one
  const read = all.map(([name, [type]]) => (isList(type) ? `${name}::${type}` : name));
  return sql`(select ${sql.raw(read.join(', '))} from ${table}) as row`;
}

const isList = (type: string): boolean => type.endsWith('[]');

/** Any of these in a condition: `where key = ${anyOf(keys, 'text')}`. */
export const anyOf = (values: readonly string[], type: 'text' | 'uuid'): RawBuilder<string> =>
  sql<string>`any(${arrayOf(values, type)}::${sql.raw(type)}[])`;

/** As PostgreSQL reads an array. Instants are UTC. */
function arrayOf(values: readonly Value[], type: string): string {
  const written = type.startsWith('json') ? quotedJson : element;
  return `{${values.map((value) => (value === null ? 'NULL' : written(value))).join(',')}}`;
}

function element(value: NonNullable<Value>): string {
  if (typeof value === 'string') return PLAIN.test(value) ? value : `"${ESCAPED.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
  if (value instanceof Date) return instantText(value);
  return Array.isArray(value) ? element(arrayOf(value, 'text')) : String(value);
}
/** `toISOString` takes ten times as long, and an instant is what is written most. Its day is asked of it, once for many instants of a day. */
function instantText(at: Date): string {
  const ms = at.getTime();
  if (ms === last.ms) return last.text; // many columns hold one instant
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay.day) lastDay = { day, text: at.toISOString().slice(0, -13) };
  const inDay = ms - day * DAY_MS;
  const seconds = Math.floor(inDay / 1000);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  last = { ms, text: `${lastDay.text}${TWO[hour]}:${TWO[minute]}:${TWO[seconds % 60]}.${String(inDay % 1000).padStart(3, '0')}Z` };
  return last.text;
}
const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
let lastDay = { day: Number.NaN, text: '' };
let last = { ms: Number.NaN, text: '' };
/** What needs no quotes: most of what is written. */
const PLAIN = /^(?!null$)[^\s"\\{},]+$/i;
const ESCAPED = /["\\]/;

/** JSON holds no character that a second round would write in another way than PostgreSQL reads it. */
const quotedJson = (value: NonNullable<Value>): string => {
  const json = JSON.stringify(value);
  return json === '{}' || json === '[]' ? `"${json}"` : JSON.stringify(json);
};
