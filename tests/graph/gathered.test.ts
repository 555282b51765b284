import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { gathered } from '../../bot/graph/gathered.ts';

it('those who come while a commit is under way share the next one, and are told how it ended', async () => {
  const commits: string[][] = [];
  let end: (error?: Error) => void = () => {};
  const add = gathered<string>(
    (items) =>
      new Promise((resolve, reject) => {
        commits.push([...items]);
        end = (error) => (error ? reject(error) : resolve());
      }),
    { most: 3, atOnce: 1 },
  );
  const first = add('a');
  const rest = ['b', 'c', 'd', 'e'].map((item) => add(item).catch((error: Error) => error.message));
  expect(commits).toEqual([['a']]);
  end();
  await first;
  await turn();
  expect(commits).toEqual([['a'], ['b', 'c', 'd']]);
  end(new Error('not stored'));
  expect(await Promise.all(rest.slice(0, 3))).toEqual(['not stored', 'not stored', 'not stored']);
  await turn();
  expect(commits.at(-1)).toEqual(['e']);
  end();
  expect(await rest[3]).toBeUndefined();
});

it('as much as they weigh goes together, and one that is too heavy goes alone', async () => {
  const commits: number[][] = [];
  const add = gathered<number>(
    async (items) => {
      commits.push([...items]);
      await turn();
    },
    { most: 10, atOnce: 1, weight: (item) => item },
  );
  await Promise.all([1, 4, 6, 1, 30, 2].map(add));
  expect(commits).toEqual([[1], [4, 6], [1], [30], [2]]);
});

it('what cannot be committed together is tried one by one, so that one fault is its own alone', async () => {
  const commits: string[][] = [];
  const add = gathered<string>(
    async (items) => {
      commits.push([...items]);
      await turn();
      if (items.includes('bad')) throw new Error('not stored');
    },
    { most: 3, atOnce: 1, apart: true },
  );
  const told = await Promise.all(['a', 'b', 'bad', 'c', 'd'].map((item) => add(item).catch((error: Error) => error.message)));
  expect(told).toEqual([undefined, undefined, 'not stored', undefined, undefined]);
  expect(commits).toEqual([['a'], ['b', 'bad', 'c'], ['b'], ['bad'], ['c'], ['d']]);
});
