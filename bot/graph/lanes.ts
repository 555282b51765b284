import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { Unavailable } from '../errors.ts';
import { type Places, places } from './places.ts';
import { restsFor, restsUntil, SHORT_WAIT_SECONDS } from './rules.ts';

/** Outlook lets an app have four requests under way in one mailbox. */
export const PER_MAILBOX = 4;
/** What is asked of no mailbox (the directory, subscriptions) has a lane of its own, with no such limit of Graph's. */
const ELSEWHERE = 50;

/** One queue per mailbox and one for all: how many requests are under way, and until when Graph asked to be left alone. */
export interface Lanes {
  /**
   * Runs `work` when its turn has come. `count` is how many of the mailbox's four places it takes: each request of a batch takes one.
   * @throws {Unavailable} when the mailbox has to be left alone for longer than a request should wait
   */
  run<T>(mailbox: string, count: number, work: () => Promise<T>): Promise<T>;
  /** The whole mailbox waits. */
  hold(mailbox: string, seconds: number): void;
}

interface Lane {
  readonly places: Places;
  heldUntil: Date | null;
}

/** @param atOnce - requests under way over all mailboxes of this process */
export function lanes(wall: Clock, atOnce: number): Lanes {
  const all = new Map<string, Lane>();
  const everything = places(atOnce);
  const laneOf = (mailbox: string): Lane => {
    const known = all.get(mailbox);
    if (known) return known;
    const lane = { places: places(mailbox === '' ? ELSEWHERE : PER_MAILBOX), heldUntil: null };
    all.set(mailbox, lane);
    return lane;
  };
  return {
    async run(mailbox, count, work) {
      const lane = laneOf(mailbox);
      try {
        return await lane.places.run(count, async () => {
          await waitUntil(lane, wall);
          return everything.run(count, work);
        });
      } finally {
        if (lane.places.idle() && restsFor(lane.heldUntil, wall.now()) === 0) all.delete(mailbox);
      }
    },
    hold(mailbox, seconds) {
      const lane = laneOf(mailbox);
      const until = restsUntil(seconds, wall.now());
      if (restsFor(lane.heldUntil, wall.now()) < restsFor(until, wall.now())) lane.heldUntil = until;
    },
  };
}

async function waitUntil(lane: Lane, wall: Clock): Promise<void> {
  for (;;) {
    const seconds = restsFor(lane.heldUntil, wall.now());
    if (seconds === 0) return;
    if (seconds > SHORT_WAIT_SECONDS) throw new Unavailable('Graph asked to wait', { retryAfterSeconds: seconds });
    await sleep(seconds * 1000);
  }
}
