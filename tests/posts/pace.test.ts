import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { appSlot, backOffSeconds, nextSlot, type Pace, restUntil, sincePresent } from '../../bot/posts/pace.ts';

const LIMITS = [
  { calls: 7, ms: 1_000 },
  { calls: 8, ms: 2_000 },
  { calls: 60, ms: 30_000 },
  { calls: 1_800, ms: 3_600_000 },
];
const START = Date.UTC(2026, 10, 23, 8);
const fresh: Pace = { paceShortAt: null, paceLongAt: null, waitUntil: null };

/** The instants at which calls go out when they are asked for after the given pauses, each as early as the pace lets it. */
function callsAfter(pauses: readonly number[]): number[] {
  let pace = fresh;
  let askedMs = START;
  return pauses.map((pause) => {
    askedMs += pause;
    const slot = nextSlot(pace, new Date(askedMs));
    pace = { ...slot, waitUntil: null };
    return slot.at.getTime();
  });
}

const mostIn = (calls: readonly number[], ms: number): number => {
  const sorted = [...calls].sort((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, at, index) => {
    while ((sorted[first] as number) <= at - ms) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
};

describe("Teams' limits in a conversation", () => {
  it('hold in every window, whatever the rhythm of the cards', () => {
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 60_000 })), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(pauses, (given) => {
        const calls = callsAfter(given);
        for (const { calls: most, ms } of LIMITS) expect(mostIn(calls, ms)).toBeLessThanOrEqual(most);
      }),
      { numRuns: 200 },
    );
  });

  it('hold over hours of cards that never stop', () => {
    const calls = callsAfter(new Array(5_000).fill(0));
    for (const { calls: most, ms } of LIMITS) expect(mostIn(calls, ms)).toBeLessThanOrEqual(most);
  });

  it('let a few cards go at once', () => expect(callsAfter([0, 0, 0, 0]).every((at) => at === START)).toBe(true));

  it('wait as long as Teams asked', () => {
    const waitUntil = new Date(START + 9_000);
    expect(nextSlot({ ...fresh, waitUntil }, new Date(START)).at).toEqual(waitUntil);
  });
});

describe("Teams' limit of the app in a tenant", () => {
  it('holds in every second over all conversations', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 400 }), (pauses) => {
        let [fullAt, nowMs]: [Date | null, number] = [null, START];
        const calls = pauses.map((pause) => {
          nowMs += pause;
          const slot = appSlot(fullAt, new Date(nowMs));
          fullAt = slot.fullAt;
          return slot.at.getTime();
        });
        expect(mostIn(calls, 1_000)).toBeLessThanOrEqual(50);
      }),
      { numRuns: 200 },
    );
  });
  it('lets some go at once, and is not bound by a time from before the wall was set back', () => {
    let fullAt: Date | null = null;
    for (let n = 0; n < 10; n += 1) {
      const slot: ReturnType<typeof appSlot> = appSlot(fullAt, new Date(START));
      expect(slot.at.getTime()).toBe(START);
      fullAt = slot.fullAt;
    }
    expect(appSlot(fullAt, new Date(START)).at.getTime()).toBeGreaterThan(START);
    expect(appSlot(new Date(START + 3_600_000), new Date(START)).at.getTime()).toBe(START);
  });
});

it('is not bound by a time that was written before the wall was set back, and is by every other', () => {
  const now = new Date(START);
  const hour = new Date(START + 3_600_000);
  expect(sincePresent({ paceShortAt: hour, paceLongAt: hour, waitUntil: hour }, now)).toEqual(fresh);
  const asked = { paceShortAt: new Date(START + 2_224), paceLongAt: new Date(START + 720_000), waitUntil: new Date(START + 600_000) };
  expect(sincePresent(asked, now)).toEqual(asked);
});

it.each([1, 899, 900, 7_200, 1e15])(
  'a wait of %i s that Teams asks for is a wait for other instances too, whose clocks are behind',
  (seconds) => {
    const waitUntil = restUntil(seconds, new Date(START));
    for (const behindMs of [0, 5_000])
      expect(sincePresent({ ...fresh, waitUntil }, new Date(START - behindMs)).waitUntil?.getTime()).toBe(
        START + Math.min(seconds, 900) * 1000,
      );
  },
);

it('backs off longer each time, and not all together', () => {
  expect(backOffSeconds(1, () => 0)).toBe(1.5);
  expect(backOffSeconds(1, () => 1)).toBe(2.5);
  expect(backOffSeconds(30, () => 0.5)).toBe(600);
});
