import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Starting takes work: while its disk is full, say, it is tried with pauses that grow to less than work may stand still. */
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Holds a connection on which nothing is asked. When it ends without our having ended it the server may be gone: `revive` is called, again
 * and again until the server answers.
 */
export async function keepUp(url: string, revive: () => Promise<unknown>): Promise<{ end(): Promise<void> }> {
  let ended = false;
  let reviving: Promise<void> = Promise.resolve();

  async function connected(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true });
    fresh.on('error', () => {}); // 'end' follows
    await fresh.connect();
    fresh.once('end', () => {
      reviving = revived();
    });
    return fresh;
  }
  async function revived(): Promise<void> {
    for (let tried = 0; !ended; tried++) {
      try {
        await revive();
        client = await connected();
        return;
      } catch {
        await sleep(AGAIN_MS[Math.min(tried, AGAIN_MS.length - 1)], undefined, { ref: false }); // whoever queries it says that it is away
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
