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
  expect(commits).toEqual([['a'], ['b', 'c', 'd']]);
  end(new Error('not stored'));
  expect(await Promise.all(rest.slice(0, 3))).toEqual(['not stored', 'not stored', 'not stored']);
  expect(commits.at(-1)).toEqual(['e']);
  end();
  expect(await rest[3]).toBeUndefined();
});
