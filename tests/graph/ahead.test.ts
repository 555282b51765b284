import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { askingAhead } from '../../bot/graph/ahead.ts';

const pages = () => {
  const [asked, ended]: [string[], string[]] = [[], []];
  const ask = async (link: string, over: AbortSignal) => {
    asked.push(link);
    over.addEventListener('abort', () => ended.push(link));
    if (link === 'refused') throw new Error('refused');
    return { read: async () => ({ value: [], nextLink: undefined, deltaLink: link }) };
  };
  return { asked, ended, ask };
};

it('gives a page that was asked for ahead once, and says how asking failed to whoever comes for it', async () => {
  const { asked, ask } = pages();
  const ahead = askingAhead();
  for (const link of ['a', 'refused', 'a']) ahead.begin(link, ask);
  await turn(); // a refusal that nobody came for yet ends no process
  expect(await (await ahead.take('a')!).read()).toMatchObject({ deltaLink: 'a' });
  await expect(ahead.take('refused')).rejects.toThrow('refused');
  expect([ahead.take('a'), ahead.take('never asked for'), asked]).toEqual([undefined, undefined, ['a', 'refused']]);
});

it('asks for nothing in the last step of a turn, and ends with the turn what nobody came for', async () => {
  const { asked, ended, ask } = pages();
  const ahead = askingAhead();
  for (const link of ['a', 'b']) ahead.begin(link, ask);
  ahead.lastStep();
  ahead.begin('c', ask);
  expect([asked, ended]).toEqual([['a', 'b'], []]);
  ahead.end();
  expect([ended, ahead.take('b')]).toEqual([['a', 'b'], undefined]);
});
