import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor, Capability } from '../../bot/capability.ts';
import { CHARTER_CHANGES, charterCapability, latestCharter } from '../../bot/charter/index.ts';
import { CharterView } from '../../bot/contract/charter.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Loaded, loaded } from './loaded.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const charter = charterCapability([]);
const NOW = new Date('2026-11-23T08:00:00Z');
const NEVER = /debtor|creditor|\bowe|overdue|breach|broken|failed|\bSLA\b/i;

const view = ({ id }: Loaded, viewer: 'everyone' | Actor = 'everyone', now = NOW): Promise<CharterView> =>
  database.ports.transaction((tx) => charter.cards!.charter!.view(tx, id, viewer, now));
const press = ({ id }: Loaded, verb: string, actor: Actor, input: Record<string, string> = {}, now = NOW) =>
  database.ports.transaction((tx) => {
    const action = charter.actions![verb]!;
    return action.run({ tx, now, actor, subjectId: id, input: action.schema.parse(input) });
  });
const placements = ({ id }: Loaded) => database.ports.transaction((tx) => charter.cards!.charter!.placements(tx, id, NOW));

describe('the card on which both sides agree', () => {
  it('says in words what is agreed, and who will see what', async () => {
    const seen = await view(await loaded(database));
    expect(CharterView.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({
      name: 'Contoso and Fabrikam',
      version: 1,
      bothAgreed: false,
      state: 'Waiting for Contoso and Fabrikam to agree. Until then nothing is shown in this channel when a time passes.',
    });
    expect(seen.sides.client).toMatchObject({
      name: 'Contoso',
      roles: ['Service owner', 'Finance', 'Operations director'],
      hours: ['Mon to Thu 09:00-12:30 and 13:00-17:30 in Amsterdam', 'Fri 09:00-12:30 and 13:00-16:00 in Amsterdam'],
      closed: ['Fri 25 Dec: Christmas Day', 'Mon 28 Dec: Between the years', 'Tue 29 Dec: Between the years'],
      closedNote: null,
      answers: 'By the end of the next working day',
      urgent: 'Within 4 working hours',
      agreed: 'Not yet',
    });
    expect(seen.sides.provider).toMatchObject({
      roles: ['Delivery lead', 'Service desk', 'Night desk', 'Managing director'],
      services: ['Service desk', 'Ticket system'],
      hours: ['Mon to Fri 09:00-18:00 in Manila', 'Night desk: Sun to Thu 21:00-06:00 in Manila (night desk)'],
      closed: ['Mon 30 Nov: Bonifacio Day', 'Fri 25 Dec: Christmas Day', 'Wed 30 Dec: Rizal Day'],
      closedNote: 'Assumed from a public list until Fabrikam confirms it.',
      answers: 'Within 8 working hours',
      urgent: 'Within 30 working minutes',
    });
  });

  it('is a good card, in plain words, without a name of a person', async () => {
    for (const example of ['fabrikam', 'northwind', 'litware'] as const) {
      const it = await loaded(database, example);
      const json = charter.cards!.charter!.card(await view(it));
      expect(cardErrors(json)).toEqual([]);
      const text = cardTexts(json).join('\n');
      expect(text).not.toMatch(NEVER);
      for (const side of ['client', 'provider'] as const) {
        for (const { name } of (await latestCharter(database.db, it.id)).sides[side].contacts) expect(text).not.toContain(name);
      }
    }
  });

  it('is wanted until both agreed, then only kept true', async () => {
    const it = await loaded(database);
    expect(await placements(it)).toEqual([{ where: { kind: 'channel', partnershipId: it.id }, state: 'wanted', viewer: 'everyone' }]);
    await press(it, 'charter.acknowledge', it.actor('anna', 'client'));
    await press(it, 'charter.acknowledge', it.actor('joan', 'provider'));
    expect((await placements(it))[0]?.state).toBe('keep');
    expect(await view(it)).toMatchObject({ bothAgreed: true, actions: [], state: 'Both sides agreed. Counts since Mon 2 Nov.' });
  });

  it('offers the button to the owner of a side that has not agreed, and to everyone on what is stored in Teams', async () => {
    const it = await loaded(database);
    const labels = async (viewer: 'everyone' | Actor) => (await view(it, viewer)).actions.map((action) => action.label);
    expect(await labels('everyone')).toEqual(['We agree']);
    expect(await labels(it.actor('anna', 'client'))).toEqual(['We agree, for Contoso']);
    expect(await labels(it.actor('pieter', 'client', false))).toEqual([]);
    await press(it, 'charter.acknowledge', it.actor('anna', 'client'));
    expect(await labels(it.actor('anna', 'client'))).toEqual([]);
    expect(await labels('everyone')).toEqual(['We agree']);
  });
});

describe('a press', () => {
  it('is recorded once, and says so the second time', async () => {
    const it = await loaded(database);
    const anna = it.actor('anna', 'client');
    expect((await press(it, 'charter.acknowledge', anna, { version: '1' })).message).toBe('Recorded: Contoso agrees.');
    expect((await press(it, 'charter.acknowledge', anna, {}, new Date('2026-11-25T08:00:00Z'))).message).toBe(
      'Contoso agreed on Mon 23 Nov already.',
    );
    expect((await press(it, 'charter.acknowledge', it.actor('joan', 'provider'))).message).toBe(
      'Recorded: Fabrikam agrees. Both sides agreed.',
    );
    expect((await view(it)).sides.client.agreed).toBe('Agreed on Mon 23 Nov');
  });

  it('closes a site by its own wall clock, tells the other side by one card, and is taken back', async () => {
    const it = await loaded(database);
    const joan = it.actor('joan', 'provider');
    await press(it, 'charter.siteClosed', joan, {
      from: '2026-11-23T17:00',
      to: '2026-11-24T18:00',
      reason: 'Typhoon {{x}} [a](http://b)',
    });
    const edits = await database.db
      .selectFrom('calendarEdit')
      .select(['id', 'onDate', 'intervals'])
      .where('partnershipId', '=', it.id)
      .orderBy('onDate')
      .execute();
    expect(edits.map(({ onDate, intervals }) => [onDate, intervals])).toEqual([
      ['2026-11-23', { closed: [['17:00', '24:00']] }],
      ['2026-11-24', { closed: [['00:00', '18:00']] }],
    ]);
    const closure = charter.cards!.closure!;
    const id = edits[0]!.id;
    const show = (now: Date) =>
      database.ports.transaction(async (tx) => ({
        view: await closure.view(tx, id, 'everyone', now),
        placed: await closure.placements(tx, id, now),
      }));
    const during = await show(NOW);
    expect(during.placed[0]).toMatchObject({ where: { kind: 'channel', partnershipId: it.id }, state: 'wanted' });
    const json = closure.card(during.view);
    expect(cardErrors(json)).toEqual([]);
    expect(cardTexts(json)).toEqual([
      'Fabrikam: closed for a while',
      'Fabrikam in Manila is closed from Mon 23 Nov, 17:00 to Tue 24 Nov, 18:00, Manila time. The times of what is open were moved by that much.',
      expect.stringMatching(/^Why: Typhoon /),
    ]);
    expect(cardTexts(json)[2]).not.toMatch(/\{\{|\]\(/);
    expect((await show(new Date('2026-11-25T08:00:00Z'))).placed[0]?.state).toBe('keep');
    const brief = await database.ports.transaction((tx) => charter.brief!(tx, it.id, 'everyone', NOW));
    expect(brief[0]).toMatchObject({
      changed: true,
      lines: [{ text: expect.stringContaining('Fabrikam in Manila is closed') }, { text: 'What we agreed waits for Contoso and Fabrikam' }],
    });
    await press(it, 'charter.undoCalendar', joan, { edits: edits.map((edit) => edit.id).join() });
    expect((await show(NOW)).view).toMatchObject({ heading: 'Fabrikam is open again' });
  });

  it.each([
    [
      'a side that is not his',
      'charter.editCalendar',
      { calendar: 'amsterdam', kind: 'holiday', on: '2026-11-24', reason: 'x' },
      'charter.other_side',
    ],
    [
      'a day that there is none of',
      'charter.siteClosed',
      { from: '2026-02-30T09:00', to: '2026-03-01T09:00', reason: 'x' },
      'calendar.bad_date',
    ],
  ])('is refused for %s', async (_what, verb, input, code) => {
    const it = await loaded(database);
    await expect(press(it, verb, it.actor('joan', 'provider'), input)).rejects.toMatchObject({ code });
  });

  it('confirms the list of its own side where none is named', async () => {
    const it = await loaded(database);
    await press(it, 'charter.confirmHolidays', it.actor('joan', 'provider'));
    expect((await view(it)).sides.provider.closedNote).toBeNull();
  });
});

it('every refusal has a status and a sentence, every event a sentence', async () => {
  for (const { status, message } of Object.values(charter.refusals!)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message).not.toMatch(NEVER);
  }
  const it = await loaded(database);
  await press(it, 'charter.acknowledge', it.actor('anna', 'client'));
  await press(it, 'charter.confirmHolidays', it.actor('joan', 'provider'));
  await press(it, 'charter.editCalendar', it.actor('joan', 'provider'), { kind: 'notHoliday', on: '2026-11-30' });
  await press(it, 'charter.siteClosed', it.actor('joan', 'provider'), {
    from: '2026-11-23T17:00',
    to: '2026-11-24T18:00',
    reason: 'Typhoon',
  });
  await press(it, 'charter.acknowledge', it.actor('joan', 'provider'));
  const events = await database.db.selectFrom('journal').selectAll().where('partnershipId', '=', it.id).orderBy('seq').execute();
  const sentences = events.map((event) =>
    charter.events![event.kind]!.sentence({ ...event, subject: { kind: 'charter', id: it.id }, by: null }, 'Fabrikam (Delivery lead)'),
  );
  expect(sentences).toEqual([
    'What we agreed was written down; both sides are asked to agree',
    'Fabrikam (Delivery lead) agreed to version 1 of what we agreed',
    'Fabrikam (Delivery lead) confirmed the list of holidays',
    'Fabrikam (Delivery lead) changed a day of the calendar: 2026-11-30 is a working day',
    'Fabrikam (Delivery lead) said that the site is closed',
    'Fabrikam (Delivery lead) agreed to version 1 of what we agreed',
    'Both sides agreed to version 1 of what we agreed',
  ]);
});

it('tells the capabilities that follow it, in a transaction of their own', async () => {
  const told: string[] = [];
  const follower: Capability = { name: 'follower', on: { charter: async (_tx, partnershipId) => void told.push(partnershipId) } };
  const { reactions } = charterCapability([follower, { name: 'deaf' }]);
  const it = await loaded(database);
  const event = { id: '1', subject: { kind: 'charter', id: it.id }, partnershipId: it.id, at: NOW, by: null, data: {} };
  for (const [kind, react] of Object.entries(reactions!)) await react({ ...event, kind }, database.ports);
  expect(told).toEqual(Array(CHARTER_CHANGES.length).fill(it.id));
});
