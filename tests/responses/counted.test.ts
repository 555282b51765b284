import { describe, expect, it } from '@jest/globals';
import { hasFallen } from '../../bot/responses/agenda.ts';
import { answersOf, type CountedWaits, datesKept, type GivenDate } from '../../bot/responses/counted.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 24, hour));
const some = (said: Partial<CountedWaits> = {}): CountedWaits => ({
  debtor: 'provider',
  state: 'open',
  ending: null,
  inTime: null,
  byEnd: null,
  doubt: false,
  times: 1,
  worked: null,
  elapsed: null,
  ...said,
});
const answered = (hours: number[], said: Partial<CountedWaits> = {}) =>
  some({
    state: 'settled',
    ending: 'mail',
    inTime: true,
    byEnd: true,
    times: hours.length,
    worked: hours.map((hour) => hour * 3600),
    elapsed: hours.map((hour) => hour * 7200),
    ...said,
  });

describe('the answers of a side', () => {
  it('are its own, with those not answered counted', () => {
    const waits = [
      answered([1, 2]),
      answered([14], { inTime: false }),
      some({ times: 3 }),
      answered([9], { debtor: 'client' }),
      some({ doubt: true }),
    ];
    expect(answersOf(waits, 'provider')).toEqual({
      inTime: { count: 2, of: 6 },
      unanswered: 3,
      worked: [3600, 7200, 50_400],
      elapsed: [7200, 14_400, 100_800],
    });
    expect(answersOf(waits, 'client').inTime).toEqual({ count: 1, of: 1 });
  });
  it('of nothing are none', () => {
    expect(answersOf([], 'client')).toEqual({ inTime: { count: 0, of: 0 }, unanswered: 0, worked: [], elapsed: [] });
  });
});

describe('a date that was given', () => {
  const date = (said: Partial<GivenDate>): GivenDate => ({
    debtor: 'provider',
    state: 'open',
    ending: null,
    settledAt: null,
    promisedAt: at(17),
    ...said,
  });
  it.each<[string, Partial<GivenDate>, [number, number]]>([
    ['was met', { state: 'settled', ending: 'mail', settledAt: at(16) }, [1, 1]],
    ['was not met', { state: 'settled', ending: 'mail', settledAt: at(18) }, [0, 1]],
    ['passed without an answer', {}, [0, 1]],
    ['was needed no more', { state: 'waived', ending: 'notNeeded', settledAt: at(18) }, [0, 0]],
    ['passed before it was set aside', { state: 'waived', ending: 'setAside', settledAt: at(18) }, [0, 1]],
    ['is of the other side', { debtor: 'client' }, [0, 0]],
  ])('%s', (_why, said, [count, of]) => {
    expect(datesKept([date(said)], 'provider')).toEqual({ count, of });
  });
});

it.each<[string, [number, number], [number, number], boolean]>([
  ['a clear fall', [5, 10], [10, 10], true],
  ['few now', [0, 9], [10, 10], false],
  ['few before', [5, 10], [9, 9], false],
  ['what chance does', [7, 10], [9, 10], false],
  ['little, though of very many', [9000, 10_000], [9500, 10_000], false],
  ['a rise', [10, 10], [5, 10], false],
])('a share is spoken of after %s: %j after %j', (_why, [now, of], [before, ofBefore], expected) => {
  expect(hasFallen({ count: now, of }, { count: before, of: ofBefore })).toBe(expected);
});
