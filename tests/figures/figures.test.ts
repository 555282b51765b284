import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type KyselyPlugin, sql } from 'kysely';
import type { Capability, Period } from '../../bot/capability.ts';
import type { FiguresView } from '../../bot/contract/figures.ts';
import { FiguresView as Schema } from '../../bot/contract/figures.ts';
import { figuresView } from '../../bot/figures/index.ts';
import { ApprovalsWorld } from '../approvals/world.ts';
import { EscalationsWorld } from '../escalations/world.ts';
import { type Letter, ResponsesWorld } from '../responses/world.ts';

// What happened on a real database, and what the figures say of it. Manila works 01:00 to 10:00 UTC, eight hours are agreed there;
// Amsterdam has until the end of its next working day (16:30 UTC).

const period = (from: string, to: string): Period => ({ from: new Date(from), to: new Date(to) });
/** `label: text`, of a side or of both. */
const said = (view: FiguresView, side: 'client' | 'provider' | null, key: string): string | undefined => {
  const figures = side ? view.sides.find((each) => each.side === side)!.figures : view.both;
  return figures.find((figure) => figure.key === key)?.text;
};

describe('of mail', () => {
  let world: ResponsesWorld;
  const view = (capability: Capability, within: Period) =>
    world.base.ports.transaction((tx) => figuresView(tx, [capability], world.partnershipId, within));
  const agenda = (to: string, from = '2026-11-24T00:00:00Z') =>
    world.base.ports.transaction((tx) => world.capability.agenda!(tx, world.partnershipId, period(from, to), 5));
  let asked = 0;
  /** Anna asks Carlo something new; he answers so many hours later, or not at all. */
  const ask = async (at: string, answeredAt?: string, more: Partial<Letter> = {}): Promise<string> => {
    asked += 1;
    const id = `q${asked}`;
    const subject = more.subject ?? `Question ${asked}`;
    world.base.clock.set(at);
    await world.deliver([{ id, from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], at, subject, ...more }]);
    const { id: row } = (await world.rows()).find((each) => each.openingKey.includes(`${id}@`))!;
    if (answeredAt) {
      await world.until(answeredAt);
      await world.deliver([
        { id: `a${asked}`, from: 'carlo@fabrikam.com', to: ['anna@contoso.com'], at: answeredAt, subject: `Re: ${subject}`, replyTo: id },
      ]);
    }
    return row;
  };
  const WEEK = period('2026-11-23T00:00:00Z', '2026-11-28T00:00:00Z');

  beforeAll(async () => {
    world = await ResponsesWorld.open('2026-11-23T00:00:00Z');
    // two answered in time, one late, one not at all
    await ask('2026-11-23T01:00:00Z', '2026-11-23T03:00:00Z');
    const aside = await ask('2026-11-23T04:00:00Z');
    const dated = await ask('2026-11-23T05:00:00Z');
    await world.press('promise', dated, world.actor('provider', 'carlo', false), { on: '2026-11-25' });
    await ask('2026-11-23T06:00:00Z', '2026-11-25T02:00:00Z');
    await world.press('setAside', aside, world.actor('provider', 'carlo', false));
    await world.deliver([
      {
        id: 'late',
        from: 'carlo@fabrikam.com',
        to: ['anna@contoso.com'],
        at: '2026-11-25T03:00:00Z',
        subject: 'Re: Question 3',
        replyTo: 'q3',
      },
    ]);
    await ask('2026-11-25T04:00:00Z');
    const empty = await ask('2026-11-25T05:00:00Z', '2026-11-25T05:30:00Z');
    await world.press('stillWaiting', empty, world.actor('client', 'anna'));
    await world.until('2026-11-26T05:00:00Z');
    await world.deliver([
      {
        id: 'whole',
        from: 'carlo@fabrikam.com',
        to: ['anna@contoso.com'],
        at: '2026-11-26T05:00:00Z',
        subject: 'Re: Question 6',
        replyTo: 'q6',
      },
    ]);
    await world.until('2026-11-28T00:00:00Z');
  });
  afterAll(() => world?.close());

  it('count every wait whose agreed time fell into the period, those without an answer as longer than any', async () => {
    const seen = Schema.parse(await view(world.capability, WEEK));
    const provider = (key: string) => said(seen, 'provider', `responses.${key}`);
    expect({
      inTime: provider('inTime'),
      unanswered: provider('unanswered'),
      half: provider('halfWorking'),
      most: provider('mostWorking'),
      halfElapsed: provider('halfElapsed'),
    }).toEqual({
      // set aside after its time passed is not answered; the empty answer counts with the whole one that came a day later
      inTime: '1 of 6 (17 %)',
      unanswered: '2',
      half: '15.0 h (of 6, 2 not answered)',
      most: 'not yet (of 6, 2 not answered)',
      halfElapsed: '45.0 h (of 6, 2 not answered)',
    });
    expect(said(seen, 'client', 'responses.inTime')).toBe('none');
  });

  it('name sides, and nobody', async () => {
    const text = JSON.stringify(await view(world.capability, WEEK));
    for (const person of ['Anna', 'Carlo', 'Joan', 'carlo@', 'anna@', world.actor('provider', 'carlo').contactId])
      expect(text).not.toContain(person);
  });

  it('show beside it what would flatter the share', async () => {
    const seen = await view(world.capability, WEEK);
    expect(said(seen, 'provider', 'responses.stillWaiting')).toBe('1');
    expect(said(seen, 'provider', 'responses.setAside')).toBe('1');
    expect(said(seen, 'provider', 'responses.datesKept')).toBe('1 of 1 (100 %)');
    expect(seen.both.find(({ key }) => key === 'responses.turns')?.text).toMatch(/of 4 conversations/);
    expect(seen.coverage).toMatch(/^Taken from the mail of \d of 3 people at Contoso; mail only, no calls or chats\./);
  });

  it('of a period are what they were at its end, and stand beside the period before', async () => {
    const first = period('2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z');
    const then = await view(world.capability, first);
    expect(said(then, 'provider', 'responses.inTime')).toBe('1 of 4 (25 %)');
    const next = await view(world.capability, period('2026-11-25T00:00:00Z', '2026-11-27T00:00:00Z'));
    expect(next.before?.at).toBe('2026-11-23T00:00:00Z');
    expect(next.sides[1]!.figures[0]).toMatchObject({
      label: 'Answered in the agreed time',
      before: { text: '1 of 4 (25 %)' },
      change: 'worse',
    });
  });

  it('and the agenda speaks of what is past the agreed time, the longest first, and how many more', async () => {
    const { candidates, more } = await agenda('2026-11-28T00:00:00Z');
    expect({
      candidates: candidates.map(({ section, side, wish, contactId, text }) => ({ section, side, wish, contactId, text })),
      more,
    }).toEqual({
      candidates: [
        {
          section: 'pastDue',
          side: 'provider',
          wish: 'discuss',
          contactId: world.actor('provider', 'carlo').contactId,
          text: 'Fabrikam (Service desk): since Wed 25 Nov, 12:00; expected by Thu 26 Nov, 11:00 in Manila (04:00 in Amsterdam)',
        },
      ],
      more: 0,
    });
  });

  it('and of a share that fell, where enough was counted; of both sides, the urgent first', async () => {
    const { db } = world.base;
    /** So many more waits like one that was answered: agreed for an instant, answered so many hours after it, or not. */
    const more = (key: string, times: number, said: { debtor: string; agreedAt: string; lateBy: number | null; priority?: string }) =>
      sql`
        insert into obligation (id, partnership_id, thread_id, opening_key, debtor, opened_at, charter_version, priority, verdict, why, state,
          asker_address, asked_addresses, calendar_key, agreed_at, due_at, alert_at, first_seen_at, settled_at, ending, turns, facts, lapse_at, worked_seconds, changed_at)
        select gen_random_uuid(), partnership_id, thread_id, ${key} || n, ${said.debtor}, opened_at, charter_version, ${said.priority ?? 'normal'}, verdict, why,
          ${said.lateBy === null ? 'open' : 'settled'}, asker_address, asked_addresses, calendar_key, ${said.agreedAt}::timestamptz,
          ${said.agreedAt}::timestamptz, ${said.agreedAt}::timestamptz, first_seen_at,
          ${said.lateBy === null ? null : new Date(Date.parse(said.agreedAt) + said.lateBy * 3600_000)}, ${said.lateBy === null ? null : 'mail'}, turns, facts,
          lapse_at, ${said.lateBy === null ? null : 60}::int, changed_at
        from (select * from obligation where state = 'settled' order by opened_at limit 1) as one, generate_series(1, ${times}::int) as n`.execute(
        db,
      );
    // two weeks of November 2025, of which nothing else is known
    const [first, second] = ['2025-11-12T09:00:00Z', '2025-11-19T09:00:00Z'];
    await more('before', 10, { debtor: 'client', agreedAt: first, lateBy: -1 });
    await more('now', 6, { debtor: 'client', agreedAt: second, lateBy: 2 });
    await more('good', 4, { debtor: 'client', agreedAt: second, lateBy: -2 });
    await more('few', 9, { debtor: 'provider', agreedAt: first, lateBy: -1 });
    await more('few-now', 9, { debtor: 'provider', agreedAt: second, lateBy: 2 });
    await more('open', 1, { debtor: 'client', agreedAt: '2025-11-20T08:00:00Z', lateBy: null });
    await more('urgent', 1, { debtor: 'provider', agreedAt: '2025-11-20T09:00:00Z', lateBy: null, priority: 'high' });
    const { candidates, more: rest } = await agenda('2025-11-21T00:00:00Z', '2025-11-14T00:00:00Z');
    expect(candidates.map(({ section, side, text }) => [section, side, section === 'figure' ? text : ''])).toEqual([
      ['pastDue', 'provider', ''],
      ['pastDue', 'client', ''],
      ['figure', 'client', 'Contoso answered 4 of 11 (36 %) in the agreed time, after 10 of 10 (100 %) in the period before.'],
    ]);
    expect([candidates[0]!.weight > candidates[1]!.weight, rest]).toEqual([true, 0]);
    await sql`delete from obligation where agreed_at < '2026-01-01'`.execute(db);
  });

  it('cost the same number of queries, however much there is', async () => {
    const before = await queries(world, (tx) => figuresView(tx, [world.capability], world.partnershipId, WEEK));
    const agendaBefore = await queries(world, (tx) => world.capability.agenda!(tx, world.partnershipId, WEEK, 5));
    for (let n = 0; n < 12; n += 1) await ask('2026-11-28T00:00:00Z');
    await world.until('2026-12-02T00:00:00Z');
    const to = period('2026-11-23T00:00:00Z', '2026-12-02T00:00:00Z');
    expect(await queries(world, (tx) => figuresView(tx, [world.capability], world.partnershipId, to))).toBe(before);
    expect(await queries(world, (tx) => world.capability.agenda!(tx, world.partnershipId, to, 5))).toBe(agendaBefore);
    const { candidates, more } = await agenda('2026-12-02T00:00:00Z');
    expect([candidates.filter(({ section }) => section === 'pastDue').length, more]).toEqual([5, 8]);
  });
});

/** How many statements something sends. */
async function queries(world: ResponsesWorld, run: (tx: never) => Promise<unknown>): Promise<number> {
  let count = 0;
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await world.base.ports.transaction((tx) => run(tx.withPlugin(counting) as never));
  return count;
}

describe('of help that was asked for', () => {
  let world: EscalationsWorld;
  const both = async (within: Period) => {
    const view = await world.ports.transaction((tx) => figuresView(tx, [world.capability], world.partnershipId, within));
    return Object.fromEntries(view.both.map(({ key, text }) => [key.replace('escalations.', ''), text]));
  };
  beforeAll(async () => {
    world = await EscalationsWorld.open('2026-11-24T01:00:00Z');
    const taken = await world.ask('anna');
    const update = '2026-12-04T10:00';
    await world.press('carlo', 'take', taken, { nextUpdate: update }, (await world.view(taken, 'carlo'))!.revision);
    await world.ask('anna', { what: 'Nobody takes this' });
    await world.ask('carlo', { what: 'A worry of one side alone', why: 'x' }, 'worry');
    await world.until('2026-12-01T10:00:00Z');
  });
  afterAll(() => world?.close());

  it('count by the level it reached by the end of the period, worries left out', async () => {
    expect(await both(period('2026-11-24T00:00:00Z', '2026-11-24T02:00:00Z'))).toEqual({
      asked: '2',
      level1: '2',
      level2: '0',
      level3: '0',
    });
    expect(await both(period('2026-11-24T00:00:00Z', '2026-12-01T10:00:00Z'))).toEqual({
      asked: '2',
      level1: '1',
      level2: '0',
      level3: '1',
    });
    expect(await both(period('2026-11-25T00:00:00Z', '2026-12-01T10:00:00Z'))).toMatchObject({ asked: '0' });
  });

  it('and what nobody took goes on the agenda first', async () => {
    const { candidates } = await world.ports.transaction((tx) =>
      world.capability.agenda!(tx, world.partnershipId, period('2026-11-24T00:00:00Z', '2026-12-01T10:00:00Z'), 5),
    );
    expect(candidates.map(({ section, wish, text }) => [section, wish, text.split(':')[0]])).toEqual([
      ['escalation', 'discuss', 'Nobody takes this'],
      ['escalation', 'discuss', 'The nightly import has stopped twice this week'],
    ]);
    expect(candidates[0]!.text).toMatch(/nobody has taken it$/);
    expect(candidates[0]!.weight).toBeGreaterThan(candidates[1]!.weight);
  });
});

describe('of decisions', () => {
  let world: ApprovalsWorld;
  beforeAll(async () => {
    world = await ApprovalsWorld.open('2026-11-23T08:30:00Z');
    // two in time, one late, one still wanted past its time, one taken back in time, a notice
    await world.decide('anna', 'approve', await world.ask('joan', 'Opening hours'));
    await world.decide('anna', 'decline', await world.ask('joan', 'Change in production'), 'Not in December');
    const late = await world.ask('joan', 'Opening hours', { what: 'Decided late' });
    await world.ask('joan', 'Opening hours', { what: 'Still wanted' });
    await world.press('joan', 'withdraw', await world.ask('joan', 'Opening hours'));
    await world.ask('joan', 'Opening hours', { what: 'A notice' }, 'notice');
    await world.until('2026-11-25T09:00:00Z');
    await world.decide('pieter', 'approve', late);
  });
  afterAll(() => world?.close());
  const view = (from: string, to: string) =>
    world.ports.transaction((tx) => figuresView(tx, [world.capability], world.partnershipId, period(from, to)));

  it('count the deciding side, in time and late', async () => {
    const seen = await view('2026-11-23T00:00:00Z', '2026-11-26T00:00:00Z');
    expect(said(seen, 'client', 'approvals.inTime')).toBe('2 of 4 (50 %)');
    expect(said(seen, 'client', 'approvals.late')).toBe('2');
    expect(said(seen, 'provider', 'approvals.inTime')).toBe('none');
  });
  it('count each in one period alone', async () => {
    const [first, second] = [
      await view('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'),
      await view('2026-11-24T00:00:00Z', '2026-11-26T00:00:00Z'),
    ];
    expect([said(first, 'client', 'approvals.inTime'), said(second, 'client', 'approvals.inTime')]).toEqual([
      '2 of 2 (100 %)',
      '0 of 2 (0 %)',
    ]);
  });
  it('and what is still wanted is on the agenda, to be decided by whoever decides; a notice is not', async () => {
    const { candidates, more } = await world.ports.transaction((tx) =>
      world.capability.agenda!(tx, world.partnershipId, period('2026-11-23T00:00:00Z', '2026-11-25T10:00:00Z'), 5),
    );
    expect(candidates).toMatchObject([
      { section: 'decision', wish: 'decide', side: 'client', text: 'Still wanted: waiting for Contoso, past the agreed time' },
    ]);
    expect(more).toBe(0);
  });
});
