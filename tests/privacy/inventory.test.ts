import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { columnsOf, INVENTORY } from '../../bot/privacy/inventory.ts';
import { inventoryTable } from '../../bot/privacy/inventoryTable.ts';
import { testDatabase } from '../support/database.ts';

const HOW =
  'bot/privacy/inventory.ts names every column of the database: what it holds, whose it is, why, how long it is kept and what empties it. ' +
  'Add an entry for a new table (matter(...) for a thing between both sides), and put what `npm run holds -- --list` prints into docs/privacy.md.';

it('names every column of a migrated database, once, and no other', async () => {
  const database = await testDatabase();
  const { rows } = await sql<{ name: string }>`
    select case table_schema when 'public' then '' else table_schema || '.' end || table_name || '.' || column_name as name
    from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema') order by 1`.execute(database.db);
  await database.close();
  const held = rows.map(({ name }) => name);
  const named = columnsOf().map(({ table, column }) => `${table}.${column}`);
  const problems = {
    notNamed: held.filter((name) => !named.includes(name)),
    notThere: named.filter((name) => !held.includes(name)),
    twice: named.filter((name, index) => named.indexOf(name) !== index),
  };
  if (Object.values(problems).some((list) => list.length)) throw new Error(`${HOW}\n${JSON.stringify(problems, null, 2)}`);
  expect(held.length).toBeGreaterThan(200);
});

it('says of each table in words what, whose, why and where from', () => {
  for (const [table, { row, why, from }] of Object.entries(INVENTORY))
    for (const words of [row, why, from]) expect([table, words]).toEqual([table, expect.stringMatching(/^\S.{4,}[^.]$/)]);
});

it('stands in docs/privacy.md as it is', () => {
  const page = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'privacy.md'), 'utf8').replaceAll('\r\n', '\n');
  const [, shown] = /<!-- inventory: .* -->\n([\s\S]*?)\n<!-- \/inventory -->/.exec(page) ?? [];
  if (shown !== inventoryTable())
    throw new Error(`docs/privacy.md shows another inventory. Between its marks stands what this prints: npm run -s holds -- --list`);
  expect(shown).toContain('| `message` |');
});

it('no file that the page names is missing', () => {
  const root = path.join(import.meta.dirname, '..', '..');
  const page = readFileSync(path.join(root, 'docs', 'privacy.md'), 'utf8');
  const named = [...page.matchAll(/`((?:tests|bot)\/[\w./]+)`/g)].map(([, file]) => file!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});
