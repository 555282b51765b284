import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { BadInput } from '../../errors.ts';
import { NOBODY, openToAll, readableByAll, runsAsRoot } from '../folder.ts';

/** A database cluster on disk, and the programs that run it. */
export interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly users: string;
  readonly programs: string;
  readonly password: string;
  /** `false` trades durability for speed: for tests alone. */
  readonly durable: boolean;
}

export function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    readableByAll(() => mkdirSync(folder, { recursive: true }));
    chmodSync(folder, runsAsRoot() ? 0o711 : 0o700);
  }
  const owner = statSync(folder).uid;
  if (process.getuid && owner !== process.getuid())
    throw new BadInput(`STATE_DIR ${folder} belongs to another user: choose another folder.`);
  if (runsAsRoot() && !openToAll(folder))
    throw new BadInput(
      `STATE_DIR ${folder} cannot be reached by the user nobody, who runs PostgreSQL when Rapport is started as root: choose another folder, or set DATABASE_URL.`,
    );
}

export function passwordIn(folder: string): string {
  const file = path.join(folder, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** As root the programs run as `nobody`; else as who we are. */
export const identity = (): { uid?: number; gid?: number } => (runsAsRoot() ? { uid: NOBODY, gid: NOBODY } : {});
export const program = (cluster: Cluster, name: string): string =>
  path.join(cluster.programs, process.platform === 'win32' ? `${name}.exe` : name);
export const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, LC_ALL: 'C' });
export const urlOf = (cluster: Cluster, port: number, database: string): string =>
  `postgres://rapport:${cluster.password}@127.0.0.1:${port}/${database}`;

/** Makes the cluster aside and puts it in place when it is whole: a kill in between leaves nothing half made. */
export async function initialise(cluster: Cluster): Promise<void> {
  const unfinished = `${cluster.data}.unfinished`;
  for (const old of [unfinished, cluster.data]) rmSync(old, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  // initdb reads the password from a file of the user it runs as
  const passwordFile = path.join(cluster.folder, 'password.initial');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  if (runsAsRoot()) for (const one of [unfinished, passwordFile]) chownSync(one, NOBODY, NOBODY);
  const options = ['-D', unfinished, '-U', 'rapport', '--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  // hashing a password many times keeps short ones from being guessed; this one is 24 random bytes, and every connection would pay for it
  options.push('--set=scram_iterations=1');
  if (!cluster.durable) options.push('--no-sync');
  try {
    await promisify(execFile)(program(cluster, 'initdb'), options, { cwd: unfinished, env: environment(), ...identity() });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster.data);
}
