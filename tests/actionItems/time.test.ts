import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { editCalendar } from '../../bot/charter/index.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { ActionItemsWorld } from './world.ts';

/** 10:00 in Amsterdam, 17:00 in Manila, on a Wednesday. */
const WEDNESDAY = '2026-11-25T09:00:00Z';

let world: ActionItemsWorld;
beforeEach(async () => {
  world = await ActionItemsWorld.open(WEDNESDAY);
});
afterEach(() => world.close());

describe('expected by the end of a working day of whoever does it', () => {
  it.each([
    ['in Amsterdam', 'anna', '2026-11-27', '2026-11-27T15:00:00Z'],
    ['in Manila', 'carlo', '2026-11-27', '2026-11-27T10:00:00Z'],
    ['a night that starts on it', 'night-desk', '2026-11-26', '2026-11-26T22:00:00Z'],
    ['of a closed day, of the next open one: a weekend', 'carlo', '2026-11-28', '2026-12-01T10:00:00Z'],
    ['a holiday there', 'carlo', '2026-11-30', '2026-12-01T10:00:00Z'],
    ['today', 'anna', '2026-11-25', '2026-11-25T16:30:00Z'],
  ])('%s', async (_what, holder, on, at) => {
    const id = await world.note('anna', holder, on);
    expect((await world.view(id, 'anna'))!.expectedBy!.at).toBe(at);
  });

  it('a corrected calendar moves it until it is past', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-27');
    const closed = (onDate: string) =>
      world.ports.transaction((tx) =>
        editCalendar(tx, {
          partnershipId: world.partnershipId,
          calendarKey: 'manila',
          by: world.actor('joan'),
          now: world.now(),
          edit: { kind: 'holiday', onDate, reason: 'Fiesta' },
        }),
      );
    await closed('2026-11-27');
    await world.lookAgain();
    expect((await world.view(id, 'anna'))!.expectedBy!.at).toBe('2026-12-01T10:00:00Z');
    expect(await world.history(id)).toEqual(['note', 'moved']);
    await world.until('2026-12-01T10:00:00Z');
    await closed('2026-12-01');
    await world.lookAgain();
    expect(await world.view(id, 'anna')).toMatchObject({ pastDue: true, expectedBy: { at: '2026-12-01T10:00:00Z' } });
  });
});

describe('whoever does it is told', () => {
  it('as it is noted by somebody else, as the last working day before begins, and in the morning after it is past', async () => {
    const id = await world.note('anna', 'carlo', '2026-12-01');
    expect(await world.told(id)).toEqual(['carlo 1']);
    // Monday is closed in Manila: the working day before is Friday
    await world.until('2026-11-27T00:59:59Z');
    expect(await world.told(id)).toEqual(['carlo 1']);
    await world.until('2026-11-27T01:00:00Z');
    expect(await world.told(id)).toEqual(['carlo 2']);
    await world.until('2026-12-01T09:59:59Z');
    expect(await world.view(id, 'anna')).toMatchObject({ pastDue: false, tone: 'soon', status: 'Expected by Tue 1 Dec' });
    await world.until('2026-12-01T10:00:00Z');
    expect(await world.view(id, 'anna')).toMatchObject({ pastDue: true, tone: 'past', status: 'Past the agreed day' });
    expect(await world.told(id)).toEqual([]);
    await world.until('2026-12-02T01:00:00Z');
    expect(await world.told(id)).toEqual(['carlo 3']);
    await world.until('2027-02-01T00:00:00Z');
    expect(await world.history(id)).toEqual(['note', 'reminded', 'pastDue']);
  });

  it('not of what he noted himself, nor of a reminder that it would be already', async () => {
    const id = await world.note('carlo', 'carlo', '2026-11-26');
    expect(await world.told(id)).toEqual([]);
    await world.until('2026-11-26T09:59:59Z');
    expect(await world.history(id)).toEqual(['note']);
  });

  it('once, when nothing ran for long, by several at once', async () => {
    const ids = [];
    for (let n = 0; n < 6; n += 1) ids.push(await world.note('joan', 'anna', '2026-12-02'));
    world.base.base.clock.set('2026-12-14T09:00:00Z');
    await Promise.all([1, 2, 3].map(() => sweep(world.ports, world.capability.deadlines!)));
    for (const id of ids) {
      expect(await world.history(id)).toEqual(['note', 'pastDue']);
      expect(await world.told(id)).toEqual(['anna 2']);
    }
    const { rows } = await sql<{ at: Date }>`select distinct at from journal where kind = 'actionItem.pastDue'`.execute(world.db);
    expect(rows).toEqual([{ at: new Date('2026-12-02T16:30:00Z') }]);
  });

  it('in the channel no card of it stands', async () => {
    const id = await world.note('anna', 'carlo', '2026-11-26');
    await world.until('2026-12-10T00:00:00Z');
    const places = await world.ports.transaction((tx) => world.capability.cards!.actionItem!.placements(tx, id, world.now()));
    expect(places).toEqual([]);
  });

  it('when somebody leaves, an owner of his side has it', async () => {
    const id = await world.note('anna', 'carlo', '2026-12-02');
    await world.gone('carlo');
    await world.lookAgain();
    expect(await world.view(id, 'anna')).toMatchObject({ waitingFor: { side: 'provider', role: 'Delivery lead' } });
    expect(await world.history(id)).toEqual(['note', 'handed']);
    expect(await world.told(id)).toEqual(['joan 2']);
  });
});
