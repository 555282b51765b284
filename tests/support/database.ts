import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import pg from 'pg';
import type { Ports } from '../../bot/capability.ts';
import { embeddedServer } from '../../bot/store/embedded/server.ts';
import { connect, type Db, defaultStateFolder, migrate, portsOf } from '../../bot/store/index.ts';
import { type TestClock, testClock } from './clock.ts';
import { emptied, KEPT, type Look, look } from './emptied.ts';

export { type TestClock, testClock };

export interface TestDatabase {
  readonly db: Db;
  /** `clock` and `wall` are both `clock` below. */
  readonly ports: Ports;
  readonly url: string;
  readonly clock: TestClock;
  close(): Promise<void>;
}

/**
 * A fresh, migrated database of its own; `close` gives it back. Making one takes ten times as long as emptying one that was used, and a
 * connection that knows the tables answers at once: both stay for the next test of the file.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await serverUrl();
  const made = unused.pop() ?? (await make(server));
  const clock = testClock();
  return {
    db: made.db,
    url: made.url,
    clock,
    ports: portsOf(made.db, clock, () => 0),
    async close() {
      // a server of somebody's own keeps nothing of ours
      if (!process.env.TEST_DATABASE_URL && !ended && !made.lost && (await emptied(made.keeper, made.asMade))) unused.push(made);
      else await drop(server, made);
    },
  };
}

interface Made {
  readonly name: string;
  readonly url: string;
  readonly db: Db;
  end(): Promise<void>;
  /** Looks after it between two tests. */
  readonly keeper: pg.Client;
  readonly asMade: Look;
  /** The keeper was thrown out, as by a test that ends all connections. */
  lost: boolean;
}

/** Databases of this test file that are as new again. They go with the cluster. */
const unused: Made[] = [];
let ended = false;
afterAll(async () => {
  ended = true;
  for (const made of unused) await leave(made);
});

async function make(server: string): Promise<Made> {
  const name = `rapport_test_${randomBytes(6).toString('hex')}`;
  await withClient(server, async (client) => {
    await ensureTemplate(client, server);
    await client.query(`create database ${name} template ${template()}`);
  });
  const url = inDatabase(server, name);
  const keeper = new pg.Client({ connectionString: url });
  await keeper.connect();
  const made: Made = { name, url, ...connect(calling(url, KEPT), 10), keeper, asMade: await look(keeper), lost: false };
  keeper.on('error', () => {
    made.lost = true;
  });
  return made;
}

async function leave({ end, keeper }: Made): Promise<void> {
  await end();
  await keeper.end();
}

async function drop(server: string, made: Made): Promise<void> {
  await leave(made);
  await withClient(server, (client) => client.query(`drop database ${made.name} with (force)`));
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: run the tests with jest.config.js (its globalSetup makes it)`);
  return value;
}
const template = (): string => fromSetup('RAPPORT_TEST_TEMPLATE');

/** The run's own cluster, started by whoever asks first; it is never left, the teardown stops it. */
async function serverUrl(): Promise<string> {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL;
  cluster ??= embeddedServer({
    folder: path.join(fromSetup('RAPPORT_TEST_FOLDER'), 'postgres'),
    programsFolder: defaultStateFolder(),
    durable: false,
    keptUp: false,
  });
  return (await cluster).url;
}
let cluster: ReturnType<typeof embeddedServer> | undefined;

async function ensureTemplate(client: pg.Client, server: string): Promise<void> {
  await client.query('select pg_advisory_lock(hashtext($1))', [template()]);
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template()]);
  if (!rowCount) {
    const building = `${template()}_building`;
    await client.query(`drop database if exists ${building}`);
    await client.query(`create database ${building}`);
    await migrate(inDatabase(server, building));
    await client.query(`alter database ${building} rename to ${template()}`);
  }
  await client.query('select pg_advisory_unlock(hashtext($1))', [template()]);
}

function inDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** A connection string whose connections call themselves so. */
export function calling(connectionString: string, applicationName: string): string {
  const url = new URL(connectionString);
  url.searchParams.set('application_name', applicationName);
  return url.href;
}

async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
