import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { erase } from '../../bot/privacy/erase.ts';
import { heldAbout } from '../../bot/privacy/holds.ts';
import { emptyDue, TERMS } from '../../bot/privacy/retention.ts';
import { somebody } from '../../bot/privacy/somebody.ts';
import { ActionItemsWorld } from '../actionItems/world.ts';
import { RhythmsWorld } from '../rhythms/world.ts';
import type { MatterWorld } from '../support/matters.ts';
import { everything } from './dump.ts';

const WORDS = { done: 'The flamingos are counted', next: 'The pelicans', blocked: 'A heron in the way' };
const BIRDS = /flamingo|pelican|heron/i;
const DAY_MS = 24 * 3600_000;

let world: MatterWorld;
afterEach(() => world.close());

const text = (): Promise<string> => everything(world.db);
async function emptied(at: Date): Promise<void> {
  world.base.base.clock.set(at);
  while (await world.ports.transaction((tx) => emptyDue(tx, TERMS, at)));
}
const daysAfter = (from: string, days: number): Date => new Date(new Date(from).getTime() + days * DAY_MS);
const held = async (address: string): Promise<string> =>
  JSON.stringify(await heldAbout(world.db, await somebody(world.db, { address }), { most: 100, self: true }));
/** Which cards have to be made true. */
const cardsAsked = async (): Promise<string[]> => {
  const { rows } = await sql<{ key: string }>`select key from graphile_worker._private_jobs where key like 'post:%' order by 1`.execute(
    world.db,
  );
  return rows.map(({ key }) => key);
};

describe('what was written with an update', () => {
  const GIVEN = '2026-11-10T02:00:00Z';
  let id: string;
  beforeEach(async () => {
    const updates = await RhythmsWorld.open(GIVEN);
    world = updates;
    id = await updates.last();
    await updates.press('carlo', 'give', id, WORDS);
    await updates.until('2026-11-16T00:00:00Z');
    await sql`delete from graphile_worker._private_jobs`.execute(world.db);
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
  });

  it('goes ninety days after it was given, from its card too; that it was given in time stays for four hundred', async () => {
    await emptied(new Date(daysAfter(GIVEN, 90).getTime() - 1000));
    expect(await text()).toMatch(BIRDS);
    await emptied(daysAfter(GIVEN, 90));
    expect(await text()).not.toMatch(BIRDS);
    expect(await cardsAsked()).toContain(`post:rhythm:${id}`);
    const row = () => world.db.selectFrom('rhythmDate').selectAll().where('id', '=', id).execute();
    expect(await row()).toEqual([expect.objectContaining({ ending: 'given', givenAt: new Date(GIVEN), done: '(not kept any more)' })]);
    await emptied(daysAfter(GIVEN, 400));
    expect(await row()).toEqual([]);
    expect((await sql`select 1 from journal where subject_id = ${id}`.execute(world.db)).rows).toEqual([]);
  });

  it('goes with whoever wrote it', async () => {
    expect(await held('carlo@fabrikam.com')).toMatch(BIRDS);
    expect(await held('joan@fabrikam.com')).not.toMatch(BIRDS);
    await erase(world.ports, { address: 'carlo@fabrikam.com' });
    expect(await text()).not.toMatch(BIRDS);
    expect(await cardsAsked()).toContain(`post:rhythm:${id}`);
    const next = (await world.db.selectFrom('rhythmDate').select('id').where('nextId', 'is', null).executeTakeFirstOrThrow()).id;
    expect((await world.view(next, 'anna'))!.said).toEqual([]);
    const figures = await world.ports.transaction((tx) =>
      world.capability.figures!(tx, world.partnershipId, { from: new Date('2026-11-01T00:00:00Z'), to: world.now() }),
    );
    expect(figures.map(({ text: said }) => said)).toEqual(['1 of 1 (100 %)']);
  });
});

describe('what was written with an action', () => {
  const DONE = '2026-11-26T02:00:00Z';
  let id: string;
  beforeEach(async () => {
    const items = await ActionItemsWorld.open('2026-11-25T09:00:00Z');
    world = items;
    id = await items.note('carlo', 'carlo', '2026-11-27', { what: WORDS.done, doneWhen: WORDS.next });
    await items.press('carlo', 'move', id, { on: '2026-12-01', text: 'A heron' });
    await items.until(DONE);
    await items.press('carlo', 'done', id, { text: WORDS.blocked });
  });

  it('goes ninety days after it was done', async () => {
    await emptied(new Date(daysAfter(DONE, 90).getTime() - 1000));
    expect(await text()).toMatch(BIRDS);
    await emptied(daysAfter(DONE, 90));
    expect(await text()).not.toMatch(BIRDS);
    const row = () => world.db.selectFrom('actionItem').selectAll().where('id', '=', id).execute();
    expect(await row()).toEqual([expect.objectContaining({ ending: 'done', endedAt: new Date(DONE) })]);
    await emptied(daysAfter(DONE, 400));
    expect(await row()).toEqual([]);
  });

  it('stays while it is open, and goes with whoever wrote it', async () => {
    await world.press('anna', 'putBack', id, { text: 'Not all' });
    await emptied(daysAfter(DONE, 500));
    expect(await text()).toMatch(BIRDS);
    expect(await held('carlo@fabrikam.com')).toMatch(BIRDS);
    await erase(world.ports, { address: 'carlo@fabrikam.com' });
    expect(await text()).not.toMatch(BIRDS);
    expect(await world.view(id, 'anna')).toMatchObject({ open: true, title: '(erased)' });
  });
});
