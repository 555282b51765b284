import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { happenedAt, type Run, runsOf, tally } from '../../bot/measure/rules.ts';
import type { Side } from '../../bot/measure/sides.ts';

const HOUR = 3_600_000;
const at = (hours: number) => new Date(hours * HOUR);
const messages = (...turns: [Side, number][]) => turns.map(([side, hours]) => ({ side, atMs: hours * HOUR }));

describe('when a message was sent', () => {
  it.each<[string, Date | undefined, Date | undefined, Date | undefined]>([
    ['its date', at(5), at(6), at(5)],
    ['its date where no server says anything', at(5), undefined, at(5)],
    ['a server, without a date', undefined, at(6), at(6)],
    ['its date, when it is a day ahead', at(30), at(6), at(30)],
    ['a server, when the date is more than a day ahead', new Date(30 * HOUR + 1), at(6), at(6)],
    ['its date, however far back', at(-9000), at(6), at(-9000)],
    ['nothing', undefined, undefined, undefined],
  ])('is %s', (_why, sentAt, receivedAt, expected) => {
    expect(happenedAt(sentAt, receivedAt)).toEqual(expected);
  });
});

describe('runs', () => {
  it('are messages in a row, answered by the first of the other side', () => {
    expect(runsOf(messages(['client', 0], ['client', 2], ['provider', 5], ['provider', 6], ['client', 7]))).toEqual([
      { asker: 'client', firstAtMs: 0, lastAtMs: 2 * HOUR, messages: 2, answeredAtMs: 5 * HOUR },
      { asker: 'provider', firstAtMs: 5 * HOUR, lastAtMs: 6 * HOUR, messages: 2, answeredAtMs: 7 * HOUR },
      { asker: 'client', firstAtMs: 7 * HOUR, lastAtMs: 7 * HOUR, messages: 1, answeredAtMs: undefined },
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it('take every message once, alternate and leave at most the last open', () => {
    const turn = fc.record({ side: fc.constantFrom<Side>('client', 'provider'), atMs: fc.nat(1e9) });
    fc.assert(
      fc.property(fc.array(turn), (turns) => {
        const runs = runsOf(turns.sort((a, b) => a.atMs - b.atMs));
        expect(runs.reduce((sum, run) => sum + run.messages, 0)).toBe(turns.length);
        runs.forEach((run, index) => {
          expect(run.lastAtMs).toBeGreaterThanOrEqual(run.firstAtMs);
          expect(run.asker).not.toBe(runs[index + 1]?.asker);
          if (index < runs.length - 1) expect(run.answeredAtMs).toBeGreaterThanOrEqual(run.lastAtMs);
          else expect(run.answeredAtMs).toBeUndefined();
        });
      }),
    );
  });
});

const run = (asker: Side, first: number, last: number, answered?: number): Run => ({
  asker,
  firstAtMs: first * HOUR,
  lastAtMs: last * HOUR,
  messages: 1,
  answeredAtMs: answered === undefined ? undefined : answered * HOUR,
});

describe('figures', () => {
  it('of a side are those of its own answers', () => {
    const counted = tally();
    for (const one of [run('client', 0, 1, 3), run('client', 0, 0, 5.123), run('client', 0, 0), run('provider', 2, 2, 2.5)])
      counted.add(one);
    expect(counted.figures()).toEqual({
      provider: {
        answered: 2,
        fromFirst: { medianHours: 4.06, p90Hours: 5.12 },
        fromLast: { medianHours: 3.56, p90Hours: 5.12 },
        working: null,
        open: 1,
        openShare: 1 / 3,
        medianWithOpenHours: 5.12,
      },
      client: {
        answered: 1,
        fromFirst: { medianHours: 0.5, p90Hours: 0.5 },
        fromLast: { medianHours: 0.5, p90Hours: 0.5 },
        working: null,
        open: 0,
        openShare: 0,
        medianWithOpenHours: 0.5,
      },
    });
  });

  it('of nothing are nothing', () => {
    const empty = { medianHours: null, p90Hours: null };
    const side = { answered: 0, fromFirst: empty, fromLast: empty, working: null, open: 0, openShare: null, medianWithOpenHours: null };
    expect(tally().figures()).toEqual({ client: side, provider: side });
  });

  it('in working time are those of the side that answers', () => {
    const counted = tally({ client: () => 3600, provider: (from, to) => (to.getTime() - from.getTime()) / 2000 });
    counted.add(run('client', 0, 2, 6));
    counted.add(run('provider', 6, 7, 9));
    expect(counted.figures()).toMatchObject({
      provider: { working: { fromFirst: { medianHours: 3, p90Hours: 3 }, fromLast: { medianHours: 2, p90Hours: 2 } } },
      client: { working: { fromFirst: { medianHours: 1 }, fromLast: { medianHours: 1 } } },
    });
  });
});
