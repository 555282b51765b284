import type { Clock } from '../../bot/clock.ts';

/** A clock that stands still until it is told otherwise. */
export interface TestClock extends Clock {
  set(at: Date | string): void;
  forward(ms: number): void;
}

export function testClock(start: Date | string = '2026-11-23T08:00:00Z'): TestClock {
  let now = new Date(start);
  return {
    now: () => new Date(now),
    set(at) {
      now = new Date(at);
    },
    forward(ms) {
      now = new Date(now.getTime() + ms);
    },
  };
}
