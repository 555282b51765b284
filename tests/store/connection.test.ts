import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import { addJob, startJobs } from '../../bot/jobs/index.ts';
import { createLog } from '../../bot/log.ts';
import { type ConnectionParts, connectionFor } from '../../bot/store/connection.ts';
import { type EmbeddedServer, embeddedServer } from '../../bot/store/embedded/server.ts';
import { NOBODY } from '../../bot/store/folder.ts';
import { connect, defaultStateFolder, migrate, openListener, portsOf } from '../../bot/store/index.ts';
import { openSessionLocks } from '../../bot/store/sessionLocks.ts';
import { throwAwayCa } from '../../infra/local/certificates.ts';
import { testClock } from '../support/clock.ts';
import { until } from '../support/until.ts';

const ROLE = 'Rapport (app)';
const root = process.getuid?.() === 0;
let folder: string;
let server: EmbeddedServer;
let owner: pg.Client;
let connection: ConnectionParts;
/** Scopes of the tokens that were asked for. */
const asked: string[] = [];
let token = '';
let authorityAway = false;

/** A token authority with one token at a time, which is the role's password. */
const credential = {
  async getToken(scopes: string | string[]) {
    if (authorityAway) throw new Error('away');
    asked.push(String(scopes));
    return { token, expiresOnTimestamp: 0 };
  },
};
/** The token so far has ended: a connection that shows it is refused. */
async function newToken(text: string): Promise<void> {
  token = text;
  await owner.query(`alter role ${pg.escapeIdentifier(ROLE)} password ${pg.escapeLiteral(token)}`);
}

/** A server that speaks TLS under an authority of its own, and a role that may make tables in one database, and no more. */
beforeAll(async () => {
  folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'rapport-tls-'));
  if (root) chmodSync(folder, 0o711);
  server = await embeddedServer({ folder, programsFolder: defaultStateFolder(), durable: false });
  const ca = await throwAwayCa();
  const { key, cert } = await ca.serverFor();
  for (const [name, text] of Object.entries({ 'server.key': key, 'server.crt': cert })) {
    const file = path.join(folder, 'data', name);
    writeFileSync(file, text, { mode: 0o600 });
    if (root) chownSync(file, NOBODY, NOBODY);
  }
  owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`create role ${pg.escapeIdentifier(ROLE)} login`);
  await newToken('the first');
  await owner.query('create database theirs');
  // the grants that docs/operating.md tells of, and no more
  await owner.query(`grant connect, create on database theirs to ${pg.escapeIdentifier(ROLE)}`);
  const inside = new URL(server.url);
  inside.pathname = '/theirs';
  const granting = new pg.Client({ connectionString: inside.href });
  await granting.connect();
  await granting.query(`grant usage, create on schema public to ${pg.escapeIdentifier(ROLE)}`);
  await granting.end();
  const url = new URL(server.url);
  const given = `postgres://${encodeURIComponent(ROLE)}@localhost:${url.port}/theirs`;
  const made = connectionFor({ DATABASE_URL: given, DATABASE_AUTH: 'entra' }, credential) as ConnectionParts;
  expect(made).toMatchObject({ user: ROLE, database: 'theirs', ssl: true });
  connection = { ...made, ssl: { ca: ca.caPem } };
});
/** What a test that fails leaves open must not go on into the files after it. */
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(async () => {
  await owner.end();
  await server.leave();
  rmSync(folder, { recursive: true, force: true });
});

describe('tokens in place of a password', () => {
  it('are never sent to a server without TLS, nor to one whose certificate is not trusted', async () => {
    const plain = connect(connection, 1);
    await expect(sql`select 1`.execute(plain.db)).rejects.toThrow('does not support SSL');
    await plain.end();
    await owner.query('alter system set ssl = on');
    await owner.query('select pg_reload_conf()');
    const untrusted = connect({ ...connection, ssl: true }, 1);
    await until(untrusted.db, () =>
      sql`select 1`.execute(untrusted.db).then(
        () => true,
        (error: { code?: string }) => /SELF_SIGNED|UNABLE_TO/.test(error.code ?? ''),
      ),
    );
    await untrusted.end();
    expect(asked).toEqual([]);
  });

  it('are asked for anew by everything that opens a connection', async () => {
    await migrate(connection);
    const { db, end } = connect(connection, 3);
    opened.push(end);
    const listener = await openListener(connection);
    opened.push(() => listener.close());
    const locks = await openSessionLocks(connection);
    opened.push(() => locks.close());
    const clock = testClock();
    const ports = { ...portsOf(db, clock, () => 0), wall: { now: () => new Date(Date.now()) } };
    const ran: string[] = [];
    const run = async ({ name }: { name: string }): Promise<void> => void ran.push(name);
    const jobs = await startJobs({
      connection,
      ports,
      log: createLog('silent'),
      handlers: { note: { schema: z.object({ name: z.string() }), run } },
    });
    opened.push(() => jobs.stop());
    await addJob(db, 'note', { name: 'first' });
    await until(db, () => ran.length === 1);
    const before = asked.length;
    expect(new Set(asked)).toEqual(new Set(['https://ossrdbms-aad.database.windows.net/.default']));

    // the token ends, and every connection is cut: each comes back with the new one
    await newToken('the second');
    await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [ROLE]);
    const heard: (string | null)[] = [];
    const listening = await untilDone(() => listener.subscribe('news', (payload) => heard.push(payload)));
    await untilDone(() => addJob(db, 'note', { name: 'second' }, { key: 'second' }).then(() => true));
    await until(db, () => ran.includes('second'));
    await sql`select pg_notify('news', 'told')`.execute(db);
    await until(db, () => heard.includes('told'));
    expect(await locks.tryLock('one')).toBe(true);
    expect(asked.length).toBeGreaterThanOrEqual(before + 4); // pool, listener, locks, worker
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from pg_stat_ssl join pg_stat_activity using (pid) where usename = ${ROLE} and not ssl`.execute(db);
    expect(rows).toEqual([{ n: 0 }]);

    listening();
  });

  it('that cannot be had are said to be what is missing', async () => {
    authorityAway = true;
    const { db, end } = connect(connection, 1);
    await expect(sql`select 1`.execute(db)).rejects.toThrow('no token for the database');
    await end();
  });

  it.each([
    ['postgres://role:secret@server/rapport', 'without a password'],
    ['postgres://role@server/rapport?sslmode=disable', 'TLS is always used'],
    ['postgres://role@server/rapport?host=/tmp', 'without host'],
    ['postgres://server/rapport', 'DATABASE_AUTH=entra needs'],
    ['postgres://role@server', 'DATABASE_AUTH=entra needs'],
    [undefined, 'DATABASE_AUTH=entra needs'],
  ])('%s is refused with what to write instead', (DATABASE_URL, said) => {
    expect(() => connectionFor({ DATABASE_URL, DATABASE_AUTH: 'entra' }, credential)).toThrow(said);
  });

  it('leave the embedded database and a connection string as they were', () => {
    expect(connectionFor({ DATABASE_URL: '', DATABASE_AUTH: 'password' }, credential)).toBeNull();
    const url = 'postgres://role:secret@server/rapport?sslmode=disable';
    expect(connectionFor({ DATABASE_URL: url, DATABASE_AUTH: 'password' }, credential)).toBe(url);
  });
});

/** A connection comes back a moment after it was cut, and a pool hears of the cut only then. */
async function untilDone<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
