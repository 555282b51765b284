import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Connection, clientConfig } from './connection.ts';

/** Advisory locks of names live in their own number space, apart from the subjects' (`lockSubject`). */
export const NAME_LOCK_SEED = 1;

/** Locks that live as long as this process: PostgreSQL gives them back when its connection ends, even after a kill. */
export interface SessionLocks {
  /** False when this or another process holds the name. */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  close(): Promise<void>;
}

const RECONNECT_MS = 250;

/** All locks of a process on one connection. When it is cut, the names held are taken again as soon as the database is back. */
export async function openSessionLocks(connection: Connection): Promise<SessionLocks> {
  const held = new Set<string>();
  let closed = false;
  let client = Promise.resolve(await connected());

  async function connected(): Promise<pg.Client> {
    const fresh = new pg.Client({ ...clientConfig(connection), keepAlive: true });
    fresh.on('error', () => {}); // 'end' follows
    await fresh.connect();
    fresh.once('end', () => {
      if (!closed) client = reconnected();
    });
    return fresh;
  }
  async function reconnected(): Promise<pg.Client> {
    for (;;) {
      try {
        const fresh = await connected();
        for (const name of held) await take(fresh, name);
        return fresh;
      } catch {
        await sleep(RECONNECT_MS, undefined, { ref: !closed }); // the database is away; whoever queries it says so
      }
    }
  }
  /** One question at a time, as the driver wants it. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const mine = turn.then(ask);
    turn = mine.catch(() => {});
    return mine;
  };
  const take = async (on: pg.Client, name: string): Promise<boolean> => {
    const { rows } = await on.query<{ taken: boolean }>(`select pg_try_advisory_lock(hashtextextended($1, ${NAME_LOCK_SEED})) as taken`, [
      name,
    ]);
    return rows[0]!.taken;
  };

  return {
    async tryLock(name) {
      if (held.has(name)) return false; // a session could take its own lock twice
      held.add(name);
      try {
        if (await inTurn(async () => take(await client, name))) return true;
      } catch (error) {
        held.delete(name);
        throw error;
      }
      held.delete(name);
      return false;
    },
    async unlock(name) {
      if (!held.delete(name)) return;
      await inTurn(async () => (await client).query(`select pg_advisory_unlock(hashtextextended($1, ${NAME_LOCK_SEED}))`, [name]));
    },
    async close() {
      closed = true;
      await (await client).end();
    },
  };
}
