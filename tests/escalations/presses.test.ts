import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { escalations } from '../../bot/escalations/index.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { EscalationsWorld } from './world.ts';

let world: EscalationsWorld;
beforeAll(async () => {
  world = await EscalationsWorld.open('2026-11-25T02:00:00Z', ['anna', 'pieter', 'ruth', 'joan', 'carlo', 'night-desk', 'luis']);
});
afterAll(() => world?.close());

const refused = (code: string) => ({ code: `escalation.${code}` });

describe('what somebody can say', () => {
  it('is what he is asked for, by level; whoever is asked later may say it then', async () => {
    const id = await world.ask('anna');
    expect(await world.buttons(id, 'carlo')).toEqual(['take', 'propose', 'resolve']);
    expect(await world.buttons(id, 'joan')).toEqual(['take', 'propose', 'resolve']); // she answers for the side
    expect(await world.buttons(id, 'night-desk')).toEqual([]);
    expect(await world.buttons(id, 'anna')).toEqual(['withdraw']);
    expect(await world.buttons(id, 'pieter')).toEqual(['withdraw']);
    await expect(world.press('night-desk', 'take', id)).rejects.toMatchObject(refused('not_yours'));
    await expect(world.press('anna', 'take', id)).rejects.toMatchObject(refused('not_yours'));
    await expect(world.press('carlo', 'confirm', id)).rejects.toMatchObject(refused('not_yours'));
    await expect(world.press('carlo', 'withdraw', id)).rejects.toMatchObject(refused('not_yours'));
    expect(await world.history(id)).toEqual(['open', 'asked 1']);
  });

  it('a taken one is updated, resolved and confirmed', async () => {
    const id = await world.ask('anna');
    await world.press('carlo', 'take', id, { nextUpdate: '2026-11-26T11:00', text: 'Looking at the disk first' });
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'Taken', tone: 'dated', expectedBy: { at: '2026-11-26T03:00:00Z' } });
    expect(await world.buttons(id, 'carlo')).toEqual(['update', 'resolve', 'propose']);
    await expect(world.press('joan', 'take', id)).rejects.toMatchObject(refused('not_now'));
    await world.press('carlo', 'resolve', id, { text: 'The disk is new' });
    expect(await world.view(id, 'carlo')).toMatchObject({
      status: 'Resolved, to be confirmed',
      waitingFor: { side: 'client' },
      expectedBy: null,
    });
    expect(await world.buttons(id, 'carlo')).toEqual([]);
    expect(await world.buttons(id, 'anna')).toEqual(['confirm', 'reopen', 'withdraw']);
    await world.press('pieter', 'confirm', id);
    const view = (await world.view(id, 'carlo'))!;
    expect(view).toMatchObject({ open: false, status: 'Confirmed', tone: 'done', waitingFor: null, actions: [] });
    expect(view.history.map(({ text }) => text)).toEqual([
      'Contoso (Service owner) asked for help.',
      'The people of level 1 were asked.',
      'Fabrikam (Service desk) took it. “Looking at the disk first”',
      'Fabrikam (Service desk) resolved it. “The disk is new”',
      'Contoso (Finance) confirmed it.',
      'It ended: confirmed.',
    ]);
    await expect(world.press('anna', 'reopen', id, { text: 'No' })).rejects.toMatchObject(refused('not_now'));
  });

  it('a fix is proposed, and the other side goes ahead or says why not', async () => {
    const id = await world.ask('anna');
    await world.press('carlo', 'propose', id, { text: 'We move the import to the new server tonight' });
    const view = (await world.view(id, 'anna'))!;
    expect(view.said).toContainEqual({ label: 'Proposed fix', text: 'We move the import to the new server tonight' });
    expect(await world.buttons(id, 'anna')).toEqual(['agree', 'decline', 'withdraw']);
    await world.press('anna', 'decline', id, { text: 'Not tonight: invoices run' }, view.revision);
    expect(await world.buttons(id, 'anna')).toEqual(['withdraw']);
    await world.press('carlo', 'propose', id, { text: 'We move it on Saturday' });
    await expect(world.press('anna', 'agree', id, {}, view.revision)).rejects.toMatchObject(refused('changed'));
    await world.press('anna', 'agree', id);
    expect((await world.view(id, 'carlo'))!.notes).toContain('The other side agreed to the proposed fix.');
    await expect(world.press('anna', 'agree', id)).rejects.toMatchObject(refused('not_now'));
  });

  it('what is resolved and not answered ends by itself after ten working days of the asking side', async () => {
    const id = await world.ask('anna');
    await world.press('carlo', 'resolve', id, { text: 'Done' });
    await world.until('2026-12-09T16:29:59Z');
    expect(await world.view(id, 'anna')).toMatchObject({ open: true });
    await world.until('2026-12-09T16:30:00Z');
    expect(await world.view(id, 'anna')).toMatchObject({ open: false, status: 'Resolved' });
    world.base.base.clock.set('2026-12-09T16:30:01Z');
  });

  it('times are from now on and not for ever', async () => {
    const id = await world.ask('anna');
    for (const nextUpdate of ['2026-12-09T09:00', '2027-12-09T09:00', 'soon'])
      await expect(world.press('carlo', 'take', id, { nextUpdate })).rejects.toMatchObject(refused('bad_time'));
    await world.press('carlo', 'take', id, { nextUpdate: '' });
    expect(await world.view(id, 'carlo')).toMatchObject({ expectedBy: { at: '2026-12-11T10:00:00Z' } }); // it is the 10th there: the end of the next working day
  });

  it('one that is not there, or of words that are none, is refused', async () => {
    await expect(world.press('anna', 'confirm', 'x')).rejects.toMatchObject(refused('not_found'));
    await expect(world.ask('anna', { why: ' ' })).rejects.toThrow();
    await expect(world.ask('anna', { what: 'x'.repeat(201) })).rejects.toThrow();
    await expect(world.press('anna', 'crisis', world.base.partnershipId, {})).rejects.toThrow();
  });
});

describe('a worry', () => {
  it('is read by its author and the owner of his side alone, who asks the other side or keeps it', async () => {
    const id = await world.ask('pieter', { what: 'Invoices look wrong' }, 'worry');
    for (const who of ['joan', 'carlo', 'ruth', 'everyone']) expect(await world.view(id, who)).toBeNull();
    expect(await world.view(id, 'pieter')).toMatchObject({ status: 'A worry, in private', title: 'Invoices look wrong' });
    expect(await world.buttons(id, 'pieter')).toEqual(['withdraw']);
    expect(await world.buttons(id, 'anna')).toEqual(['raise', 'keep']);
    await expect(world.press('ruth', 'raise', id, { what: 'x', why: 'x', wanted: 'x', doneWhen: 'x' })).rejects.toMatchObject(
      refused('not_found'),
    );
    await expect(world.press('carlo', 'take', id)).rejects.toMatchObject(refused('not_found'));
    await world.press('anna', 'raise', id, { what: 'Invoices look wrong', why: 'Money', wanted: 'A look', doneWhen: 'They are right' });
    expect(await world.view(id, 'carlo')).toMatchObject({ open: true, sentence: 'Contoso (Finance) asks Fabrikam for help.' });
  });

  it('that is kept or taken back stays private', async () => {
    const kept = await world.ask('pieter', {}, 'worry');
    await world.press('anna', 'keep', kept, { text: 'I speak to Joan on Friday' });
    const back = await world.ask('pieter', {}, 'worry');
    await world.press('pieter', 'withdraw', back);
    for (const id of [kept, back]) {
      for (const who of ['joan', 'everyone']) expect(await world.view(id, who)).toBeNull();
      expect(await world.view(id, 'pieter')).toMatchObject({ open: false });
    }
    await expect(world.ask('anna', {}, 'worry')).rejects.toMatchObject(refused('owner_says'));
  });
});

describe('a crisis', () => {
  it('is declared by an owner, counts around the clock, and keeps to its rhythm', async () => {
    await expect(world.ask('pieter', {}, 'crisis')).rejects.toMatchObject(refused('owner_only'));
    world.base.base.clock.set('2026-12-12T20:00:00Z'); // Sunday, 04:00 in Manila
    const id = await world.ask('anna', { everyHours: '2' }, 'crisis');
    expect(await world.told(id)).toEqual(['carlo 1']);
    expect(await world.view(id, 'anna')).toMatchObject({
      status: 'Crisis. Help is asked for: level 1 of 3',
      expectedBy: { at: '2026-12-12T22:00:00Z' },
      notes: ['Times count around the clock, with an update at least every 2 hours.'],
    });
    const mail = (await world.view(id, 'anna'))!.actions.find(({ label }) => label === 'Mail the list of people')!.openUrl!;
    expect(decodeURIComponent(mail)).toMatch(
      /^mailto:anna@contoso\.com,joan@fabrikam\.com\?[\s\S]*Managing director: Luis Garcia, luis@fabrikam\.com/,
    );
    expect(await world.buttons(id, 'carlo')).not.toContain('Mail the list of people');
    await expect(world.press('carlo', 'take', id, { nextUpdate: '2026-12-13T07:00' })).rejects.toMatchObject(refused('bad_time'));
    await world.press('carlo', 'take', id);
    await world.until('2026-12-12T22:00:00Z');
    expect(await world.history(id)).toEqual(['crisis', 'asked 1', 'take', 'resumed', 'asked 1']);
    expect(await world.told(id)).toEqual(['carlo 2']);
  });
});

describe('before both sides agreed', () => {
  it('nobody is asked', async () => {
    const unagreed = await EscalationsWorld.open('2026-11-25T02:00:00Z', ['anna'], false);
    try {
      await expect(unagreed.ask('anna')).rejects.toMatchObject(refused('not_agreed'));
    } finally {
      await unagreed.close();
    }
  });
});

describe('its card', () => {
  it('holds hostile words as words, for everyone', async () => {
    const id = await world.ask('anna', { what: '[Pay](https://evil.example) **now** {{DATE(2026-01-01T00:00:00Z, SHORT)}} <at>Joan</at>' });
    const view = (await world.view(id, 'everyone'))!;
    const card = escalations.cards!.escalation!.card(view);
    expect(cardErrors(card)).toEqual([]);
    const text = cardTexts(card).join('\n');
    expect(text).toContain('Pay');
    expect(text).not.toMatch(/\]\(|\*\*|\{\{DATE\(2026-01-01|<at>|:\/\//);
  });

  it('names sides and roles, never a person', async () => {
    const id = await world.ask('anna');
    await world.press('carlo', 'take', id);
    const text = JSON.stringify(escalations.cards!.escalation!.card((await world.view(id, 'everyone'))!));
    expect(text).not.toMatch(/Anna de Vries|Carlo Reyes|Joan Santos|Luis Garcia/);
  });
});
