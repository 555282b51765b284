import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import lockfile from 'proper-lockfile';
import { postgresPrograms } from './binaries.ts';
import { type Cluster, initialise, makeFolder, passwordIn, urlOf } from './cluster.ts';
import { keepUp } from './keepUp.ts';
import { alive, livingPort, startServer, stopServer } from './postmaster.ts';

const DATABASE = 'rapport';

export interface EmbeddedServer {
  /** Connection string of the product's database. */
  readonly url: string;
  /** Leaves the server; whoever leaves last stops it. */
  leave(): Promise<void>;
}

/**
 * PostgreSQL in `folder`: made when the folder is new, adopted when a server lives there already, else started. Services that open the same
 * folder share one server. Under a file lock, so that two never start it at once. When it dies before its time it is started again, at the
 * same address.
 */
export async function embeddedServer(options: {
  folder: string;
  programsFolder?: string;
  durable?: boolean;
  /** `false`: it is not started again when it dies. */
  keptUp?: boolean;
}): Promise<EmbeddedServer> {
  const { folder } = options;
  makeFolder(folder);
  const programs = postgresPrograms(options.programsFolder ?? folder);
  return locked(folder, async () => {
    const cluster: Cluster = {
      folder,
      data: path.join(folder, 'data'),
      users: path.join(folder, 'users'),
      programs,
      password: passwordIn(folder),
      durable: options.durable ?? true,
    };
    mkdirSync(cluster.users, { recursive: true, mode: 0o700 });
    if (!existsSync(path.join(cluster.data, 'PG_VERSION'))) await initialise(cluster);
    const port = (await livingPort(cluster)) ?? (await startServer(cluster));
    await ensureDatabase(cluster, port);
    const user = path.join(cluster.users, `${process.pid}.${randomUUID()}`);
    writeFileSync(user, '');
    const revive = (): Promise<unknown> => locked(folder, async () => (await livingPort(cluster)) ?? startServer(cluster, port));
    const watch = options.keptUp === false ? null : await keepUp(urlOf(cluster, port, 'postgres'), revive);
    return {
      url: urlOf(cluster, port, DATABASE),
      async leave() {
        await watch?.end();
        await locked(folder, async () => leave(cluster, user));
      },
    };
  });
}

async function locked<T>(folder: string, run: () => Promise<T>): Promise<T> {
  const release = await lockfile.lock(folder, { stale: 15_000, retries: { retries: 600, minTimeout: 25, maxTimeout: 100 } });
  try {
    return await run();
  } finally {
    await release();
  }
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, 'postgres') });
  client.on('error', () => {}); // the query that meets it says so
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function leave(cluster: Cluster, user: string): Promise<void> {
  rmSync(user, { force: true });
  for (const one of readdirSync(cluster.users)) {
    if (alive(Number(one.split('.')[0]))) return;
    rmSync(path.join(cluster.users, one), { force: true }); // killed before it could leave
  }
  await stopServer(cluster);
}
