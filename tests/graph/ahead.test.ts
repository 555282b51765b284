import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { askingAhead } from '../../bot/graph/ahead.ts';

const pages = () => {
  const [asked, dropped]: [string[], string[]] = [[], []];
  const ask = async (link: string) => {
    asked.push(link);
    if (link === 'refused') throw new Error('refused');
    return { read: async () => ({ value: [], nextLink: undefined, deltaLink: link }), drop: () => void dropped.push(link) };
  };
  return { asked, dropped, ask };
};

it('gives a page that was asked for ahead once, and says how asking failed to whoever comes for it', async () => {
  const { asked, ask } = pages();
  const ahead = askingAhead();
  ahead.begin('a', ask);
  ahead.begin('refused', ask);
  await turn(); // a refusal that nobody came for yet ends no process
  expect(await (await ahead.take('a')!).read()).toMatchObject({ deltaLink: 'a' });
  await expect(ahead.take('refused')).rejects.toThrow('refused');
  expect([ahead.take('a'), ahead.take('never asked for'), asked]).toEqual([undefined, undefined, ['a', 'refused']]);
});

it('asks for nothing in the last step of a turn, and lets go what nobody came for', async () => {
  const { asked, dropped, ask } = pages();
  const ahead = askingAhead();
  for (const link of ['a', 'b', 'refused']) ahead.begin(link, ask);
  ahead.lastStep();
  ahead.begin('c', ask);
  await (await ahead.take('a')!).read();
  ahead.end();
  await turn();
  expect([asked, dropped]).toEqual([['a', 'b', 'refused'], ['b']]);
});
