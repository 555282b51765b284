import type { Ports } from '../capability.ts';
import { type Clock, productClock } from '../clock.ts';
import type { Db, Tx } from './database.ts';

const ATTEMPTS = 4;
/** Deadlock, serialization failure: PostgreSQL undid the transaction and asks to run it again. */
const AGAIN = new Set(['40P01', '40001']);

/** One transaction; run again when PostgreSQL had to undo it for another's sake, so `run` touches nothing outside the database. */
export const transactionOn =
  (db: Db) =>
  async <T>(run: (tx: Tx) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.transaction().execute(run);
      } catch (error) {
        if (attempt >= ATTEMPTS || !AGAIN.has((error as { code?: string }).code ?? '')) throw error;
      }
    }
  };

/** What use cases are given. `offsetMs` is how far product time is ahead of the wall, as last read from the database. */
export const portsOf = (db: Db, wall: Clock, offsetMs: () => number): Ports => ({
  db,
  wall,
  clock: productClock(wall, offsetMs),
  transaction: transactionOn(db),
});
