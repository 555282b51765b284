import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { approvals } from '../../bot/approvals/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { ApprovalsWorld, REQUEST } from './world.ts';

/** 10:00 in Amsterdam, 17:00 in Manila, on a Wednesday. */
const WEDNESDAY = '2026-11-25T09:00:00Z';
const refused = (code: string) => ({ code: `approval.${code}` });

let world: ApprovalsWorld;
beforeEach(async () => {
  world = await ApprovalsWorld.open(WEDNESDAY);
});
afterEach(() => world.close());

describe('who decides', () => {
  it('one: the first who is there, in his working time', async () => {
    const id = await world.ask('joan', 'Change in production');
    expect(await world.view(id, 'joan')).toMatchObject({
      status: 'A decision is wanted',
      title: REQUEST.what,
      sentence: 'Fabrikam (Delivery lead) asks Contoso to decide.',
      waitingFor: { side: 'client', role: 'Service owner' },
      expectedBy: { at: '2026-11-26T16:30:00Z' },
    });
    expect(await world.told(id)).toEqual(['anna 1']);
    expect(await world.buttons(id, 'anna')).toEqual(['approve', 'decline', 'unclear', 'handOver']);
    expect(await world.buttons(id, 'joan')).toEqual(['change', 'withdraw']);
    expect(await world.buttons(id, 'carlo')).toEqual([]);
    for (const who of ['pieter', 'joan', 'carlo'])
      await expect(world.decide(who, 'approve', id)).rejects.toMatchObject(refused('not_yours'));
    await world.decide('anna', 'approve', id);
    expect(await world.view(id, 'carlo')).toMatchObject({ open: false, status: 'Approved', waitingFor: null });
    expect(await world.told(id)).toEqual(['joan 2']);
    expect(await world.history(id)).toEqual(['ask', 'asked', 'approve', 'ended']);
  });

  it('any: whoever is first', async () => {
    const id = await world.ask('joan', 'Opening hours');
    expect(await world.told(id)).toEqual(['anna 1', 'pieter 1']);
    await world.decide('pieter', 'decline', id, 'Not before Christmas');
    expect(await world.view(id, 'joan')).toMatchObject({ open: false, status: 'Not approved' });
    expect((await world.view(id, 'joan'))!.history.map(({ text }) => text)).toContain(
      'Contoso (Finance) declined it. “Not before Christmas”',
    );
    await expect(world.decide('anna', 'approve', id)).rejects.toMatchObject(refused('not_now'));
  });

  it('all: every one of them, and one refusal is enough', async () => {
    const id = await world.ask('joan', 'Extra cost', { amount: '4800' });
    await world.decide('pieter', 'approve', id);
    expect(await world.view(id, 'anna')).toMatchObject({
      status: 'A decision is wanted: 1 of 2 given',
      waitingFor: { role: 'Service owner' },
    });
    await expect(world.decide('pieter', 'decline', id, 'Hm')).rejects.toMatchObject(refused('decided'));
    await world.decide('anna', 'approve', id);
    expect(await world.view(id, 'joan')).toMatchObject({ status: 'Approved' });
    const other = await world.ask('joan', 'Extra cost', { amount: '100' });
    await world.decide('pieter', 'approve', other);
    await world.decide('anna', 'decline', other, 'Too much');
    expect(await world.view(other, 'joan')).toMatchObject({ status: 'Not approved' });
  });

  it('in sequence: one after the other, each in his own time', async () => {
    const id = await world.ask('joan', 'Move of the contact centre');
    expect(await world.told(id)).toEqual(['anna 1']);
    await expect(world.decide('pieter', 'approve', id)).rejects.toMatchObject(refused('not_now'));
    await world.until('2026-11-25T12:00:00Z');
    await world.decide('anna', 'approve', id);
    expect(await world.told(id)).toEqual(['pieter 2']);
    expect(await world.view(id, 'joan')).toMatchObject({ expectedBy: { at: '2026-11-26T11:30:00Z' }, waitingFor: { role: 'Finance' } });
    await world.decide('pieter', 'approve', id);
    await world.decide('ruth', 'approve', id);
    expect(await world.history(id)).toEqual(['ask', 'asked', 'approve', 'asked', 'approve', 'asked', 'approve', 'ended']);
  });

  it('the client may ask the provider as well; nobody asks his own side', async () => {
    const id = await world.ask('pieter', 'Access to stores');
    expect(await world.view(id, 'joan')).toMatchObject({ waitingFor: { side: 'provider', role: 'Delivery lead' } });
    await expect(world.ask('pieter', 'Extra cost')).rejects.toMatchObject(refused('no_scope'));
    await expect(world.ask('joan', 'Something else')).rejects.toMatchObject(refused('no_scope'));
  });

  it('within the limit that was agreed', async () => {
    await expect(world.ask('joan', 'Extra cost')).rejects.toMatchObject(refused('amount_needed'));
    await expect(world.ask('joan', 'Extra cost', { amount: '5000.01' })).rejects.toMatchObject(refused('above_limit'));
    await expect(world.ask('joan', 'Extra cost', { amount: 'many' })).rejects.toThrow();
    const id = await world.ask('joan', 'Extra cost', { amount: '5000' });
    expect((await world.view(id, 'anna'))!.said).toContainEqual({ label: 'How much', text: '5000 EUR' });
    await expect(world.press('joan', 'change', id, { ...REQUEST, amount: '6000' })).rejects.toMatchObject(refused('above_limit'));
  });
});

describe('what is asked', () => {
  it('changed, it begins anew: earlier decisions were about something else, and what was read before decides nothing', async () => {
    const id = await world.ask('joan', 'Extra cost', { amount: '1000' });
    const before = await world.of(id);
    await world.decide('pieter', 'approve', id);
    await world.press('joan', 'change', id, { ...REQUEST, amount: '2000' });
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'A decision is wanted: 0 of 2 given' });
    await expect(world.press('anna', 'approve', id, { of: before })).rejects.toMatchObject(refused('changed'));
    await expect(world.press('anna', 'approve', id, { of: '' })).rejects.toMatchObject(refused('changed'));
    await world.decide('anna', 'approve', id);
    await world.decide('pieter', 'approve', id);
    const bound = (await eventsOf(world.db, { kind: 'approval', id }))
      .filter(({ kind }) => kind === 'approval.approve')
      .map(({ data }) => data.of);
    expect(bound[0]).toBe(before);
    expect(bound.slice(1)).toEqual([bound[1], bound[1]]);
    expect(bound[1]).not.toBe(before);
  });

  it('taken back by whoever asked or the owner of that side alone', async () => {
    const id = await world.ask('carlo', 'Extra cost', { amount: '1' });
    await expect(world.press('anna', 'withdraw', id)).rejects.toMatchObject(refused('not_yours'));
    await world.press('joan', 'withdraw', id);
    expect(await world.view(id, 'anna')).toMatchObject({ open: false, status: 'Taken back' });
    expect(await world.told(id)).toEqual([]);
    await expect(world.press('joan', 'withdraw', id)).rejects.toMatchObject(refused('not_now'));
  });

  it('not clear, it goes back, and the time rests until there is an answer', async () => {
    const id = await world.ask('joan', 'Opening hours');
    expect(await world.view(id, 'joan')).toMatchObject({ expectedBy: { at: '2026-11-26T09:00:00Z' } });
    await world.until('2026-11-25T10:00:00Z');
    await world.decide('pieter', 'unclear', id, 'Which stores?');
    expect(await world.view(id, 'joan')).toMatchObject({
      status: 'A question first',
      waitingFor: { side: 'provider', role: 'Delivery lead' },
      expectedBy: null,
      said: expect.arrayContaining([{ label: 'Question', text: 'Which stores?' }]),
    });
    expect(await world.told(id)).toEqual([]); // it is 18:00 with her
    expect(await world.buttons(id, 'joan')).toEqual(['answer', 'change', 'withdraw']);
    expect(await world.buttons(id, 'anna')).toEqual(['approve', 'decline', 'handOver', 'handOver']);
    await world.until('2026-11-27T09:00:00Z');
    expect(await world.history(id)).toEqual(['ask', 'asked', 'unclear']);
    expect(await world.told(id)).toEqual(['joan 2']);
    await world.press('joan', 'answer', id, { text: 'Those in the south' });
    expect(await world.view(id, 'anna')).toMatchObject({
      status: 'A decision is wanted',
      expectedBy: { at: '2026-11-30T09:30:00Z' }, // seven hours were left of eight, and that Friday ends at 16:00
      said: expect.arrayContaining([{ label: 'Answer', text: 'Those in the south' }]),
    });
    expect(await world.told(id)).toEqual(['anna 3', 'pieter 3']);
  });

  it('asked of nobody before both sides agreed', async () => {
    const unagreed = await ApprovalsWorld.open(WEDNESDAY, false);
    try {
      await expect(unagreed.ask('joan', 'Opening hours')).rejects.toMatchObject(refused('not_agreed'));
    } finally {
      await unagreed.close();
    }
  });
});

describe('who is not there', () => {
  it('has his stand-in decide, and it says so', async () => {
    await world.gone('anna');
    const id = await world.ask('joan', 'Change in production');
    expect(await world.told(id)).toEqual(['pieter 1']);
    expect((await world.view(id, 'joan'))!.steps).toEqual([{ text: 'Contoso (Finance), in place of Service owner', state: 'now' }]);
  });

  it('holds a sequence, until an owner names somebody: nobody is passed over', async () => {
    await world.gone('pieter');
    const id = await world.ask('joan', 'Move of the contact centre');
    await world.decide('anna', 'approve', id);
    expect(await world.view(id, 'joan')).toMatchObject({
      open: true,
      steps: [{ state: 'done' }, { state: 'skipped' }, { state: 'next' }],
      notes: ['An owner of Contoso can say who decides in their place.'],
    });
    await expect(world.decide('ruth', 'approve', id)).rejects.toMatchObject(refused('not_now'));
    expect(await world.buttons(id, 'ruth')).toEqual([]);
    const button = (await world.view(id, 'anna'))!.actions.find(({ verb }) => verb === 'approval.handOver');
    expect(button).toBeUndefined(); // nobody else is left who does not decide already
    expect(await world.history(id)).toEqual(['ask', 'asked', 'approve', 'absent']);
    await world.back('pieter');
    await world.lookAgain();
    await world.decide('pieter', 'approve', id);
    await world.decide('ruth', 'approve', id);
    expect(await world.view(id, 'joan')).toMatchObject({ status: 'Approved' });
  });

  it('hands it on to somebody of his side, who decides alone from then on', async () => {
    const id = await world.ask('joan', 'Change in production');
    for (const who of ['joan', 'carlo', 'anna'])
      await expect(world.press('anna', 'handOver', id, { contactId: world.idOf(who) })).rejects.toMatchObject(refused('not_them'));
    await expect(world.press('pieter', 'handOver', id, { contactId: world.idOf('ruth') })).rejects.toMatchObject(refused('not_yours'));
    await world.press('anna', 'handOver', id, { contactId: world.idOf('ruth') });
    expect(await world.told(id)).toEqual(['ruth 2']);
    expect(await world.view(id, 'joan')).toMatchObject({ expectedBy: { at: '2026-11-26T16:30:00Z' } }); // the time stays
    await expect(world.decide('anna', 'approve', id)).rejects.toMatchObject(refused('not_now'));
    await world.decide('ruth', 'approve', id);
    expect(await world.view(id, 'joan')).toMatchObject({ status: 'Approved' });
  });

  it('is asked for nothing where nobody is left', async () => {
    await world.gone('anna');
    await world.gone('pieter');
    await expect(world.ask('joan', 'Extra cost', { amount: '1' })).rejects.toMatchObject(refused('nobody'));
  });
});

describe('its card', () => {
  it('holds hostile words as words, names sides and roles, and keeps within the schema', async () => {
    const id = await world.ask('joan', 'Extra cost', {
      what: '[Pay](https://evil.example) **now** {{DATE(2026-01-01T00:00:00Z, SHORT)}} <at>Joan</at>',
      amount: '5',
    });
    await world.decide('anna', 'approve', id);
    const card = approvals.cards!.approval!.card((await world.view(id, 'everyone'))!);
    expect(cardErrors(card)).toEqual([]);
    const text = cardTexts(card).join('\n');
    expect(text).toContain('Pay');
    expect(text).not.toMatch(/\]\(|\*\*|\{\{DATE\(2026-01-01|<at>|:\/\//);
    expect(JSON.stringify(card)).not.toMatch(/Anna de Vries|Pieter Bakker|Joan Santos/);
  });

  it('shows who looks by his role what state it is in; its words an executive alone', async () => {
    const id = await world.ask('joan', 'Opening hours');
    const as = (role: 'admin' | 'executive') =>
      world.ports.transaction((tx) =>
        approvals.cards!.approval!.view(tx, id, { partnershipId: world.partnershipId, as: role }, world.now()),
      );
    expect(await as('admin')).toMatchObject({ title: 'Opening hours', said: [], actions: [] });
    expect(await as('executive')).toMatchObject({ title: REQUEST.what, actions: [] });
  });
});

describe('ten of ten', () => {
  it('approved lets whoever decides agree to silence; not where it was agreed, or about money', async () => {
    const offered = async (id: string, who: string) => (await world.view(id, who))!.notes.some((note) => note.startsWith('The last ten'));
    for (const [scope, inputs, offer] of [
      ['Access to stores', {}, true],
      ['Extra cost', { amount: '1' }, false],
    ] as const) {
      const [by, ...deciders] = scope === 'Access to stores' ? ['pieter', 'joan'] : ['carlo', 'anna', 'pieter'];
      for (let n = 1; n <= 10; n += 1) {
        const id = await world.ask(by, scope, inputs);
        for (const who of deciders) await world.decide(who, 'approve', id);
        expect(await offered(id, deciders[0]!)).toBe(offer && n === 10);
        expect(await offered(id, by)).toBe(false);
      }
    }
    const declined = await world.ask('pieter', 'Access to stores');
    await world.decide('joan', 'decline', declined, 'Not this one');
    const id = await world.ask('pieter', 'Access to stores');
    await world.decide('joan', 'approve', id);
    expect(await offered(id, 'joan')).toBe(false);
  });
});

describe('two hundred clicks at once', () => {
  it('leave one outcome and a history without gaps', async () => {
    const id = await world.ask('joan', 'Opening hours');
    const of = await world.of(id);
    const clicks = Array.from({ length: 200 }, (_, n) => {
      const who = ['anna', 'pieter', 'ruth', 'joan', 'carlo'][n % 5]!;
      return world.press(who, n % 3 ? 'approve' : 'decline', id, { of, text: 'x' });
    });
    const results = await Promise.allSettled(clicks);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: expect.stringMatching(/^approval\.(not_yours|not_now|decided)$/) });
    const history = await world.history(id);
    expect(history.slice(0, 2)).toEqual(['ask', 'asked']);
    expect(history.slice(2)).toEqual([expect.stringMatching(/^(approve|decline)$/), 'ended']);
    const rows = await world.db.selectFrom('journal').select('seq').where('subjectId', '=', id).orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect((await world.view(id, 'joan'))!.status).toBe(history[2] === 'approve' ? 'Approved' : 'Not approved');
  });
});
