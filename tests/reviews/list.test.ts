import { afterEach, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { aDate, aSeries, ReviewsWorld, withReviews } from './world.ts';

const NAMES = ['Service review', 'Delivery review', 'Security review'];
let world: ReviewsWorld;
afterEach(() => world.close());

/** A partnership with so many reviews, the first date of each held, the next one prepared. */
async function withDates(count: number): Promise<void> {
  const names = NAMES.slice(0, count);
  const reviews = names.map((name) => `  - { name: ${name}, every: week, on: tue 10:00 }`).join('\n');
  world = await ReviewsWorld.open('2026-11-26T09:00:00Z', { change: withReviews(`reviews:\n${reviews}\n`) });
  for (const [index, name] of names.entries()) {
    const series = `series ${index}`;
    await world.calendar([
      aSeries({ id: series, icalUid: `${series}-uid`, subject: name }),
      ...[0, 1].map((n) => aDate({ n, series, subject: name })),
    ]);
  }
  await world.find();
  await world.until('2026-12-04T12:00:00Z');
  const over = (await world.dates()).filter(({ state }) => state === 'ended');
  for (const { id } of over)
    await world.press('anna', 'review.action', id, { what: 'Plan', doneWhen: 'Sent', contactId: world.idOf('carlo'), on: '2026-12-10' });
}

/** Statements that PostgreSQL is sent for the list, `begin` and `commit` among them. */
async function statements(): Promise<number> {
  const sent = jest.spyOn(pg.Client.prototype, 'query');
  await world.list();
  const { length } = sent.mock.calls;
  sent.mockRestore();
  return length;
}

it.each([1, 3])('a list takes as many statements whatever stands in it: %i of each', async (count) => {
  await withDates(count);
  const { next, held } = await world.list();
  expect(next.map(({ state }) => state)).toEqual(Array(count).fill('prepared'));
  expect(held.map(({ outcome }) => outcome!.actionItems.map(({ title }) => title))).toEqual(Array(count).fill(['Plan']));
  expect([...next, ...held].flatMap(({ figures }) => figures ?? [])).toEqual([]);
  expect(await statements()).toBe(11);
  // a date that is looked at by itself has them
  expect((await world.view(next[0]!.id, 'anna')).figures).not.toBeNull();
});
