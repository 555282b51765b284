import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pace } from '../../bot/graph/pace.ts';

const door = () => {
  let open!: () => void;
  return { closed: new Promise<void>((resolve) => (open = resolve)), open: () => open() };
};

it('fetches at once while few items wait, and as room comes when many do', async () => {
  const steps = pace(100);
  const begun: string[] = [];
  const fetching = (name: string) => steps.fetching(40, async () => void begun.push(name));
  const taken = door();
  const taking = steps.taking(100, () => taken.closed);
  await Promise.race([Promise.all([fetching('a'), fetching('b'), fetching('c'), fetching('d')]), turn()]);
  expect(begun).toEqual([]);
  taken.open();
  await taking;
  await turn();
  // three of forty are enough for a hundred; they fetched nothing that is taken, so the last follows
  expect(begun.slice(0, 3)).toEqual(['a', 'b', 'c']);
  await turn();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

it('lets slow fetches run side by side, however many: nothing waits to be taken', async () => {
  const steps = pace(10);
  const answer = door();
  const all = Array.from({ length: 50 }, () => steps.fetching(10, () => answer.closed));
  answer.open();
  await Promise.all(all);
});

it('holds nobody for ever, whatever fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          items: fc.integer({ min: 0, max: 50 }),
          given: fc.integer({ min: 0, max: 80 }),
          fails: fc.constantFrom('', 'fetch', 'take'),
        }),
      ),
      fc.integer({ min: 1, max: 60 }),
      async (steps, few) => {
        const { fetching, taking } = pace(few);
        const ended = await Promise.allSettled(
          steps.map(async ({ items, given, fails }) => {
            await fetching(items, async () => {
              await turn();
              if (fails === 'fetch') throw new Error(fails);
            });
            await taking(given, async () => {
              await turn();
              if (fails === 'take') throw new Error(fails);
            });
          }),
        );
        expect(ended.map(({ status }) => status === 'rejected')).toEqual(steps.map(({ fails }) => fails !== ''));
      },
    ),
    { numRuns: 50 },
  );
});
