import { describe, expect, it } from '@jest/globals';
import type { Figure } from '../../bot/capability.ts';
import { countFigure, halfWithin, mostWithin, shareFigure } from '../../bot/figure.ts';
import { beside, changeOf } from '../../bot/figures/compare.ts';
import { periodBefore } from '../../bot/figures/index.ts';

const about = (key: string, side: Figure['side'] = 'client') => ({ key, label: key, side });
const hours = (...all: number[]) => all.map((each) => each * 3600);

it.each<[string, Figure, string, number | null]>([
  ['a share', shareFigure(about('a'), { count: 8, of: 10 }), '8 of 10 (80 %)', 0.8],
  ['a share of nothing', shareFigure(about('a'), { count: 0, of: 0 }), 'none', null],
  ['a count', countFigure(about('a'), 3), '3', 3],
  ['half, in minutes', halfWithin(about('a'), 'workingHours', { seconds: [600, 1200], unanswered: 0 }), '15 min (of 2)', 0.25],
  ['half, in hours', halfWithin(about('a'), 'workingHours', { seconds: hours(2, 4, 90), unanswered: 0 }), '4.0 h (of 3)', 4],
  ['working time, however long', halfWithin(about('a'), 'workingHours', { seconds: hours(90), unanswered: 0 }), '90.0 h (of 1)', 90],
  ['elapsed time, in days', halfWithin(about('a'), 'elapsedHours', { seconds: hours(60), unanswered: 0 }), '2.5 days (of 1)', 60],
  [
    'half, the unanswered longer than any',
    halfWithin(about('a'), 'workingHours', { seconds: hours(1, 2), unanswered: 1 }),
    '2.0 h (of 3, 1 not answered)',
    2,
  ],
  [
    'half, where the middle has no answer',
    halfWithin(about('a'), 'workingHours', { seconds: hours(1), unanswered: 2 }),
    'not yet (of 3, 2 not answered)',
    null,
  ],
  [
    'most, where one of ten has no answer',
    mostWithin(about('a'), 'workingHours', { seconds: hours(1, 2, 3, 4, 5, 6, 7, 8, 9), unanswered: 1 }),
    '9.0 h (of 10, 1 not answered)',
    9,
  ],
  [
    'most, where two of ten have none',
    mostWithin(about('a'), 'workingHours', { seconds: hours(1, 2, 3, 4, 5, 6, 7, 8), unanswered: 2 }),
    'not yet (of 10, 2 not answered)',
    null,
  ],
  ['half of nothing', halfWithin(about('a'), 'workingHours', { seconds: [], unanswered: 0 }), 'none', null],
])('%s reads with what it was taken from', (_why, figure, text, value) => {
  expect(figure).toMatchObject({ text, value });
});

const share = (value: number | null): Figure => ({ ...about('a'), unit: 'share', value, text: '', better: 'more' });
const wait = (value: number | null): Figure => ({ ...about('a'), unit: 'workingHours', value, text: '', better: 'less' });
it.each<[string, Figure, Figure | undefined, string | null]>([
  ['more of what is good', share(0.9), share(0.8), 'better'],
  ['less of what is good', share(0.7), share(0.8), 'worse'],
  ['what reads the same', share(0.801), share(0.799), 'same'],
  ['a shorter wait', wait(3), wait(4), 'better'],
  ['a longer wait', wait(4.1), wait(4), 'worse'],
  ['a wait that differs by seconds', wait(4.01), wait(4.02), 'same'],
  ['nothing now', share(null), share(0.8), null],
  ['nothing before', share(0.8), share(null), null],
  ['no period before', share(0.8), undefined, null],
  ['what is neither good nor bad', { ...share(0.8), better: null }, share(0.1), null],
])('%s is told as what it is', (_why, now, before, expected) => {
  expect(changeOf(now, before)).toBe(expected);
});

describe('a figure stands', () => {
  const now = [countFigure(about('one'), 4, 'less'), countFigure(about('two', 'provider'), 9), countFigure(about('three', null), 1)];
  it('with its side, beside the same of the period before', () => {
    const before = [countFigure(about('one'), 5, 'less'), countFigure(about('one', 'provider'), 7, 'less')];
    expect(beside(now, before, 'client')).toEqual([
      { key: 'one', label: 'one', unit: 'count', value: 4, text: '4', before: { value: 5, text: '5' }, change: 'better' },
    ]);
  });
  it('alone where nothing was agreed before', () => {
    expect(beside(now, null, null)).toEqual([
      { key: 'three', label: 'three', unit: 'count', value: 1, text: '1', before: null, change: null },
    ]);
  });
  it('beside nothing, where one of the two periods had none of it', () => {
    const before = [shareFigure(about('kept', 'provider'), { count: 1, of: 2 })];
    expect(beside(now, before, 'provider').map(({ key, text, before: then }) => [key, text, then?.text])).toEqual([
      ['two', '9', '0'],
      ['kept', 'none', '1 of 2 (50 %)'],
    ]);
  });
});

it('the period before is as long, and is there once something was agreed', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 10, day));
  const week = { from: at(17), to: at(24) };
  expect(periodBefore(week, [{ acknowledgedAt: null }, { acknowledgedAt: at(12) }])).toEqual({ from: at(10), to: at(17) });
  expect(periodBefore(week, [{ acknowledgedAt: at(17) }])).toBeNull();
  expect(periodBefore(week, [{ acknowledgedAt: null }])).toBeNull();
});
