import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const MEGABYTE = 1_048_576;

/** Why no disk can be mounted here, or null. */
export function mountRefused(): string | null {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-disk-'));
  try {
    mount(folder, 1);
    unmount(folder);
    return null;
  } catch (error) {
    return (error as { stderr?: Buffer }).stderr?.toString().trim() || String(error);
  } finally {
    rmdirSync(folder);
  }
}

const mount = (folder: string, megabytes: number) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', folder], { stdio: 'pipe' });
const unmount = (folder: string) => execFileSync('umount', ['-l', folder], { stdio: 'pipe' });

/** A disk of its own for a folder, which something else can fill to its last byte. */
export function smallDisk(megabytes: number) {
  let folder: string | null = null;
  const ballast = () => path.join(folder!, 'ballast');
  return {
    mountAt(at: string) {
      mount(at, megabytes);
      folder = at;
    },
    /** Takes all room that is left, again where some was given back. */
    fill() {
      const file = openSync(ballast(), 'a');
      try {
        for (const bytes of [MEGABYTE, 4096]) takeAll(file, Buffer.alloc(bytes));
      } finally {
        closeSync(file);
      }
    },
    empty() {
      rmSync(ballast(), { force: true });
    },
    unmount() {
      if (folder) unmount(folder);
      folder = null;
    },
  };
}

function takeAll(file: number, bytes: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, bytes) < bytes.length) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
