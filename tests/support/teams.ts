import { EventEmitter } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Fastify from 'fastify';
import { sql } from 'kysely';
import type { Capability, JobHandler, Ports } from '../../bot/capability.ts';
import { contactIdOf, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import { wall } from '../../bot/clock.ts';
import { readConfig } from '../../bot/config.ts';
import { reactionJob } from '../../bot/jobs/reaction.ts';
import { registerReactions } from '../../bot/journal/index.ts';
import type { Log } from '../../bot/log.ts';
import { postJobs, tabLink } from '../../bot/posts/index.ts';
import type { FeedPort, TeamsPort } from '../../bot/posts/port.ts';
import { portsOf } from '../../bot/store/index.ts';
import { botRoutes, connectTeams, teamsJobs } from '../../bot/teams/index.ts';
import { connectorRoutes } from '../../infra/local/connector/api.ts';
import { type TeamsClient, teamsClient } from '../../infra/local/connector/client.ts';
import type { Core } from '../../infra/local/connector/core.ts';
import { Faults } from '../../infra/local/connector/errors.ts';
import { History, type StoredMessage } from '../../infra/local/connector/history.ts';
import { Limiter } from '../../infra/local/connector/limits.ts';
import { rosterOf } from '../../infra/local/connector/roster.ts';
import type { Person } from '../../infra/local/tenant/person.ts';
import type { Channel } from '../../infra/local/tenant/tenant.ts';
import { botIssuer } from './botTokens.ts';
import { testDatabase } from './database.ts';
import { drainer } from './drain.ts';

export const TENANT = '22222222-2222-4222-8222-222222222222';
export const FABRIKAM_TENANT = '33333333-3333-4333-8333-333333333333';
const APP = '11111111-1111-4111-8111-111111111111';
const CHARTERS = path.join(import.meta.dirname, 'charters');

let serial = 0;
function person(key: string, address: string, over: Partial<Person> = {}): Person {
  serial += 1;
  const kind = over.kind ?? 'member';
  return {
    key,
    name: `${key.charAt(0).toUpperCase()}${key.slice(1)} Example`,
    company: '',
    title: '',
    address,
    aliases: [],
    kind,
    tenantId: kind === 'external' ? FABRIKAM_TENANT : TENANT,
    objectId: `aaaaaaaa-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    teamsUserId: `29:${key}`,
    userPrincipalName: address,
    zone: 'Europe/Amsterdam',
    admin: false,
    desk: null,
    ...over,
  };
}

/** Contoso's people, Fabrikam's as guest and external member, and somebody of neither. */
export const PEOPLE = {
  anna: person('anna', 'anna@contoso.com'),
  pieter: person('pieter', 'pieter@contoso.com'),
  joan: person('joan', 'joan@fabrikam.com', { kind: 'guest' }),
  carlo: person('carlo', 'carlo@fabrikam.com', { kind: 'external' }),
  zoe: person('zoe', 'zoe@auditors.example', { kind: 'guest', name: 'Zoe [Auditor](http://x.example)' }),
  root: person('root', 'root@contoso.com', { admin: true }),
};
type Key = keyof typeof PEOPLE;

const channelOf = (slug: string, members: readonly Person[]): Channel => ({
  id: `19:${slug}@thread.tacv2`,
  name: slug,
  teamId: '19:general@thread.tacv2',
  teamName: 'Partners',
  kind: 'standard',
  slug,
  members: [...members],
});

export interface TeamsWorld {
  readonly ports: Ports;
  /** All jobs, over the edges of the options. */
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly client: TeamsClient;
  readonly faults: Faults;
  readonly channel: Channel;
  readonly partnershipId: string;
  readonly messagesUrl: string;
  /** Errors of jobs and of the bot, until the test takes them. */
  readonly troubles: Error[];
  /** Sets product time. */
  setClock(at: string): void;
  contactId(key: string): string;
  bind(key: Key, contactKey?: string): Promise<void>;
  /** Runs all jobs that are due; with `late` also those that wait for another try. */
  drain(options?: { late?: boolean }): Promise<void>;
  /** Messages of the bot in the channel, or in a conversation. */
  posted(conversationId?: string): StoredMessage[];
  cardOf(message: StoredMessage | undefined): Record<string, unknown>;
  /** Somebody deletes a message in Teams; the bot is not told. */
  deleteMessage(id: string): void;
  /** Hands an activity to the bot as Teams would. */
  deliver(activity: Record<string, unknown>, token?: string): Promise<{ status: number; body: unknown }>;
  setMembers(keys: readonly Key[]): void;
  close(): Promise<void>;
}

interface WorldOptions {
  readonly capabilities: (all: Capability[]) => readonly Capability[];
  readonly slugs?: readonly string[];
  readonly members?: readonly Key[];
  readonly startAt?: string;
  /** What stands between the jobs and the database or Teams: faults that a test sets. */
  readonly edges?: { ports(real: Ports): Ports; teams(real: TeamsPort): TeamsPort };
  /** Where lines in people's activity feed are granted. */
  readonly feed?: FeedPort;
  /** Teams' own limits; without them only ours count. */
  readonly limits?: boolean;
}

/** The bot on real PostgreSQL, before a Bot Connector with people's clients, over plain http on this machine. */
export async function teamsWorld(options: WorldOptions): Promise<TeamsWorld> {
  const { slugs = ['fabrikam'], members = ['anna', 'pieter', 'joan', 'carlo', 'root'], startAt = '2026-11-23T09:00:00Z' } = options;
  const database = await testDatabase();
  let offsetMs = new Date(startAt).getTime() - wall.now().getTime();
  const ports = portsOf(database.db, wall, () => offsetMs);
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-charters-'));
  for (const slug of slugs) await cp(path.join(CHARTERS, `${slug}.yaml`), path.join(folder, `${slug}.yaml`));
  await loadCharters(ports, folder);
  const capabilities: Capability[] = [];
  capabilities.push(...options.capabilities(capabilities));
  await ports.transaction((tx) => registerReactions(tx, capabilities));

  const channel = channelOf(
    'fabrikam',
    members.map((key) => PEOPLE[key]),
  );
  const tenant = { id: TENANT, domain: 'contoso.com', people: Object.values(PEOPLE), channels: [channel], app: { id: APP } };
  const core: Core = {
    roster: rosterOf(tenant),
    history: new History(),
    limiter: options.limits ? new Limiter(() => wall.now().getTime()) : new Limiter(() => wall.now().getTime(), []),
    faults: new Faults(),
    now: () => ports.clock.now(),
    wallMs: () => wall.now().getTime(),
    changes: new EventEmitter(),
  };
  const connector = Fastify({ routerOptions: { maxParamLength: 500 }, forceCloseConnections: true });
  await connector.register(async (scope) =>
    connectorRoutes(scope, core, async (token) => {
      if (token !== 'connector-token') throw new Error('another token');
    }),
  );
  const serviceUrl = `${await connector.listen({ host: '127.0.0.1', port: 0 })}/`;

  const issuer = await botIssuer();
  const config = readConfig({
    PUBLIC_URL: 'https://rapport.example',
    TENANT_ID: TENANT,
    APP_ID: APP,
    CREDENTIAL: 'secret',
    OUT_OF_SCOPE_MAILBOX: 'unproven',
    APP_SECRET: 's',
    CHARTERS_DIR: folder,
    BOT_OPENID_URL: issuer.openIdUrl,
    BOT_SERVICE_HOSTS: new URL(serviceUrl).host,
    ADMIN_OBJECT_IDS: PEOPLE.root.objectId,
  });
  const credential = { getToken: async () => ({ token: 'connector-token', expiresOnTimestamp: wall.now().getTime() + 3_600_000 }) };
  const troubles: Error[] = [];
  const trouble = (entry: { err?: Error }) => void (entry.err && troubles.push(entry.err));
  const log = { debug: () => {}, info: () => {}, warn: trouble, error: trouble } as unknown as Log;
  const teams = connectTeams(config, { wall, credential });
  const bot = Fastify({ forceCloseConnections: true });
  await bot.register(botRoutes({ ports, config, capabilities, teams, log }));
  await bot.listen({ host: '127.0.0.1', port: 0 });
  const messagesUrl = `http://127.0.0.1:${(bot.server.address() as AddressInfo).port}/api/messages`;

  const deliver: TeamsWorld['deliver'] = async (activity, token) => {
    const bearer = token ?? (await issuer.token({ aud: APP, serviceurl: String(activity.serviceUrl ?? serviceUrl) }));
    const response = await fetch(messagesUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify({ serviceUrl, ...activity }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  };

  const edgy = options.edges?.teams(teams.port) ?? teams.port;
  const jobPorts = options.edges?.ports(ports) ?? ports;
  const handlers: Record<string, JobHandler> = Object.assign(
    { reaction: reactionJob(capabilities) },
    postJobs(capabilities, { teams: edgy, feed: options.feed ?? null, link: tabLink(config) }),
    teamsJobs(edgy),
    ...capabilities.map(({ jobs }) => jobs ?? {}),
  );
  const taskList = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      async (payload: unknown) => {
        try {
          await handler.run(handler.schema.parse(payload), { ports: jobPorts, lastAttempt: false });
        } catch (error) {
          troubles.push(error as Error);
          throw error;
        }
      },
    ]),
  );
  const jobs = drainer(database.url, taskList);
  const partnershipId = partnershipIdOf('fabrikam');
  return {
    ports,
    handlers,
    client: teamsClient(core, deliver),
    faults: core.faults,
    channel,
    partnershipId,
    messagesUrl,
    troubles,
    setClock(at) {
      offsetMs = new Date(at).getTime() - wall.now().getTime();
    },
    contactId: (key) => contactIdOf(partnershipId, key),
    async bind(key, contactKey = key) {
      const { tenantId, objectId } = PEOPLE[key];
      const contactId = contactIdOf(partnershipId, contactKey);
      await database.db
        .insertInto('identity')
        .values({ tenantId, objectId, contactId, conversationUserId: null, boundBy: 'directory', boundAt: ports.clock.now() })
        .execute();
    },
    async drain({ late = false } = {}) {
      if (late) await sql`update graphile_worker._private_jobs set run_at = clock_timestamp()`.execute(database.db);
      await jobs.drain();
    },
    posted: (conversationId = channel.id) => core.history.messagesIn(conversationId).filter(({ from }) => from === 'bot'),
    cardOf: (message) => (message?.content.attachments?.[0]?.content ?? {}) as Record<string, unknown>,
    deleteMessage: (id) => void core.history.delete(id),
    deliver,
    setMembers(keys) {
      (channel.members as Person[]).splice(0, channel.members.length, ...keys.map((key) => PEOPLE[key]));
    },
    async close() {
      await bot.close();
      await connector.close();
      await issuer.close();
      await jobs.end();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The one channel that the bot holds. */
export const channelRowOf = ({ ports }: Pick<TeamsWorld, 'ports'>) =>
  ports.db.selectFrom('conversation').selectAll().where('kind', '=', 'channel').where('tombstonedAt', 'is', null).executeTakeFirstOrThrow();
