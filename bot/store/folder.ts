import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Folder of the project (the nearest package.json upward): works from the sources and from a bundle. */
export function projectFolder(from = import.meta.dirname): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  const parent = path.dirname(from);
  return parent === from ? process.cwd() : projectFolder(parent);
}

/** PostgreSQL refuses to run as root, so it runs as `nobody` then: a number that exists without creating a user. */
export const NOBODY = 65534;
export const runsAsRoot = (): boolean => process.getuid?.() === 0;

/** Whether any user may pass through every folder of `folder` that exists already. */
export function openToAll(folder: string): boolean {
  const above = path.dirname(folder);
  const passable = !existsSync(folder) || (statSync(folder).mode & 0o001) !== 0;
  return passable && (above === folder || openToAll(above));
}

/** Makes files that another user can read, whatever the umask says: as root, PostgreSQL is another user. */
export function readableByAll(make: () => void): void {
  const before = process.umask(0o022);
  try {
    make();
  } finally {
    process.umask(before);
  }
}

/**
 * Where the embedded database lives without a setting: per user and project, under XDG_STATE_HOME, else the folder for temporary files.
 * As root it must be a place that `nobody` can reach, which root's own home is not.
 */
export function defaultStateFolder(project = projectFolder()): string {
  const name = `rapport-${process.getuid?.() ?? os.userInfo().username}-${createHash('sha256').update(project).digest('hex').slice(0, 12)}`;
  const places = [process.env.XDG_STATE_HOME, os.tmpdir(), '/var/tmp', '/tmp'].filter((place) => place !== undefined && place !== '');
  const place = runsAsRoot() ? places.find((one) => openToAll(one!)) : places[0];
  return path.join(place ?? os.tmpdir(), name);
}
