import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../tab/api/problem.ts';
import { includes, minutesBetween, nothingYet, placed, rowsOf, sidesFor, todayAfter } from '../../tab/pages/todayState.ts';
import { anObligation, aResult, aTime, aToday, NOW } from '../support/views.ts';

const loaded = (view = aToday()) => todayAfter(nothingYet, { kind: 'loaded', view });

describe('what the page holds', () => {
  it('marks nothing on the first look', () => {
    const state = loaded();
    expect(state.view).not.toBeNull();
    expect(state.fresh.size).toBe(0);
    expect(state.told).toEqual({ rows: 0, turn: 0 });
  });

  it('marks rows that are new, of another revision, or of another status, and says how many', () => {
    const [same, revised, moved] = [anObligation(), anObligation(), anObligation()];
    const before = loaded(aToday({ waitingFor: { client: [], provider: [same, revised, moved] } }));
    const added = anObligation({ on: 'client' });
    const after = todayAfter(before, {
      kind: 'loaded',
      view: aToday({
        waitingFor: { client: [added], provider: [same, { ...revised, revision: 2 }, { ...moved, status: 'Expected today' }] },
      }),
    });
    expect([...after.fresh].sort()).toEqual([added.id, revised.id, moved.id].sort());
    expect(after.told).toEqual({ rows: 3, turn: 1 });
    const rested = todayAfter(after, { kind: 'rested' });
    expect(rested.fresh.size).toBe(0);
    expect(todayAfter(rested, { kind: 'rested' })).toBe(rested);
  });

  it('says the same number again as another turn', () => {
    const row = anObligation();
    const with_ = (revision: number) => aToday({ waitingFor: { client: [], provider: [{ ...row, revision }] } });
    const state = [2, 3].reduce((now, revision) => todayAfter(now, { kind: 'loaded', view: with_(revision) }), loaded(with_(1)));
    expect(state.told).toEqual({ rows: 1, turn: 2 });
  });

  it('keeps the last view when a look does not work, and takes it away when it may not be seen any more', () => {
    const state = loaded();
    expect(todayAfter(state, { kind: 'failed', problem: new Problem('network') }).view).toBe(state.view);
    expect(todayAfter(state, { kind: 'failed', problem: new Problem('refused', { status: 403 }) }).view).toBeNull();
    const failed = todayAfter(state, { kind: 'failed', problem: new Problem('network') });
    expect(todayAfter(failed, { kind: 'loaded', view: aToday() }).problem).toBeNull();
  });

  it('knows the time from the service alone, and never goes back', () => {
    const state = todayAfter(loaded(), { kind: 'heard', now: '2026-11-24T09:45:00Z' });
    expect(state.now).toBe('2026-11-24T09:45:00Z');
    expect(todayAfter(state, { kind: 'loaded', view: aToday({ now: NOW }) }).now).toBe('2026-11-24T09:45:00Z');
    expect(minutesBetween(NOW, '2026-11-24T09:45:00Z')).toBe(15);
  });

  it('holds a row busy while its action is under way, and frees it when that came to nothing', () => {
    const busy = todayAfter(loaded(), { kind: 'acting', id: 'a' });
    expect(busy.busy.has('a')).toBe(true);
    const refused = todayAfter(busy, { kind: 'acted', id: 'a', result: null });
    expect(refused.busy.size).toBe(0);
    expect(refused.view).toBe(busy.view);
  });

  it('shows what an action brought before the next look', () => {
    const row = anObligation();
    const before = loaded(aToday({ waitingFor: { client: [], provider: [row] } }));
    const after = todayAfter(before, {
      kind: 'acted',
      id: row.id,
      result: aResult({ obligation: { ...row, revision: 2, status: 'Answer by Thu 26 Nov', tone: 'dated' } }),
    });
    expect(after.view!.waitingFor.provider[0]!.status).toBe('Answer by Thu 26 Nov');
  });
});

describe('where a row belongs after an action', () => {
  const row = anObligation();
  const view = aToday({ waitingFor: { client: [], provider: [row] }, mine: [row] });

  it('stays in its place while it waits', () => {
    const after = placed(view, { ...row, revision: 2 });
    expect(after.waitingFor.provider.map(({ revision }) => revision)).toEqual([2]);
    expect(after.mine.map(({ revision }) => revision)).toEqual([2]);
  });
  it('moves to the answered once it is over', () => {
    const after = placed(view, { ...row, state: 'settled', settledAt: aTime(NOW) });
    expect([after.waitingFor.provider, after.mine]).toEqual([[], []]);
    expect(after.answered.map(({ id }) => id)).toEqual([row.id]);
  });
  it('comes back when that is undone', () => {
    const over = placed(view, { ...row, state: 'settled' });
    const back = placed(over, { ...row, revision: 3 });
    expect(back.answered).toEqual([]);
    expect(back.waitingFor.provider.map(({ id }) => id)).toEqual([row.id]);
  });
  it('leaves the columns when it became unsure', () => {
    expect(placed(view, { ...row, verdict: 'unsure' }).waitingFor.provider).toEqual([]);
  });
  it('is no business of another partnership', () => {
    expect(placed(view, { ...row, partnershipId: '22222222-2222-4222-8222-222222222222', revision: 9 })).toBe(view);
  });
  it('counts once where it stands twice', () => expect(rowsOf(view)).toHaveLength(1));
});

it('puts the own side first', () => {
  expect(sidesFor('client')).toEqual(['client', 'provider']);
  expect(sidesFor('provider')).toEqual(['provider', 'client']);
});

it.each([
  ['100', '99', true],
  ['100', '100', false],
  ['100', '101', false],
  ['100', undefined, false],
  ['9', '10', false],
  ['9007199254740993', '9007199254740992', true],
  ['9007199254740992', '9007199254740993', false],
  ['x', 'x', false],
  ['x', '1', false],
])('a view at %s holds what happened at %s: %s', (cursor, position, held) => expect(includes(cursor, position)).toBe(held));
