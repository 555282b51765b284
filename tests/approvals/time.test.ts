import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sweep } from '../../bot/deadlines/index.ts';
import { ApprovalsWorld, REQUEST } from './world.ts';

/** 10:00 in Amsterdam, 17:00 in Manila, on a Wednesday. */
const WEDNESDAY = '2026-11-25T09:00:00Z';
const refused = (code: string) => ({ code: `approval.${code}` });

let world: ApprovalsWorld;
beforeEach(async () => {
  world = await ApprovalsWorld.open(WEDNESDAY);
});
afterEach(() => world.close());

describe('a decision that waits', () => {
  it('is reminded of at half time and on the day, and then said to be past its time: as the other side’s answers are', async () => {
    const id = await world.ask('joan', 'Extra cost', { amount: '10' }); // until Monday 17:30 of theirs
    await world.decide('pieter', 'approve', id);
    expect(await world.told(id)).toEqual(['anna 1']);
    await world.until('2026-11-30T08:00:00Z');
    expect(await world.history(id)).toEqual(['ask', 'asked', 'approve', 'reminded', 'reminded']);
    expect(await world.told(id)).toEqual(['anna 3']);
    await world.until('2026-11-30T16:29:59Z');
    expect(await world.view(id, 'joan')).toMatchObject({ pastDue: false, tone: 'soon' });
    await world.until('2026-11-30T16:30:00Z');
    expect(await world.view(id, 'joan')).toMatchObject({ pastDue: true, tone: 'past', status: 'Past the agreed time' });
    await world.until('2026-12-20T00:00:00Z');
    expect((await world.history(id)).slice(5)).toEqual(['pastDue']);
    await world.decide('anna', 'approve', id);
    expect(await world.view(id, 'joan')).toMatchObject({ status: 'Approved' });
  });

  it('for one working day is reminded of once, at its beginning', async () => {
    const id = await world.ask('joan', 'Change in production');
    await world.until('2026-11-26T07:59:59Z');
    expect(await world.told(id)).toEqual(['anna 1']);
    await world.until('2026-11-26T08:00:00Z');
    expect(await world.told(id)).toEqual(['anna 2']);
    await world.until('2026-11-26T16:29:59Z');
    expect(await world.history(id)).toEqual(['ask', 'asked', 'reminded']);
  });

  it('is told in working hours, and after a time in which nothing ran once', async () => {
    world.base.base.clock.set('2026-11-25T20:00:00Z'); // 21:00
    const id = await world.ask('joan', 'Extra cost', { amount: '10' });
    expect(await world.told(id)).toEqual([]);
    await world.until('2026-11-26T08:00:00Z');
    expect(await world.told(id)).toEqual(['anna 1', 'pieter 1']);
    world.base.base.clock.set('2026-12-07T09:00:00Z');
    await sweep(world.ports, world.capability.deadlines!);
    expect(await world.history(id)).toEqual(['ask', 'asked', 'pastDue']);
  });

  it('swept by several at once is reminded of once', async () => {
    const ids = [];
    for (let n = 0; n < 8; n += 1) ids.push(await world.ask('joan', 'Change in production'));
    world.base.base.clock.set('2026-11-26T08:00:00Z');
    await Promise.all([1, 2, 3].map(() => sweep(world.ports, world.capability.deadlines!)));
    for (const id of ids) expect(await world.history(id)).toEqual(['ask', 'asked', 'reminded']);
  });

  it('goes to the stand-in of somebody who leaves meanwhile', async () => {
    const id = await world.ask('joan', 'Change in production');
    await world.gone('anna');
    await world.lookAgain();
    expect(await world.told(id)).toEqual(['pieter 2']);
    await world.decide('pieter', 'approve', id);
  });
});

describe('unless somebody objects', () => {
  /** Three working days of Amsterdam from Wednesday: the end of Monday. */
  const END = '2026-11-30T16:30:00Z';

  it('goes ahead once the time is over for everybody it is known to have reached, and both sides are told', async () => {
    const id = await world.ask('joan', 'Opening hours', {}, 'notice');
    expect(await world.view(id, 'joan')).toMatchObject({
      status: 'Goes ahead unless somebody objects',
      sentence: 'Fabrikam (Delivery lead) will do this unless Contoso objects.',
      expectedBy: { at: END },
      timeLabel: 'Goes ahead after',
      notes: [
        'It has not reached Contoso (Service owner) yet. Without that it does not go ahead.',
        'It has not reached Contoso (Finance) yet. Without that it does not go ahead.',
      ],
    });
    // whoever reads it knows that it has reached him
    expect((await world.view(id, 'anna'))!.notes).toEqual(['It has not reached Contoso (Finance) yet. Without that it does not go ahead.']);
    await world.deliver(id, 'anna', 'pieter');
    expect((await world.view(id, 'anna'))!.notes).toEqual([]);
    await world.until('2026-11-30T16:29:59Z');
    expect(await world.history(id)).toEqual(['notice', 'asked', 'reminded']);
    await world.until('2026-12-01T01:00:00Z');
    expect(await world.view(id, 'anna')).toMatchObject({
      open: false,
      status: 'Nobody objected',
      endedAt: { at: END },
      notes: ['Recorded as: nobody objected by Mon 30 Nov, 17:30 in Amsterdam (Tue 1 Dec, 00:30 in Manila).'],
    });
    expect(await world.told(id)).toEqual(['joan 3']);
  });

  it('an objection in the last second stops it, with what would be better', async () => {
    const id = await world.ask('joan', 'Change in production', {}, 'notice');
    await world.deliver(id, 'anna');
    await world.until('2026-11-30T16:29:59Z');
    await expect(world.decide('anna', 'decline', id)).rejects.toThrow(); // it needs a reason
    await world.decide('anna', 'decline', id, 'Not in the week of the audit; the week after is fine');
    await world.until('2026-12-20T00:00:00Z');
    expect(await world.view(id, 'joan')).toMatchObject({ open: false, status: 'Objected to' });
    expect(await world.history(id)).toEqual(['notice', 'asked', 'reminded', 'decline', 'ended']);
  });

  it('somebody whom it never reached stops it', async () => {
    const id = await world.ask('joan', 'Opening hours', {}, 'notice');
    await world.deliver(id, 'anna');
    await world.until(END);
    expect(await world.view(id, 'joan')).toMatchObject({ open: false, status: 'Does not go ahead' });
    expect((await world.view(id, 'joan'))!.notes[0]).toMatch(/^Not everybody at Contoso who may object could be reached/);
  });

  it('somebody whom it reached late has the whole time', async () => {
    const id = await world.ask('joan', 'Change in production', {}, 'notice');
    await world.until('2026-11-27T10:00:00Z'); // Friday
    await world.deliver(id, 'anna');
    await world.until(END);
    expect(await world.view(id, 'anna')).toMatchObject({ open: true, expectedBy: { at: '2026-12-02T16:30:00Z' } });
    await world.until('2026-12-02T16:30:00Z');
    expect(await world.history(id)).toEqual(['notice', 'asked', 'reminded', 'moved', 'ended']);
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'Nobody objected', endedAt: { at: '2026-12-02T16:30:00Z' } });
  });

  it('what reached them before it was changed was about something else', async () => {
    const id = await world.ask('joan', 'Change in production', {}, 'notice');
    await world.deliver(id, 'anna');
    await world.press('joan', 'change', id, { ...REQUEST, what: 'Three more agents' });
    await world.until('2026-12-20T00:00:00Z');
    expect(await world.view(id, 'joan')).toMatchObject({ status: 'Does not go ahead' });
  });

  it('goes ahead at once when everybody says so, and rests while a question is open', async () => {
    const id = await world.ask('joan', 'Opening hours', {}, 'notice');
    await world.decide('anna', 'approve', id);
    await world.decide('pieter', 'unclear', id, 'From when on?');
    await world.until('2026-12-10T03:00:00Z');
    expect(await world.view(id, 'anna')).toMatchObject({ open: true, status: 'A question first' });
    await world.press('joan', 'answer', id, { text: 'From January' });
    await world.decide('pieter', 'approve', id);
    expect(await world.view(id, 'joan')).toMatchObject({ open: false, status: 'Goes ahead' });
  });

  it('only where that was agreed, never about money or contract, and not before a day that is chosen', async () => {
    for (const scope of ['Extra cost', 'Move of the contact centre'])
      await expect(world.ask('joan', scope, { amount: '1' }, 'notice')).rejects.toMatchObject(refused('no_notice'));
    await expect(world.ask('joan', 'Opening hours', { on: '2026-11-24' }, 'notice')).rejects.toMatchObject(refused('bad_day'));
    await expect(world.ask('joan', 'Opening hours', { on: '2027-11-24' }, 'notice')).rejects.toMatchObject(refused('bad_day'));
    const sooner = await world.ask('joan', 'Opening hours', { on: '2026-11-26' }, 'notice');
    expect(await world.view(sooner, 'anna')).toMatchObject({ expectedBy: { at: END } });
    const later = await world.ask('joan', 'Opening hours', { on: '2026-12-04' }, 'notice');
    expect(await world.view(later, 'anna')).toMatchObject({ expectedBy: { at: '2026-12-04T15:00:00Z' } });
  });

  it('somebody who leaves without a stand-in cannot object: silence says nothing', async () => {
    const id = await world.ask('joan', 'Opening hours', {}, 'notice');
    await world.deliver(id, 'anna', 'pieter');
    await world.gone('pieter');
    await world.lookAgain();
    expect(await world.view(id, 'joan')).toMatchObject({ status: 'Does not go ahead' });
  });
});
