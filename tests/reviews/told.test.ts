import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command, Viewer } from '../../bot/capability.ts';
import { EMPTIED_WORDS } from '../../bot/people/erased.ts';
import { emptyDue, TERMS } from '../../bot/privacy/retention.ts';
import { itemsOf } from '../../bot/reviews/store.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { aDate, aSeries, ReviewsWorld } from './world.ts';

let world: ReviewsWorld;
beforeEach(async () => {
  world = await ReviewsWorld.open('2026-11-26T09:00:00Z');
});
afterEach(() => world.close());
const booked = async () => {
  await world.calendar([aSeries(), aDate({ n: 0 }), aDate({ n: 1 })]);
  await world.find();
};
const brief = async (side?: 'client' | 'provider') =>
  (await world.ports.transaction((tx) => world.reviews.brief!(tx, world.partnershipId, 'everyone', world.now(), side))).flatMap(
    ({ lines, changed }) => lines.map(({ text }) => `${changed ? '! ' : ''}${text}`),
  );
/** What the word brings, as text. */
async function agenda(who: string, inChannel = false): Promise<string> {
  const actor = world.actor(who);
  const viewer: Viewer = inChannel ? 'everyone' : actor;
  const word: Command = world.reviews.commands!.agenda!;
  const answer = await world.ports.transaction((tx) => word.run({ tx, now: world.now(), actor, viewer, text: '' }));
  const { card } = answer as { card: unknown };
  expect(cardErrors(card)).toEqual([]);
  return cardTexts(card).join('\n');
}

describe('the brief', () => {
  it('tells of the next date in the week before it, and of what is missing of the last', async () => {
    await booked();
    expect(await brief()).toEqual(['Weekly service review: Tue 1 Dec, 17:00 in Manila (10:00 in Amsterdam)']);
    await world.until('2026-11-30T12:00:00Z');
    expect(await brief('client')).toEqual(['! Weekly service review: Tue 1 Dec, 10:00 in Amsterdam (17:00 in Manila)']);
    await world.until('2026-12-01T10:05:00Z');
    expect(await brief()).toEqual([
      '! Weekly service review: what was agreed is not complete yet',
      '! Weekly service review: Tue 8 Dec, 17:00 in Manila (10:00 in Amsterdam)',
    ]);
    await world.press('anna', 'review.complete', (await world.dates())[0]!.id);
    expect(await brief()).toEqual(['Weekly service review: Tue 8 Dec, 17:00 in Manila (10:00 in Amsterdam)']);
  });

  it('tells the side that prepares it alone that no date is booked, once its time has come', async () => {
    await world.find();
    expect((await world.next()).state).toBe('missing');
    await world.until('2026-11-27T12:00:00Z');
    expect([await brief(), await brief('provider')]).toEqual([[], []]);
    expect(await brief('client')).toEqual([expect.stringMatching(/^! Weekly service review: no date in the calendars, wanted by/)]);
  });
});

describe('the word agenda', () => {
  it('brings the card of the next date, in a channel what everyone may read', async () => {
    await booked();
    expect(await agenda('carlo')).toMatch(/Weekly service review[\s\S]*\(1\) Staffing of the next two weeks[\s\S]*Add an item/);
    await world.until('2026-12-01T09:05:00Z');
    expect(await agenda('carlo')).toContain('Joan Santos');
    expect(await agenda('carlo', true)).not.toContain('Joan Santos');
  });

  it('says that there is none', async () => {
    expect(await agenda('anna')).toBe('No review is planned.');
    await world.find();
    expect(await agenda('anna')).toBe('Weekly service review: no date was found in the calendars.');
  });
});

describe('what people wrote', () => {
  it('goes 90 days after the review, its items and what was decided alike; the rest after 400', async () => {
    await booked();
    const [{ id } = { id: '' }] = await world.dates();
    await world.press('carlo', 'review.add', id, { text: 'Headsets', wish: 'decide' });
    await world.until('2026-12-01T10:05:00Z');
    await world.say('anna', 'decide', id, 'Headsets', { text: 'Twenty of them' });
    await world.press('anna', 'review.complete', id);
    const emptied = async (days: number) => {
      const now = new Date(Date.parse('2026-12-01T10:00:00Z') + days * 86_400_000);
      for (let more = true; more; ) more = await world.ports.transaction((tx) => emptyDue(tx, TERMS, now));
      return { texts: (await itemsOf(world.db, [id])).map(({ text }) => text), view: await world.view(id) };
    };
    const before = await emptied(89);
    expect(before.texts).toContain('Headsets');
    expect(before.view.outcome!.decisions).toMatchObject([{ text: 'Twenty of them' }]);
    const after = await emptied(91);
    expect(new Set(after.texts)).toEqual(new Set([EMPTIED_WORDS]));
    expect(after.view.outcome!.decisions).toEqual([{ text: 'Decided.', about: EMPTIED_WORDS }]);
    expect(after.view.items.map(({ state, text }) => [state, text])).toContainEqual(['decided', EMPTIED_WORDS]);
    expect((await emptied(401)).view).toBeNull();
  });
});
