import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { wall } from '../../bot/clock.ts';
import { readConfig } from '../../bot/config.ts';
import { Unavailable } from '../../bot/errors.ts';
import { freeBusy, graphClient } from '../../bot/graph/index.ts';
import type { FreeBusyPort } from '../../bot/meetings/index.ts';
import { erase } from '../../bot/privacy/erase.ts';
import { heldAbout } from '../../bot/privacy/holds.ts';
import { emptyDue, TERMS } from '../../bot/privacy/retention.ts';
import { somebody } from '../../bot/privacy/somebody.ts';
import type { Review } from '../../bot/reviews/review.ts';
import type { Meeting } from '../../infra/local/tenant/tenant.ts';
import { aBench, type Bench } from '../local/support/graph.ts';
import { aMailbox, aPerson, aTenant } from '../local/support/tenant.ts';
import { ANNA, aDate, aSeries, PIETER, ReviewsWorld, withReviews } from './world.ts';

/** A Thursday, 10:00 in Amsterdam. */
const START = '2026-11-26T09:00:00Z';
const at = (text: string) => new Date(text);
const anna = aPerson({ address: ANNA });
const pieter = aPerson({ address: PIETER });
/** Something of their own, on the Tuesday at 10:00 in Amsterdam, where the review would be. */
const appraisal = (of: string, startAt: string, minutes: number): Meeting => ({
  id: `appraisal/${of}/${startAt}`,
  subject: 'Appraisal of Zebra',
  organizer: { address: of, name: '' },
  attendees: [],
  startAt: at(startAt),
  minutes,
  zone: 'Europe/Amsterdam',
  recurrence: null,
  cancelledAt: [],
  moved: [],
  cancelled: false,
});
const MEETINGS = [appraisal(ANNA, '2026-12-01T09:00:00Z', 90), appraisal(PIETER, '2026-12-01T10:10:00Z', 60)];
const PREPARED_BY_PIETER = withReviews(
  'reviews:\n  - { name: Weekly service review, every: week, on: tue 10:00, invitation: Service review*, agenda by: pieter }\n',
);

const sent = globalThis.fetch;
let bench: Bench;
let world: ReviewsWorld;
let said: { level: string; details: unknown }[];
let port: FreeBusyPort;

beforeEach(async () => {
  bench = await aBench(aTenant({ people: [anna, pieter], mailboxes: [aMailbox(anna), aMailbox(pieter)], meetings: MEETINGS }));
  globalThis.fetch = ((url: string, options: RequestInit) => overTls(url, options)) as typeof fetch;
  said = [];
  const getToken = async () => ({ token: await bench.token(), expiresOnTimestamp: 0 });
  const log = {
    warn: (details: unknown) => void said.push({ level: 'warn', details }),
    info: (details: unknown) => void said.push({ level: 'info', details }),
  };
  port = freeBusy(graphClient({ GRAPH_URL: bench.graph.url, GRAPH_AT_ONCE: 4 }, wall, { getToken }), { FREE_BUSY: true }, log)!;
});
afterEach(async () => {
  globalThis.fetch = sent;
  await world?.close();
  await bench.close();
});

const overTls = (url: string, options: RequestInit): Promise<Response> =>
  new Promise((resolve, reject) => {
    const headers = options.headers as Record<string, string>;
    const sending = request(url, { ca: bench.caPem, method: options.method ?? 'GET', headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(new Response(text, { status: response.statusCode!, headers: response.headers as Record<string, string> }));
    });
    sending.on('error', reject);
    sending.end(options.body as string | undefined);
  });

/** Only one side has the meeting: the review is without a date. */
async function withoutDate(given: FreeBusyPort | null = port): Promise<void> {
  world = await ReviewsWorld.open(START, { freeBusy: given, change: PREPARED_BY_PIETER });
  for (const { address, objectId } of [anna, pieter])
    await sql`update mailbox set user_id = ${objectId} where addresses = array[${address}]`.execute(world.db);
  await world.calendar([aSeries(), aDate({ n: 3, attendees: [{ address: PIETER, response: 'none' }] })]);
  await world.find();
}
const missing = async (): Promise<Review> => (await world.dates()).find(({ state }) => state === 'missing')!;
const queued = async (): Promise<Record<string, unknown>[]> => {
  const { rows } = await sql<{ payload: Record<string, unknown> }>`
    select jobs.payload from graphile_worker._private_jobs as jobs join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
    where tasks.identifier = 'graph.freeBusy'`.execute(world.db);
  return rows.map(({ payload }) => payload);
};
/** Runs what was asked for. @returns how often Graph is asked */
async function asked(lastAttempt = false): Promise<number> {
  const payloads = await queued();
  await sql`delete from graphile_worker._private_jobs as jobs using graphile_worker._private_tasks as tasks
    where tasks.id = jobs.task_id and tasks.identifier = 'graph.freeBusy'`.execute(world.db);
  const job = world.reviews.jobs!['graph.freeBusy']!;
  for (const payload of payloads) await job.run(job.schema.parse(payload), { ports: world.ports, lastAttempt });
  return payloads.length;
}
const look = async (viewer: 'everyone' | string): Promise<unknown> => {
  const { id } = await missing();
  const who = viewer === 'everyone' ? viewer : world.actor(viewer);
  return world.ports.transaction((tx) => world.reviews.cards!.reviewMissing!.view(tx, id, who, world.now()));
};
const offered = async () => (await world.view((await missing()).id, 'pieter')).actions.map(({ label }) => label.replace(/^Book /, ''));

const BY_WORKING_CALENDARS = ['Fri 27 Nov, 10:00 in Amsterdam', 'Tue 1 Dec, 10:00 in Amsterdam', 'Wed 2 Dec, 10:00 in Amsterdam'];
const AROUND_THEM = ['Fri 27 Nov, 10:00 in Amsterdam', 'Tue 1 Dec, 09:00 in Amsterdam', 'Wed 2 Dec, 10:00 in Amsterdam'];

describe('times to book', () => {
  it('avoid what those who are needed have in their calendars', async () => {
    await withoutDate();
    expect(await offered()).toEqual(BY_WORKING_CALENDARS);
    expect(await asked()).toBe(1);
    expect(await offered()).toEqual(AROUND_THEM);
  });

  it('are kept of all in one, in quarters of an hour, without subjects and addresses', async () => {
    await withoutDate();
    await asked();
    const { busy, dueBy } = await missing();
    expect(busy).toEqual({
      askedAt: at(START),
      // the last day, as long as a day can be, and an hour for a review that begins at its end
      until: new Date(Math.max(dueBy!.getTime(), Date.parse('2026-12-03T09:00:00Z')) + 26 * 3600_000),
      of: [world.idOf('anna'), world.idOf('pieter')].sort(),
      times: [{ from: at('2026-12-01T09:00:00Z'), to: at('2026-12-01T11:15:00Z') }],
    });
    const held = await heldAbout(world.db, await somebody(world.db, { address: ANNA }), { most: 100, self: true });
    expect(held.flatMap((each) => each.rows).filter((row) => 'taken' in row)).toEqual([
      expect.objectContaining({ taken: '2026-12-01T09:00:00.000Z to 2026-12-01T11:15:00.000Z', 'taken, of how many people': 2 }),
    ]);
    const { rows } = await sql<{ text: string }>`select to_jsonb(review)::text as text from review`.execute(world.db);
    expect(rows.map(({ text }) => text).join()).not.toMatch(/zebra|@contoso/i);
  });

  it('are those of both working calendars unless the setting says so: nothing is asked', async () => {
    await withoutDate(null);
    await look('pieter');
    expect(await queued()).toEqual([]);
    expect(world.reviews.jobs).not.toHaveProperty(['graph.freeBusy']);
    expect(await offered()).toEqual(BY_WORKING_CALENDARS);
    const settings = { PUBLIC_URL: 'https://rapport.example', TENANT_ID: anna.tenantId, APP_ID: anna.tenantId, CHARTERS_DIR: '/nowhere' };
    const config = readConfig({ ...settings, CREDENTIAL: 'secret', APP_SECRET: 'secret', OUT_OF_SCOPE_MAILBOX: 'unproven' });
    expect(config.FREE_BUSY).toBe(false);
    expect(freeBusy({} as Parameters<typeof freeBusy>[0], config, { warn: () => {}, info: () => {} })).toBeNull();
  });

  it('are those of both working calendars where Graph refuses: one line in the log, and nobody is told', async () => {
    bench.graph.faults.rules.push({ times: 1, status: 403, matching: /getSchedule/ });
    await withoutDate();
    await asked();
    expect(await offered()).toEqual(BY_WORKING_CALENDARS);
    expect(said).toEqual([{ level: 'warn', details: { status: 403, code: 'ErrorAccessDenied' } }]);
    expect((await missing()).busy).toMatchObject({ of: [], times: [] });
    expect(await world.history((await missing()).id)).toEqual(['missing']);
    await look('pieter'); // not again on the same day
    expect(await queued()).toEqual([]);
  });

  it('wait for a Graph that asks to, and go on without it in the end', async () => {
    bench.graph.faults.rules.push({ times: 2, status: 429, retryAfterSeconds: 600, matching: /getSchedule/ });
    await withoutDate();
    await expect(asked()).rejects.toBeInstanceOf(Unavailable);
    expect((await missing()).busy).toBeNull();
    await look('pieter');
    expect(await asked(true)).toBe(1);
    expect((await missing()).busy).toMatchObject({ times: [] });
  });

  it('heed those whose time is told, where somebody has no calendar here', async () => {
    await bench.close();
    bench = await aBench(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], meetings: MEETINGS }));
    const getToken = async () => ({ token: await bench.token(), expiresOnTimestamp: 0 });
    const log = { warn: () => {}, info: (details: unknown) => void said.push({ level: 'info', details }) };
    await withoutDate(
      freeBusy(graphClient({ GRAPH_URL: bench.graph.url, GRAPH_AT_ONCE: 4 }, wall, { getToken }), { FREE_BUSY: true }, log),
    );
    await sql`update mailbox set user_id = ${anna.objectId} where addresses = array[${ANNA}]`.execute(world.db);
    await sql`update mailbox set user_id = null where addresses = array[${PIETER}]`.execute(world.db);
    await asked();
    expect((await missing()).busy).toMatchObject({
      of: [world.idOf('anna')],
      times: [{ from: at('2026-12-01T09:00:00Z'), to: at('2026-12-01T10:30:00Z') }],
    });
    expect(said).toEqual([{ level: 'info', details: { untold: 1, of: 2 } }]);
  });
});

describe('it is asked', () => {
  it('once when there is no date, and once more when the card is opened on another day', async () => {
    await withoutDate();
    await world.find();
    expect(await asked()).toBe(1);
    await world.find();
    await look('pieter');
    expect(await queued()).toEqual([]);
    world.clock.set('2026-11-27T09:00:00Z');
    await world.find();
    await look('everyone');
    expect(await queued()).toEqual([]);
    await look('pieter');
    await look('pieter');
    expect(await asked()).toBe(1);
    await look('pieter');
    expect(await queued()).toEqual([]);
    expect((await missing()).busy!.askedAt).toEqual(at('2026-11-27T09:00:00Z'));
  });

  it('of people of the client, and of those of the provider who have an address of his', async () => {
    let whose: readonly string[] = [];
    await withoutDate({
      taken: async ({ addresses }) => {
        whose = addresses;
        return null;
      },
    });
    await asked();
    expect(whose).toEqual([ANNA, PIETER]);
    await world.base.agree((text) =>
      PREPARED_BY_PIETER(text).replace('address: joan@fabrikam.com', 'address: [joan@fabrikam.com, j.santos@contoso.com]'),
    );
    world.clock.set('2026-11-27T09:00:00Z');
    await look('pieter');
    await asked();
    expect(whose).toEqual([ANNA, PIETER, 'j.santos@contoso.com']);
  });
});

describe('what was told goes', () => {
  it('as soon as there is a date', async () => {
    await withoutDate();
    await asked();
    const { id } = await missing();
    await world.calendar([aSeries(), aDate({ n: 0 }), aDate({ n: 1 })]);
    await world.find();
    expect((await world.dates()).find((date) => date.id === id)).toMatchObject({ state: 'planned', busy: null });
    const { rows } = await sql`select 1 from review where facts ->> 'busy' is not null`.execute(world.db);
    expect(rows).toEqual([]);
  });

  it('when it is past, though there is still no date', async () => {
    await withoutDate();
    await asked();
    const { until } = (await missing()).busy!;
    const empty = (now: Date) => world.ports.transaction((tx) => emptyDue(tx, TERMS, now));
    await empty(new Date(until.getTime() - 1));
    expect((await missing()).busy).not.toBeNull();
    await empty(until);
    expect((await missing()).busy).toBeNull();
  });

  it('with somebody who was erased while Graph was asked', async () => {
    await withoutDate({
      async taken(question) {
        const told = await port.taken(question);
        if (question.addresses.includes(PIETER)) await erase(world.ports, { address: PIETER });
        return told;
      },
    });
    await asked();
    expect((await missing()).busy).toBeNull();
    expect(await asked()).toBe(1); // of the others
    expect((await missing()).busy).toMatchObject({
      of: [world.idOf('anna')],
      times: [{ from: at('2026-12-01T09:00:00Z'), to: at('2026-12-01T10:30:00Z') }],
    });
  });

  it('with anybody of them who is erased', async () => {
    await withoutDate();
    await asked();
    await erase(world.ports, { address: PIETER });
    expect((await missing()).busy).toBeNull();
  });
});
