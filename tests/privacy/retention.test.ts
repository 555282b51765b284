import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sweep } from '../../bot/deadlines/index.ts';
import type { TeamsPort } from '../../bot/posts/port.ts';
import { leaveForGood } from '../../bot/posts/remove.ts';
import { privacy, startRetention } from '../../bot/privacy/index.ts';
import { emptyDue, TERMS } from '../../bot/privacy/retention.ts';
import { EscalationsWorld, REQUEST } from '../escalations/world.ts';
import type { ResponsesWorld } from '../responses/world.ts';
import { everything } from './dump.ts';

const TENANT = '10000000-0000-4000-8000-000000000001';
const START = '2026-11-09T08:00:00Z';
const day = (at: string): Date => new Date(at);
const ALPHA = { id: 'alpha', at: '2026-11-09T09:00:00Z', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], subject: 'Zebra crossing' };
const ANSWER = {
  ...ALPHA,
  id: 'answer',
  at: '2026-11-10T03:00:00Z',
  from: 'carlo@fabrikam.com',
  to: ['anna@contoso.com'],
  replyTo: 'alpha',
};

let help: EscalationsWorld;
let world: ResponsesWorld;
beforeEach(async () => {
  help = await EscalationsWorld.open(START);
  world = help.base;
});
afterEach(() => world.close());

const run = (batch?: number): Promise<boolean> => world.base.ports.transaction((tx) => emptyDue(tx, TERMS, world.base.clock.now(), batch));
async function runAt(at: string): Promise<void> {
  world.base.clock.set(at);
  while (await run());
}
const waits = () => world.base.db.selectFrom('obligation').selectAll().orderBy('openedAt').execute();
async function answered(): Promise<void> {
  await world.deliver([ALPHA]);
  world.base.clock.set(ANSWER.at);
  await world.deliver([ANSWER]);
  await world.until('2026-12-01T00:00:00Z'); // whether the answer waits for one is nobody's question any more from the 25th on
}
const AT_REST = '2026-11-25T16:30:00Z';
const atRestFor = (days: number, more = 0): string => new Date(day(AT_REST).getTime() + days * 24 * 3600_000 + more).toISOString();

describe('mail', () => {
  it('keeps subjects and addresses until ninety days after the wait ended, its times longer', async () => {
    await answered();
    const [before] = await waits();
    await runAt(atRestFor(90, -1000));
    expect(await everything(world.base.db)).toContain('Zebra crossing');
    await runAt(atRestFor(90));
    const text = await everything(world.base.db);
    expect(text).not.toMatch(/zebra/i);
    expect(await world.base.db.selectFrom('message').select('key').execute()).toEqual([]);
    const [now] = await waits();
    expect(now).toMatchObject({ askerAddress: '', askedAddresses: [], ending: 'mail', emptiedAt: world.base.clock.now() });
    const { openedAt, dueAt, settledAt, workedSeconds, counted, state } = before!;
    expect(now).toMatchObject({ openedAt, dueAt, settledAt, workedSeconds, counted, state });
    const listed = await world.base.db.selectFrom('contactAddress').select('address').execute();
    expect(text.match(/carlo@fabrikam\.com/g)).toHaveLength(1 + 1); // the charter, and the contact's address
    expect(listed.length).toBeGreaterThan(5);
  });

  it('is not taken in again, and what comes later in the conversation is a new wait', async () => {
    await answered();
    const [before] = await waits();
    await runAt(atRestFor(90));
    await world.deliver([ALPHA, ANSWER]);
    expect(await world.base.db.selectFrom('message').select('key').execute()).toEqual([]);
    const later = { ...ALPHA, id: 'later', at: '2027-03-10T09:00:00Z', subject: 'Re: Zebra crossing', replyTo: 'alpha' };
    world.base.clock.set(later.at);
    await world.deliver([later]);
    const all = await waits();
    expect(all).toHaveLength(3);
    expect(all[0]).toMatchObject({ id: before!.id, ending: 'mail', counted: before!.counted, revision: before!.revision });
    expect(all[2]).toMatchObject({ threadId: before!.threadId, openedAt: day(later.at), state: 'open' });
  });

  it('stays while anything in the conversation waits', async () => {
    await world.deliver([ALPHA]);
    await sql`update obligation set first_seen_at = opened_at`.execute(world.base.db);
    world.base.clock.set('2027-03-01T00:00:00Z');
    await run();
    expect(await waits()).toEqual([expect.objectContaining({ askerAddress: 'anna@contoso.com', state: 'open' })]);
  });

  it('stays while its subject recurs, at most until the times go', async () => {
    await answered();
    world.base.clock.set('2027-02-01T09:00:00Z');
    await world.deliver([{ ...ALPHA, id: 'next', at: '2027-02-01T09:00:00Z' }]);
    await runAt('2027-03-20T09:00:00Z');
    expect((await waits())[0]!.askerAddress).toBe('anna@contoso.com');
    await runAt('2027-12-20T09:00:00Z');
    expect((await waits()).map(({ askerAddress }) => askerAddress)).toEqual(['', 'anna@contoso.com']);
  });

  it('leaves nothing of a wait after four hundred days', async () => {
    await answered();
    await runAt(atRestFor(90));
    expect(await waits()).toHaveLength(2);
    await runAt(atRestFor(400));
    expect(await waits()).toEqual([]);
    const { rows } = await sql`select 1 from journal where subject_kind = 'obligation'`.execute(world.base.db);
    expect(rows).toEqual([]);
    await runAt(atRestFor(500));
    for (const table of ['thread', 'thread_tie', 'thread_partnership'] as const)
      expect((await sql`select 1 from ${sql.table(table)}`.execute(world.base.db)).rows).toEqual([]);
  });

  it('goes a batch at a time', async () => {
    const letters = Array.from({ length: 7 }, (_, n) => ({ ...ALPHA, id: `m${n}`, subject: `Matter ${n}`, to: ['joan@fabrikam.com'] }));
    await world.deliver(letters);
    await world.deliver(
      letters.map((letter) => ({
        ...letter,
        id: `${letter.id}-re`,
        at: ANSWER.at,
        from: 'joan@fabrikam.com',
        to: ['anna@contoso.com'],
        replyTo: letter.id,
      })),
    );
    await world.until('2026-12-01T00:00:00Z');
    world.base.clock.set(atRestFor(90));
    const left = async () =>
      Number((await sql<{ n: string }>`select count(*) as n from obligation where emptied_at is null`.execute(world.base.db)).rows[0]!.n);
    expect([await run(3), await left(), await run(3), await left(), await run(3), await left()]).toEqual([true, 8, true, 2, false, 0]);
  });
});

describe('what people wrote', () => {
  it('goes ninety days after what it was about ended, with the times after four hundred', async () => {
    const id = await help.ask('anna');
    await help.press('carlo', 'take', id);
    await help.press('carlo', 'resolve', id, { text: 'The giraffe was replaced' });
    await help.press('anna', 'confirm', id);
    await runAt('2027-02-05T00:00:00Z');
    expect(await everything(world.base.db)).toContain('The giraffe was replaced');
    await runAt('2027-02-10T00:00:00Z');
    const text = await everything(world.base.db);
    for (const words of [...Object.values(REQUEST), 'The giraffe was replaced']) expect(text).not.toContain(words);
    expect(await help.history(id)).toContain('confirm');
    expect((await help.view(id, 'anna'))!.title).toBe('(not kept any more)');
    await runAt('2028-01-01T00:00:00Z');
    expect(await help.history(id)).toEqual([]);
    expect(await help.view(id, 'anna')).toBeNull();
  });

  it('runs by its deadline, and again the day after', async () => {
    const { ports, clock, db } = world.base;
    await ports.transaction((tx) => startRetention(tx, clock.now()));
    await ports.transaction((tx) => startRetention(tx, new Date(0)));
    expect(await sweep(ports, privacy([]).deadlines!)).toEqual({ run: 1, failed: 0 });
    const { rows } = await sql<{ at: Date }>`select at from deadline where kind = 'privacy.retention'`.execute(db);
    expect(rows).toEqual([{ at: new Date(clock.now().getTime() + 24 * 3600_000) }]);
  });
});

it('meetings go ninety days after they were', async () => {
  const { db } = world.base;
  const event = (id: string, kind: string, end: string, series: string | null = null) =>
    sql`
    insert into calendar_event (mailbox_id, graph_id, series_master_id, kind, subject, start_at, end_at)
    values ('00000000-0000-4000-8000-000000000001', ${id}, ${series}, ${kind}, 'Zebra', ${day(end)}, ${day(end)})`.execute(db);
  await event('master', 'seriesMaster', '2026-11-01T10:00:00Z');
  await event('old', 'occurrence', '2026-11-08T10:00:00Z', 'master');
  await event('young', 'occurrence', '2027-02-01T10:00:00Z', 'master');
  await runAt('2027-02-20T00:00:00Z');
  const ids = async () =>
    (await db.selectFrom('calendarEvent').select('graphId').orderBy('graphId').execute()).map(({ graphId }) => graphId);
  expect(await ids()).toEqual(['master', 'young']);
  await runAt('2027-05-20T00:00:00Z');
  expect(await ids()).toEqual([]);
});

it('a conversation that is closed to the bot keeps no id, and a chat that is nobody’s no account', async () => {
  const { db, clock } = world.base;
  const [contact] = await db.selectFrom('contact').select('id').where('key', '=', 'carlo').execute();
  const closed = { tombstonedAt: clock.now(), tombstoneReason: 'remove' };
  const chats = {
    open: { kind: 'personal' as const, contactId: contact!.id, userId: '29:open' },
    removed: { kind: 'personal' as const, contactId: contact!.id, userId: '29:removed', ...closed },
    nobodys: { kind: 'personal' as const, contactId: null, userId: '29:nobody' },
    channel: { kind: 'channel' as const, ...closed },
  };
  await db.deleteFrom('conversation').where('kind', '=', 'personal').execute();
  const ids: Record<string, string> = {};
  for (const [name, row] of Object.entries(chats)) {
    ids[name] = randomUUID();
    const place = {
      serviceUrl: 'https://localhost',
      tenantId: TENANT,
      conversationId: `a:${name}`,
      botId: '28:x',
      installedAt: clock.now(),
    };
    await db
      .insertInto('conversation')
      .values({ id: ids[name], ...place, ...row } as never)
      .execute();
  }
  await run();
  const { rows } = await sql<{ payload: { conversationId: string } }>`
    select payload from graphile_worker._private_jobs as jobs join graphile_worker._private_tasks as tasks on tasks.id = task_id
    where identifier = 'post.leave'`.execute(db);
  expect(rows.map(({ payload }) => payload.conversationId)).toEqual([ids.nobodys]);
  const teams = { remove: async () => {} } as unknown as TeamsPort;
  for (const { payload } of rows) await leaveForGood({ ports: world.base.ports, teams }, payload.conversationId);
  const held = async (name: string) =>
    (await db.selectFrom('conversation').select(['conversationId', 'userId']).where('id', '=', ids[name]!).execute())[0];
  expect(await held('open')).toEqual({ conversationId: 'a:open', userId: '29:open' });
  // that he took the bot away is kept: else he would be written to again
  expect(await held('removed')).toEqual({ conversationId: `left:${ids.removed}`, userId: '29:removed' });
  expect(await held('nobodys')).toEqual({ conversationId: `erased:${ids.nobodys}`, userId: null });
  expect(await held('channel')).toEqual({ conversationId: `left:${ids.channel}`, userId: null });
});

it('somebody who is in no charter any more is erased after four hundred days', async () => {
  const { ports, db } = world.base;
  const without = (text: string): string =>
    text.replace('key: night-desk', 'key: nora').replace('Maria Cruz', 'Nora Lim').replace('maria@fabrikam.com', 'nora@fabrikam.com');
  await world.agree(without);
  expect(await everything(db)).toContain('Maria Cruz');
  const forget = async (): Promise<number> => {
    const { rows } = await sql<{ payload: unknown }>`
      with gone as (delete from graphile_worker._private_jobs using graphile_worker._private_tasks as tasks
        where tasks.id = task_id and tasks.identifier = 'privacy.forget' returning payload)
      select payload from gone`.execute(db);
    const job = privacy([]).jobs!['privacy.forget']!;
    for (const { payload } of rows) await job.run(job.schema.parse(payload), { ports, lastAttempt: false });
    return rows.length;
  };
  await runAt('2027-12-13T00:00:00Z');
  expect([await forget(), (await everything(db)).includes('Maria Cruz')]).toEqual([0, true]);
  await runAt('2027-12-15T00:00:00Z');
  expect(await forget()).toBe(1);
  const text = await everything(db);
  expect(text.match(/.{30}(maria cruz|maria@|night-desk).{30}/gi)).toBeNull();
  expect(text).toContain('Nora Lim');
});
