import type { DeadlineHandler, Ports } from '../capability.ts';
import { Refusal } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ProductClockOffset } from '../store/productClock.ts';
import { nextDeadlineAt } from './set.ts';
import { sweep } from './sweep.ts';

const TICK_MS = 5000;

export interface Ticker {
  /** When the last sweep ended without an error of its own (wall time); null before the first. */
  lastSweepAt(): Date | null;
  /** Looks at what is due now instead of at the next tick. */
  sweepNow(): Promise<void>;
  /**
   * Moves product time to `to` (local mode), stopping at each deadline on the way, so that what one sets for a later time is met in order.
   * @throws {Refusal} `clock.backwards`
   */
  moveTo(to: Date): Promise<void>;
  stop(): Promise<void>;
}

/** Sweeps each 5 seconds of the wall. In one process one sweep runs at a time, so that a move of the clock never overtakes the tick. */
export function startTicker(options: {
  ports: Ports;
  handlers: Readonly<Record<string, DeadlineHandler>>;
  offset: ProductClockOffset;
  log: Log;
}): Ticker {
  const { ports, handlers, offset, log } = options;
  let last: Date | null = null;
  let stopping = false;
  let tail: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const mine = tail.then(run);
    tail = mine.catch(() => {});
    return mine;
  };
  async function lookNow(): Promise<void> {
    const { failed } = await sweep(ports, handlers, () => stopping);
    if (failed) log.warn({ failed }, 'deadlines failed and will be tried again; /readyz shows those that were parked');
    last = ports.wall.now();
  }
  let waiting = false;
  const tick = async (): Promise<void> => {
    if (waiting) return; // the one before has not ended
    waiting = true;
    try {
      await inTurn(lookNow);
    } catch (err) {
      log.error({ err }, 'the sweep of deadlines failed');
    } finally {
      waiting = false;
    }
  };
  const timer = setInterval(() => void tick(), TICK_MS);
  void tick();

  return {
    lastSweepAt: () => last,
    sweepNow: () => inTurn(lookNow),
    moveTo: (to) =>
      inTurn(async () => {
        let reached = ports.clock.now();
        if (to < reached) throw new Refusal('clock.backwards');
        await lookNow();
        while (!stopping) {
          const at = await nextDeadlineAt(ports.db, reached);
          if (!at || at >= to) break;
          if (at > ports.clock.now()) await offset.move(at); // else time went past it by itself
          await lookNow();
          reached = at;
        }
        await offset.move(to);
        await lookNow();
      }),
    async stop() {
      stopping = true;
      clearInterval(timer);
      await tail;
    },
  };
}
