import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Ports } from '../../bot/capability.ts';
import { editCalendar, undoCalendarEdits } from '../../bot/charter/index.ts';
import { setDeadline, sweep } from '../../bot/deadlines/index.ts';
import { appendEvent, eventsOf } from '../../bot/journal/index.ts';
import { briefSections } from '../../bot/responses/brief.ts';
import { obligationCard } from '../../bot/responses/card.ts';
import { peopleOn } from '../../bot/responses/concerns.ts';
import { countedWaits } from '../../bot/responses/counting.ts';
import { obligationView, placements } from '../../bot/responses/index.ts';
import type { Db } from '../../bot/store/index.ts';
import { lockThreads } from '../../bot/threads/index.ts';
import { cardErrors } from '../support/cards.ts';
import { gate } from '../support/gate.ts';
import { type Letter, ResponsesWorld } from './world.ts';

/** Tuesday 24 November 2026, 09:00 in Manila; eight working hours end at 17:00 there, 09:00 UTC. */
const question: Letter = { id: 'q', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], at: '2026-11-24T01:00:00Z' };
const answer: Letter = {
  id: 'a',
  from: 'carlo@fabrikam.com',
  to: ['anna@contoso.com'],
  at: '2026-11-24T05:00:00Z',
  subject: 'Re: Server move',
  replyTo: 'q',
};

/** Until some transaction of this database waits for a lock. */
async function waitedFor(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
    if (rows.length) return;
    await setTimeout(20);
  }
}

describe('obligations on a real database', () => {
  let world: ResponsesWorld;
  beforeAll(async () => {
    world = await ResponsesWorld.open('2026-11-24T01:05:00Z');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.forget();
    world.base.clock.set('2026-11-24T01:05:00Z');
  });
  const only = async () => {
    const rows = (await world.rows()).filter((row) => row.openingKey !== '<a@mail>');
    expect(rows).toHaveLength(1);
    return rows[0]!;
  };
  const kinds = async (id: string) => (await eventsOf(world.base.db, { kind: 'obligation', id })).map((event) => event.kind);
  const at = (text: string) => new Date(text);

  it('opens by a mail, is past due at the agreed time whenever the sweep comes, and settles by the answer', async () => {
    await world.deliver([question]);
    const opened = await only();
    expect(opened).toMatchObject({ debtor: 'provider', state: 'open', dueAt: at('2026-11-24T09:00:00Z'), pastDueAt: null });
    // the sweep comes an hour late
    world.base.clock.set('2026-11-24T10:00:00Z');
    await world.until('2026-11-24T10:00:00Z');
    expect(await only()).toMatchObject({ pastDueAt: at('2026-11-24T09:00:00Z') });
    const past = (await eventsOf(world.base.db, { kind: 'obligation', id: opened.id })).find(
      (event) => event.kind === 'obligation.pastDue',
    );
    expect(past?.at).toEqual(at('2026-11-24T09:00:00Z'));
    await world.until('2026-11-24T11:00:00Z');
    await world.deliver([{ ...answer, at: '2026-11-24T10:30:00Z' }]);
    const settled = await only();
    expect(settled).toMatchObject({ state: 'settled', settledAt: at('2026-11-24T10:30:00Z'), ending: 'mail' });
    expect(settled.workedSeconds).toBe(9 * 3600);
    expect(settled.counted).toEqual([at('2026-11-24T01:00:00Z'), at('2026-11-24T10:00:00Z')]);
    expect(await kinds(opened.id)).toEqual(['obligation.opened', 'obligation.pastDue', 'obligation.ended']);
    expect(await world.base.db.selectFrom('deadline').selectAll().where('subjectId', '=', opened.id).execute()).toEqual([]);
  });

  it('a press may come at any millisecond, and what was counted is whole seconds', async () => {
    await world.deliver([question]);
    const { id, agreedAt } = await only();
    world.base.clock.set('2026-11-24T02:00:00.700Z');
    await world.press('cannot', id, world.actor('provider', 'joan'), { remark: 'No budget for it' });
    expect(await only()).toMatchObject({ workedSeconds: 3601, counted: [at('2026-11-24T01:00:00Z'), at('2026-11-24T02:00:00.700Z')] });
    const period = { from: agreedAt, to: new Date(agreedAt.getTime() + 1000) };
    expect(await countedWaits(world.base.db, world.partnershipId, period, true)).toMatchObject([{ worked: [3601], elapsed: [3601] }]);
  });

  it('concerns the people of the partnership who are on the mail, in whatever line', async () => {
    await world.deliver([{ ...question, cc: ['pieter@contoso.com', 'somebody@elsewhere.example'] }]);
    const { id } = await only();
    const concerned = await world.base.ports.transaction((tx) => peopleOn(tx, id));
    const keys = await world.base.db
      .selectFrom('contact')
      .select('key')
      .where('id', 'in', [...concerned])
      .orderBy('key')
      .execute();
    expect(keys.map(({ key }) => key)).toEqual(['anna', 'carlo', 'pieter']);
  });

  it('9, 10: warned at three quarters, asked at the eighth working day past due, lapsed at the tenth', async () => {
    await world.deliver([question]);
    const { id, revision } = await only();
    await world.jobsOf(id); // what the opening asked for
    const asked = async () =>
      (await world.base.db.selectFrom('question').select('kind').where('obligationId', '=', id).execute()).map((row) => row.kind);
    await world.until('2026-11-24T06:59:00Z');
    expect(await world.jobsOf(id)).toEqual([]);
    await world.until('2026-11-24T07:00:00Z');
    expect(await world.jobsOf(id)).toEqual(['post.refresh']);
    expect(await world.wanted(id)).toEqual(['carlo']);
    expect((await only()).revision).toBe(revision);
    await world.until('2026-11-24T09:00:00Z');
    expect(await world.jobsOf(id)).toEqual(['post.refresh']);
    expect(await world.wanted(id)).toEqual(['channel']);
    // 30 November is a holiday in Manila: the eighth working day is Monday 7 December
    await world.until('2026-12-07T09:59:00Z');
    expect(await asked()).toEqual([]);
    await world.until('2026-12-07T10:00:00Z');
    expect(await asked()).toEqual(['stillWaiting']);
    expect(await world.jobsOf(id)).toEqual(['post.refresh']);
    expect(await world.wanted(id)).toEqual(['anna', 'channel']);
    await world.until('2026-12-10T00:00:00Z');
    expect(await only()).toMatchObject({ state: 'lapsed', settledAt: at('2026-12-09T10:00:00Z') });
    expect(await world.wanted(id)).toEqual([]);
  });

  it('what silence has ended stays ended when a calendar is corrected, and the next mail opens anew', async () => {
    await world.deliver([question]);
    await world.until('2026-12-10T00:00:00Z');
    const { id } = await only();
    const edit = { kind: 'exception', onDate: '2026-11-26', hours: 'closed', reason: 'Typhoon' } as const;
    const by = world.actor('provider', 'joan');
    const { partnershipId } = world;
    const request = { partnershipId, calendarKey: 'manila', by, now: world.base.clock.now(), edit };
    const editId = await world.base.ports.transaction((tx) => editCalendar(tx, request));
    await world.charterChanged();
    // with that day closed, the tenth silent day would end on 10 December at 10:00
    await world.deliver([{ ...question, id: 'later', at: '2026-12-10T01:00:00Z', subject: 'Re: Server move', replyTo: 'q' }]);
    const rows = await world.rows();
    expect(rows.map((row) => [row.id === id, row.state])).toEqual([
      [true, 'lapsed'],
      [false, 'open'],
    ]);
    expect(rows[0]!.settledAt).toEqual(at('2026-12-09T10:00:00Z'));
    await world.base.ports.transaction((tx) => undoCalendarEdits(tx, { ...request, editIds: [editId] }));
  });

  it('46: any order, twice, from two mailboxes: the same rows', async () => {
    const letters: Letter[] = [
      { ...question, cc: ['pieter@contoso.com'] },
      { ...answer, cc: ['pieter@contoso.com'] },
      {
        id: 't',
        from: 'anna@contoso.com',
        to: ['carlo@fabrikam.com'],
        cc: ['pieter@contoso.com'],
        at: '2026-11-24T06:00:00Z',
        subject: 'Re: Server move',
        replyTo: 'a',
      },
    ];
    const results: unknown[] = [];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [1, 0, 2],
    ]) {
      world.base.clock.set('2026-11-24T07:00:00Z');
      await world.deliver(
        order.map((n) => letters[n]!),
        { again: true, boxes: order[0] === 1 ? ['pieter@contoso.com', 'anna@contoso.com'] : ['anna@contoso.com', 'pieter@contoso.com'] },
      );
      const rows = (await world.rows()).filter((row) => row.mergedInto === null);
      results.push(
        rows.map(({ openingKey, debtor, state, dueAt, settledAt, verdict, why, openedAt }) => ({
          openingKey,
          debtor,
          state,
          dueAt,
          settledAt,
          verdict,
          why,
          openedAt,
        })),
      );
      await sql`truncate thread, thread_tie, thread_partnership, message, message_to, message_copy, obligation, question, deadline cascade`.execute(
        world.base.db,
      );
    }
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]).toHaveLength(3);
  });

  it('mail and time that meet wait for one another in one order', async () => {
    await world.deliver([question]);
    const { id, threadId } = await only();
    const { ports, clock, db } = world.base;
    clock.set('2026-11-24T09:00:00Z');
    const mailHasThread = gate();
    let tries = 0;
    // as a page of mail does: the thread first, then what is made of it
    const mail = ports.transaction(async (tx) => {
      tries += 1;
      await lockThreads(tx, [threadId]);
      mailHasThread.open();
      await waitedFor(db);
      await setDeadline(tx, { kind: 'obligation.next', subject: { kind: 'obligation', id }, at: at('2026-11-24T07:00:00Z') });
      await appendEvent(tx, {
        kind: 'obligation.moved',
        subject: { kind: 'obligation', id },
        partnershipId: world.partnershipId,
        at: clock.now(),
        by: null,
      });
    });
    await mailHasThread.opened;
    const counted: Ports['transaction'] = (run) =>
      ports.transaction((tx) => {
        tries += 1;
        return run(tx);
      });
    await sweep({ ...ports, transaction: counted }, world.capability.deadlines!);
    await mail;
    expect(tries).toBe(2);
    expect(await only()).toMatchObject({ pastDueAt: at('2026-11-24T09:00:00Z') });
  });

  it('40: nothing that opened before both sides agreed is ever alerted', async () => {
    const old = { ...question, id: 'old', at: '2026-10-30T01:00:00Z' };
    await world.deliver([old]);
    const row = await only();
    expect(row).toMatchObject({ alertAt: null, warnAt: null });
    expect(
      (await placements(world.base.db as never, row.id, at('2026-11-24T10:00:00Z'))).filter((each) => each.state === 'wanted'),
    ).toEqual([]);
  });

  it('first seen more than five working days past due: history; five: not yet', async () => {
    // Mon 9 Nov 01:00 UTC is due Mon 9 Nov; Tue 17 Nov is the sixth working day after it
    await world.deliver([{ ...question, id: 'h', at: '2026-11-09T01:00:00Z' }]);
    expect((await only()).alertAt).toBeNull();
  });

  it('39: down from Friday night to Monday: one notice a subject, true times', async () => {
    world.base.clock.set('2026-11-27T02:00:00Z');
    await world.deliver([{ ...question, at: '2026-11-27T01:00:00Z' }]);
    world.base.clock.set('2026-11-30T02:00:00Z');
    await world.until('2026-11-30T02:00:00Z');
    const row = await only();
    expect(row.pastDueAt).toEqual(at('2026-11-27T09:00:00Z'));
    expect((await kinds(row.id)).filter((kind) => kind === 'obligation.pastDue')).toHaveLength(1);
  });

  it('43: a mail that is deleted or moved changes nothing', async () => {
    await world.deliver([question, answer]);
    const before = await only();
    await world.base.db
      .updateTable('messageCopy')
      .set({ removedAt: new Date('2026-11-24T06:00:00Z') })
      .execute();
    await world.deliver([question]);
    expect(await only()).toMatchObject({ state: before.state, settledAt: before.settledAt });
  });

  describe('presses', () => {
    it('are refused to the other side, journalled, and undone by their own side', async () => {
      await world.deliver([question]);
      const { id } = await only();
      const joan = world.actor('provider', 'joan');
      const anna = world.actor('client', 'anna');
      await expect(world.press('promise', id, anna, { on: '2026-11-25' })).rejects.toMatchObject({ code: 'obligation.not_yours' });
      const said = await world.press('promise', id, joan, { on: '2026-11-25' });
      expect(await only()).toMatchObject({ dueAt: at('2026-11-25T10:00:00Z'), agreedAt: at('2026-11-24T09:00:00Z') });
      await expect(world.press('undo', id, anna, { eventId: said.undoEventId! })).rejects.toMatchObject({
        code: 'obligation.not_undoable',
      });
      await world.press('undo', id, joan, { eventId: said.undoEventId! });
      expect(await only()).toMatchObject({ dueAt: at('2026-11-24T09:00:00Z') });
      expect(await kinds(id)).toEqual([
        'obligation.opened',
        'obligation.promise',
        'obligation.moved',
        'obligation.undone',
        'obligation.moved',
      ]);
    });

    it('35: asking again is noted once a working day, and says which role pressed it', async () => {
      await world.deliver([question]);
      const { id } = await only();
      await world.press('askAgain', id, world.actor('client', 'anna'));
      await expect(world.press('askAgain', id, world.actor('client', 'pieter', false))).rejects.toMatchObject({
        code: 'obligation.asked_today',
      });
      const view = await world.base.ports.transaction((tx) =>
        obligationView(tx, id, world.actor('client', 'anna'), at('2026-11-24T02:00:00Z')),
      );
      expect((await world.view(id, 'everyone')).notes).toEqual([
        'Contoso (Service owner) opened the mail to ask again, Tue 24 Nov, 02:05 in Amsterdam.',
      ]);
      expect(view?.history.at(-1)?.text).toBe('Contoso (Service owner) opened the mail to ask again.');
      expect(view?.actions[0]).toMatchObject({ label: 'Open the mail', openUrl: 'https://outlook.office.com/mail/q' });
      expect(JSON.stringify(obligationCard(view!)).match(/opened the mail/g)).toHaveLength(1);
      // who is not on the mail gets a ready one, without its subject and its people
      const others = await world.view(id, world.actor('client', 'pieter', false));
      expect(others.actions[0]).toMatchObject({ label: 'Write a mail' });
      expect(decodeURIComponent(others.actions[0]!.openUrl!)).toBe(
        'mailto:?subject=Our mail of Tue 24 Nov&body=Our mail of Tue 24 Nov still waits for an answer. By what we agreed it is expected by Tue 24 Nov, 17:00 in Manila. Can you answer it, or name a day by which you will?',
      );
    });

    it.each([
      ['the evening of the same day', '2026-11-24T22:30:00Z', false],
      ['the next day, minutes later', '2026-11-24T23:05:00Z', true],
    ])('35: by the date of the side that asks: %s', async (_name, when, may) => {
      await world.deliver([question]);
      const { id } = await only();
      world.base.clock.set('2026-11-24T22:00:00Z'); // 23:00 in Amsterdam
      await world.press('askAgain', id, world.actor('client', 'anna'));
      world.base.clock.set(when);
      const again = world.press('askAgain', id, world.actor('client', 'anna'));
      await (may ? expect(again).resolves.toBeDefined() : expect(again).rejects.toMatchObject({ code: 'obligation.asked_today' }));
    });

    it('35: a weekend belongs to the working day after it', async () => {
      world.base.clock.set('2026-11-28T10:00:00Z');
      await world.deliver([{ ...question, at: '2026-11-27T01:00:00Z' }]);
      const { id } = await only();
      await world.press('askAgain', id, world.actor('client', 'anna'));
      world.base.clock.set('2026-11-29T10:00:00Z');
      await expect(world.press('askAgain', id, world.actor('client', 'anna'))).rejects.toMatchObject({ code: 'obligation.asked_today' });
      world.base.clock.set('2026-12-01T10:00:00Z');
      await expect(world.press('askAgain', id, world.actor('client', 'anna'))).resolves.toBeDefined();
    });

    it('a date that was changed since it was shown is not agreed to', async () => {
      await world.deliver([question]);
      const { id } = await only();
      await world.press('promise', id, world.actor('provider', 'joan'), { on: '2026-12-10' });
      const anna = world.actor('client', 'anna');
      const { revision } = await world.view(id, anna);
      await world.press('promise', id, world.actor('provider', 'joan'), { on: '2027-03-10' });
      await expect(world.press('agreeDate', id, anna, {}, revision)).rejects.toMatchObject({ code: 'obligation.changed' });
      await world.press('agreeDate', id, anna, {}, (await world.view(id, anna)).revision);
      expect(await only()).toMatchObject({ dueAt: at('2027-03-10T10:00:00Z') });
    });

    it.each(['notOurs', 'cannot', 'unclear'])('%s needs a word with it', async (verb) => {
      await world.deliver([question]);
      const { id } = await only();
      await expect(world.press(verb, id, world.actor('provider', 'joan'), { remark: ' ' })).rejects.toThrow(/remark/);
    });

    it('never for mail like this: the next one is not counted, and undo takes the rule back', async () => {
      const report = (n: number): Letter => ({
        id: `r${n}`,
        from: 'carlo@fabrikam.com',
        to: ['anna@contoso.com'],
        at: `2026-11-2${n}T01:00:00Z`,
        subject: 'Numbers of the week',
      });
      world.base.clock.set('2026-11-25T02:00:00Z');
      await world.deliver([report(3)]);
      const { id } = await only();
      const said = await world.press('neverLikeThis', id, world.actor('client', 'anna')).catch((error: unknown) => error);
      expect(said).toMatchObject({ code: 'obligation.not_yours' });
      const by = await world.press('neverLikeThis', id, world.actor('provider', 'joan'));
      // one that was written before joins what was ended by it; the next is not counted from the beginning
      await world.deliver([report(4)]);
      world.base.clock.set('2026-11-26T02:00:00Z');
      await world.deliver([report(6)]);
      expect((await world.rows()).map((row) => [row.state, row.why])).toEqual([
        ['notCounted', 'corrected'],
        ['notCounted', 'pattern'],
      ]);
      await world.press('undo', id, world.actor('provider', 'joan'), { eventId: by.undoEventId! });
      expect((await world.rows()).map((row) => row.state)).toContain('open');
    });

    it('two at once have one outcome', async () => {
      await world.deliver([question]);
      const { id } = await only();
      const both = await Promise.allSettled([
        world.press('setAside', id, world.actor('provider', 'joan')),
        world.press('notNeeded', id, world.actor('client', 'anna')),
      ]);
      expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(both.find((each) => each.status === 'rejected')).toMatchObject({ reason: { code: 'obligation.ended' } });
    });
  });

  describe('what people see', () => {
    it('subject and names only on the thread; everyone sees sides, roles and times', async () => {
      await world.deliver([{ ...question, subject: 'Password of the vault' }]);
      const { id } = await only();
      const see = (viewer: 'everyone' | ReturnType<typeof world.actor>) =>
        world.base.ports.transaction((tx) => obligationView(tx, id, viewer, at('2026-11-24T10:00:00Z')));
      const everyone = await see('everyone');
      expect(everyone).toMatchObject({ subject: null, people: null, openMailUrl: null, history: [] });
      expect(JSON.stringify(everyone)).not.toMatch(/vault|Anna|Carlo|@/);
      expect(everyone?.sentence).toBe(
        'Waiting for Fabrikam (Service desk) since Tue 24 Nov, 09:00. Expected by Tue 24 Nov, 17:00 in Manila. No answer seen in the mail that Rapport reads.',
      );
      expect(await see(world.actor('client', 'pieter', false))).toMatchObject({ subject: null, people: null });
      expect(await see(world.actor('client', 'anna'))).toMatchObject({
        subject: 'Password of the vault',
        people: { asker: 'Anna de Vries', asked: ['Carlo Reyes'] },
      });
      expect(await see(world.actor('provider', 'carlo', false))).toMatchObject({ subject: 'Password of the vault' });
    });

    it('cards pass the schema and the renderer in every state, hostile subjects and all', async () => {
      await world.deliver([{ ...question, subject: '**[x](https://evil.example)** {{DATE(x)}} <at>all</at> \u202E evil' }]);
      const { id } = await only();
      const card = world.capability.cards!.obligation!;
      for (const when of ['2026-11-24T02:00:00Z', '2026-11-24T08:00:00Z', '2026-11-24T12:00:00Z'])
        for (const viewer of ['everyone', world.actor('client', 'anna'), world.actor('provider', 'carlo', false)] as const) {
          const view = await world.base.ports.transaction((tx) => card.view(tx, id, viewer, at(when)));
          const json = card.card(view);
          expect(cardErrors(json)).toEqual([]);
          expect(JSON.stringify(json)).not.toMatch(/https:\/\/evil|\{\{DATE\(x|<at>|\u202E/);
        }
    });

    it('the brief says what is past and what is expected today', async () => {
      await world.deliver([
        question,
        { id: 'c', from: 'carlo@fabrikam.com', to: ['pieter@contoso.com'], at: '2026-11-24T02:00:00Z', subject: 'Access' },
      ]);
      await world.until('2026-11-24T10:00:00Z');
      const sections = await world.base.ports.transaction((tx) =>
        briefSections(tx, world.partnershipId, 'everyone', at('2026-11-24T10:00:00Z')),
      );
      expect(sections.map(({ heading, lines }) => [heading, ...lines.map((line) => line.text)])).toEqual([
        [
          'Waiting for Fabrikam, past the agreed time',
          'Fabrikam (Service desk): since Tue 24 Nov, 09:00; expected by Tue 24 Nov, 17:00 in Manila (10:00 in Amsterdam)',
        ],
        ['Also waiting', 'Contoso: one answer, the next by Wed 25 Nov, 17:30 in Amsterdam (Thu 26 Nov, 00:30 in Manila)'],
      ]);
      const tomorrow = await world.base.ports.transaction((tx) =>
        briefSections(tx, world.partnershipId, 'everyone', at('2026-11-25T08:00:00Z')),
      );
      expect(tomorrow.map((section) => section.heading)).toContain('Expected today');
    });
  });
});
