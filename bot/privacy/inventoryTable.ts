import { HOLDS, type Holds, INVENTORY, KEEPS } from './inventory.ts';

/** What says nothing about a person by itself is named last and briefly. */
const PERSONAL = (Object.keys(HOLDS) as Holds[]).filter((holds) => holds !== 'plain');

/** The inventory as docs/privacy.md has it: a table for people, the rest in a sentence. */
export function inventoryTable(): string {
  const rows = Object.entries(INVENTORY).filter(([, { columns }]) => PERSONAL.some((holds) => columns[holds]));
  const others = Object.keys(INVENTORY).filter((table) => !rows.some(([name]) => name === table));
  const lines = rows.map(([table, { row, whose, why, from, keep, columns }]) => {
    const what = PERSONAL.flatMap((holds) => (columns[holds] ? [`${holds}: ${columns[holds].replaceAll(' ', ', ')}`] : [])).join('; ');
    return `| \`${table}\` | ${row} | ${what} | ${whose} | ${why} | ${from} | ${KEEPS[keep].howLong} |`;
  });
  return [
    '| table | what a row is | columns about people | whose | why | from | how long |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    `Nothing about people: ${others.map((table) => `\`${table}\``).join(', ')}.`,
  ].join('\n');
}
