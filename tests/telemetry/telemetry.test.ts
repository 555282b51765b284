import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import Fastify from 'fastify';
import { sql } from 'kysely';
import { z } from 'zod';
import { setDeadline, sweep } from '../../bot/deadlines/index.ts';
import { Unavailable } from '../../bot/errors.ts';
import { graphClient } from '../../bot/graph/index.ts';
import { addJob, startJobs } from '../../bot/jobs/index.ts';
import { createLog } from '../../bot/log.ts';
import { type ConversationRef, type TeamsPort, Tombstoned } from '../../bot/posts/port.ts';
import { openTelemetry } from '../../bot/telemetry/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { otlpReceiver, type Receiver } from './receiver.ts';

/** What must never leave: it stands in addresses, ids, subjects and errors of everything that happens here. */
const PRIVATE = ['anna', 'contoso', 'AAMkAD', 'salary', 'Fabrikam', '29:', '19:'];
const message = 'salary of anna@contoso.com';
const ref = { kind: 'channel', serviceUrl: 'https://smba', tenantId: 't', conversationId: '19:anna', botId: '28:b' } as ConversationRef;

let test: TestDatabase;
let receiver: Receiver;
let graph: Server;
let graphUrl: string;
const ids: string[] = [];
const entries: Record<string, string>[] = [];

beforeAll(async () => {
  test = await testDatabase();
  receiver = await otlpReceiver();
  graph = createServer((request, response) => {
    const status = request.url?.includes('closed') ? 403 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ value: [], error: { code: message } }));
  });
  await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
  graphUrl = `http://127.0.0.1:${(graph.address() as AddressInfo).port}`;
  await aDay();
});
afterAll(async () => {
  graph.close();
  graph.closeAllConnections();
  await receiver.close();
  await test.close();
});

/** Everything that is watched happens once or more, in a house like that of main.ts, and is sent. */
async function aDay(): Promise<void> {
  const telemetry = await openTelemetry({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
    APPLICATIONINSIGHTS_CONNECTION_STRING: undefined,
  });
  const { ports, db } = test;
  const log = createLog('info', { write: (line) => void entries.push(JSON.parse(line) as Record<string, string>) }, telemetry.here);
  telemetry.backlog(ports);
  telemetry.graph(graphUrl);

  const asks = graphClient({ GRAPH_URL: graphUrl, GRAPH_AT_ONCE: 64 }, test.clock, {
    getToken: async () => ({ token: 'x', expiresOnTimestamp: 0 }),
  });
  const ran: string[] = [];
  const handlers = telemetry.jobs({
    'mail.read': {
      schema: z.object({ mailbox: z.string() }),
      async run({ mailbox }: { mailbox: string }) {
        log.info('reading');
        await asks.call({ url: `/users/${mailbox}/messages/AAMkAD`, mailbox });
        await asks.call({ url: '/users/anna@contoso.com/closed', mailbox }).catch(() => ran.push('read'));
      },
    },
    'post.refresh': {
      schema: z.object({}),
      async run() {
        ran.push('refused');
        throw new Error(message);
      },
    },
  });
  const jobs = await startJobs({
    connection: test.url,
    ports: { ...ports, wall: { now: () => new Date(Date.now()) } },
    log: createLog('silent'),
    handlers,
  });
  await addJob(db, 'mail.read', { mailbox: 'anna@contoso.com' }, { key: 'mail:anna@contoso.com' });
  await addJob(db, 'post.refresh', {}, { key: 'post:Fabrikam' });
  await until(db, () => ran.includes('read') && ran.includes('refused'));
  await jobs.stop();
  await sql`delete from graphile_worker._private_jobs`.execute(db); // the one that was refused, which would run again
  await addJob(db, 'mail.read', {}, { runAt: new Date(test.clock.now().getTime() - 1000) });
  await addJob(db, 'mail.read', {}, { runAt: new Date(test.clock.now().getTime() + 60_000) });

  const subject = { kind: 'obligation', id: randomUUID() };
  ids.push(subject.id);
  await ports.transaction((tx) => setDeadline(tx, { kind: 'obligation.due', subject, at: test.clock.now() }));
  await ports.transaction((tx) => setDeadline(tx, { kind: 'anna', subject, at: test.clock.now() })); // of a release that is not this one
  await sweep(ports, telemetry.deadlines({ 'obligation.due': { run: async () => {} } }));
  await sql`insert into mailbox (id, address, state, last_read_at) values (${randomUUID()}, 'anna@contoso.com', 'gone', ${test.clock.now()})`.execute(
    db,
  );

  const teams = telemetry.posts({
    send: async () => 'AAMkAD',
    update: async () => {
      throw new Tombstoned(message);
    },
    remove: async () => {
      throw new Unavailable(message);
    },
    reply: async () => '',
    members: async () => [],
    openPersonal: async () => '',
  } satisfies TeamsPort);
  await teams.send(ref, { text: message });
  await expect(teams.update(ref, 'AAMkAD', { type: 'AdaptiveCard', version: '1.5' })).rejects.toThrow(Tombstoned);
  await expect(teams.remove(ref, 'AAMkAD')).rejects.toThrow(Unavailable);

  const app = Fastify();
  telemetry.http(app);
  app.get('/api/obligations/:id', async () => {
    log.info('asked');
    return {};
  });
  await app.inject({ url: `/api/obligations/${subject.id}?subject=salary`, headers: { 'user-agent': 'anna', cookie: 'anna' } });
  await app.inject({ url: '/anna@contoso.com', method: 'POST' });
  await app.close();
  await telemetry.close();
}

describe('telemetry', () => {
  it('carries nothing about people, mail or addresses', () => {
    const sent = receiver.text();
    expect(sent.length).toBeGreaterThan(1000);
    for (const word of [...PRIVATE, ...ids]) expect(sent).not.toContain(word);
    expect(sent).not.toMatch(/[\w.]+@\w/);
    expect(sent).not.toMatch(/host\.name|process\.(command|owner)|127\.0\.0\.1/);
  });

  it.each([
    ['rapport.jobs.runs', { job: 'mail.read', outcome: 'done' }, 1],
    ['rapport.jobs.runs', { job: 'post.refresh', outcome: 'error' }, 1],
    ['rapport.jobs.duration', { job: 'mail.read' }, 1],
    ['rapport.jobs.waiting', {}, 1],
    ['rapport.jobs.stuck', {}, 0],
    ['rapport.deadlines.runs', { deadline: 'obligation.due', outcome: 'done' }, 1],
    ['rapport.deadlines.due', {}, 1],
    ['rapport.deadlines.parked', {}, 0],
    ['rapport.mail.mailboxes', { state: 'gone' }, 1],
    ['rapport.posts', { act: 'send', outcome: 'done' }, 1],
    ['rapport.posts', { act: 'update', outcome: 'closed' }, 1],
    ['rapport.posts', { act: 'remove', outcome: 'unavailable' }, 1],
    ['rapport.graph.requests', { 'http.response.status_code': 200 }, 1],
    ['rapport.graph.requests', { 'http.response.status_code': 403 }, 1],
    ['http.server.request.duration', { 'http.route': '/api/obligations/:id', 'http.response.status_code': 200 }, 1],
    ['http.server.request.duration', { 'http.route': 'unmatched', 'http.response.status_code': 404 }, 1],
  ])('tells %s %o', (name, labels, value) => {
    expect(receiver.value(name, labels)).toBe(value);
  });

  it('loads nothing while it is off', async () => {
    const options = { bundle: true, write: false, packages: 'external', format: 'esm', platform: 'node', logLevel: 'silent' } as const;
    const { outputFiles } = await build({ ...options, entryPoints: ['bot/main.ts'] });
    const packages = [...outputFiles[0]!.text.matchAll(/^import\b.*?["']([^"']+)["'];$/gm)].map(([, name]) => name!);
    expect(packages).toContain('fastify');
    expect(packages.filter((name) => /opentelemetry/.test(name))).toEqual([]);
    const off = await openTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: undefined, APPLICATIONINSIGHTS_CONNECTION_STRING: '' });
    const handlers = {};
    expect(off.jobs(handlers)).toBe(handlers);
  });

  it('joins what belongs together: requests to Graph to their job, and log entries to both', () => {
    const spans = receiver.spans();
    const job = spans.find(({ name }) => name === 'job mail.read')!;
    expect(spans.filter(({ name, traceId, child }) => name === 'graph GET' && traceId === job.traceId && child)).toHaveLength(2);
    expect(entries.find(({ msg }) => msg === 'reading')).toMatchObject({ traceId: job.traceId });
    const asked = spans.find(({ name }) => name === 'GET /api/obligations/:id')!;
    expect(entries.find(({ msg }) => msg === 'asked')).toMatchObject({ traceId: asked.traceId });
  });
});
