import type { Clock } from '../../../bot/clock.ts';
import { GraphError } from './errors.ts';

/** Outlook's limits per app and mailbox. */
const AT_ONCE = 4;
const PER_WINDOW = 10_000;
const WINDOW_MS = 600_000;

/** One request under way in a mailbox's lane. */
export interface Place {
  leave(): void;
}
export interface Lanes {
  /** @throws {GraphError} 429 with Retry-After when the lane is full */
  enter(appId: string, mailboxId: string): Place;
  /** The most requests that were ever under way in one mailbox at once. */
  readonly most: number;
}

export function lanes(wall: Clock): Lanes {
  const known = new Map<string, { underWay: number; count: number; sinceMs: number }>();
  let most = 0;
  return {
    get most() {
      return most;
    },
    enter(appId, mailboxId) {
      const key = `${appId}/${mailboxId}`;
      const nowMs = wall.now().getTime();
      let lane = known.get(key);
      if (!lane || nowMs - lane.sinceMs >= WINDOW_MS) {
        lane = { underWay: lane?.underWay ?? 0, count: 0, sinceMs: nowMs };
        known.set(key, lane);
      }
      const taken = lane;
      // A refused request counts as well: asking on while throttled prolongs it.
      taken.count += 1;
      if (taken.count > PER_WINDOW)
        throw throttled('Application is over its MailboxRequests limit.', Math.ceil((taken.sinceMs + WINDOW_MS - nowMs) / 1000));
      if (taken.underWay >= AT_ONCE) throw throttled('Application is over its MailboxConcurrency limit.', 1);
      taken.underWay += 1;
      most = Math.max(most, taken.underWay);
      return {
        leave() {
          taken.underWay -= 1;
        },
      };
    },
  };
}

const throttled = (message: string, retryAfterSeconds: number) =>
  new GraphError(429, 'ApplicationThrottled', message, { 'retry-after': String(retryAfterSeconds) });
