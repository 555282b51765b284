import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { NotServed } from './exchange.ts';
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
   * @throws {NotServed} when the mailbox has to be left alone for longer than a request should wait
   */
  run<T>(mailbox: string, count: number, work: () => Promise<T>): Promise<T>;
  /**
   * Graph asked to wait: the whole mailbox does.
   * @param wait - how many seconds, by how many times in a row it had asked before. What was under way together is refused together, and counts once
   * @returns how long that is
   */
  hold(mailbox: string, wait: (refusals: number) => number): number;
  /** Graph served what was asked: those in a row end. */
  served(mailbox: string): void;
}

interface Lane {
  readonly places: Places;
  heldUntil: Date | null;
  refusals: number;
}

/** @param atOnce - requests under way over all mailboxes of this process */
export function lanes(wall: Clock, atOnce: number): Lanes {
  const all = new Map<string, Lane>();
  const everything = places(atOnce);
  const laneOf = (mailbox: string): Lane => {
    const known = all.get(mailbox);
    if (known) return known;
    const lane = { places: places(mailbox === '' ? ELSEWHERE : PER_MAILBOX), heldUntil: null, refusals: 0 };
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
        if (lane.places.idle() && lane.refusals === 0 && restsFor(lane.heldUntil, wall.now()) === 0) all.delete(mailbox);
      }
    },
    hold(mailbox, wait) {
      const lane = laneOf(mailbox);
      const held = restsFor(lane.heldUntil, wall.now());
      const seconds = wait(held > 0 ? Math.max(0, lane.refusals - 1) : lane.refusals);
      if (held === 0) lane.refusals += 1;
      if (held < seconds) lane.heldUntil = restsUntil(seconds, wall.now());
      return seconds;
    },
    served(mailbox) {
      const lane = all.get(mailbox);
      if (lane) lane.refusals = 0;
    },
  };
}

async function waitUntil(lane: Lane, wall: Clock): Promise<void> {
  for (;;) {
    const seconds = restsFor(lane.heldUntil, wall.now());
    if (seconds === 0) return;
    if (seconds > SHORT_WAIT_SECONDS) throw new NotServed('Graph asked to wait', { retryAfterSeconds: seconds });
    await sleep(seconds * 1000);
  }
}
