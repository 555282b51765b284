import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { connect, migrate } from '../../bot/store/index.ts';
import { migrationFiles } from '../../bot/store/migrate.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const file = (name: string, text: string) => ({ name, text, hash: createHash('sha256').update(text).digest('hex') });

describe('migrations', () => {
  it('are numbered from one on, without gaps or doubles, and say why', () => {
    const files = migrationFiles();
    expect(files.map(({ name }) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
    for (const { text } of files) expect(text).toMatch(/^-- /);
  });

  it('may run again, and by several instances at once, each file once', async () => {
    const extra = file('9001_extra.sql', '-- one more\ncreate table extra (n integer); insert into extra values (1);');
    await Promise.all([1, 2, 3].map(() => migrate(test.url, [...migrationFiles(), extra])));
    const { rows } = await sql<{ n: number }>`select n from extra`.execute(test.db);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('refuse one that changed after it was applied, and apply nothing then', async () => {
    const [first, ...rest] = migrationFiles();
    const changed = file(first!.name, `${first!.text}-- a late thought`);
    const next = file('9002_next.sql', 'create table next_one (n integer)');
    await expect(migrate(test.url, [changed, ...rest, next])).rejects.toThrow(/0001_core\.sql: changed after this database had applied it/);
    await expect(sql`select * from next_one`.execute(test.db)).rejects.toMatchObject({ code: '42P01' });
  });

  it('apply a file whole or not at all', async () => {
    const halfway = file('9003_half.sql', 'create table half (n integer); select 1 / 0;');
    await expect(migrate(test.url, [...migrationFiles(), halfway])).rejects.toThrow('Migration 9003_half.sql could not be applied');
    await expect(sql`select * from half`.execute(test.db)).rejects.toMatchObject({ code: '42P01' });
  });
});

describe('rows of before', () => {
  it('keep what was counted of a wait, in whole seconds, and when silence ends it (0027)', async () => {
    const name = `before_${process.pid}`;
    await sql`create database ${sql.ref(name)}`.execute(test.db);
    const url = new URL(test.url);
    url.pathname = `/${name}`;
    const { db, end } = connect(url.href, 1);
    try {
      const upTo = (number: string) => migrationFiles().filter((one) => one.name < number);
      await migrate(url.href, upTo('0027'));
      const id = '00000000-0000-4000-8000-000000000001';
      await sql`insert into thread (id, changed_at) values (${id}, now())`.execute(db);
      const lapseAt = '2026-01-20T17:00:00.000Z';
      const counted = ['2026-01-05T08:00:00.000Z', '2026-01-05T17:00:00.000Z', '2026-01-06T08:00:00.000Z', '2026-01-06T08:30:00.700Z'];
      const segments = [0, 2].map((from) => ({ fromAt: counted[from], toAt: counted[from + 1] }));
      for (const [key, record] of [
        ['ended', { workedSeconds: 34200.7, elapsedSeconds: 88200, segments }],
        ['open', null],
      ] as const)
        await sql`
          insert into obligation (id, partnership_id, thread_id, opening_key, debtor, opened_at, charter_version, priority, verdict, why, state,
            asker_address, asked_addresses, calendar_key, agreed_at, due_at, first_seen_at, turns, facts, record, changed_at)
          values (gen_random_uuid(), ${id}, ${id}, ${key}, 'client', now(), 1, 'normal', 'expected', 'first', 'open', 'a@contoso.com', '{}', 'manila',
            now(), now(), now(), 0, ${JSON.stringify({ askAt: lapseAt, lapseAt, turned: true })}::jsonb, ${record && JSON.stringify(record)}::jsonb, now())`.execute(
          db,
        );
      await migrate(url.href, upTo('0028'));
      const { rows } = await sql`select opening_key, lapse_at, worked_seconds, counted, facts from obligation order by opening_key`.execute(
        db,
      );
      const kept = { lapseAt: new Date(lapseAt), facts: { turned: true } };
      expect(rows).toEqual([
        { openingKey: 'ended', ...kept, workedSeconds: 34201, counted: counted.map((at) => new Date(at)) },
        { openingKey: 'open', ...kept, workedSeconds: null, counted: null },
      ]);
    } finally {
      await end();
      await sql`drop database ${sql.ref(name)}`.execute(test.db);
    }
  });
});

describe('what comes out of the database', () => {
  it('days are days, instants are instants, large numbers are text, and keys inside jsonb stay as written', async () => {
    const { db, end } = connect(test.url, 1);
    const { rows } = await sql`select date '2026-03-29' as some_day, timestamptz '2026-03-29 01:30:00+00' as some_instant,
      9007199254740993::bigint as some_number, '{"snake_key": {"inner_key": 1}}'::jsonb as some_json`.execute(db);
    await end();
    expect(rows).toEqual([
      {
        someDay: '2026-03-29',
        someInstant: new Date('2026-03-29T01:30:00Z'),
        someNumber: '9007199254740993',
        someJson: { snake_key: { inner_key: 1 } },
      },
    ]);
  });

  it('a transaction that PostgreSQL undoes for another’s sake is run again', async () => {
    await sql`create table pair (id integer primary key, n integer not null); insert into pair values (1, 0), (2, 0)`.execute(test.db);
    let arrived = 0;
    const add = (first: number, second: number) =>
      test.ports.transaction(async (tx) => {
        await sql`update pair set n = n + 1 where id = ${first}`.execute(tx);
        arrived++;
        while (arrived < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        await sql`update pair set n = n + 1 where id = ${second}`.execute(tx);
      });
    await Promise.all([add(1, 2), add(2, 1)]); // a deadlock at the first try
    const { rows } = await sql<{ n: number }>`select n from pair order by id`.execute(test.db);
    expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
  });
});
