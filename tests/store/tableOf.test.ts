import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { tableOf } from '../../bot/store/tableOf.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

// PostgreSQL holds no character of zero, in JSON neither
const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', ',', '{', '}', ' ', '\t', '\n', 'n', 'a', '\u0001', '\u2028', '\u{1f600}') }),
    fc.constantFrom('NULL', 'null', '', '{}', '""', '\\', 'Straße'),
  )
  .map((each) => each.replaceAll('\0', ''));
const row = fc.record({
  note: fc.option(text),
  list: fc.array(text, { maxLength: 4 }),
  json: fc.option(fc.record({ said: text, list: fc.array(fc.oneof(text, fc.integer(), fc.boolean()), { maxLength: 3 }) })),
  at: fc.option(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })),
  number: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  flag: fc.option(fc.boolean()),
  id: fc.option(fc.uuid()),
});

it('writes whatever stands in rows so that PostgreSQL reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
      const read = await sql`
        select * from ${tableOf(rows, {
          note: ['text', (one) => one.note],
          list: ['text[]', (one) => one.list],
          json: ['jsonb', (one) => one.json],
          at: ['timestamptz', (one) => one.at],
          number: ['int', (one) => one.number],
          flag: ['boolean', (one) => one.flag],
          id: ['uuid', (one) => one.id],
        })}`.execute(database.db);
      expect(read.rows).toEqual(rows);
    }),
    { numRuns: 300 },
  );
});

it('is empty without rows', async () => {
  const read = await sql`select * from ${tableOf<{ id: string }>([], { id: ['uuid', ({ id }) => id] })}`.execute(database.db);
  expect(read.rows).toEqual([]);
});

it('refuses an instant that is none', () => {
  expect(() => tableOf([new Date(Number.NaN)], { at: ['timestamptz', (at) => at] })).toThrow(RangeError);
});
