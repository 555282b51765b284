import { statfs } from 'node:fs/promises';

/** Whether the database's disk has no room left, as far as this instance can tell. */
export interface Room {
  full(): Promise<boolean>;
}

/** PostgreSQL writes its log ahead in files of so much: with less room it cannot go on, and does not start. */
const LEAST_BYTES = 16 * 1_048_576;
/** A refusal for want of room counts for so long: shorter than work may take to go on after it. */
const REFUSED_MS = 20_000;
const DISK_FULL = '53100';

/** @returns how an error of a query is noted, and what follows from it; `folder` is where an embedded database keeps its data */
export function roomOf(folder: string | null): Room & { note(error: unknown): void } {
  let refusedAt: number | null = null;
  return {
    note(error) {
      if ((error as { code?: unknown } | null)?.code === DISK_FULL) refusedAt = performance.now();
    },
    async full() {
      if (refusedAt !== null && performance.now() - refusedAt < REFUSED_MS) return true;
      if (folder === null) return false;
      const disk = await statfs(folder).catch(() => null);
      return disk !== null && disk.bavail * disk.bsize < LEAST_BYTES;
    },
  };
}

/**
 * Whether an error says that the database, or what it stands on, does not work now, and nothing of what it was asked: connections, resources
 * (a full disk), an operator, the machine.
 */
export const isDatabaseInTrouble = (error: unknown): boolean =>
  /^(08|53|57P|58)/.test(String((error as { code?: unknown } | null)?.code ?? ''));
