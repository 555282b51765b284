import { describe, expect, it } from '@jest/globals';
import { clearlyLower, median, percentile } from '../bot/statistics.ts';

it.each<[number[], number, number | undefined]>([
  [[], 0, undefined],
  [[3], 0, 3],
  [[9, 1, 5], 0, 5],
  [[1, 9, 5, 3], 0, 4],
  [[1, 2, 3], 1, 2.5],
  [[1, 2, 3], 2, 3],
  [[1, 2], 2, undefined],
  [[1, 2], 1, 2],
  [[1], 1, undefined],
  [[], 4, undefined],
])('the middle of %j and %d longer ones is %s', (values, longer, middle) => {
  expect(median(values, longer)).toBe(middle);
});

it.each<[number, number]>([
  [1, 1],
  [9, 9],
  [10, 9],
  [11, 10],
  [20, 18],
  [100, 90],
])('of 1 to %d, nine of ten are at most %d', (count, expected) => {
  expect(
    percentile(
      Array.from({ length: count }, (_, index) => count - index),
      0.9,
    ),
  ).toBe(expected);
  expect(percentile([], 0.9)).toBeUndefined();
});

it.each<[number[], number, number | undefined]>([
  [[1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 9],
  [[1, 2, 3, 4, 5, 6, 7, 8], 2, undefined],
  [[3], 0, 3],
  [[], 1, undefined],
])('nine of ten of %j and %d longer ones are at most %s', (values, longer, expected) => {
  expect(percentile(values, 0.9, longer)).toBe(expected);
});

describe('a share is clearly lower', () => {
  it.each<[string, [number, number], [number, number], boolean]>([
    ['half of many after nearly all', [20, 40], [38, 40], true],
    ['where a few of a few may be chance', [7, 10], [9, 10], false],
    ['where few fell far', [3, 10], [9, 10], true],
    ['not where it is the same', [8, 10], [8, 10], false],
    ['not where it rose', [10, 10], [2, 10], false],
    ['not where all were and are', [10, 10], [10, 10], false],
    ['not of nothing', [0, 0], [9, 10], false],
    ['not after nothing', [1, 10], [0, 0], false],
  ])('%s', (_why, now, before, expected) => {
    expect(clearlyLower({ count: now[0], of: now[1] }, { count: before[0], of: before[1] })).toBe(expected);
  });
});
