import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseSync } from '@swc/core';

const root = join(import.meta.dirname, '..', '..');
const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|sql)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
const within = (file: string): string => file.slice(root.length + 1);
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|--.*$/gm, '');

describe('the house', () => {
  it('reads no clock in SQL: instants are passed in', () => {
    const reading = sources('bot')
      .filter((file) => within(file) !== 'bot/clock.ts')
      .filter((file) =>
        /(?<![.\w'`])(now|clock_timestamp|statement_timestamp)\(\)|current_timestamp/i.test(withoutComments(readFileSync(file, 'utf8'))),
      );
    expect(reading.map(within)).toEqual([]);
  });

  it('speaks plain words to people', () => {
    const forbidden = /\b(debtors?|creditors?|owes?|owed|overdue|breach(ed|es)?|broken|failed|SLAs?)\b/i;
    const telling = [...sources('bot'), ...sources('tab')].filter(
      (file) =>
        /\.tsx?$/.test(file) &&
        /(words|card|view|headline|buttons|brief|strings|pages|components|today|setup|waiting|commands)/i.test(within(file)),
    );
    expect(telling.length).toBeGreaterThan(10);
    const found = telling.flatMap((file) =>
      textsOf(file)
        .filter((text) => forbidden.test(text) && !/\b(select|from|insert|update|where)\b/.test(text))
        .map((text) => `${within(file)}: ${text}`),
    );
    expect(found).toEqual([]);
  });
});

/** Strings, templates and JSX text of a file that have a space in them: a code, a key or a column has none. */
function textsOf(file: string): string[] {
  const tree = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', tsx: file.endsWith('.tsx'), target: 'es2022' });
  const texts: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node && typeof node === 'object') {
      const { type, value, cooked } = node as { type?: string; value?: unknown; cooked?: unknown };
      const text = type === 'StringLiteral' || type === 'JSXText' ? value : type === 'TemplateElement' ? cooked : null;
      if (typeof text === 'string' && /\S\s+\S/.test(text)) texts.push(text);
      Object.values(node).forEach(walk);
    }
  };
  walk(tree.body);
  return texts;
}
