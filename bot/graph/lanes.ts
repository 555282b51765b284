import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { Unavailable } from '../errors.ts';
import { restsFor, restsUntil, SHORT_WAIT_SECONDS } from './rules.ts';

/** Outlook lets an app have four requests under way in one mailbox. */
const PER_MAILBOX = 4;
/** A full page of mail is a load of ten; nothing is less than one. */
const PAGE = { items: 200, load: 10 };
/** What is asked of no mailbox (the directory, subscriptions) has a lane of its own, with no such limit of Graph's. */
const ELSEWHERE = 50;

/** What a request counts for of what is asked for at once, by how many items its answer may hold: memory is what answers take. */
export const loadOf = (items: number): number => Math.min(PAGE.load, Math.max(1, Math.ceil((items * PAGE.load) / PAGE.items)));

/** One queue per mailbox and one for all: how many requests are under way, and until when Graph asked to be left alone. */
export interface Lanes {
  /**
   * Runs `work` when its turn has come. `places` is how many of the mailbox's four it takes (a batch is worked on four at a time), `load`
   * what it counts for over all mailboxes ({@link loadOf}).
   * @throws {Unavailable} when the mailbox has to be left alone for longer than a request should wait
   */
  run<T>(mailbox: string, places: number, load: number, work: () => Promise<T>): Promise<T>;
  /** The whole mailbox waits. */
  hold(mailbox: string, seconds: number): void;
}

interface Lane {
  readonly places: number;
  free: number;
  readonly waiting: { places: number; start: () => void }[];
  heldUntil: Date | null;
}

/** @param atOnce - full pages asked for at once over all mailboxes of this process; of smaller answers so many more */
export function lanes(wall: Clock, atOnce: number): Lanes {
  const all = new Map<string, Lane>();
  const most = atOnce * PAGE.load;
  const everything: Lane = { places: most, free: most, waiting: [], heldUntil: null };
  const laneOf = (mailbox: string): Lane => {
    const known = all.get(mailbox);
    if (known) return known;
    const places = mailbox === '' ? ELSEWHERE : PER_MAILBOX;
    const lane = { places, free: places, waiting: [], heldUntil: null };
    all.set(mailbox, lane);
    return lane;
  };
  const idle = (lane: Lane): boolean =>
    lane.free === lane.places && lane.waiting.length === 0 && restsFor(lane.heldUntil, wall.now()) === 0;

  return {
    async run(mailbox, places, load, work) {
      const lane = laneOf(mailbox);
      await enter(lane, places);
      try {
        await waitUntil(lane, wall);
        await enter(everything, load);
        try {
          return await work();
        } finally {
          leave(everything, load);
        }
      } finally {
        leave(lane, places);
        if (idle(lane)) all.delete(mailbox);
      }
    },
    hold(mailbox, seconds) {
      const lane = laneOf(mailbox);
      const until = restsUntil(seconds, wall.now());
      if (restsFor(lane.heldUntil, wall.now()) < restsFor(until, wall.now())) lane.heldUntil = until;
    },
  };
}

function enter(lane: Lane, places: number): Promise<void> {
  if (lane.waiting.length === 0 && lane.free >= places) {
    lane.free -= places;
    return Promise.resolve();
  }
  return new Promise((start) => lane.waiting.push({ places, start }));
}

function leave(lane: Lane, places: number): void {
  lane.free += places;
  for (let next = lane.waiting[0]; next && lane.free >= next.places; next = lane.waiting[0]) {
    lane.waiting.shift();
    lane.free -= next.places;
    next.start();
  }
}

async function waitUntil(lane: Lane, wall: Clock): Promise<void> {
  for (;;) {
    const seconds = restsFor(lane.heldUntil, wall.now());
    if (seconds === 0) return;
    if (seconds > SHORT_WAIT_SECONDS) throw new Unavailable('Graph asked to wait', { retryAfterSeconds: seconds });
    await sleep(seconds * 1000);
  }
}
