import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Actor, Capability, Viewer } from '../../bot/capability.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { responses } from '../../bot/responses/index.ts';
import { today } from '../../bot/today/index.ts';
import { nextOwnDayAt } from '../../bot/today/ownBrief.ts';
import { type Letter, ResponsesWorld } from '../responses/world.ts';
import { aCalendar } from '../support/builders.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';

const capabilities: Capability[] = [responses];
const brief = today(capabilities);
/** Due at 09:00 UTC on Tuesday 24 November: 17:00 in Manila. */
const question: Letter = { id: 'q', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], at: '2026-11-24T01:00:00Z' };
const back: Letter = { id: 'b', from: 'carlo@fabrikam.com', to: ['anna@contoso.com'], at: '2026-11-23T03:00:00Z', subject: 'Door codes' };

let world: ResponsesWorld;
let carlo: Actor;
let anna: Actor;
beforeAll(async () => {
  world = await ResponsesWorld.open('2026-11-23T02:00:00Z');
  carlo = { ...world.actor('provider', 'carlo', false), through: 'command' };
  anna = { ...world.actor('client', 'anna'), through: 'command' };
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.forget();
  world.base.clock.set('2026-11-23T02:00:00Z');
  await sql`delete from identity`.execute(world.base.db);
  for (const { contactId } of [carlo, anna])
    await sql`insert into identity (tenant_id, object_id, contact_id, bound_by, bound_at)
      values (${randomUUID()}, ${randomUUID()}, ${contactId}, 'directory', ${world.base.clock.now()})`.execute(world.base.db);
});

const say = (actor: Actor, text: string, viewer: Viewer = actor) =>
  world.base.ports.transaction(async (tx) => {
    const said = await brief.commands!.brief!.run({ tx, now: world.base.clock.now(), actor, viewer, text });
    return 'text' in said ? said.text : said.card;
  });
/** Time passes; the own briefs that were asked for on the way, each as its reader sees it then. */
async function until(at: string): Promise<string[][]> {
  const { clock, ports, db } = world.base;
  const seen: string[][] = [];
  for (;;) {
    const next = await db
      .selectFrom('deadline')
      .select('at')
      .where('kind', '=', 'today.ownBrief')
      .where('at', '<=', new Date(at))
      .orderBy('at')
      .limit(1)
      .executeTakeFirst();
    if (!next) break;
    clock.set(next.at);
    expect((await sweep(ports, { ...brief.deadlines, ...responses.deadlines })).failed).toBe(0);
    const { rows } = await sql<{ payload: { id: string } }>`
      with gone as (delete from graphile_worker._private_jobs where key like 'post:ownBrief:%' returning payload) select payload from gone`.execute(
      db,
    );
    for (const { payload } of rows) seen.push(await posted(payload.id));
  }
  clock.set(at);
  return seen;
}
async function posted(id: string): Promise<string[]> {
  const { ports, clock } = world.base;
  const kind = brief.cards!.ownBrief!;
  return ports.transaction(async (tx) => {
    const [placement, ...more] = await kind.placements(tx, id, clock.now());
    expect(more).toEqual([]);
    expect(placement?.where).toEqual({ kind: 'personal', contactId: id.split('/')[0] });
    const view = await kind.view(tx, id, placement!.viewer, clock.now());
    const card = kind.card(view);
    expect(cardErrors(card)).toEqual([]);
    return [clock.now().toISOString().slice(0, 16), ...cardTexts(card)];
  });
}

describe("a side's own brief", () => {
  it('is off until somebody wishes it in his own chat, and ends when he says so', async () => {
    await world.deliver([back, question]);
    expect(await until('2026-11-25T00:00:00Z')).toEqual([]);
    world.base.clock.set('2026-11-23T02:00:00Z');
    expect(await say(carlo, 'on', 'everyone')).toMatch(/^Please write this to me in your own chat/);
    expect(await until('2026-11-25T00:00:00Z')).toEqual([]);
    world.base.clock.set('2026-11-23T02:00:00Z');
    expect(await say(carlo, ' On ')).toMatch(/first on Tue 24 Nov, 09:00 in Manila\. Write brief off to end it\.$/);
    await say(carlo, 'off');
    expect(await until('2026-11-25T00:00:00Z')).toEqual([]);
  });

  it("comes at the start of the reader's own working day, with what waits for his side alone", async () => {
    await say(carlo, 'on');
    await say(anna, 'on');
    await world.deliver([back, question]);
    expect(await until('2026-11-24T12:00:00Z')).toEqual([
      // 09:00 in Amsterdam on Monday: what Carlo wrote is due by the end of Contoso's next working day
      [
        '2026-11-23T08:00',
        'Contoso, your side: Mon 23 Nov',
        'Waiting',
        expect.stringMatching(/^• Contoso: one answer, the next by Tue 24 Nov/),
      ],
      [
        '2026-11-24T01:00',
        'Fabrikam, your side: Tue 24 Nov',
        'Expected today',
        expect.stringMatching(/^• Fabrikam \(Service desk\): by Tue 24 Nov, 17:00 in Manila/),
      ],
      [
        '2026-11-24T08:00',
        'Contoso, your side: Tue 24 Nov',
        'Expected today',
        expect.stringMatching(/^• Contoso \(Service owner\): by Tue 24 Nov/),
      ],
    ]);
  });

  it('does not come on a day without anything to say, nor to somebody who is not bound any more', async () => {
    await say(carlo, 'on');
    expect(await until('2026-11-24T00:00:00Z')).toEqual([]);
    await world.deliver([question]);
    await sql`delete from identity where contact_id = ${carlo.contactId}`.execute(world.base.db);
    expect(await until('2026-11-26T00:00:00Z')).toEqual([]);
    const { rows } = await sql`select 1 from deadline where kind = 'today.ownBrief'`.execute(world.base.db);
    expect(rows).toEqual([]);
  });

  it('is read by nobody else, and by no other day', async () => {
    await say(carlo, 'on');
    await world.deliver([question]);
    const kind = brief.cards!.ownBrief!;
    const view = (viewer: Viewer, on: string) =>
      world.base.ports.transaction((tx) => kind.view(tx, `${carlo.contactId}/${on}`, viewer, world.base.clock.now()));
    expect(await view(carlo, '2026-11-23')).not.toBeNull();
    for (const viewer of ['everyone', anna, world.actor('provider', 'joan'), { partnershipId: world.partnershipId, as: 'admin' }] as const)
      expect(await view(viewer, '2026-11-23')).toBeNull();
    expect(await view(carlo, '2026-11-20')).toBeNull();
  });

  it('follows a corrected calendar', async () => {
    await say(carlo, 'on');
    await world.agree((text) => text.replace('mon-fri: 09:00-18:00', 'mon-fri: 08:00-17:00'));
    await world.base.ports.transaction((tx) => brief.on!.charter!(tx, world.partnershipId, world.base.clock.now()));
    const { rows } = await sql<{ at: Date }>`select at from deadline where kind = 'today.ownBrief'`.execute(world.base.db);
    expect(rows).toEqual([{ at: new Date('2026-11-24T00:00:00Z') }]);
  });
});

describe('the start of a working day', () => {
  const manila = aCalendar('Asia/Manila', '09:00-18:00', { holidays: ['2026-11-30'] });
  it.each([
    ['before it begins', '2026-11-24T00:30:00Z', '2026-11-24T01:00:00.000Z'],
    ['as it begins', '2026-11-24T01:00:00Z', '2026-11-25T01:00:00.000Z'],
    ['over a weekend and a holiday', '2026-11-27T05:00:00Z', '2026-12-01T01:00:00.000Z'],
  ])('%s', (_what, after, at) => expect(nextOwnDayAt(manila, new Date(after)).toISOString()).toBe(at));
});
