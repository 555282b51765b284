import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import type { Db } from './database.ts';
import type { Listener } from './listener.ts';

/** Told whenever product time was moved. */
export const CLOCK_CHANNEL = 'product_clock';

export interface ProductClockOffset {
  /** How far product time is ahead of the wall, as last read. */
  readonly offsetMs: () => number;
  /**
   * Moves product time forward to `to` in every instance.
   * @throws {Refusal} `clock.backwards` when product time is past `to` already
   */
  move(to: Date): Promise<void>;
}

/** Production: product time is wall time. */
export const noOffset: ProductClockOffset = {
  offsetMs: () => 0,
  move: async () => {
    throw new Refusal('clock.not_local');
  },
};

/**
 * The offset that stands in the database, for local mode alone. `startAt` sets the first product time of a new database; later starts keep
 * what is there.
 */
export async function openProductClock(db: Db, listener: Listener, wall: Clock, startAt: Date | null): Promise<ProductClockOffset> {
  let offset = 0;
  const read = async (): Promise<void> => {
    const { rows } = await sql<{ offsetMs: string }>`select offset_ms from product_clock`.execute(db);
    offset = Number(rows[0]!.offsetMs);
  };
  const first = startAt ? startAt.getTime() - wall.now().getTime() : 0;
  await sql`update product_clock set started = true, offset_ms = ${first} where not started`.execute(db);
  await listener.subscribe(CLOCK_CHANNEL, () => void read().catch(() => {})); // a gap in the connection is told again
  await read();

  return {
    offsetMs: () => offset,
    async move(to) {
      const wanted = to.getTime() - wall.now().getTime();
      const { numAffectedRows } = await sql`update product_clock set offset_ms = ${wanted} where offset_ms <= ${wanted}`.execute(db);
      if (!numAffectedRows) throw new Refusal('clock.backwards');
      await sql`select pg_notify(${CLOCK_CHANNEL}, '')`.execute(db);
      offset = wanted;
    },
  };
}
