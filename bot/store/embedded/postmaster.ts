import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Unavailable } from '../../errors.ts';
import { type Cluster, environment, identity, program, urlOf } from './cluster.ts';

const START_ATTEMPTS = 40;

/** The port of a server that lives on this data (its own pid file says so) and lets us in, else null. */
export async function livingPort(cluster: Cluster): Promise<number | null> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    const file = path.join(cluster.data, 'postmaster.pid');
    if (!existsSync(file)) return null;
    const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
    if (!Number(pid) || !alive(Number(pid))) return null; // a full disk leaves a file that was not written
    if (!Number(port)) {
      await sleep(100);
      continue;
    }
    const answer = await ask(urlOf(cluster, Number(port), 'postgres'));
    if (answer === 'in') return Number(port);
    if (answer === 'nobody there' && attempt > 10) return null; // the pid belongs to another program by now
    await sleep(100);
  }
  throw new Unavailable(`The PostgreSQL server in ${cluster.folder} is running but lets nobody in.`);
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** `wait`: a server is there, on its way up or down. */
async function ask(url: string): Promise<'in' | 'wait' | 'nobody there'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => {}); // a server that goes down while we ask is answered below
  try {
    await client.connect();
    return 'in';
  } catch (error) {
    return (error as { code?: string }).code === 'ECONNREFUSED' ? 'nobody there' : 'wait';
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Starts the server; what a killed one left behind (its pid file, its shared memory) is waited for or taken away.
 * @param wanted - the port it has to have; a free one without it
 */
export async function startServer(cluster: Cluster, wanted?: number): Promise<number> {
  rmSync(path.join(cluster.data, 'postmaster.pid'), { force: true });
  const logFile = path.join(cluster.folder, 'postgres.log');
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    const port = wanted ?? (await freePort());
    const log = openSync(logFile, 'w', 0o600);
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'timezone=UTC', 'log_timezone=UTC'];
    // what is looked up lies in memory or on flash: a look by an index costs little more than a step through a table, and plans are too small to compile
    settings.push('random_page_cost=1.1', 'jit=off');
    if (!cluster.durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum_naptime=10');
    const child = spawn(program(cluster, 'postgres'), ['-D', cluster.data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])], {
      cwd: cluster.data,
      env: environment(),
      detached: true, // it outlives us when others use it, and a terminal's Ctrl+C is not for it
      windowsHide: true,
      stdio: ['ignore', log, log],
      ...identity(),
    });
    closeSync(log);
    let ended = false;
    child.once('error', () => {
      ended = true;
    });
    child.once('exit', () => {
      ended = true;
    });
    child.unref();
    while (!ended) {
      if ((await ask(urlOf(cluster, port, 'postgres'))) === 'in') return port;
      await sleep(20);
    }
    const said = readFileSync(logFile, 'utf8');
    if (!/shared memory|Address already in use|could not bind|lock file/i.test(said))
      throw new Unavailable(`PostgreSQL did not start in ${cluster.folder}: ${said.trim().slice(-800)}`);
    await sleep(250);
  }
  throw new Unavailable(`PostgreSQL did not start in ${cluster.folder}: see ${logFile}.`);
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Ends the sessions that are left, writes what is unwritten, and stops. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const options = ['stop', '-D', cluster.data, '-m', 'fast', '-w', '-t', '30'];
  await new Promise<void>((resolve) => {
    const child = spawn(program(cluster, 'pg_ctl'), options, { cwd: cluster.data, env: environment(), stdio: 'ignore', ...identity() });
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
