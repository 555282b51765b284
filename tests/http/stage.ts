import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Action, Capability } from '../../bot/capability.ts';
import { readConfig } from '../../bot/config.ts';
import { startTicker, type Ticker } from '../../bot/deadlines/index.ts';
import { Refusal, Unavailable } from '../../bot/errors.ts';
import { buildServer, type Views } from '../../bot/http/index.ts';
import { appendEvent } from '../../bot/journal/index.ts';
import { createLog } from '../../bot/log.ts';
import { type Listener, openListener, openProductClock, portsOf } from '../../bot/store/index.ts';
import { isUuid } from '../../bot/store/uuid.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { APP, type Authority, authority, PARTNER_TENANT, TENANT } from './parts.ts';

/** The server in front of one small capability, made anew for each test; two partnerships, and who is who in the first. */
export const KEY = 'local-key-of-this-test';
export const partnership = randomUUID();
export const elsewhere = randomUUID();
export const anna = randomUUID(); // client, bound
export const jose = randomUUID(); // provider, external member: his own tenant
export const stranger = randomUUID();

export let test: TestDatabase;
let issuer: Authority;
let listener: Listener;
export let ticker: Ticker;
export let app: FastifyInstance;
let tabFolder: string;

const text = z.object({ text: z.string().min(1) });
const act = (run: (text: string) => Promise<void>): Action<z.output<typeof text>> => ({
  schema: text,
  subjectKind: 'charter',
  async run({ tx, now, actor, subjectId, input }) {
    const subject = { kind: 'charter', id: subjectId };
    const event = await appendEvent(tx, { kind: 'note.made', subject, partnershipId: subjectId, at: now, by: actor, remark: input.text });
    await run(input.text);
    return { subject, message: 'Noted.', undoEventId: event.id };
  },
});
const notes: Capability = {
  name: 'notes',
  subjects: {
    charter: async (tx, id) => {
      if (!isUuid(id)) return null;
      const { rows } = await sql<{ id: string }>`select id from partnership where id = ${id}`.execute(tx);
      return rows[0]?.id ?? null;
    },
  },
  refusals: { 'note.locked': { status: 409, message: 'Notes are closed for today.' } },
  actions: {
    'note.make': act(async () => {}),
    'note.refuse': act(async () => {
      throw new Refusal('note.locked', { minutes: 5 });
    }),
    'note.wait': act(async () => {
      throw new Unavailable('away', { retryAfterSeconds: 7 });
    }),
    'note.bug': act(async (said) => {
      throw new Error(said);
    }),
  },
};
const views: Views = {
  // `secret` is no part of the contract: it must not reach anybody
  me: async (_tx, person, now) => {
    const me = {
      now: now.toISOString(),
      bound: person.actors.length > 0,
      name: person.name,
      admin: person.admin,
      whoCanBind: null,
      partnerships: [],
    };
    return { ...me, secret: 'what only the service knows' };
  },
  today: async () => {
    throw new Refusal('subject.not_found');
  },
  obligation: async () => null,
};

beforeAll(async () => {
  test = await testDatabase();
  issuer = await authority(test.clock.now);
  tabFolder = mkdtempSync(path.join(os.tmpdir(), 'rapport-tab-'));
  mkdirSync(path.join(tabFolder, 'assets'));
  writeFileSync(path.join(tabFolder, 'index.html'), '<title>Rapport</title>');
  writeFileSync(path.join(tabFolder, 'assets', 'index-abc.js'), 'export {};');
  for (const [id, slug] of [
    [partnership, 'fabrikam'],
    [elsewhere, 'northwind'],
  ]) {
    await sql`insert into partnership (id, slug, name, created_at) values (${id}, ${slug}, ${slug}, ${test.clock.now()})`.execute(test.db);
  }
  await bindContact(anna, TENANT, 'client', 'Anna');
  await bindContact(jose, PARTNER_TENANT, 'provider', 'Jose');
});
beforeEach(async () => {
  const config = readConfig({
    PUBLIC_URL: 'http://localhost:3000',
    TENANT_ID: TENANT,
    APP_ID: APP,
    APP_SECRET: 's',
    CREDENTIAL: 'secret',
    OUT_OF_SCOPE_MAILBOX: 'unproven',
    LOGIN_URL: issuer.url,
    CHARTERS_DIR: '.',
    LOCAL_CLOCK: 'true',
    LOCAL_KEY: KEY,
    ADMIN_OBJECT_IDS: anna,
  });
  listener = await openListener(test.url);
  const offset = await openProductClock(test.db, listener, test.clock, null);
  const ports = portsOf(test.db, test.clock, offset.offsetMs);
  const log = createLog('silent');
  ticker = startTicker({ ports, handlers: {}, offset, log });
  app = await buildServer({ ports, config, capabilities: [notes], views, ticker, listener, log, tabFolder });
});
afterEach(async () => {
  await app.close();
  await ticker.stop();
  await listener.close();
});
afterAll(async () => {
  await test.close();
  await issuer.close();
  rmSync(tabFolder, { recursive: true });
});

export async function bindContact(objectId: string, tenantId: string, side: string, name: string): Promise<void> {
  const contact = randomUUID();
  await sql`insert into contact (id, partnership_id, side, key, name) values (${contact}, ${partnership}, ${side}, ${name}, ${name})`.execute(
    test.db,
  );
  await sql`insert into identity (tenant_id, object_id, contact_id, bound_by, bound_at)
    values (${tenantId}, ${objectId}, ${contact}, 'test', ${test.clock.now()})`.execute(test.db);
}
export const as = async (oid: string, claims: Record<string, unknown> = {}) => ({
  authorization: `Bearer ${await issuer.token(oid, claims)}`,
});
export const press = async (verb: string, body: object, headers?: Record<string, string>) =>
  app.inject({ method: 'POST', url: `/api/actions/${verb}`, headers: headers ?? (await as(anna)), payload: body });
