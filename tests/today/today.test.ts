import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Tx } from '../../bot/store/database.ts';
import { todayView } from '../../bot/today/index.ts';
import { type Letter, ResponsesWorld } from '../responses/world.ts';

let world: ResponsesWorld;
beforeAll(async () => {
  world = await ResponsesWorld.open('2026-11-24T02:00:00Z');
});
afterAll(() => world.close());

/** How many statements a page takes. */
async function statements(): Promise<{ rows: number; count: number }> {
  let count = 0;
  const counted = world.base.db.withPlugin({
    transformQuery: ({ node }) => {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const now = world.base.clock.now();
  const view = await counted.transaction().execute((tx) => todayView(tx as Tx, [], world.actor('client', 'anna'), now));
  return { rows: view.waitingFor.provider.length, count };
}

it('a long page takes as many statements as a short one', async () => {
  const letter = (n: number): Letter => ({
    id: `q${n}`,
    from: 'anna@contoso.com',
    to: ['carlo@fabrikam.com'],
    at: `2026-11-24T01:${String(10 + n)}:00Z`,
    subject: `Topic ${n}`,
  });
  await world.deliver([letter(0)]);
  const short = await statements();
  await world.deliver(Array.from({ length: 12 }, (_, n) => letter(n + 1)));
  const long = await statements();
  expect([short.rows, long.rows]).toEqual([1, 13]);
  expect(long.count).toBe(short.count);
  expect(long.count).toBeLessThan(20);
});
