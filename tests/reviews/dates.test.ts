import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANNA, aDate, aSeries, PIETER, ReviewsWorld, withReviews } from './world.ts';

/** A Thursday, 10:00 in Amsterdam. */
const START = '2026-11-26T09:00:00Z';
const weeks = (count: number) => Array.from({ length: count }, (_, n) => aDate({ n }));
const at = (text: string) => new Date(text);

let world: ReviewsWorld;
beforeEach(async () => {
  world = await ReviewsWorld.open(START);
});
afterEach(() => world.close());

const told = async () => (await world.dates()).map(({ startAt, state }) => `${startAt?.toISOString().slice(0, 16) ?? '-'} ${state}`);

describe('dates of a series', () => {
  it('are found once, though two calendars have them', async () => {
    await world.calendar([aSeries(), ...weeks(3)]);
    await world.find();
    await world.find();
    expect(await told()).toEqual(['2026-12-01T09:00 planned', '2026-12-08T09:00 planned', '2026-12-15T09:00 planned']);
  });

  it('are nobody’s before both sides agreed, while no calendar is read, and where one side alone takes part', async () => {
    await world.calendar([aSeries(), aDate({ attendees: [{ address: PIETER, response: 'none' }] })]);
    await world.find();
    expect(await world.dates()).toMatchObject([{ state: 'missing' }]);
    const other = await ReviewsWorld.open(START, { agreed: false });
    await other.calendar([aSeries(), ...weeks(2)]);
    await other.find();
    expect(await other.dates()).toEqual([]);
    await other.close();
  });

  it('that is moved stays the same date, with the same card', async () => {
    await world.calendar([aSeries(), ...weeks(2)]);
    await world.find();
    await world.until('2026-11-27T12:00:00Z'); // prepared two working days before: Friday morning
    const [first] = await world.dates();
    expect(await world.wanted()).toEqual(['2026-12-01T09:00 channel']);
    const moved = aDate({ kind: 'exception', startAt: at('2026-12-03T13:00:00Z'), originalAt: at('2026-12-01T09:00:00Z') });
    await world.calendar([moved], [PIETER]); // the organiser’s own calendar is read later
    await world.find();
    await world.calendar([moved], [ANNA]);
    await world.find();
    expect((await world.dates())[0]).toMatchObject({ id: first!.id, startAt: at('2026-12-03T13:00:00Z'), state: 'planned' });
    expect((await world.view(first!.id)).movedFrom).toMatchObject({ at: '2026-12-01T09:00:00Z' });
    await world.until('2026-12-01T12:00:00Z');
    expect(await world.wanted()).toEqual(['2026-12-03T13:00 channel']);
    expect(await world.history(first!.id)).toEqual(['found', 'prepared', 'moved', 'prepared']);
  });

  it('are prepared by what was agreed last, and by calendars as they were corrected', async () => {
    await world.calendar([aSeries(), ...weeks(2)]);
    await world.find();
    await world.base.agree((text) => withReviews()(text).replace('    every: week\n', '    every: week\n    prepared: 3 working days\n'));
    await world.find();
    await world.until('2026-11-26T09:30:00Z'); // the third working day before it has begun
    expect(await world.wanted()).toEqual(['2026-12-01T09:00 channel']);
  });

  it('that is cancelled is off, and the next one is not missing', async () => {
    await world.calendar([aSeries(), ...weeks(3)]);
    await world.find();
    await world.until('2026-11-27T12:00:00Z');
    await world.remove(['weekly/0']);
    await world.find();
    expect(await told()).toEqual(['2026-12-01T09:00 cancelled', '2026-12-08T09:00 planned', '2026-12-15T09:00 planned']);
    expect(await world.wanted()).toEqual([]);
    const [first] = await world.dates();
    expect(await world.view(first!.id)).toMatchObject({ status: 'Cancelled', actions: [] });
    await world.calendar([aDate({ n: 0 })]); // and back
    await world.find();
    expect((await told())[0]).toBe('2026-12-01T09:00 prepared');
    expect((await world.dates()).map(({ id }) => id)).toContain(first!.id);
  });

  it('of a series that is cancelled are all off: whoever prepares it is told once that there is none', async () => {
    await world.calendar([aSeries(), ...weeks(4)]);
    await world.find();
    await world.calendar([aSeries({ cancelled: true }), ...weeks(4).map((date) => ({ ...date, cancelled: true }))]);
    await world.find();
    const dates = await told();
    expect(dates.filter((line) => line.endsWith('cancelled'))).toHaveLength(4);
    expect(dates.at(-1)).toBe('- missing');
    await world.until('2026-11-30T12:00:00Z');
    expect(await world.wanted('reviewMissing')).toEqual(['Weekly service review personal']);
    const missing = (await world.dates()).at(-1)!;
    const view = await world.view(missing.id, 'anna');
    expect(view.actions.map(({ label }) => label)).toEqual([
      'Book Tue 1 Dec, 10:00 in Amsterdam',
      'Book Wed 2 Dec, 10:00 in Amsterdam',
      'Book Thu 3 Dec, 10:00 in Amsterdam',
    ]);
    // somebody books a new series: the same row has a date now
    await world.calendar([aSeries({ id: 'new', icalUid: 'new-uid' }), ...[1, 2].map((n) => aDate({ n, series: 'new' }))]);
    await world.find();
    expect((await world.dates()).filter(({ state }) => state === 'missing')).toEqual([]);
    expect((await told()).filter((line) => line.endsWith('planned'))).toHaveLength(2);
  });

  it('of an organiser who leaves stand on in the calendars of the others, and it is said that nobody can move them', async () => {
    await world.calendar([aSeries(), ...weeks(3)]);
    await world.find();
    await world.db.updateTable('mailbox').set({ state: 'gone' }).where('address', '=', ANNA).execute();
    await world.find();
    const [first] = await world.dates();
    expect(first).toMatchObject({ state: 'planned', organizerGone: true });
    expect((await world.view(first!.id)).notes).toEqual([expect.stringContaining('has left')]);
    await world.remove(['weekly'], [PIETER]);
    await world.find();
    expect((await told()).filter((line) => line.endsWith('cancelled'))).toHaveLength(3);
  });
});

it('what begins late on the last day that is looked at is taken too', async () => {
  const meeting = (id: string, startAt: string, endAt: string) =>
    aSeries({ id, kind: 'singleInstance', icalUid: id, subject: 'Elsewhere', startAt: at(startAt), endAt: at(endAt) });
  await world.calendar([
    meeting('before', '2026-11-27T00:00:00Z', '2026-12-05T00:00:00Z'),
    meeting('last', '2026-12-07T09:30:00Z', '2026-12-07T10:00:00Z'),
  ]);
  await world.find();
  const missing = (await world.dates()).find(({ state }) => state === 'missing')!;
  expect(missing.dueBy).toEqual(at('2026-12-07T09:00:00Z'));
  // at ten in Amsterdam, as agreed, it would run into the last one
  expect((await world.view(missing.id, 'anna')).actions.map(({ label }) => label)).toEqual(['Book Mon 7 Dec, 09:00 in Amsterdam']);
});

it('a single meeting with the name of the review is a date of it, whatever the series says', async () => {
  await world.close();
  world = await ReviewsWorld.open(START, {
    change: withReviews('reviews:\n  - { name: Business review, every: quarter, lasts: 90 minutes }\n'),
  });
  const single = aSeries({ kind: 'singleInstance', icalUid: 'one', subject: 'Q4 business review', startAt: at('2026-12-10T09:00:00Z') });
  await world.calendar([{ ...single, endAt: at('2026-12-10T10:30:00Z') }]);
  await world.find();
  expect(await world.next('Business review')).toMatchObject({ key: 'one', startAt: at('2026-12-10T09:00:00Z') });
});
