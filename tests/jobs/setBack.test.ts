import { expect, it } from '@jest/globals';
import { setBacks } from '../../bot/jobs/setBack.ts';
import { testClock } from '../support/clock.ts';

it('a wall that was set back is noticed once, by as much; small steps and steps ahead are not', () => {
  const wall = testClock();
  let counted = 0;
  const look = setBacks(wall, () => counted);
  const pass = (countedMs: number, wallMs: number): number => {
    counted += countedMs;
    wall.forward(wallMs);
    return look();
  };
  expect([pass(20_000, 20_000), pass(20_000, 18_000), pass(20_000, 3_620_000)]).toEqual([0, 0, 0]);
  expect([pass(20_000, 20_000 - 3_600_000), pass(20_000, 20_000)]).toEqual([3_600_000, 0]);
});
