import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const root = path.join(import.meta.dirname, '../..');

it.each([
  ['docs/graph-traps.md', 45],
  ['docs/teams-traps.md', 35],
])('every test that %s names is there', (file, least) => {
  const page = readFileSync(path.join(root, file), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| (?!---|\*\*|trap )/.test(line));
  expect(rows.length).toBeGreaterThan(least);
  const missing = rows.filter((row) => {
    const [, name, title] = /\| `([^`]+)`: (.+) \|$/.exec(row) ?? [];
    const source = [path.join(root, 'tests', `${name}.test.ts`), path.join(root, 'tests', `${name}.test.tsx`)].find(existsSync);
    return !title || !source || !readFileSync(source, 'utf8').includes(title);
  });
  expect(missing).toEqual([]);
});
