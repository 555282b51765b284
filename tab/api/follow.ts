import { StreamLine } from '../../bot/contract/today.ts';
import { linesOf } from './lines.ts';
import { isAbort, Problem } from './problem.ts';
import type { Service } from './service.ts';

/** A line comes at least this often (heartbeats), or the connection is taken for dead. */
export const SILENCE_MS = 90_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait before the next try: doubling, half of it by chance, so that many pages do not come back at once. */
export const waitBefore = (failures: number, chance: number): number => {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return Math.round(whole / 2 + (whole / 2) * chance);
};

export interface Following {
  onLine(line: StreamLine): void;
  /** `true` once lines come, `false` when a try brought none. An end that is followed by a new start at once is not told. */
  onLive(live: boolean): void;
  /** It cannot go on: who is looking may not (any more). */
  onRefused(problem: Problem): void;
}

/**
 * Follows the changes of a partnership from a cursor on until `signal` says stop: comes back after each end (a token's life, a restart, a
 * lost network) at the last cursor seen, waiting longer each time nothing came.
 */
export async function follow(
  service: Pick<Service, 'stream'>,
  partnershipId: string,
  cursor: string,
  { onLine, onLive, onRefused }: Following,
  signal: AbortSignal,
  wait: (ms: number, signal: AbortSignal) => Promise<void> = pause,
): Promise<void> {
  let after = cursor;
  let failures = 0;
  while (!signal.aborted) {
    let told = false;
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener('abort', stop, { once: true });
    let silence = setTimeout(stop, SILENCE_MS);
    try {
      for await (const text of linesOf(await service.stream(partnershipId, after, connection.signal))) {
        const line = lineOf(text);
        if (!line) continue;
        clearTimeout(silence);
        silence = setTimeout(stop, SILENCE_MS);
        if (!told) onLive(true);
        told = true;
        after = line.cursor;
        if (line.kind === 'end') break;
        onLine(line);
      }
    } catch (error) {
      if (error instanceof Problem && error.kind === 'refused') {
        if (!signal.aborted) onRefused(error);
        return;
      }
      if (!(error instanceof Problem) && !isAbort(error) && !(error instanceof TypeError)) throw error;
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      connection.abort();
    }
    if (signal.aborted) return;
    if (!told) onLive(false);
    failures = told ? 0 : failures + 1;
    await wait(waitBefore(failures, Math.random()), signal);
  }
}

function lineOf(text: string): StreamLine | null {
  try {
    const parsed = StreamLine.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
