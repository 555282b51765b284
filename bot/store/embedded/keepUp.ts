import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { wall } from '../../clock.ts';

/** Starting takes work: while its disk is full, say, it is tried with pauses that grow to less than work may stand still. */
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** A server that lived for so long was not killed by what it found when it started. */
const LIVED_MS = 5_000;

/**
 * Holds a connection on which nothing is asked. When it ends without our having ended it the server may be gone: `revive` is called, again
 * and again until the server answers. One that lets us in and dies of the next thing it does is not started again at once either.
 *
 * @param pause - waits that many milliseconds
 */
export async function keepUp(
  url: string,
  revive: () => Promise<unknown>,
  pause: (ms: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { ref: false }),
): Promise<{ end(): Promise<void> }> {
  let ended = false;
  let reviving: Promise<void> = Promise.resolve();
  let tried = 0;

  async function connected(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true });
    fresh.on('error', () => {}); // 'end' follows
    await fresh.connect();
    const since = wall.now().getTime();
    fresh.once('end', () => {
      if (wall.now().getTime() - since >= LIVED_MS) tried = 0;
      reviving = revived();
    });
    return fresh;
  }
  async function revived(): Promise<void> {
    while (!ended) {
      if (tried > 0) await pause(AGAIN_MS[Math.min(tried, AGAIN_MS.length) - 1]!); // whoever queries it says that it is away
      tried += 1;
      if (ended) return;
      try {
        await revive();
        client = await connected();
        return;
      } catch {
        // the next round waits longer
      }
    }
  }
  let client = await connected();

  return {
    async end() {
      ended = true;
      await reviving;
      await client.end();
    },
  };
}
