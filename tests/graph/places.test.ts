import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { places } from '../../bot/graph/places.ts';

it('lets in whoever came first, and nobody past him', async () => {
  const all = places(10);
  const [inside, doors]: [string[], (() => void)[]] = [[], []];
  const enter = (name: string, count: number) =>
    all.run(count, () => {
      inside.push(name);
      return new Promise<void>((leave) => doors.push(leave));
    });
  const visits = [enter('a', 6), enter('much', 20), enter('c', 4)];
  await turn();
  expect([inside, all.idle()]).toEqual([['a'], false]); // `c` would have room
  doors.shift()!();
  await turn();
  expect(inside).toEqual(['a', 'much']); // more than there are: all of them
  doors.shift()!();
  await turn();
  doors.shift()!();
  await Promise.all(visits);
  expect([inside, all.idle()]).toEqual([['a', 'much', 'c'], true]);
});

it('never gives more places than there are, and all of them back, whatever fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.record({ count: fc.integer({ min: 0, max: 30 }), turns: fc.integer({ min: 0, max: 3 }), fails: fc.boolean() })),
      async (most, visits) => {
        const all = places(most);
        let [taken, peak] = [0, 0];
        const ended = await Promise.allSettled(
          visits.map(({ count, turns, fails }) =>
            all.run(count, async () => {
              taken += Math.min(count, most);
              peak = Math.max(peak, taken);
              for (let n = 0; n < turns; n += 1) await turn();
              taken -= Math.min(count, most);
              if (fails) throw new Error('failed');
            }),
          ),
        );
        expect(ended.map(({ status }) => status === 'rejected')).toEqual(visits.map(({ fails }) => fails));
        expect([peak <= most, all.idle()]).toEqual([true, true]);
      },
    ),
    { numRuns: 50 },
  );
});
