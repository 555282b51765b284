import { describe, expect, it } from '@jest/globals';
import { atMost } from '../../bot/graph/atMost.ts';

describe('so many at once', () => {
  it('starts what waits in the order in which it came, also after one that failed', async () => {
    const [started, ends]: [string[], Map<string, (fails: boolean) => void>] = [[], new Map()];
    const taking = atMost(2);
    const piece = (name: string): Promise<string> =>
      taking(() => {
        started.push(name);
        return new Promise((resolve, reject) => ends.set(name, (fails) => (fails ? reject(new Error(name)) : resolve(name))));
      });
    const [a, b, c, d] = [piece('a'), piece('b'), piece('c'), piece('d')];
    expect(started).toEqual(['a', 'b']);
    ends.get('b')!(true);
    await expect(b).rejects.toThrow('b');
    expect(started).toEqual(['a', 'b', 'c']);
    ends.get('c')!(false);
    await c;
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    ends.get('a')!(false);
    ends.get('d')!(false);
    expect(await Promise.all([a, d])).toEqual(['a', 'd']);
  });
});
