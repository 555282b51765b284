import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { wall } from '../../bot/clock.ts';
import { NOTIFICATIONS_PATH } from '../../bot/graph/subscriptions.ts';
import { bundle } from '../../infra/build.mjs';
import { throwAwayCa } from '../../infra/local/certificates.ts';
import { type Connector, startConnector } from '../../infra/local/connector/index.ts';
import { type Entra, startEntra } from '../../infra/local/entra/index.ts';
import { type Graph, startGraph } from '../../infra/local/graph/index.ts';
import { releasable } from '../../infra/local/launch/releasable.ts';
import { type RunningService, startService } from '../../infra/local/launch/service.ts';
import { serviceSettings } from '../../infra/local/launch/settings.ts';
import { openState } from '../../infra/local/launch/state.ts';
import { createMover, type MovableService, type Mover, movableService } from '../../infra/local/mover.ts';
import { serveHttps } from '../../infra/local/serve.ts';
import { readTenant, type Tenant, writeCharters } from '../../infra/local/tenant/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

/** What Teams delivered to the bot, as it went over the wire. */
export interface Delivery {
  readonly body: string;
  readonly authorization: string;
}

/** The built service as a process, before the stand-ins, on a database of its own; product time is moved by the mover. */
export interface Place {
  readonly tenant: Tenant;
  readonly entra: Entra;
  readonly graph: Graph;
  readonly connector: Connector;
  readonly mover: Mover;
  readonly database: Pick<TestDatabase, 'db'>;
  /** Where the service listens now. */
  url(): string;
  /** Everything that was delivered to the bot, the newest last. */
  readonly deliveries: readonly Delivery[];
  /** Hands a delivery to the bot again, or one that was made by hand. */
  deliver(delivery: Delivery): Promise<{ status: number; body: unknown }>;
  /** Bodies of Graph's notifications that came by, the newest last. */
  readonly notifications: readonly string[];
  /** Sends a notification again, as Graph does. @returns the status */
  notify(body: string): Promise<number>;
  /** What the service logged so far, over all its lives. */
  log(): string;
  /** The instances that run, the oldest first; another one with each `start`. */
  readonly instances: readonly RunningService[];
  /** Ends an instance (the oldest) without a word of warning. */
  kill(instance?: RunningService): Promise<void>;
  start(): Promise<void>;
  /** Starts another instance on the same database. */
  another(): Promise<MovableService>;
  close(): Promise<void>;
}

interface PlaceOptions {
  /** The tenant's folder beside this file; `tenant` without it. */
  readonly folder?: string;
  /** The database of the place instead of one of the tests' own cluster; `url` is null where the service makes it itself, in STATE_DIR. */
  readonly database?: (postgresFolder: string) => Promise<PlaceDatabase>;
  /** Graph tells the service of changes, over https; else it is told by the mover alone. */
  readonly notified?: boolean;
}
export interface PlaceDatabase extends Pick<TestDatabase, 'db' | 'close'> {
  readonly url: string | null;
}

const wallMs = () => wall.now().getTime();
const root = process.getuid?.() === 0;

/**
 * Opens the house of `tests/journeys/tenant`, or of another folder beside it.
 * @param settings - of the service, over those of local mode
 */
export async function openPlace(settings: Readonly<Record<string, string>> = {}, options: PlaceOptions = {}): Promise<Place> {
  const opened: (() => unknown)[] = [];
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one();
  };
  try {
    return await open(settings, options, opened, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  settings: Readonly<Record<string, string>>,
  { folder: tenantFolder = 'tenant', database: ownDatabase, notified = false }: PlaceOptions,
  opened: (() => unknown)[],
  close: () => Promise<void>,
): Promise<Place> {
  const folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'rapport-journey-'));
  const built = path.join(process.cwd(), 'dist', path.basename(folder));
  opened.push(() => {
    for (const one of [folder, built]) rmSync(one, { recursive: true, force: true, maxRetries: 10 });
  });
  if (root) chmodSync(folder, 0o711);
  const main = path.join(built, 'main.js');
  const state = openState(null, wall.now(), { STATE_DIR: folder });
  const [tenant, certificates, database] = await Promise.all([
    readTenant(path.join(import.meta.dirname, tenantFolder), { anchor: wall.now() }),
    throwAwayCa(),
    ownDatabase ? ownDatabase(state.postgres) : testDatabase(),
    bundle('bot/main.ts', main),
  ]);
  opened.push(() => database.close());
  writeFileSync(state.file('ca.pem'), certificates.caPem);
  await writeCharters(tenant, state.file('charters'));
  let mover: Mover | null = null;
  const now = () => mover?.now() ?? tenant.agreedAt;
  const entra = await startEntra({ tenant, certificates });
  opened.push(() => entra.close());
  const graph = await startGraph({ tenant, certificates, entra });
  opened.push(() => graph.close());
  const connector = await startConnector({ tenant, certificates, entra, now, limitMs: () => now().getTime() });
  opened.push(() => connector.close());

  const instances: RunningService[] = [];
  const first = (): RunningService => {
    const [oldest] = instances;
    if (!oldest) throw new Error('no instance runs');
    return oldest;
  };
  const relay = await startRelay(() => instances.map(({ url }) => url));
  opened.push(() => relay.close());
  const door = await serveHttps(certificates, relay.handle);
  opened.push(() => door.close());
  const logs: string[] = [];
  const start = async (): Promise<RunningService> => {
    const log = state.file(`service-${logs.length + 1}.log`);
    logs.push(log);
    const front = notified ? door.url : 'http://localhost:3000';
    const env = serviceSettings({ tenant, state, front, graph: graph.url, entra, connector: connector.url });
    const own: Record<string, string> = database.url === null ? {} : { DATABASE_URL: database.url };
    const service = await startService({ ...env, ...own, ...settings }, log, () => {}, main);
    instances.push(service);
    return service;
  };
  opened.push(async () => {
    for (const one of instances.splice(0)) await one.stop();
  });
  await start();
  connector.attach(`${relay.url}/api/messages`);
  const movable = (): MovableService => movableService(first().url, state.memory().localKey);
  mover = createMover(
    { clock: () => movable().clock(), step: (to) => movable().step(to), read: (...given) => movable().read(...given) },
    releasable(graph),
    wallMs,
  );
  await movable().read();
  await mover.catchUp();

  return {
    tenant,
    entra,
    graph,
    connector,
    mover,
    database,
    url: () => first().url,
    deliveries: relay.deliveries,
    deliver: relay.deliver,
    notifications: relay.notifications,
    notify: relay.notify,
    log: () => logs.map((file) => readFileSync(file, 'utf8')).join(''),
    instances,
    async kill(instance = first()) {
      instances.splice(instances.indexOf(instance), 1);
      process.kill(instance.pid, 'SIGKILL');
      await instance.ended;
    },
    async start() {
      await start();
    },
    async another() {
      const { url } = await start();
      return movableService(url, state.memory().localKey);
    },
    close,
  };
}

/**
 * Stands between the outside and the instances as a load balancer would: whoever lets a connection come about answers. Keeps what went by to
 * the bot, so that a delivery can be repeated to the letter.
 */
async function startRelay(urls: () => readonly string[]) {
  const deliveries: Delivery[] = [];
  const notifications: string[] = [];
  let turn = 0;
  const passOn = async (pathAndQuery: string, headers: Record<string, string>, body: string) => {
    const all = urls();
    turn += 1;
    for (let tried = 0; ; tried += 1) {
      const url = all[(turn + tried) % Math.max(1, all.length)];
      try {
        const response = await fetch(`${url}${pathAndQuery}`, { method: 'POST', headers, body });
        return { status: response.status, type: response.headers.get('content-type') ?? 'text/plain', text: await response.text() };
      } catch (error) {
        const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
        if (cause?.code !== 'ECONNREFUSED' || tried + 1 >= all.length) throw error;
      }
    }
  };
  const deliver = async ({ body, authorization }: Delivery) => {
    const { status, text } = await passOn('/api/messages', { 'content-type': 'application/json; charset=utf-8', authorization }, body);
    return { status, body: text ? (JSON.parse(text) as unknown) : undefined };
  };
  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const authorization = request.headers.authorization ?? '';
    if (request.url === '/api/messages') deliveries.push({ body, authorization });
    if (request.url === NOTIFICATIONS_PATH) notifications.push(body);
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json', ...(authorization && { authorization }) };
    const answer = await passOn(request.url ?? '/', headers, body).catch(() => ({ status: 502, type: 'text/plain', text: '' }));
    response.writeHead(answer.status, { 'content-type': answer.type });
    response.end(answer.text);
  };
  const server = http.createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    deliver,
    notifications,
    notify: async (body: string) => (await passOn(NOTIFICATIONS_PATH, { 'content-type': 'application/json' }, body)).status,
    handle: (request: http.IncomingMessage, response: http.ServerResponse) => void handle(request, response),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A text that stands nowhere else. */
export const unmistakable = (words: string): string => `${words} ${randomBytes(5).toString('hex')}`;
