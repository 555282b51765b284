import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { siteClosed, undoCalendarEdits } from '../../bot/charter/index.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { saveMeetings } from '../../bot/meetings/index.ts';
import { todayView } from '../../bot/today/index.ts';
import { type Letter, ResponsesWorld } from './world.ts';

/** Tuesday 24 November 2026, 09:00 in Manila; eight working hours end at 17:00 there, 09:00 UTC. */
const question: Letter = { id: 'q', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], at: '2026-11-24T01:00:00Z' };
const reply = (id: string, from: string, to: string, when: string, rest: Partial<Letter> = {}): Letter => ({
  id,
  from,
  to: [to],
  at: when,
  subject: 'Re: Server move',
  replyTo: 'q',
  ...rest,
});

describe('what one person is asked or told', () => {
  let world: ResponsesWorld;
  beforeAll(async () => {
    world = await ResponsesWorld.open('2026-11-24T01:05:00Z');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.forget();
    world.base.clock.set('2026-11-24T01:05:00Z');
  });
  const first = async () => (await world.rows())[0]!;
  const labels = async (id: string, viewer: ReturnType<typeof world.actor>) =>
    (await world.view(id, viewer)).actions.map((each) => each.label);
  const today = (key: 'anna' | 'pieter' | 'joan', side: Side = 'client') =>
    world.base.ports.transaction((tx) => todayView(tx, [], world.actor(side, key, key !== 'pieter'), world.base.clock.now()));

  it('36: set aside: the asker is told once, and puts it back with one click', async () => {
    await world.deliver([question]);
    const { id } = await first();
    const said = await world.press('setAside', id, world.actor('provider', 'joan'));
    expect(await world.questions(id)).toEqual(['anna: told']);
    expect(await world.wanted(id)).toEqual(['anna']);
    const anna = world.actor('client', 'anna');
    const view = await world.view(id, anna);
    expect(view.question).toBe('Fabrikam says that no answer is needed. If you wait for one, put it back.');
    expect(view.actions[0]).toMatchObject({ verb: 'obligation.putBack', rank: 'few' });
    expect((await today('anna')).mine.map((row) => row.id)).toEqual([id]);
    expect((await today('pieter')).mine).toEqual([]);
    await world.press('undo', id, world.actor('provider', 'joan'), { eventId: said.undoEventId! });
    expect(await world.questions(id)).toEqual([]);
    await world.press('setAside', id, world.actor('provider', 'joan'));
    await world.press('putBack', id, anna);
    expect(await first()).toMatchObject({ state: 'open' });
    expect(await world.questions(id)).toEqual([]);
    // who was asked learns that it goes on
    expect(await world.wanted(id)).toEqual(['carlo']);
  });

  it('11: answered to a colleague whose mailbox is not read: the words say what was looked at, and how much of it there is', async () => {
    await world.deliver([question, reply('r', 'carlo@fabrikam.com', 'bas@contoso.com', '2026-11-24T02:00:00Z')]);
    const { id, state } = await first();
    expect(state).toBe('open');
    const { partnershipId, base } = world;
    await sql`insert into mailbox_partnership (mailbox_id, partnership_id) select id, ${partnershipId} from mailbox`.execute(base.db);
    expect((await world.view(id, 'everyone')).sentence).toMatch(/No answer seen in the mail that Rapport reads\.$/);
    expect((await today('anna')).coverage).toMatchObject({
      text: expect.stringMatching(/Mail that reaches none of them is not seen\.$/),
      mailboxes: 2,
    });
  });

  it('what he is told leaves his page after four days', async () => {
    await world.deliver([question]);
    const { id } = await first();
    await world.press('cannot', id, world.actor('provider', 'joan'), { remark: 'No budget for it' });
    world.base.clock.set('2026-11-28T01:04:00Z');
    expect((await today('anna')).mine).toHaveLength(1);
    world.base.clock.set('2026-11-28T01:06:00Z');
    expect((await today('anna')).mine).toEqual([]);
    expect(await world.wanted(id)).toEqual([]);
  });

  it('2: an answer that was only a receipt: the asker waits on, those asked are told and offered a date', async () => {
    world.base.clock.set('2026-11-24T01:30:00Z');
    await world.deliver([question, reply('a', 'carlo@fabrikam.com', 'anna@contoso.com', '2026-11-24T01:20:00Z')]);
    const { id } = await first();
    expect(await first()).toMatchObject({ state: 'settled' });
    await world.press('stillWaiting', id, world.actor('client', 'anna'), { remark: 'The plan itself' });
    expect(await world.wanted(id)).toEqual(['carlo']);
    const view = await world.view(id, world.actor('provider', 'carlo', false));
    expect(view.actions[0]).toMatchObject({ verb: 'obligation.promise' });
    expect(view.history.map((line) => line.text)).toContain('Contoso (Service owner) is still waiting for something. “The plan itself”');
    await expect(world.press('promise', id, world.actor('provider', 'joan'), { on: '2026-11-23' })).rejects.toMatchObject({
      code: 'obligation.bad_date',
    });
    await expect(world.press('promise', id, world.actor('provider', 'joan'), { on: '2028-11-23' })).rejects.toMatchObject({
      code: 'obligation.bad_date',
    });
    await world.press('promise', id, world.actor('provider', 'joan'), { on: '2026-11-25' });
    const told = await world.view(id, world.actor('provider', 'carlo', false));
    expect(told.history.map((line) => line.text)).toContain('Fabrikam (Delivery lead): answer by Wed 25 Nov.');
  });

  it('25: a mail that did not arrive: its sender is told, nobody else', async () => {
    await world.deliver([question]);
    const { id } = await first();
    await world.deliver([
      reply('ndr', 'postmaster@contoso.com', 'anna@contoso.com', '2026-11-24T01:01:00Z', { subject: 'Undeliverable: Server move' }),
    ]);
    expect(await first()).toMatchObject({ state: 'notDelivered' });
    expect(await world.questions(id)).toEqual(['anna: told', 'joan: hasLeft']);
    expect(await world.wanted(id)).toEqual(['anna', 'joan']);
    expect((await today('anna')).mine.map((row) => row.question)).toEqual(['The mail did not arrive at Fabrikam: nobody there has it.']);
    const others = await today('pieter');
    expect([...others.mine, ...others.answered, ...others.waitingFor.provider]).toEqual([]);
  });

  it('10: two mails elsewhere that may be the answer are one question while it stands', async () => {
    await world.deliver([question]);
    const { id } = await first();
    const elsewhere = (n: number): Letter => ({
      id: `e${n}`,
      from: 'carlo@fabrikam.com',
      to: ['anna@contoso.com'],
      at: `2026-11-24T0${n}:00:00Z`,
      subject: `Rack plan ${n}`,
    });
    for (const n of [7, 8]) {
      await world.deliver([elsewhere(n)]);
      await world.until(`2026-11-24T0${n}:30:00Z`);
      await world.deliver([{ ...question, id: `q${n}`, at: `2026-11-24T0${n}:20:00Z`, replyTo: 'q', subject: 'Re: Server move' }]);
    }
    expect((await world.questions(id)).filter((each) => each.endsWith('wasAnswer'))).toEqual(['anna: wasAnswer']);
  });

  it('26: mail to a contact does not arrive: the owner of his side is asked, and has what waits for somebody who left', async () => {
    await world.deliver([{ ...question, id: 'open', subject: 'Rack plan' }, question]);
    const bounce = reply('ndr', 'postmaster@fabrikam.com', 'anna@contoso.com', '2026-11-24T01:01:00Z', {
      subject: 'Undeliverable: Server move',
    });
    await world.deliver([bounce]);
    const inState = async (state: string) => (await world.rows()).find((row) => row.state === state)!;
    const { id } = await inState('notDelivered');
    const open = await inState('open');
    const joan = world.actor('provider', 'joan');
    expect((await today('joan', 'provider')).mine.map((row) => row.question)).toEqual([
      'Mail to Fabrikam (Service desk) did not arrive. Has this person left? Then what waits for Fabrikam (Service desk) comes to you.',
    ]);
    expect((await labels(id, joan)).slice(0, 2)).toEqual(['Has left', 'Still here']);
    expect(await labels(id, world.actor('provider', 'carlo', false))).not.toContain('Has left');
    await expect(world.press('hasLeft', id, world.actor('client', 'anna'))).rejects.toMatchObject({ code: 'obligation.not_yours' });
    const { undoEventId } = await world.press('hasLeft', id, joan);
    await world.charterChanged();
    expect(await world.questions(id)).toEqual(['anna: told']);
    await world.until('2026-11-24T07:00:00Z');
    expect(await world.wanted(open.id)).toEqual(['joan']);
    await world.press('undo', id, joan, { eventId: undoEventId! });
    await world.charterChanged();
    expect(await world.wanted(open.id)).toEqual(['carlo']);
    await world.press('stillHere', id, joan);
    await expect(world.press('hasLeft', id, joan)).rejects.toMatchObject({ code: 'obligation.nothing_to_say' });
  });

  it('24: away with a stand-in: the asker gets a ready mail to him, the time stays, the stand-in is warned too', async () => {
    await world.deliver([{ ...question, to: ['joan@fabrikam.com'] }]);
    const { id } = await first();
    await world.deliver([reply('ooo', 'joan@fabrikam.com', 'anna@contoso.com', '2026-11-24T01:01:00Z', { kind: 'automatic' })]);
    expect(await world.questions(id)).toEqual(['anna: away']);
    const view = await world.view(id, world.actor('client', 'anna'));
    expect(view.notes).toEqual(['Fabrikam (Delivery lead) is away; the time stays as it is. Stand-in: Service desk.']);
    const forward = view.actions.find((action) => action.label === 'Forward to Service desk');
    expect(decodeURIComponent(forward?.openUrl ?? '')).toBe(
      'mailto:carlo@fabrikam.com?subject=FW: Server move&body=Our mail of Tue 24 Nov is expected to be answered by Tue 24 Nov in Manila, and the person it was written to is away. Can you take it over?',
    );
    expect((await first()).dueAt).toEqual(new Date('2026-11-24T09:00:00Z'));
    await world.until('2026-11-24T07:00:00Z');
    expect(await world.wanted(id)).toEqual(['anna', 'carlo', 'joan']);
    expect(await labels(id, world.actor('provider', 'joan'))).not.toContain('Forward to Service desk');
  });

  it('24: away without a stand-in: the card says so', async () => {
    await world.deliver([question, reply('ooo', 'carlo@fabrikam.com', 'anna@contoso.com', '2026-11-24T01:01:00Z', { kind: 'automatic' })]);
    const { id } = await first();
    const view = await world.view(id, 'everyone');
    expect(view.notes).toEqual(['Fabrikam (Service desk) is away; the time stays as it is. No stand-in is named.']);
    expect(JSON.stringify(world.capability.cards!.obligation!.card(view))).toContain('No stand-in is named.');
    expect((await labels(id, world.actor('client', 'anna'))).some((label) => label.startsWith('Forward'))).toBe(false);
  });

  it('3: from the sixth turn both are offered a call, and the age of the conversation is shown', async () => {
    const turns = Array.from({ length: 7 }, (_, n) => {
      const at = `2026-11-24T01:${String(10 + n)}:00Z`;
      return n % 2
        ? reply(`a${n}`, 'anna@contoso.com', 'carlo@fabrikam.com', at, { importance: 'high' })
        : reply(`c${n}`, 'carlo@fabrikam.com', 'anna@contoso.com', at, { importance: 'high' });
    });
    world.base.clock.set('2026-11-24T02:00:00Z');
    await world.deliver([question, ...turns.slice(0, 5)]);
    const open = async () => (await world.rows()).find((row) => row.state === 'open')!;
    const call = async () => (await labels((await open()).id, world.actor('client', 'anna'))).includes('Call');
    expect((await open()).turns).toBe(5);
    expect(await call()).toBe(false);
    await world.deliver(turns.slice(5, 6));
    expect((await open()).turns).toBe(6);
    expect(await call()).toBe(true);
    const view = await world.view((await open()).id, world.actor('provider', 'carlo', false));
    expect(view.notes).toEqual(['The conversation went back and forth 6 times since Tue 24 Nov, 09:00 in Manila. A call may be quicker.']);
    expect(view.actions.map((action) => action.label)).toContain('Call');
  });

  it('23: an invitation in the calendar holds the alert until the meeting ends', async () => {
    await world.deliver([
      question,
      {
        id: 'i',
        from: 'carlo@fabrikam.com',
        to: ['anna@contoso.com'],
        at: '2026-11-24T05:00:00Z',
        subject: 'About the move',
        kind: 'invitation',
      },
    ]);
    const { id } = await first();
    const meeting = {
      id: 'm',
      kind: 'singleInstance' as const,
      seriesMasterId: null,
      startAt: new Date('2026-11-27T09:00:00Z'),
      endAt: new Date('2026-11-27T10:00:00Z'),
      icalUid: 'm',
      subject: 'About the move',
      organizer: 'carlo@fabrikam.com',
      attendees: [],
      cancelled: false,
      zone: null,
      joinUrl: null,
      originalAt: null,
    };
    const { mailboxId } = await world.base.db.selectFrom('messageCopy').select('mailboxId').executeTakeFirstOrThrow();
    await world.base.ports.transaction((tx) => saveMeetings(tx, mailboxId, [meeting]));
    await world.until('2026-11-24T09:00:00Z');
    expect(await first()).toMatchObject({ alertAt: meeting.endAt, pastDueAt: null });
    expect((await world.view(id, world.actor('client', 'anna'))).question).toBe(
      'Fabrikam sent an invitation, for Fri 27 Nov, 10:00 in Amsterdam. Does the answer come in that meeting? Until it is over, nothing is shown as past its time.',
    );
    await world.until('2026-11-27T10:00:00Z');
    expect(await world.wanted(id)).toEqual(['anna', 'channel']);
  });

  it('what was unclear is asked at once, and can be read where it has to be answered', async () => {
    await world.deliver([question]);
    const { id } = await first();
    await world.press('unclear', id, world.actor('provider', 'carlo', false), { remark: 'Which of the two servers?' });
    const back = (await world.rows()).find((row) => row.debtor === 'client')!;
    expect(await world.wanted(back.id)).toEqual(['anna']);
    const view = await world.view(back.id, world.actor('client', 'anna'));
    expect(view.subject).toBe('Server move');
    expect(view.sentence).toMatch(/^Fabrikam \(Service desk\) asked Contoso \(Service owner\) what was meant, Tue 24 Nov, 02:05\. /);
    expect(view.history[0]).toMatchObject({
      text: 'Fabrikam (Service desk) asked what was meant. “Which of the two servers?”',
      undoable: false,
    });
  });

  it('at most three questions a day: the weightiest come first, the others when there is room', async () => {
    const unsure = (n: number): Letter => ({
      id: `u${n}`,
      from: 'anna@contoso.com',
      to: ['pieter@contoso.com', 'carlo@fabrikam.com'],
      at: `2026-11-24T01:0${n}:00Z`,
      subject: `Topic ${n}`,
    });
    world.base.clock.set('2026-11-24T01:10:00Z');
    await world.deliver([1, 2, 3, 4].map(unsure));
    const asked = async () => (await Promise.all((await world.rows()).map(({ id }) => world.questions(id)))).map((each) => each.length);
    expect(await asked()).toEqual([1, 1, 1, 0]);
    await world.until('2026-11-25T01:09:00Z');
    expect(await asked()).toEqual([1, 1, 1, 0]);
    await world.until('2026-11-25T01:10:00Z');
    expect(await asked()).toEqual([1, 1, 1, 1]);
  });

  it('what somebody did is asked beyond the three: a date given, a mail that may be the answer', async () => {
    const unsure = (n: number): Letter => ({
      id: `u${n}`,
      from: 'anna@contoso.com',
      to: ['pieter@contoso.com', 'carlo@fabrikam.com'],
      at: `2026-11-24T01:0${n}:00Z`,
      subject: `Topic ${n}`,
    });
    await world.deliver([question, unsure(1), unsure(2), unsure(3)]);
    world.base.clock.set('2026-11-24T02:00:00Z');
    const id = (await world.rows()).find((row) => row.verdict === 'expected')!.id;
    await world.press('promise', id, world.actor('provider', 'joan'), { on: '2026-12-18' });
    await world.deliver([
      { id: 'e', from: 'joan@fabrikam.com', to: ['anna@contoso.com'], at: '2026-11-24T01:50:00Z', subject: 'Rack plan' },
    ]);
    await world.until('2026-11-24T07:30:00Z');
    expect(await world.questions(id)).toEqual(['anna: agreeDate', 'anna: wasAnswer']);
  });

  it('a question stands again when what ended it is taken back', async () => {
    await world.deliver([
      question,
      { id: 'e', from: 'joan@fabrikam.com', to: ['anna@contoso.com'], at: '2026-11-24T01:04:00Z', subject: 'Rack plan' },
    ]);
    const id = (await world.rows()).find((row) => row.debtor === 'provider')!.id;
    await world.until('2026-11-24T07:30:00Z');
    expect(await world.questions(id)).toEqual(['anna: wasAnswer']);
    const said = await world.press('setAside', id, world.actor('provider', 'joan'));
    expect(await world.questions(id)).toEqual(['anna: told']);
    await world.press('undo', id, world.actor('provider', 'joan'), { eventId: said.undoEventId! });
    expect(await world.questions(id)).toEqual(['anna: wasAnswer']);
    await world.press('wasNotAnswer', id, world.actor('client', 'anna'));
    expect(await world.questions(id)).toEqual([]);
  });

  it('Mine shows what moves a time before what may not need an answer', async () => {
    world.base.clock.set('2026-11-24T01:10:00Z');
    await world.deliver([
      { id: 'u', from: 'anna@contoso.com', to: ['pieter@contoso.com', 'carlo@fabrikam.com'], at: '2026-11-24T01:00:00Z', subject: 'Topic' },
      { ...question, at: '2026-11-24T01:02:00Z' },
    ]);
    const waits = (await world.rows()).find((row) => row.verdict === 'expected')!;
    const { message } = await world.press('promise', waits.id, world.actor('provider', 'joan'), { on: '2026-12-18' });
    expect(message).toBe('Noted. The other side is asked to agree; until then the agreed time holds.');
    const { mine } = await today('anna');
    expect(mine.map((row) => row.question)).toEqual([
      'Fabrikam would answer by Fri 18 Dec. Until you agree, Tue 24 Nov, 17:02 in Manila holds.',
      'Contoso (Service owner) wrote to Fabrikam (Service desk), Tue 24 Nov, 02:00 in Amsterdam. It was written to people of both sides. Is an answer expected?',
    ]);
    expect(mine[0]!.actions[0]!.label).toBe('Agree to Fri 18 Dec');
  });

  it('27: a mailbox that is gone: what was asked of its owner is asked of the owner of his side', async () => {
    await world.deliver([{ ...question, from: 'pieter@contoso.com' }]);
    const { id } = await first();
    await world.base.db.updateTable('mailbox').set({ state: 'gone' }).where('address', '=', 'pieter@contoso.com').execute();
    await world.press('setAside', id, world.actor('provider', 'joan'));
    expect(await world.questions(id)).toEqual(['anna: told']);
    await world.base.db.updateTable('mailbox').set({ state: 'reading' }).where('address', '=', 'pieter@contoso.com').execute();
  });

  it('38: a closed site moves what is open by one click, and what has ended stays', async () => {
    const { ports, clock } = world.base;
    await world.deliver([
      { ...question, id: 'old', subject: 'Earlier', at: '2026-11-23T01:00:00Z' },
      {
        ...question,
        id: 'oldAnswer',
        from: 'carlo@fabrikam.com',
        to: ['anna@contoso.com'],
        subject: 'Re: Earlier',
        replyTo: 'old',
        at: '2026-11-24T01:02:00Z',
      },
      question,
    ]);
    const before = await world.rows();
    const editIds = await ports.transaction((tx) =>
      siteClosed(tx, {
        partnershipId: world.partnershipId,
        side: 'provider',
        from: new Date('2026-11-23T16:00:00Z'),
        to: new Date('2026-11-24T16:00:00Z'),
        reason: 'Typhoon',
        by: world.actor('provider', 'joan'),
        now: clock.now(),
      }),
    );
    await world.charterChanged();
    const row = async (key: string) => (await world.rows()).find((each) => each.openingKey === `<${key}@mail>`)!;
    expect((await row('q')).dueAt).toEqual(new Date('2026-11-25T09:00:00Z'));
    const ended = before.find((each) => each.openingKey === '<old@mail>')!;
    expect(await row('old')).toMatchObject({ state: 'settled', dueAt: ended.dueAt, counted: ended.counted });
    // read again for another reason: still the same
    await world.deliver([{ ...question, id: 'more', subject: 'Re: Earlier', replyTo: 'oldAnswer', at: '2026-11-24T01:04:00Z' }]);
    expect(await row('old')).toMatchObject({ dueAt: ended.dueAt, counted: ended.counted, agreedAt: ended.agreedAt });
    await world.until('2026-11-24T12:00:00Z');
    expect((await row('q')).pastDueAt).toBeNull();
    expect((await world.view((await row('q')).id, 'everyone')).explanation?.closed).toContainEqual({ on: '2026-11-24', text: 'Typhoon' });
    await ports.transaction((tx) =>
      undoCalendarEdits(tx, { partnershipId: world.partnershipId, editIds, by: world.actor('provider', 'joan'), now: clock.now() }),
    );
  });

  it('26: who has left hands his open items to the owner of his side', async () => {
    await world.deliver([
      question,
      { id: 'u', from: 'pieter@contoso.com', to: ['anna@contoso.com', 'carlo@fabrikam.com'], at: '2026-11-24T01:03:00Z', subject: 'Topic' },
    ]);
    const [mine, unsure] = await world.rows();
    expect(await world.questions(unsure!.id)).toEqual(['pieter: expected']);
    await world.agree((text) =>
      text
        .replace('role: Service desk\n', 'role: Service desk\n      left: true\n')
        .replace('role: Finance\n', 'role: Finance\n      left: true\n')
        .replace('      stand-in: pieter\n', '')
        .replace('      stand-in: carlo\n', '')
        .replace('provider: Service desk\n    take', 'provider: joan\n    take')
        .replace('who: [anna, pieter]', 'who: [anna]')
        .replace('effective: 2026-11-02', 'effective: 2026-11-03'),
    );
    await world.charterChanged();
    expect(await world.questions(unsure!.id)).toEqual(['anna: expected']);
    await world.until('2026-11-24T07:00:00Z');
    expect(await world.wanted(mine!.id)).toEqual(['joan']);
    expect((await world.view(mine!.id, 'everyone')).notes).toEqual([
      'Fabrikam (Service desk) is not there any more: Fabrikam (Delivery lead) looks after this.',
    ]);
  });
});
