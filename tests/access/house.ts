import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { allCapabilities } from '../../bot/capabilities.ts';
import type { Capability, JobHandler, Ports } from '../../bot/capability.ts';
import { acknowledge, contactIdOf, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import { wall } from '../../bot/clock.ts';
import { readConfig } from '../../bot/config.ts';
import { startTicker } from '../../bot/deadlines/index.ts';
import { outsideDoors } from '../../bot/doors.ts';
import { graphClient, graphReader } from '../../bot/graph/index.ts';
import { buildServer } from '../../bot/http/index.ts';
import { reactionJob } from '../../bot/jobs/reaction.ts';
import { registerReactions } from '../../bot/journal/index.ts';
import { createLog } from '../../bot/log.ts';
import { postJobs, tabLink } from '../../bot/posts/index.ts';
import { obligationView } from '../../bot/responses/index.ts';
import { openListener, openProductClock, portsOf, type Tx } from '../../bot/store/index.ts';
import { connectTeams, teamsJobs } from '../../bot/teams/index.ts';
import { requestRoster } from '../../bot/teams/installation.ts';
import type { IngestContext } from '../../bot/threads/index.ts';
import { meView, todayView } from '../../bot/today/index.ts';
import { connectorRoutes } from '../../infra/local/connector/api.ts';
import { type TeamsClient, teamsClient } from '../../infra/local/connector/client.ts';
import type { Core } from '../../infra/local/connector/core.ts';
import { Faults } from '../../infra/local/connector/errors.ts';
import { History, type StoredMessage } from '../../infra/local/connector/history.ts';
import { Limiter } from '../../infra/local/connector/limits.ts';
import { rosterOf } from '../../infra/local/connector/roster.ts';
import type { Channel } from '../../infra/local/tenant/tenant.ts';
import { APP, type Authority, authority, TENANT } from '../http/parts.ts';
import { botIssuer } from '../support/botTokens.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { drainer } from '../support/drain.ts';
import { VIEWERS, type Viewer, viewers } from './viewers.ts';

const CHARTERS = path.join(import.meta.dirname, '..', 'support', 'charters');
const KEY = 'local-key-of-this-test';

/** A route as Fastify registered it: `GET /api/me`. */
export type RouteName = string;

/** The whole service, all its capabilities and doors, with two partnerships, before a token authority and Teams' connector. */
export interface House {
  readonly database: TestDatabase;
  readonly ports: Ports;
  readonly capabilities: readonly Capability[];
  /** Every route that Fastify registered, whoever asked it to. */
  readonly routes: readonly RouteName[];
  readonly url: string;
  readonly client: TeamsClient;
  readonly localKey: string;
  channelId(slug: 'fabrikam' | 'northwind'): string;
  messages(conversationId: string): StoredMessage[];
  /** The id of somebody's own chat with the bot. */
  personalChat(key: string): string;
  /** Asks that Teams be asked who is in a channel. */
  readRoster(conversationId: string): Promise<void>;
  /** Tells every capability that threads changed, as the reader of mail does. */
  readonly onThreads: NonNullable<IngestContext['onThreads']>;
  /** Everything the service logged, at its most talkative. */
  readonly log: readonly string[];
  /** While false, what a request changes is undone when it is answered: each cell of a table finds the same house. */
  keeps: boolean;
  headersOf(viewer: Viewer): Promise<Record<string, string>>;
  /** Loads another version of Fabrikam's charter; both sides agree to it. */
  amend(change: ChangeCharter): Promise<void>;
  /** Runs all jobs that are due. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

const channel = (slug: 'fabrikam' | 'northwind', kind: Channel['kind'], members: readonly Viewer[]): Channel => ({
  id: `19:${slug}@thread.tacv2`,
  name: slug,
  teamId: `19:${slug}-general@thread.tacv2`,
  teamName: 'Partners',
  kind,
  slug,
  members: members.map((viewer) => VIEWERS[viewer].person),
});

/** The charters as they are, with an executive at the client of the other partnership. */
async function writeCharters(folder: string, change: ChangeCharter): Promise<void> {
  await writeFile(path.join(folder, 'fabrikam.yaml'), change(await readFile(path.join(CHARTERS, 'fabrikam.yaml'), 'utf8')));
  const northwind = await readFile(path.join(CHARTERS, 'northwind.yaml'), 'utf8');
  const noor = /^.*key: noor.*$/m.exec(northwind)![0];
  const rosa = '    - { key: rosa, name: Rosa Blom, address: rosa@contoso.com, role: Director, executive: true }';
  await writeFile(path.join(folder, 'northwind.yaml'), northwind.replace(noor, `${noor}\n${rosa}`));
}
type ChangeCharter = (fabrikam: string) => string;

/** @param change - what becomes of the text of a charter before it is read */
export async function openHouse(change: ChangeCharter = (text) => text): Promise<House> {
  const closers: (() => unknown)[] = [];
  const database = await testDatabase();
  closers.unshift(() => database.close());
  const { clock } = database;
  clock.set('2026-11-02T07:00:00Z');
  const state = { keeps: true };
  const listener = await openListener(database.url);
  closers.unshift(() => listener.close());
  const offset = await openProductClock(database.db, listener, wall, null);
  // jobs and tokens go by the wall; product time stands where the story set it
  const ports = undoing({ ...portsOf(database.db, wall, () => 0), clock }, state);
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-access-'));
  await writeCharters(folder, change);
  closers.unshift(() => rm(folder, { recursive: true }));
  await loadCharters(ports, folder);

  const issuer: Authority = await authority(wall.now);
  closers.unshift(() => issuer.close());
  const bot = await botIssuer();
  closers.unshift(() => bot.close());
  const channels = [
    channel(
      'fabrikam',
      'shared',
      viewers.filter((viewer) => viewer !== 'providerB' && viewer !== 'appOnly'),
    ),
    channel('northwind', 'shared', ['providerB', 'executive']),
  ];
  const people = viewers.map((viewer) => VIEWERS[viewer].person);
  const core: Core = {
    roster: rosterOf({ id: TENANT, domain: 'contoso.com', people, channels, app: { id: APP } }),
    history: new History(),
    limiter: new Limiter(() => wall.now().getTime(), []),
    faults: new Faults(),
    now: clock.now,
    wallMs: () => wall.now().getTime(),
    changes: new EventEmitter(),
  };
  const connector = Fastify({ routerOptions: { maxParamLength: 500 }, forceCloseConnections: true });
  await connector.register(async (scope) => connectorRoutes(scope, core, async () => {}));
  const serviceUrl = `${await connector.listen({ host: '127.0.0.1', port: 0 })}/`;
  closers.unshift(() => connector.close());

  const config = readConfig({
    PUBLIC_URL: 'http://localhost:3000',
    TENANT_ID: TENANT,
    APP_ID: APP,
    CREDENTIAL: 'secret',
    OUT_OF_SCOPE_MAILBOX: 'unproven',
    APP_SECRET: 's',
    LOGIN_URL: issuer.url,
    CHARTERS_DIR: folder,
    BOT_OPENID_URL: bot.openIdUrl,
    BOT_SERVICE_HOSTS: new URL(serviceUrl).host,
    ADMIN_OBJECT_IDS: VIEWERS.admin.person.objectId,
    LOCAL_CLOCK: 'true',
    LOCAL_KEY: KEY,
  });
  const log: string[] = [];
  const logger = createLog('trace', { write: (line) => void log.push(line) });
  const credential = { getToken: async () => ({ token: 'connector-token', expiresOnTimestamp: wall.now().getTime() + 3_600_000 }) };
  const graph = graphClient(config, wall, credential);
  let onThreads: House['onThreads'] | undefined;
  const capabilities = allCapabilities((told, onMeetings) => {
    onThreads = told;
    return graphReader({ graph, config, onThreads: told, onMeetings });
  });
  await ports.transaction((tx) => registerReactions(tx, capabilities));
  const teams = connectTeams(config, { wall, credential });
  const ticker = startTicker({ ports, handlers: {}, offset, log: logger });
  closers.unshift(() => ticker.stop());

  const routes: RouteName[] = [];
  const onCreated = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) if (each !== 'HEAD' && each !== 'OPTIONS') routes.push(`${each} ${url}`);
    });
  };
  subscribe('fastify.initialization', onCreated);
  const views = { me: meView, today: todayView, obligation: obligationView };
  const doors = outsideDoors({ ports, config, capabilities, teams, log: logger });
  const server = await buildServer({ ports, config, capabilities, views, ticker, listener, log: logger, doors, tabFolder: folder });
  unsubscribe('fastify.initialization', onCreated);
  await server.listen({ host: '127.0.0.1', port: 0 });
  closers.unshift(() => {
    const closed = server.close();
    server.server.closeAllConnections();
    return closed;
  });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;

  const client = teamsClient(core, async (activity) => {
    const token = await bot.token({ aud: APP, serviceurl: serviceUrl });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/messages`, { method: 'POST', headers, body: JSON.stringify({ serviceUrl, ...activity }) });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  });
  const handlers: Record<string, JobHandler> = Object.assign(
    { reaction: reactionJob(capabilities) },
    postJobs(capabilities, { teams: teams.port, link: tabLink(config) }),
    teamsJobs(teams.port),
    ...capabilities.map(({ name, jobs }) => (name === 'graph' ? {} : (jobs ?? {}))),
  );
  const taskList = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      async (payload: unknown) => void (await handler.run(handler.schema.parse(payload), { ports, lastAttempt: false })),
    ]),
  );
  const jobs = drainer(database.url, taskList);
  closers.unshift(() => jobs.end());
  const house: House = {
    database,
    ports,
    capabilities,
    routes,
    url,
    client,
    localKey: KEY,
    log,
    onThreads: onThreads!,
    channelId: (slug) => channels.find((each) => each.slug === slug)!.id,
    messages: (conversationId) => core.history.messagesIn(conversationId),
    personalChat: (key) => core.roster.personalChat(people.find((person) => person.key === key)!),
    readRoster: (conversationId) => ports.transaction((tx) => requestRoster(tx, conversationId)),
    get keeps() {
      return state.keeps;
    },
    set keeps(value) {
      state.keeps = value;
    },
    async headersOf(viewer) {
      const { person } = VIEWERS[viewer];
      // an application's own token: no scope, and it names the owner besides
      const claims = viewer === 'appOnly' ? { scp: undefined, idtyp: 'app', roles: ['Mail.ReadBasic.All'] } : { tid: person.tenantId };
      const oid = viewer === 'appOnly' ? VIEWERS.owner.person.objectId : person.objectId;
      return { authorization: `Bearer ${await issuer.token(oid, claims)}` };
    },
    async amend(next) {
      await writeCharters(folder, next);
      await loadCharters(ports, folder);
      await agree(house, 'fabrikam');
    },
    async drain() {
      // nobody waits for the pace of Teams here, nor for another try
      await sql`update conversation set pace_short_at = null, pace_long_at = null, wait_until = null`.execute(database.db);
      await sql`update graphile_worker._private_jobs set run_at = clock_timestamp() where attempts > 0`.execute(database.db);
      await jobs.drain();
    },
    async close() {
      for (const one of closers) await one();
    },
  };
  return house;
}

/** Ports whose transactions can be taken back as soon as they have answered. */
function undoing(ports: Ports, state: { readonly keeps: boolean }): Ports {
  class Undone extends Error {}
  const transaction = async <T>(run: (tx: Tx) => Promise<T>): Promise<T> => {
    if (state.keeps) return ports.transaction(run);
    let answer: { readonly given: T } | undefined;
    try {
      await ports.transaction(async (tx) => {
        answer = { given: await run(tx) };
        throw new Undone();
      });
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
    }
    return answer!.given;
  };
  return { ...ports, transaction };
}

/** Both sides of both charters agree, and whoever is bound is bound. */
export async function settleIn({ ports, database }: House): Promise<void> {
  const now = database.clock.now();
  for (const viewer of viewers) {
    const { person, contact } = VIEWERS[viewer];
    if (!contact) continue;
    const [slug, key] = contact;
    await database.db
      .insertInto('identity')
      .values({
        tenantId: person.tenantId,
        objectId: person.objectId,
        contactId: contactIdOf(partnershipIdOf(slug), key),
        conversationUserId: person.teamsUserId,
        boundBy: 'directory',
        boundAt: now,
      })
      .execute();
  }
  for (const slug of ['fabrikam', 'northwind'] as const) await agree({ ports, database }, slug);
}

const OWNERS = { fabrikam: ['anna', 'joan'], northwind: ['bas', 'priya'] } as const;

/** Both sides agree to the newest version of a charter. */
async function agree({ ports, database }: Pick<House, 'ports' | 'database'>, slug: keyof typeof OWNERS): Promise<void> {
  const partnershipId = partnershipIdOf(slug);
  for (const [index, key] of OWNERS[slug].entries()) {
    const side = index === 0 ? ('client' as const) : ('provider' as const);
    const by = { partnershipId, contactId: contactIdOf(partnershipId, key), side, owner: true, through: 'card' as const };
    await ports.transaction((tx) => acknowledge(tx, { partnershipId, by, now: database.clock.now() }));
  }
}
