import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { editCalendar } from '../../bot/charter/index.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { startRhythms } from '../../bot/rhythms/index.ts';
import { AGREED, RhythmsWorld } from './world.ts';

/** Thursday 12:00 in Manila. */
const DUE = '2026-11-12T04:00:00Z';
const before = (at: string): string => new Date(new Date(at).getTime() - 1000).toISOString();

let world: RhythmsWorld;
afterEach(() => world.close());

const amended = (from: string, to: string) => (text: string) => text.replace('note: First version.', 'note: Another.').replace(from, to);

describe('a date opens by itself', () => {
  it('when its own time begins, is expected by its moment, and then past it; without any mail', async () => {
    world = await RhythmsWorld.open('2026-11-08T15:59:59Z');
    expect(await world.dates()).toEqual(['12 Nov planned']);
    await world.until('2026-11-08T16:00:00Z');
    const id = await world.last();
    expect(await world.view(id, 'anna')).toMatchObject({
      open: true,
      title: 'Weekly report',
      sentence: 'Fabrikam tells Contoso where work stands.',
      status: 'Expected Thu 12 Nov',
      waitingFor: { side: 'provider', name: 'Fabrikam', role: null },
      expectedBy: { at: DUE },
      pastDue: false,
    });
    expect(await world.place(id)).toEqual(['channel keep']);
    await world.until(before(DUE));
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'Expected today', tone: 'soon' });
    await world.until(DUE);
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'Past the agreed time', tone: 'past', pastDue: true });
    expect(await world.place(id)).toEqual(['channel wanted']);
    expect(await world.history(id)).toEqual(['opened', 'pastDue']);
  });

  it('not before both sides agreed', async () => {
    world = await RhythmsWorld.open('2026-12-10T00:00:00Z', (text) => text, false);
    expect(await world.rows()).toEqual([]);
  });

  it('after an update of Rapport or its first start, too; a second start changes nothing', async () => {
    world = await RhythmsWorld.open('2026-11-05T00:00:00Z');
    await sql`delete from rhythm_date`.execute(world.db);
    await sql`delete from deadline`.execute(world.db);
    for (let starts = 0; starts < 2; starts += 1) {
      await world.ports.transaction((tx) => startRhythms(tx, world.now()));
      await sweep(world.ports, world.capability.deadlines!);
      expect(await world.dates()).toEqual(['12 Nov planned']);
    }
  });
});

describe('one that is not given', () => {
  it('ends as the next one opens; the card of the one is the card of the other', async () => {
    world = await RhythmsWorld.open('2026-11-15T15:59:59Z');
    const id = await world.last();
    await sql`
      insert into conversation (id, kind, partnership_id, service_url, tenant_id, conversation_id, bot_id, installed_at)
      values ('22222222-2222-4222-8222-222222222222', 'channel', ${world.partnershipId}, 'https://x', gen_random_uuid(), '19:x', 'bot', ${world.now()})`.execute(
      world.db,
    );
    await sql`
      insert into post (id, conversation_id, subject_kind, subject_id, state, activity_id, intended_at, posted_at)
      values (gen_random_uuid(), '22222222-2222-4222-8222-222222222222', 'rhythm', ${id}, 'posted', 'a1', ${world.now()}, ${world.now()})`.execute(
      world.db,
    );
    await world.until('2026-11-15T16:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov notGiven', '19 Nov open']);
    const next = await world.last();
    expect(await world.view(id, 'anna')).toMatchObject({ open: false, status: 'Not given', tone: 'calm', waitingFor: null, actions: [] });
    expect((await world.view(next, 'anna'))!.notes).toContain('The one for Thu 12 Nov was not given.');
    const posts = await world.db.selectFrom('post').select(['subjectId', 'activityId', 'state']).execute();
    expect(posts).toEqual([{ subjectId: next, activityId: 'a1', state: 'posted' }]);
    expect([await world.place(id), await world.place(next)]).toEqual([['channel gone'], ['channel keep']]);
  });

  it('counts each date once, when nothing ran for weeks, by several at once; at the times that they had', async () => {
    world = await RhythmsWorld.open('2026-11-09T00:00:00Z');
    world.base.base.clock.set('2026-12-04T00:00:00Z'); // Friday after the fourth
    await Promise.all([1, 2, 3].map(() => sweep(world.ports, world.capability.deadlines!)));
    expect(await world.dates()).toEqual(['12 Nov notGiven', '19 Nov notGiven', '26 Nov notGiven', '3 Dec open, past']);
    const rows = await world.rows();
    for (const { id } of rows.slice(0, 3)) expect(await world.history(id)).toEqual(['opened', 'pastDue', 'notGiven']);
    expect(await world.history(rows[3]!.id)).toEqual(['opened', 'pastDue']);
    const { rows: told } = await sql<{ at: Date }>`select at from journal where kind = 'rhythm.notGiven' order by at`.execute(world.db);
    expect(told.map(({ at }) => at.toISOString().slice(0, 16))).toEqual(['2026-11-15T16:00', '2026-11-22T16:00', '2026-11-29T16:00']);
    // one card is wanted, not four
    const places = await Promise.all(rows.map(({ id }) => world.place(id)));
    expect(places.flat().filter((place) => place === 'channel wanted')).toHaveLength(1);
  });

  it('a mail that is read late gives it at the time when it was written, though it was over', async () => {
    world = await RhythmsWorld.open('2026-11-20T00:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov notGiven', '19 Nov open, past']);
    await world.report('2026-11-13T02:00:00Z');
    await world.report('2026-11-19T03:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov given late', '19 Nov given']);
    expect(await world.history(await world.last())).toEqual(['opened', 'pastDue', 'mail']);
    await world.until('2026-11-22T16:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov given late', '19 Nov given', '26 Nov open']);
  });

  it('and one that was read before the date opened does too', async () => {
    world = await RhythmsWorld.open('2026-11-09T00:00:00Z');
    world.base.base.clock.set('2026-11-18T09:00:00Z'); // no sweep since
    await world.report('2026-11-18T08:00:00Z');
    await sweep(world.ports, world.capability.deadlines!);
    expect(await world.dates()).toEqual(['12 Nov notGiven', '19 Nov given']);
  });
});

describe('closed days and clocks', () => {
  it('a holiday there moves it to the working day before', async () => {
    world = await RhythmsWorld.open('2026-12-19T00:00:00Z');
    // Thursday the 24th is closed in Manila by a correction of its owner
    const rows = await world.rows();
    const [first] = rows.slice(-1);
    await world.ports.transaction((tx) =>
      editCalendar(tx, {
        partnershipId: world.partnershipId,
        calendarKey: 'manila',
        by: world.actor('joan'),
        now: world.now(),
        edit: { kind: 'holiday', onDate: '2026-12-17', reason: 'Fiesta' },
      }),
    );
    await world.plan();
    // the 17th is past already: what it was stays
    expect((await world.rows()).find(({ id }) => id === first!.id)!.dueAt).toEqual(first!.dueAt);
    await world.ports.transaction((tx) =>
      editCalendar(tx, {
        partnershipId: world.partnershipId,
        calendarKey: 'manila',
        by: world.actor('joan'),
        now: world.now(),
        edit: { kind: 'holiday', onDate: '2027-01-14', reason: 'Fiesta' },
      }),
    );
    await world.until('2027-01-11T00:00:00Z');
    expect(await world.view(await world.last(), 'anna')).toMatchObject({ expectedBy: { at: '2027-01-13T04:00:00Z' } });
  });

  it('a correction moves one that is open, and the history says so', async () => {
    world = await RhythmsWorld.open('2026-11-09T00:00:00Z');
    const edit = (onDate: string) =>
      world.ports.transaction((tx) =>
        editCalendar(tx, {
          partnershipId: world.partnershipId,
          calendarKey: 'manila',
          by: world.actor('joan'),
          now: world.now(),
          edit: { kind: 'holiday', onDate, reason: 'Typhoon' },
        }),
      );
    await edit('2026-11-12');
    await world.plan();
    const id = await world.last();
    expect(await world.view(id, 'anna')).toMatchObject({ expectedBy: { at: '2026-11-11T04:00:00Z' }, pastDue: false });
    expect(await world.history(id)).toEqual(['opened', 'moved']);
    await world.until('2026-11-11T04:00:00Z');
    expect(await world.view(id, 'anna')).toMatchObject({ pastDue: true });
  });

  it('summer time on the side that gives it: the same time on its wall, another instant', async () => {
    world = await RhythmsWorld.open('2027-03-22T00:00:00Z', (text) =>
      text.replace('- name: Weekly report\n    from: provider', '- name: Weekly report\n    from: client'),
    );
    await world.until('2027-04-01T10:00:00Z');
    const rows = (await world.rows()).slice(-2).map(({ dueAt, opensAt }) => [dueAt.toISOString(), opensAt.toISOString()]);
    expect(rows).toEqual([
      ['2027-03-25T11:00:00.000Z', '2027-03-21T23:00:00.000Z'],
      ['2027-04-01T10:00:00.000Z', '2027-03-28T22:30:00.000Z'],
    ]);
  });
});

describe('what is amended', () => {
  it('an open date keeps its version; the next one follows the new', async () => {
    world = await RhythmsWorld.open('2026-11-10T00:00:00Z');
    await world.base.agree(amended('by: thu 12:00', 'by: tue 09:00'));
    await world.plan();
    expect(await world.view(await world.last(), 'anna')).toMatchObject({ expectedBy: { at: DUE } });
    await world.until('2026-11-16T00:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov notGiven', '17 Nov open']);
    const versions = (await world.rows()).map(({ charterVersion }) => charterVersion);
    expect(versions[1]).toBeGreaterThan(versions[0]!);
  });

  it('one that is agreed no more ends with its date, and begins anew when it is agreed again', async () => {
    world = await RhythmsWorld.open('2026-11-10T00:00:00Z');
    await world.base.agree(amended('- name: Weekly report\n    from', '- name: Other report\n    from'));
    await world.plan();
    await world.until('2026-11-16T00:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov notGiven']);
    // agreed on Tuesday: Thursday's time had begun before
    expect(await world.dates('Other report')).toEqual(['19 Nov open']);
    await world.until('2026-11-24T00:00:00Z');
    await world.base.agree((text) => text.replace('note: First version.', 'note: As before.'));
    await world.plan();
    expect(await world.dates()).toEqual(['12 Nov notGiven', '26 Nov open']);
  });

  it('one that was only planned follows the new version at once', async () => {
    world = await RhythmsWorld.open('2026-11-05T00:00:00Z');
    await world.base.agree(amended('by: thu 12:00', 'by: wed 12:00'));
    await world.plan();
    expect(await world.dates()).toEqual(['11 Nov planned']);
  });
});

it('while the partnership is paused nothing is told; what fell into the pause is passed over', async () => {
  world = await RhythmsWorld.open('2026-11-10T00:00:00Z');
  const id = await world.last();
  await world.pause(true);
  await world.until('2026-11-25T00:00:00Z');
  expect(await world.history(id)).toEqual(['opened']);
  expect(await world.place(id)).toEqual(['channel keep']);
  await world.pause(false);
  expect(await world.dates()).toEqual(['12 Nov notGiven', '26 Nov open']);
});

it('the agreement itself plans it: on Monday the 2nd, for the week after', async () => {
  world = await RhythmsWorld.open(AGREED);
  expect(await world.dates()).toEqual(['12 Nov planned']);
});
