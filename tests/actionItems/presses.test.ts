import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { actionItemsOf, actionItemViews, beginActionItem } from '../../bot/actionItems/index.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { ActionItemsWorld, ITEM } from './world.ts';

/** 10:00 in Amsterdam, 17:00 in Manila, on a Wednesday. */
const WEDNESDAY = '2026-11-25T09:00:00Z';
const refused = (code: string) => ({ code: `actionItem.${code}` });

let world: ActionItemsWorld;
beforeEach(async () => {
  world = await ActionItemsWorld.open(WEDNESDAY);
});
afterEach(() => world.close());

describe('noted', () => {
  it('by either side, for a person of either side', async () => {
    const id = await world.note('joan', 'anna', '2026-11-27');
    expect(await world.view(id, 'everyone')).toMatchObject({
      kind: 'actionItem',
      title: ITEM.what,
      sentence: 'Contoso (Service owner) does this. Noted by Fabrikam (Delivery lead).',
      waitingFor: { side: 'client', name: 'Contoso', role: 'Service owner' },
      said: [{ label: 'Done when', text: ITEM.doneWhen }],
    });
    expect(await world.view(id, 'anna')).toMatchObject({ yours: true });
    expect(await world.buttons(id, 'anna')).toEqual(['done', 'move', 'handOver']);
    expect(await world.buttons(id, 'joan')).toEqual(['withdraw']);
    expect(await world.buttons(id, 'carlo')).toEqual([]);
    const own = await world.note('carlo', 'carlo', '2026-11-27');
    expect(await world.buttons(own, 'carlo')).toEqual(['done', 'move', 'handOver', 'withdraw']);
    expect(await world.buttons(own, 'joan')).toEqual(['done', 'move', 'handOver', 'withdraw']); // an owner of that side
  });

  it.each([
    ['yesterday', { on: '2026-11-24' }, 'bad_day'],
    ['too far', { on: '2028-11-24' }, 'bad_day'],
    ['nobody of this partnership', { contactId: '00000000-0000-4000-8000-000000000000' }, 'not_them'],
  ])('not for %s', async (_what, inputs, code) => {
    await expect(world.note('joan', 'anna', '2026-11-27', inputs)).rejects.toMatchObject(refused(code));
  });

  it.each([
    ['without what', { what: ' ' }],
    ['without when it is done', { doneWhen: '' }],
    ['with a day that is none', { on: '2026-02-30' }],
  ])('not %s', async (_what, inputs) => {
    await expect(world.note('joan', 'anna', '2026-11-27', inputs)).rejects.toThrow();
  });

  it('not for somebody who has left, nor before both sides agreed', async () => {
    await world.gone('carlo');
    await expect(world.note('anna', 'carlo', '2026-11-27')).rejects.toMatchObject(refused('not_them'));
    await world.close();
    world = await ActionItemsWorld.open(WEDNESDAY, false);
    await expect(world.note('anna', 'carlo', '2026-11-27')).rejects.toMatchObject(refused('not_agreed'));
  });

  it('in a review: it names where it came from, and nobody is told who was there', async () => {
    const source = { kind: 'review', id: '11111111-1111-4111-8111-111111111111' };
    const items = await world.ports.transaction(async (tx) => {
      const context = { tx, now: world.now(), actor: world.actor('anna') };
      const wanted = { ...ITEM, partnershipId: world.partnershipId, contactId: world.idOf('carlo'), on: '2026-11-27', source };
      const { subject } = await beginActionItem(context, wanted);
      expect(subject.kind).toBe('actionItem');
      return actionItemViews(tx, await actionItemsOf(tx, source.kind, [source.id]), 'everyone', world.now());
    });
    expect(items).toEqual([expect.objectContaining({ title: ITEM.what, open: true })]);
    expect(await world.told(items[0]!.id)).toEqual([]);
  });
});

describe('done', () => {
  it('said by whoever does it, with a word where he likes; whoever noted it is told', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-27');
    await expect(world.press('pieter', 'done', id)).rejects.toMatchObject(refused('not_yours'));
    await world.press('carlo', 'done', id, { text: 'All 212 stores have them' });
    expect(await world.view(id, 'pieter')).toMatchObject({
      open: false,
      status: 'Done',
      tone: 'done',
      waitingFor: null,
      said: [
        { label: 'Done when', text: ITEM.doneWhen },
        { label: 'What came of it', text: 'All 212 stores have them' },
      ],
    });
    expect(await world.told(id)).toEqual(['anna 2']);
    await expect(world.press('carlo', 'done', id)).rejects.toMatchObject(refused('not_now'));
  });

  it('in the night of whoever noted it, he is told in the morning', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-27');
    await world.until('2026-11-26T02:00:00Z');
    await world.press('carlo', 'done', id);
    expect(await world.told(id)).toEqual([]);
    const { rows } = await sql<{ at: Date }>`select at from deadline where kind = 'actionItem.next'`.execute(world.db);
    expect(rows).toEqual([{ at: new Date('2026-11-26T08:00:00Z') }]);
    await world.until('2026-11-26T08:00:00Z');
    expect(await world.told(id)).toEqual(['anna 3']);
  });

  it('and put back by the other side with a reason: the same one goes on by the same day', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-26');
    await world.press('carlo', 'done', id);
    expect(await world.buttons(id, 'pieter')).toEqual(['putBack']);
    expect(await world.buttons(id, 'joan')).toEqual([]);
    await expect(world.press('joan', 'putBack', id, { text: 'Hm' })).rejects.toMatchObject(refused('not_yours'));
    await expect(world.press('pieter', 'putBack', id)).rejects.toThrow(); // it needs a reason
    await world.until('2026-11-26T12:00:00Z');
    await world.press('pieter', 'putBack', id, { text: 'Twelve stores have nothing' });
    expect(await world.view(id, 'carlo')).toMatchObject({ open: true, pastDue: true, expectedBy: { at: '2026-11-26T10:00:00Z' } });
    await world.until('2026-11-27T02:00:00Z');
    expect(await world.told(id)).toEqual(['carlo 3']);
    expect((await world.view(id, 'carlo'))!.history.at(-1)!.text).toBe(
      'Contoso (Finance) said that it is not done yet. “Twelve stores have nothing”',
    );
    await world.press('carlo', 'done', id);
    expect(await world.view(id, 'anna')).toMatchObject({ open: false });
  });

  it('is not put back after ten working days', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-27');
    await world.press('carlo', 'done', id);
    world.base.base.clock.set('2026-12-09T16:29:59Z');
    expect(await world.buttons(id, 'anna')).toEqual(['putBack']);
    world.base.base.clock.set('2026-12-09T16:30:00Z');
    expect(await world.buttons(id, 'anna')).toEqual([]);
    await expect(world.press('anna', 'putBack', id, { text: 'Hm' })).rejects.toMatchObject(refused('too_late'));
  });
});

describe('another day', () => {
  it('within a week of the first counts at once; the first stays recorded', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-27');
    await expect(world.press('anna', 'move', id, { on: '2026-12-02', text: 'x' })).rejects.toMatchObject(refused('not_yours'));
    await world.press('carlo', 'move', id, { on: '2026-12-04', text: 'The printer is out' });
    expect(await world.view(id, 'anna')).toMatchObject({
      expectedBy: { at: '2026-12-04T10:00:00Z' },
      notes: ['First agreed for Fri 27 Nov.'],
    });
    expect((await world.view(id, 'anna'))!.history.at(-1)!.text).toBe(
      'Fabrikam (Service desk) moved it to another day. Fri 4 Dec. “The printer is out”',
    );
    await world.until('2026-12-01T08:00:00Z');
    expect(await world.view(id, 'anna')).toMatchObject({ pastDue: false });
  });

  it.each([
    ['further than a week', []],
    ['a second one', ['2026-11-30']],
  ])('%s waits for the other side; until then the earlier day counts', async (_what, before) => {
    const id = await world.note('anna', 'carlo', '2026-11-27');
    for (const on of before) await world.press('carlo', 'move', id, { on, text: 'x' });
    const { at } = (await world.view(id, 'anna'))!.expectedBy!;
    await world.press('carlo', 'move', id, { on: '2026-12-07', text: 'x' });
    expect(await world.view(id, 'anna')).toMatchObject({ expectedBy: { at } });
    expect((await world.view(id, 'anna'))!.notes.at(-1)).toMatch(/^Fabrikam asks for Mon 7 Dec instead/);
    expect(await world.told(id)).toContain('anna 2');
    expect(await world.buttons(id, 'pieter')).toEqual(['agreeDate', 'declineDate']);
    await expect(world.press('joan', 'agreeDate', id, { on: '2026-12-07' })).rejects.toMatchObject(refused('not_yours'));
    await expect(world.press('anna', 'agreeDate', id, { on: '2026-12-01' })).rejects.toMatchObject(refused('changed'));
    await world.press('pieter', 'declineDate', id, { on: '2026-12-07', text: 'The stores open on the 5th' });
    expect(await world.view(id, 'anna')).toMatchObject({ expectedBy: { at } });
    await expect(world.press('anna', 'agreeDate', id, { on: '2026-12-07' })).rejects.toMatchObject(refused('not_now'));
    await world.press('carlo', 'move', id, { on: '2026-12-07', text: 'It really does not go sooner' });
    await world.press('anna', 'agreeDate', id, { on: '2026-12-07' });
    expect(await world.view(id, 'anna')).toMatchObject({ expectedBy: { at: '2026-12-07T10:00:00Z' }, pastDue: false });
  });

  it('not the same, not one that is over', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-27');
    for (const on of ['2026-11-27', '2026-11-24'])
      await expect(world.press('carlo', 'move', id, { on, text: 'x' })).rejects.toMatchObject(refused('bad_day'));
  });
});

describe('handed over and taken away', () => {
  it('to a colleague of the same side, by the same day in his calendar', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-26');
    await expect(world.press('carlo', 'handOver', id, { contactId: world.idOf('anna') })).rejects.toMatchObject(refused('not_them'));
    await expect(world.press('anna', 'handOver', id, { contactId: world.idOf('joan') })).rejects.toMatchObject(refused('not_yours'));
    await world.press('carlo', 'handOver', id, { contactId: world.idOf('night-desk') });
    expect(await world.view(id, 'anna')).toMatchObject({ waitingFor: { role: 'Night desk' }, expectedBy: { at: '2026-11-26T22:00:00Z' } });
    await world.until('2026-11-25T13:00:00Z');
    // her shift of today is the working day before: one message, which is the reminder
    expect(await world.told(id)).toEqual(['night-desk 3']);
    await expect(world.press('carlo', 'done', id)).rejects.toMatchObject(refused('not_yours'));
  });

  it('by whoever noted it or an owner of his side, never by whoever has to do it', async () => {
    const id = await world.note('pieter', 'carlo', '2026-11-26');
    for (const who of ['carlo', 'joan'])
      await expect(world.press(who, 'withdraw', id, { text: 'x' })).rejects.toMatchObject(refused('not_yours'));
    await world.press('anna', 'withdraw', id, { text: 'No longer needed' });
    expect(await world.view(id, 'carlo')).toMatchObject({ open: false, status: 'Taken away', tone: 'calm' });
    expect(await world.told(id)).toEqual(['carlo 2']);
    await world.until('2027-01-20T00:00:00Z');
    expect(await world.history(id)).toEqual(['note', 'withdraw']);
  });
});

describe('what people read of it', () => {
  it('the card fits, and keeps what was written plain', async () => {
    const id = await world.note('joan', 'anna', '2026-11-27', {
      what: `**Now** [here](https://x) ${'w'.repeat(170)}`,
      doneWhen: 'd'.repeat(500),
    });
    for (const who of ['anna', 'joan', 'everyone']) {
      const card = world.capability.cards!.actionItem!.card(await world.view(id, who));
      expect(cardErrors(card)).toEqual([]);
      expect(cardTexts(card).join('\n')).not.toMatch(/\*\*|\]\(/);
    }
  });

  it('its form says companies and roles; names in one’s own chat alone, where a role is that of several', async () => {
    const run = async (viewer: 'everyone' | ReturnType<typeof world.actor>) => {
      const context = { now: world.now(), actor: world.actor('joan'), viewer, text: 'Send the list' };
      const answer = await world.ports.transaction((tx) => world.capability.commands!.action!.run({ tx, ...context }));
      if (!('card' in answer)) throw new Error('no card');
      expect(cardErrors(answer.card)).toEqual([]);
      return JSON.stringify(answer.card);
    };
    for (const viewer of ['everyone', world.actor('joan')] as const) {
      const seen = await run(viewer);
      for (const text of ['Fabrikam (Delivery lead)', 'Contoso (Finance)', 'Send the list']) expect(seen).toContain(text);
      expect(seen).not.toMatch(/Joan|Anna|Carlo|Maria/);
    }
    await world.base.agree((text) => text.replace('role: Night desk', 'role: Service desk'));
    expect(await run('everyone')).not.toMatch(/Carlo|Maria/);
    expect(await run(world.actor('joan'))).toMatch(/Fabrikam \(Service desk\): Carlo Reyes.*Fabrikam \(Service desk\): Maria Cruz/);
  });
});

describe('agenda, brief and figures', () => {
  const section = async (at: string) => {
    world.base.base.clock.set(at);
    return world.ports.transaction((tx) => world.capability.brief!(tx, world.partnershipId, 'everyone', world.now()));
  };
  it('those past their day come first, and return until they are done', async () => {
    const late = await world.note('anna', 'carlo', '2026-11-26');
    const next = await world.note('joan', 'anna', '2026-12-10');
    await world.until('2026-12-01T09:00:00Z');
    const ask = (most: number) =>
      world.ports.transaction((tx) =>
        world.capability.agenda!(tx, world.partnershipId, { from: new Date(WEDNESDAY), to: world.now() }, most),
      );
    expect(await ask(5)).toEqual({
      more: 0,
      candidates: [
        expect.objectContaining({
          subject: { kind: 'actionItem', id: late },
          section: 'pastDue',
          wish: 'discuss',
          side: 'provider',
          contactId: world.idOf('carlo'),
          text: `${ITEM.what}: was expected by Thu 26 Nov`,
        }),
        expect.objectContaining({ subject: { kind: 'actionItem', id: next }, section: 'update', wish: 'inform', side: 'client' }),
      ],
    });
    await world.note('anna', 'carlo', '2026-12-11');
    expect((await ask(1)).more).toBe(1);
    await world.press('carlo', 'done', late);
    expect((await ask(5)).candidates.map(({ section }) => section)).toEqual(['update', 'update']);
  });

  it('the brief names what is past its day and what is expected today', async () => {
    await world.note('anna', 'carlo', '2026-11-26');
    expect(await section('2026-11-25T10:00:00Z')).toEqual([]);
    expect((await section('2026-11-26T01:00:00Z'))[0]!.lines[0]!.text).toBe(
      `${ITEM.what}: Fabrikam (Service desk), expected by Thu 26 Nov, 18:00 in Manila (11:00 in Amsterdam)`,
    );
    await world.until('2026-11-27T01:00:00Z');
    expect((await section('2026-11-27T01:00:00Z'))[0]!.lines[0]!.text).toBe(
      `${ITEM.what}: waiting for Fabrikam (Service desk), past the agreed day`,
    );
  });

  it('counts by the day agreed first, of each side, those that are open too; what was taken away counts nowhere', async () => {
    const done = await world.note('anna', 'carlo', '2026-11-26');
    const moved = await world.note('anna', 'carlo', '2026-11-26');
    await world.note('anna', 'carlo', '2026-11-27');
    const gone = await world.note('anna', 'carlo', '2026-11-26');
    const ours = await world.note('joan', 'anna', '2026-11-27');
    await world.press('carlo', 'done', done);
    await world.press('carlo', 'move', moved, { on: '2026-12-01', text: 'x' });
    await world.press('anna', 'withdraw', gone, { text: 'x' });
    await world.press('anna', 'done', ours);
    await world.until('2026-11-30T09:00:00Z');
    await world.press('carlo', 'done', moved);
    const period = { from: new Date('2026-11-20T00:00:00Z'), to: new Date('2026-11-30T00:00:00Z') };
    const figures = await world.ports.transaction((tx) => world.capability.figures!(tx, world.partnershipId, period));
    expect(figures.map(({ side, text, value }) => [side, text, value])).toEqual([
      ['client', '1 of 1 (100 %)', 1],
      ['provider', '1 of 3 (33 %)', 1 / 3],
    ]);
  });
});
