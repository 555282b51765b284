import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { z } from 'zod';
import { type House, openHouse } from '../access/house.ts';

// Rapport measures no person. What could become a figure about one is looked at here: groupings in SQL, numbers in what the service answers, and
// what telemetry sends. Something new has to be said here, and what it counts.

const BOT = path.join(import.meta.dirname, '..', '..', 'bot');
const sources = readdirSync(BOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|sql)$/.test(file))
  .map((file) => ({ file: file.replaceAll(path.sep, '/'), text: readFileSync(path.join(BOT, file), 'utf8') }));

const PERSON = /contact|address|asker|asked|person|people|member|user|object_?id|identity|from_?name|\bname\b|owner|author|by_id/i;

/** What a text groups by: `group by state`, `.groupBy('state')`, `partition by scope`. */
const groupings = (text: string): string[] => [
  ...[...text.matchAll(/\b(?:group|partition) by ([\s\S]*?)(?=order by|having|limit|[)`]|$)/gi)].map(([, by]) => by!.trim()),
  ...[...text.matchAll(/\.groupBy\(([\s\S]*?)\)/g)].map(([, by]) => by!.trim()),
];

/** Groupings by a person that are no figures, with why. */
const NO_FIGURES: Readonly<Record<string, string>> = {
  'posts/targets.ts: user_id': 'whose own view a card asks for: each once',
  "posts/store.ts: 'conversation.contactId'": 'when a card reached each of those it was sent to',
};

it('no query groups by a person', () => {
  const found = sources.flatMap(({ file, text }) =>
    groupings(text)
      .filter((by) => PERSON.test(by))
      .map((by) => `${file}: ${by}`),
  );
  expect(found.filter((each) => !(each in NO_FIGURES))).toEqual([]);
  expect(Object.keys(NO_FIGURES).filter((each) => !found.includes(each))).toEqual([]);
  // the look itself sees what it is to see
  expect(groupings('select 1 from x group by contact_id, day order by 1').some((by) => PERSON.test(by))).toBe(true);
  expect(groupings(".groupBy(['asker', 'n'])").some((by) => PERSON.test(by))).toBe(true);
});

it('no view or function in the database counts anything', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.views where table_schema = 'public'
    union all select routine_name from information_schema.routines where routine_schema = 'public'`.execute(house.database.db);
  expect(rows).toEqual([]);
});

type Schema = Readonly<Record<string, unknown>>;
/** Every number in a schema, by its path, with the names of the fields beside it and above it. */
function numbersIn(
  schema: Schema,
  at = '',
  beside: readonly string[] = [],
  root: Schema = schema,
): { at: string; beside: readonly string[] }[] {
  if (typeof schema.$ref === 'string') {
    const target = schema.$ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((part, key) => (part as Schema)?.[key], root);
    return target ? numbersIn(target as Schema, at, beside, root) : [];
  }
  const found: { at: string; beside: readonly string[] }[] = [];
  const types = [schema.type].flat();
  if (types.includes('number') || types.includes('integer')) found.push({ at, beside });
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const)
    for (const each of (schema[key] as Schema[] | undefined) ?? []) found.push(...numbersIn(each, at, beside, root));
  if (schema.items) found.push(...numbersIn(schema.items as Schema, `${at}[]`, beside, root));
  if (typeof schema.additionalProperties === 'object')
    found.push(...numbersIn(schema.additionalProperties as Schema, `${at}.*`, beside, root));
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  for (const [name, each] of Object.entries(properties))
    found.push(...numbersIn(each, at ? `${at}.${name}` : name, [...beside, ...Object.keys(properties)], root));
  return found;
}

/** Fields that make an object one about a person. `name` alone is a company's, a partnership's or a person's: it has to be said. */
const OF_PERSON = /^(contactId|address|addresses|asker|person|personId|objectId|userId|accounts|email)$/;

/** Numbers the service answers, by the last part of their path, and of what they are. None is of a person. */
const COUNTS: Readonly<Record<string, string>> = {
  pastDue: 'waits of a side',
  open: 'waits of a side',
  version: 'of the agreement',
  revision: 'of the view, to know an old one',
  mailboxes: 'read for a partnership',
  turns: 'mails to and fro in one conversation',
  seconds: 'working time of one wait',
  pausedSeconds: 'working time of one wait',
  people: 'of the client whose mailbox is read, together',
  count: 'rows that are held about whoever asks, for himself',
  'rows[].*': 'a field of what is held about whoever asks, for himself',
  'details.*': 'of a refusal: a limit',
  value: 'a figure of a side, or of both (FigureView)',
  minutes: 'planned for a meeting or an item of it',
  startsAfterMinutes: 'of an item of an agenda, from the start',
  carried: 'on how many agendas an item stood',
  more: 'items that are left out',
};
/** What a person reads about himself alone (GET /api/me/data). */
const OWN = /^(GET \/api\/me\/data: )?held\[\]\./;

const HOW =
  'Say in COUNTS what a new number counts. Beside a person (contactId, address, ...) there is none: figures are of sides and functions.';
const unsaid = (numbers: readonly { at: string; beside: readonly string[] }[]): string[] =>
  numbers
    .filter(({ at }) => !/(^|\.)max$/.test(at)) // the longest text of a field
    .filter(({ at, beside }) => {
      const last = Object.keys(COUNTS).find((name) => at === name || at.endsWith(`.${name}`) || at.endsWith(`: ${name}`));
      return !last || (beside.some((name) => OF_PERSON.test(name)) && !OWN.test(at));
    })
    .map(({ at }) => at);

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

describe('numbers that people can read', () => {
  it('are of sides, partnerships and agreements: in every answer of every route', async () => {
    const openapi = (await (await fetch(`${house.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { responses?: Record<string, { content?: Record<string, { schema: Schema }> }> }>>;
    };
    const numbers = Object.entries(openapi.paths).flatMap(([url, methods]) =>
      Object.entries(methods).flatMap(([method, { responses = {} }]) =>
        Object.values(responses).flatMap(({ content = {} }) =>
          Object.values(content).flatMap(({ schema }) =>
            numbersIn(schema, '', [], openapi as unknown as Schema).map(({ at, beside }) => ({
              at: `${method.toUpperCase()} ${url}: ${at}`,
              beside,
            })),
          ),
        ),
      ),
    );
    expect(numbers.length).toBeGreaterThan(5);
    expect({ HOW, unsaid: [...new Set(unsaid(numbers))] }).toEqual({ HOW, unsaid: [] });
  });

  it('and in every schema of the contract', async () => {
    const files = readdirSync(path.join(BOT, 'contract'));
    const found: string[] = [];
    for (const file of files)
      for (const [name, schema] of Object.entries((await import(`../../bot/contract/${file}`)) as Record<string, unknown>))
        if (schema instanceof z.ZodType) {
          const json = z.toJSONSchema(schema, { unrepresentable: 'any' }) as Schema;
          found.push(...unsaid(numbersIn(json)).map((at) => `${file} ${name}: ${at}`));
        }
    expect({ HOW, unsaid: found }).toEqual({ HOW, unsaid: [] });
  });

  it('one about a person would be seen', () => {
    const schema = z.toJSONSchema(z.object({ sides: z.array(z.object({ contactId: z.string(), open: z.number() })) })) as Schema;
    expect(unsaid(numbersIn(schema))).toEqual(['sides[].open']);
    expect(unsaid(numbersIn(z.toJSONSchema(z.object({ answeredInHours: z.number() })) as Schema))).toEqual(['answeredInHours']);
  });
});

it('telemetry knows the product’s own words alone', () => {
  const text = sources.find(({ file }) => file === 'telemetry/instruments.ts')!.text;
  const labels = [.../export interface Labels \{([\s\S]*?)\n\}/.exec(text)![1]!.matchAll(/readonly '?([\w.]+)'?\?:/g)].map(
    ([, name]) => name,
  );
  expect(labels).toEqual(['job', 'deadline', 'act', 'outcome', 'state', 'http.request.method', 'http.route', 'http.response.status_code']);
  // whatever sets an attribute goes through that type
  const others = sources.filter(
    ({ file, text: code }) => file.startsWith('telemetry/') && /setAttribute\b|setBaggage|addEvent\(/.test(code),
  );
  expect(others).toEqual([]);
});
