import { describe, expect, it } from '@jest/globals';
import { itemNow, minutesOfItem, minutesOfMeeting, minutesToStart } from '../../tab/pages/reviewTime.ts';
import { anItem, aReview } from '../support/reviews.ts';

const items = [
  anItem({ minutes: 10, startsAfterMinutes: 0, state: 'discussed' }),
  anItem({ minutes: 8, startsAfterMinutes: 10 }),
  anItem({ minutes: 0, startsAfterMinutes: 18 }),
];
/** From 10:00 to 11:00. */
const review = aReview({ state: 'running', items });
const at = (time: string) => `2026-11-24T${time}:00Z`;

it.each<[string, number]>([
  ['10:00', 60],
  ['10:59', 1],
  ['11:00', 0],
  ['11:05', 0],
])('at %s %d minutes of the meeting are left', (time, left) => {
  expect(minutesOfMeeting(review, at(time))).toBe(left);
});
it('a minute that has begun counts', () => expect(minutesOfMeeting(review, '2026-11-24T10:00:01Z')).toBe(60));

it.each<[string, number]>([
  ['10:05', 13],
  ['10:10', 8],
  ['10:18', 0],
  ['10:21', -3],
])('at %s the second item has %d minutes: what was saved before it, too', (time, left) => {
  expect(minutesOfItem(review, items[1]!, at(time))).toBe(left);
});

describe('it is nobody’s turn', () => {
  it('where all is done', () => expect(itemNow({ ...review, items: [items[0]!] })).toBeNull());
  it('before it begins', () => expect(itemNow({ ...review, state: 'prepared' })).toBeNull());
  it('but the first’s that is not done while it is held', () => expect(itemNow(review)?.id).toBe(items[1]!.id));
});

describe('nothing is counted', () => {
  it('without a date', () => {
    const missing = aReview({ state: 'missing', startsAt: null, endsAt: null, items });
    expect([
      minutesToStart(missing, at('10:00')),
      minutesOfMeeting(missing, at('10:00')),
      minutesOfItem(missing, items[1]!, at('10:00')),
    ]).toEqual([null, null, null]);
  });
  it('for an item that has no time', () => expect(minutesOfItem(review, items[2]!, at('10:00'))).toBeNull());
});
it('says how long until it begins', () => expect(minutesToStart(review, at('09:30'))).toBe(30));
