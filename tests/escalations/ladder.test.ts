import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sweep } from '../../bot/deadlines/index.ts';
import { escalations } from '../../bot/escalations/index.ts';
import { EscalationsWorld } from './world.ts';

let world: EscalationsWorld;
afterEach(() => world?.close());

/** Asked on a Friday at 17:00 in Manila; Monday 30 November is Bonifacio Day there. */
const FRIDAY = '2026-11-27T09:00:00Z';

describe('over a weekend and a holiday, in two zones', () => {
  beforeEach(async () => {
    world = await EscalationsWorld.open(FRIDAY);
  });

  it('three levels are asked one after the other, each in the working time of whoever is asked, and none once it is taken', async () => {
    const id = await world.ask('anna');
    expect(await world.view(id, 'anna')).toMatchObject({
      status: 'Help is asked for: level 1 of 3',
      expectedBy: { at: '2026-12-01T02:00:00Z' }, // an hour on Friday, an hour on Tuesday
      waitingFor: { side: 'provider', role: 'Service desk' },
    });
    expect(await world.told(id)).toEqual(['carlo 1']);
    await world.until('2026-12-01T01:59:59Z');
    expect(await world.history(id)).toEqual(['open', 'asked 1']);
    await world.until('2026-12-01T02:00:00Z');
    expect(await world.told(id)).toEqual(['joan 2']);
    await world.until('2026-12-01T06:00:00Z'); // four hours of hers, to 14:00
    expect(await world.view(id, 'luis')).toMatchObject({ expectedBy: { at: '2026-12-01T18:00:00Z' } }); // twelve by any clock
    expect(await world.told(id)).toEqual(['luis 3']);
    await world.until('2026-12-01T10:00:00Z');
    await world.press('luis', 'take', id, { nextUpdate: '2026-12-02T12:00' });
    await world.until('2026-12-02T03:59:59Z'); // his noon is 04:00
    expect(await world.history(id)).toEqual(['open', 'asked 1', 'asked 2', 'asked 3', 'take']);
    expect(await world.told(id)).toEqual([]);
    expect(await world.view(id, 'everyone')).toMatchObject({
      status: 'Taken',
      waitingFor: { role: 'Managing director' },
      expectedBy: { at: '2026-12-02T04:00:00Z' },
    });
  });

  it('the client is asked in its own day', async () => {
    const id = await world.ask('joan'); // 10:00 on Friday in Amsterdam
    expect(await world.view(id, 'joan')).toMatchObject({ expectedBy: { at: '2026-11-27T11:00:00Z' } });
    expect(await world.told(id)).toEqual(['anna 1']);
  });

  it('an update that does not come lets it go on where it rested', async () => {
    const id = await world.ask('anna');
    await world.until('2026-12-01T02:30:00Z');
    await world.press('joan', 'take', id, { nextUpdate: '2026-12-01T15:00' });
    await world.until('2026-12-01T06:59:59Z');
    expect(await world.told(id)).toEqual([]);
    await world.until('2026-12-01T07:00:00Z');
    expect(await world.told(id)).toEqual(['joan 3']); // the level that she took it at, a new asking
    expect(await world.history(id)).toEqual(['open', 'asked 1', 'asked 2', 'take', 'resumed', 'asked 2']);
    await world.press('joan', 'update', id, { text: 'The disk is replaced tonight', nextUpdate: '2026-12-02T10:00' });
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'Taken', expectedBy: { at: '2026-12-02T02:00:00Z' } });
  });

  it('the top is asked twice more, and then people go on by themselves', async () => {
    const id = await world.ask('anna');
    await world.until('2026-12-20T00:00:00Z');
    expect(await world.history(id)).toEqual(['open', 'asked 1', 'asked 2', 'asked 3', 'asked 3', 'asked 3', 'spent']);
    expect(await world.view(id, 'anna')).toMatchObject({ open: true, pastDue: true, status: 'Nobody has taken it' });
    expect(await world.buttons(id, 'carlo')).toContain('take');
    await world.press('carlo', 'take', id);
    expect(await world.view(id, 'anna')).toMatchObject({ pastDue: false, status: 'Taken' });
  });

  it('after a time in which nothing ran, the next level is asked from then on: nobody is passed over untold', async () => {
    const id = await world.ask('anna');
    world.base.base.clock.set('2026-12-08T03:00:00Z');
    await sweep(world.base.base.ports, escalations.deadlines!);
    expect(await world.history(id)).toEqual(['open', 'asked 1', 'asked 2']);
    expect(await world.told(id)).toEqual(['joan 2']);
  });

  it('swept by several at once, a level is asked once', async () => {
    const ids = [];
    for (let n = 0; n < 12; n += 1) ids.push(await world.ask('anna'));
    world.base.base.clock.set('2026-12-01T02:00:00Z');
    const { ports } = world.base.base;
    await Promise.all([1, 2, 3].map(() => sweep(ports, escalations.deadlines!)));
    for (const id of ids) expect(await world.history(id)).toEqual(['open', 'asked 1', 'asked 2']);
  });
});

describe('who is told, and when', () => {
  it('outside working hours nobody, until they begin', async () => {
    world = await EscalationsWorld.open('2026-11-25T12:00:00Z'); // 20:00 in Manila
    const id = await world.ask('anna');
    expect(await world.told(id)).toEqual([]);
    await world.until('2026-11-26T01:00:00Z');
    expect(await world.told(id)).toEqual(['carlo 1']);
    expect(await world.history(id)).toEqual(['open', 'asked 1']);
  });

  it('where it is critical, at once; his time still counts in his day', async () => {
    world = await EscalationsWorld.open('2026-11-25T12:00:00Z');
    const id = await world.ask('anna', { urgency: 'critical' });
    expect(await world.told(id)).toEqual(['carlo 1']);
    expect(await world.view(id, 'anna')).toMatchObject({
      status: 'Critical. Help is asked for: level 1 of 3',
      expectedBy: { at: '2026-11-26T03:00:00Z' },
    });
  });

  it('somebody without an account gets a ready mail from his owner, and his time counts from when it went off', async () => {
    world = await EscalationsWorld.open('2026-11-25T02:00:00Z', ['anna', 'joan', 'luis']);
    const id = await world.ask('anna');
    expect(await world.told(id)).toEqual([]);
    expect(await world.buttons(id, 'joan')).toEqual(expect.arrayContaining(['Write to Service desk', 'sent']));
    expect(await world.buttons(id, 'anna')).not.toContain('sent');
    await world.until('2026-11-25T03:00:00Z');
    const carlo = (await world.view(id, 'joan'))!.actions.find(({ verb }) => verb === 'escalation.sent')!.carries!;
    await world.press('joan', 'sent', id, carlo);
    expect(await world.view(id, 'anna')).toMatchObject({ expectedBy: { at: '2026-11-25T05:00:00Z' }, notes: [] });
    await expect(world.press('joan', 'sent', id, carlo)).rejects.toMatchObject({ code: 'escalation.not_now' });
  });

  it('in place of somebody who has left his stand-in; a level where nobody is left is passed over, and both are said', async () => {
    world = await EscalationsWorld.open('2026-11-25T02:00:00Z');
    await sql`update contact set active = false where key in ('carlo', 'joan')`.execute(world.db);
    const id = await world.ask('anna');
    // nobody else is at the desk, and the desk stands in for the lead
    expect(await world.history(id)).toEqual(['open', 'skipped', 'skipped', 'asked 3']);
    expect((await world.view(id, 'anna'))!.steps.map(({ state }) => state)).toEqual(['skipped', 'skipped', 'now']);
    await sql`update contact set active = true where key = 'carlo'`.execute(world.db);
    const other = await world.ask('anna');
    await world.until('2026-11-25T04:00:00Z');
    expect(await world.told(other)).toEqual(['carlo 2']); // for the lead, whose stand-in he is
  });

  it('reopening asks whoever resolved it, and nobody else', async () => {
    world = await EscalationsWorld.open('2026-11-25T02:00:00Z');
    const id = await world.ask('anna');
    await world.until('2026-11-25T05:00:00Z');
    await world.press('carlo', 'resolve', id, { text: 'The disk is new' });
    expect(await world.told(id)).toEqual([]);
    await world.press('anna', 'reopen', id, { text: 'It stopped again tonight' });
    expect(await world.told(id)).toEqual(['carlo 3']);
    expect(await world.history(id)).toEqual(['open', 'asked 1', 'asked 2', 'resolve', 'reopen', 'asked 2']);
  });
});
