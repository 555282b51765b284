import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AgendaCandidate } from '../../bot/capability.ts';
import type { ReviewPlan } from '../../bot/charter/charter.ts';
import type { Wish } from '../../bot/contract/review.ts';
import { boxed, coversSubject, isUndone, prepared, shifted } from '../../bot/reviews/agenda.ts';
import { missingBy, slots, takenUntil } from '../../bot/reviews/missing.ts';
import { missingOf } from '../../bot/reviews/outcome.ts';
import type { Item } from '../../bot/reviews/review.ts';
import { preparationsAt } from '../../bot/reviews/times.ts';
import { workCalendar } from '../../bot/worktime/index.ts';

const amsterdam = workCalendar({ zone: 'Europe/Amsterdam', hours: week('09:00', '17:30'), holidays: ['2026-12-25'] });
const manila = workCalendar({ zone: 'Asia/Manila', hours: week('09:00', '18:00'), holidays: [] });
const newYork = workCalendar({ zone: 'America/New_York', hours: week('09:00', '17:00'), holidays: [] });
const tokyo = workCalendar({ zone: 'Asia/Tokyo', hours: week('09:00', '17:00'), holidays: [] });
function week(from: string, to: string) {
  const day = [[from, to]] as const;
  return { mon: day, tue: day, wed: day, thu: day, fri: day };
}
const at = (text: string) => new Date(text);
const shown = (date: Date) => date.toISOString().slice(0, 16);

describe('when an agenda is prepared', () => {
  it.each([
    // Tuesday 10:00 in Amsterdam
    [
      'two working days before, the day before, and as it begins',
      2,
      '2026-12-01T09:00Z',
      null,
      ['2026-11-27T08:00', '2026-11-30T08:00', '2026-12-01T09:00'],
    ],
    ['over a holiday', 2, '2026-12-28T09:00Z', null, ['2026-12-23T08:00', '2026-12-24T08:00', '2026-12-28T09:00']],
    ['one day before is the day before', 1, '2026-12-01T09:00Z', null, ['2026-11-30T08:00', '2026-11-30T08:00', '2026-12-01T09:00']],
    [
      'never before the date before it is over',
      8,
      '2026-12-01T09:00Z',
      '2026-11-24T10:00Z',
      ['2026-11-24T10:00', '2026-11-30T08:00', '2026-12-01T09:00'],
    ],
    ['over the change of clocks', 2, '2026-10-26T09:00Z', null, ['2026-10-22T07:00', '2026-10-23T07:00', '2026-10-26T09:00']],
  ])('%s', (_why, preparedDays, startAt, after, expected) => {
    const found = preparationsAt({ preparedDays }, amsterdam, at(startAt), after === null ? null : at(after));
    expect(found.map(shown)).toEqual(expected);
  });
});

describe('whether the next date is missing', () => {
  const weekly = { every: { unit: 'week', each: 1 } } as ReviewPlan;
  const quarterly = { every: { unit: 'quarter', each: 1 } } as ReviewPlan;
  const now = at('2026-12-02T09:00Z'); // a Wednesday
  const since = at('2026-11-02T09:00Z');
  const on = (text: string, cancelled = false) => ({ startAt: at(`${text}T09:00Z`), cancelled });
  it.each([
    ['the next one is there', weekly, [on('2026-12-01'), on('2026-12-08')], null],
    ['moved within the week', weekly, [on('2026-12-01'), on('2026-12-11')], null],
    ['one is cancelled, and the one after it stands', weekly, [on('2026-12-01'), on('2026-12-08', true), on('2026-12-15')], null],
    [
      'two are cancelled, and the one after them stands',
      weekly,
      [on('2026-12-01'), on('2026-12-08', true), on('2026-12-15', true), on('2026-12-22')],
      null,
    ],
    ['the rest of the series is cancelled', weekly, [on('2026-12-01'), on('2026-12-08', true), on('2026-12-15', true)], '2026-12-12T09:00'],
    ['nothing comes after the last one', weekly, [on('2026-12-01')], '2026-12-12T09:00'],
    ['a gap in which nothing was cancelled', weekly, [on('2026-12-01'), on('2026-12-22')], '2026-12-12T09:00'],
    ['it never took place', weekly, [], '2026-12-09T09:00'],
    ['a quarter is not over', quarterly, [], '2027-02-15T09:00'],
    ['a quarter with its date', quarterly, [on('2027-01-14')], null],
  ])('%s', (_why, plan, dates, expected) => {
    const found = missingBy(plan, dates, since, now);
    expect(found && shown(found)).toBe(expected);
  });
});

describe('times in which both sides work', () => {
  const plan = { minutes: 60, on: null };
  const monday = at('2026-11-30T09:00Z');
  const until = at('2026-12-30T00:00Z');
  it('are three, one a day, from beginning to end within both days', () => {
    const found = slots(plan, [amsterdam, manila], 'Europe/Amsterdam', [], monday, until);
    expect(found.map(({ from }) => shown(from))).toEqual(['2026-12-01T08:00', '2026-12-02T08:00', '2026-12-03T08:00']);
  });
  it('are at the agreed time of day where it fits, and beside what is taken', () => {
    const agreed = { minutes: 60, on: { weekday: null, workingDay: null, time: '10:00' } };
    const busy = [{ from: at('2026-12-01T09:30Z'), to: at('2026-12-01T11:00Z') }];
    const found = slots(agreed, [amsterdam, manila], 'Europe/Amsterdam', busy, monday, until);
    expect(found.map(({ from }) => shown(from))).toEqual(['2026-12-01T08:00', '2026-12-02T09:00', '2026-12-03T09:00']);
  });
  it('are none where there are none', () => {
    expect(slots(plan, [newYork, tokyo], 'America/New_York', [], monday, until)).toEqual([]);
    expect(slots({ ...plan, minutes: 180 }, [amsterdam, manila], 'Europe/Amsterdam', [], monday, until)).toEqual([]);
  });
  it('follow the clocks of either side', () => {
    // the United States leave summer time a week after Europe
    const found = slots(plan, [amsterdam, newYork], 'Europe/Amsterdam', [], at('2026-10-29T12:00Z'), until);
    expect(found.map(({ from }) => shown(from))).toEqual(['2026-10-30T13:00', '2026-11-02T14:00', '2026-11-03T14:00']);
  });
});

it.each([
  ['on a usual day', '2026-12-01T23:00Z'],
  ['on the day on which clocks are set back', '2026-10-24T22:00Z'],
])('what is taken is known to the end of the last time that is offered, %s', (_why, midnight) => {
  const all = [['00:00', '24:00']] as const;
  const hours = { mon: all, tue: all, wed: all, thu: all, fri: all, sat: all, sun: all };
  const open = workCalendar({ zone: 'Europe/Amsterdam', hours, holidays: [] });
  const dueBy = at(midnight);
  const now = new Date(dueBy.getTime() - 9 * 86_400_000);
  const plan = { minutes: 90, on: { weekday: null, workingDay: null, time: '23:30' } };
  const last = slots(plan, [open, open], 'Europe/Amsterdam', [], now, dueBy, 99).at(-1)!;
  expect(last.from > dueBy).toBe(true);
  expect(takenUntil(dueBy, now, plan.minutes) >= last.to).toBe(true);
});

const newId = () => randomUUID();
const candidate = (id: string, given: Partial<AgendaCandidate> = {}): AgendaCandidate => ({
  subject: { kind: 'approval', id },
  section: 'decision',
  text: `about ${id}`,
  side: 'client',
  contactId: null,
  wish: 'decide',
  weight: 0,
  ...given,
});
const nothing = { candidates: [], previous: [], covers: [] };
const lines = (items: readonly Item[]) => items.map(({ section, text, carried }) => `${section}: ${text}${carried ? ` (${carried})` : ''}`);

describe('an agenda', () => {
  const first = () =>
    prepared(
      'r1',
      [],
      {
        candidates: [
          candidate('w', { section: 'pastDue', weight: 5 }),
          candidate('light', { weight: 1 }),
          candidate('heavy', { weight: 9 }),
          candidate('help', { section: 'escalation' }),
        ],
        previous: [],
        covers: ['Incentives'],
      },
      newId,
    );

  it('is in the agreed order, the weightiest first in each section', () => {
    expect(lines(first())).toEqual([
      'decision: about heavy',
      'decision: about light',
      'escalation: about help',
      'pastDue: about w',
      'covers: Incentives',
    ]);
  });

  it('prepared anew keeps what people did, takes what is new, and lets go what came to its end', () => {
    const items = first();
    const moved = shifted(items, items[1]!.id, -1);
    const dropped = moved.map((item): Item => (item.text === 'about help' ? { ...item, state: 'dropped' } : item));
    const again = prepared(
      'r1',
      dropped,
      {
        candidates: [
          candidate('light', { text: 'about light, later' }),
          candidate('heavy'),
          candidate('help', { section: 'escalation' }),
          candidate('fresh', { weight: 99 }),
        ],
        previous: [],
        covers: ['Incentives'],
      },
      newId,
    );
    expect(lines(again)).toEqual([
      'decision: about light, later',
      'decision: about heavy',
      'decision: about fresh',
      'escalation: about help',
      'covers: Incentives',
    ]);
    expect(again.map(({ id }) => id)).toEqual(expect.arrayContaining(dropped.filter(({ text }) => text !== 'about w').map(({ id }) => id)));
    expect(again.find(({ text }) => text === 'about help')!.state).toBe('dropped');
  });

  it('the same twice is the same', () => {
    const items = first();
    const sources = {
      candidates: items.slice(0, 4).map((item) => candidate(item.subject.id, { section: item.section as 'decision' })),
      previous: [],
      covers: ['Incentives'],
    };
    expect(prepared('r1', prepared('r1', items, sources, newId), sources, newId)).toEqual(prepared('r1', items, sources, newId));
  });

  it.each<[string, Item['state'], Wish, boolean]>([
    ['nobody spoke of it', 'planned', 'inform', true],
    ['it was discussed', 'discussed', 'discuss', false],
    ['it was discussed, and wished for a decision', 'discussed', 'decide', true],
    ['it was decided', 'decided', 'decide', false],
    ['it was dropped', 'dropped', 'decide', false],
  ])('carries what is undone: %s', (_what, state, wish, carried) => {
    expect(isUndone({ state, wish })).toBe(carried);
  });

  it('carries first, counts the carries, and what people added goes on', () => {
    const added: Item = {
      ...first()[0]!,
      id: 'a',
      subject: { kind: 'added', id: 'a' },
      section: 'added',
      text: 'Our question',
      by: 'joan',
      weight: 0,
      wish: 'discuss',
    };
    let previous: readonly Item[] = [...first().slice(0, 1), added];
    for (const carried of [1, 2, 3]) {
      const next = prepared(
        `r${carried + 1}`,
        [],
        { candidates: [candidate('heavy', { weight: 9 }), candidate('light')], previous, covers: [] },
        newId,
      );
      expect(lines(next)).toEqual([`carried: about heavy (${carried})`, `carried: Our question (${carried})`, 'decision: about light']);
      expect(next[1]).toMatchObject({ subject: { kind: 'added', id: 'a' }, by: 'joan' });
      previous = next.filter(({ text }) => text !== 'about light');
    }
    expect(prepared('r9', [], { ...nothing, previous: [{ ...added, state: 'discussed' }] }, newId)).toEqual([]);
  });

  it('covers the same line on each date, and carries it where nobody spoke of it', () => {
    const covered: Item = { ...first().at(-1)! };
    expect(covered.subject).toEqual(coversSubject('Incentives'));
    const again = prepared('r2', [], { ...nothing, previous: [covered], covers: ['Incentives', 'Risks'] }, newId);
    expect(lines(again)).toEqual(['carried: Incentives (1)', 'covers: Risks']);
  });
});

describe('the time of an agenda', () => {
  const items = (...wishes: Wish[]): Item[] =>
    wishes.map((wish, index) => ({ ...prepared('r', [], { ...nothing, candidates: [candidate(String(index))] }, newId)[0]!, wish }));
  it.each<[string, number, Wish[], number[], number?]>([
    ['as long as each takes', 60, ['decide', 'discuss', 'inform'], [10, 8, 3]],
    ['shorter where it is more than there is', 30, ['decide', 'decide', 'discuss', 'inform'], [8, 8, 6, 2]],
    ['the rest after it', 30, ['decide', 'decide', 'decide', 'decide', 'decide', 'decide', 'inform'], [5, 5, 5, 5, 5, 0, 0]],
    ['of a short one', 10, ['discuss', 'discuss', 'inform'], [4, 4, 1]],
    ['what is added late has what is left', 30, ['decide', 'discuss', 'discuss'], [10, 8, 7], 1],
    ['less than it usually takes', 30, ['decide', 'decide', 'discuss'], [10, 10, 5], 1],
    ['nothing where too little is left', 30, ['decide', 'decide', 'decide', 'discuss', 'inform'], [8, 8, 8, 0, 1], 2],
  ])('%s', (_why, minutes, wishes, expected, late = 0) => {
    const found = boxed(items(...wishes), minutes, late);
    expect(found.map((each) => each.minutes)).toEqual(expected);
    expect(found.reduce((sum, each) => sum + each.minutes, 0)).toBeLessThanOrEqual(minutes);
    expect(found.map((each) => each.startsAfterMinutes)).toEqual(
      found.map((_each, index) => expected.slice(0, index).reduce((a, b) => a + b, 0)),
    );
  });
});

describe('what is missing of an outcome', () => {
  const item = (state: Item['state'], wish: Wish = 'decide', noteId: string | null = null): Item => ({
    ...prepared('r', [], { ...nothing, candidates: [candidate('x')] }, newId)[0]!,
    state,
    wish,
    noteId,
  });
  it.each<[string, Item[], string[], number]>([
    ['a decision that was wished for, and anything at all', [item('discussed')], [], 2],
    ['a decision, though an action was noted', [item('planned')], ['a1'], 1],
    ['nothing once it is decided', [item('decided')], [], 0],
    ['nothing of what is left for the next agenda, and actions', [item('planned', 'decide', '7')], ['a1'], 0],
    ['nothing of what was dropped', [item('dropped'), item('decided')], [], 0],
    ['that there is nothing', [item('discussed', 'inform')], [], 1],
  ])('%s', (_what, items, actionItems, expected) => {
    expect(missingOf({ actionItems }, items)).toHaveLength(expected);
  });
});
