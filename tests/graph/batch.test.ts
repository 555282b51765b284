import { expect, it } from '@jest/globals';
import { Unavailable } from '../../bot/errors.ts';
import { batching } from '../../bot/graph/batch.ts';
import type { GraphCall } from '../../bot/graph/exchange.ts';
import { lanes } from '../../bot/graph/lanes.ts';
import { testClock } from '../support/database.ts';

interface Item {
  readonly id: string;
  readonly url: string;
}
type Reply = (item: Item, round: number) => Readonly<Record<string, unknown>>;

/** Batches that are answered as `reply` says. */
function batches(reply: Reply) {
  const wall = testClock();
  const asked: string[][] = [];
  const lane = lanes(wall, 100);
  const call = async ({ body }: GraphCall) => {
    const items = (body as { requests: Item[] }).requests;
    asked.push(items.map(({ url }) => url));
    return { responses: items.map((item) => reply(item, asked.length)).reverse() };
  };
  const held: number[] = [];
  const hold = (_mailbox: string, wait: (refusals: number) => number) => {
    held.push(wait(0));
    return held.at(-1)!;
  };
  return { batch: batching({ call, lanes: { ...lane, hold }, wall }), asked, held };
}
const urls = ['/a', '/b', '/c', '/d', '/e', '/f'];
const fine: Reply = ({ id, url }) => ({ id, status: 200, body: url });
const limit = (seconds: string) => ({ status: 429, headers: { 'Retry-After': seconds } });

it('asks by fours, and gives the answers in the order of the questions', async () => {
  const { batch, asked } = batches(fine);
  const { answers, unserved } = await batch('m', urls);
  expect([answers.map((answer) => answer?.body), unserved]).toEqual([urls, null]);
  expect(asked).toEqual([urls.slice(0, 4), urls.slice(4)]);
});

it('asks again for what was refused for a moment, and for nothing else', async () => {
  const { batch, asked, held } = batches((item, round) =>
    round === 1 && item.url === '/b' ? { id: item.id, ...limit('2') } : fine(item, round),
  );
  const { answers, unserved } = await batch('m', urls);
  expect([answers.map((answer) => answer?.body), unserved]).toEqual([urls, null]);
  expect([asked[1], held]).toEqual([['/b', '/e', '/f'], [2]]);
});

it.each([
  ['for long', limit('90'), 1, 90],
  ['again and again', limit('1'), 3, 1],
])('leaves to the caller what is refused %s, and asks for no more', async (_how, refusal, rounds, seconds) => {
  const { batch, asked } = batches((item, round) => (item.url === '/b' ? { id: item.id, ...refusal } : fine(item, round)));
  const { answers, unserved, failed } = await batch('m', urls);
  expect([answers[0], answers[1], failed.size]).toEqual([{ status: 200, body: '/a' }, null, 0]);
  expect(unserved).toBeInstanceOf(Unavailable);
  expect([asked.length, unserved!.retryAfterSeconds]).toEqual([rounds, seconds]);
});

it('what Graph fails with holds up no other, and is told', async () => {
  const { batch, asked } = batches((item, round) => (item.url === '/b' ? { id: item.id, status: 500 } : fine(item, round)));
  const { answers, unserved, failed } = await batch('m', urls);
  expect(answers.map((answer) => answer?.body)).toEqual(['/a', undefined, '/c', '/d', '/e', '/f']);
  expect([asked.length, [...failed]]).toEqual([2, [1]]);
  expect(unserved).toBeInstanceOf(Unavailable);
});

it('counts refusals in a row: many short ones, each with served requests between, end nothing', async () => {
  const many = Array.from({ length: 60 }, (_, n) => `/${n}`);
  const { batch, held } = batches((item, round) => (round % 4 === 1 && item.id === '0' ? { id: '0', ...limit('1') } : fine(item, round)));
  const { answers, unserved } = await batch('m', many);
  expect([answers.map((answer) => answer?.body), unserved]).toEqual([many, null]);
  expect(held.length).toBeGreaterThan(3);
});

it.each<[string, Reply]>([
  ['names questions that nobody asked', () => ({ id: '9', status: 200 })],
  ['is empty', () => ({})],
])('an answer that %s answers nothing', async (_what, reply) => {
  const { batch, asked } = batches(reply);
  const { answers, unserved } = await batch('m', urls);
  expect([answers, asked.length]).toEqual([urls.map(() => null), 2]);
  expect(unserved).toBeInstanceOf(Unavailable);
});

it('what was served before Graph went away counts', async () => {
  const { batch } = batches((item, round) => {
    if (round > 1) throw new Unavailable('Graph cannot be reached');
    return fine(item, round);
  });
  const { answers, unserved } = await batch('m', urls);
  expect(answers.map((answer) => answer?.body)).toEqual(['/a', '/b', '/c', '/d', undefined, undefined]);
  expect(unserved!.message).toBe('Graph cannot be reached');
});
