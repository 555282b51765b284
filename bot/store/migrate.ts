import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { BadInput } from '../errors.ts';
import { migrateJobs } from '../jobs/migrate.ts';
import { type Connection, clientConfig } from './connection.ts';

/** Any number; all instances take the same lock. */
const MIGRATION_LOCK = 7_261_001;

/** The numbered SQL files, in order. The hash does not mind how a checkout ends its lines. */
export function migrationFiles(folder = path.join(import.meta.dirname, 'migrations')): { name: string; text: string; hash: string }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => {
    const text = readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    return { name, text, hash: createHash('sha256').update(text).digest('hex') };
  });
}

/**
 * Brings the database to this release: each file once, in its own transaction, forward only; then the worker's own tables. Instances that
 * start together take turns. A database that a newer release has migrated is left as it is (the previous release may run beside it).
 * @throws {BadInput} when a file differs from what was applied
 */
export async function migrate(connection: Connection, files = migrationFiles()): Promise<void> {
  const client = new pg.Client(clientConfig(connection));
  client.on('error', () => {}); // the query that meets it says so
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('create table if not exists migration (name text primary key, hash text not null)');
    const { rows } = await client.query<{ name: string; hash: string }>('select name, hash from migration');
    const applied = new Map(rows.map((row) => [row.name, row.hash]));
    const changed = files.filter((file) => applied.has(file.name) && applied.get(file.name) !== file.hash);
    if (changed.length) {
      const names = changed.map((file) => file.name).join(', ');
      throw new BadInput(
        `${names}: changed after this database had applied it. Migrations go forward only: put the file back and add a new one.`,
      );
    }
    for (const file of files) if (!applied.has(file.name)) await apply(client, file);
    await migrateJobs(connection);
  } finally {
    await client.end(); // which also gives the lock back
  }
}

async function apply(client: pg.Client, file: { name: string; text: string; hash: string }): Promise<void> {
  await client.query('begin');
  try {
    await client.query(file.text);
    await client.query('insert into migration (name, hash) values ($1, $2)', [file.name, file.hash]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new Error(`Migration ${file.name} could not be applied`, { cause });
  }
}
