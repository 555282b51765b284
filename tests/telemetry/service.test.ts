import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bundle } from '../../infra/build.mjs';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { isIdle } from '../support/idle.ts';
import { until } from '../support/until.ts';
import { otlpReceiver, type Receiver } from './receiver.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-telemetry-'));
const built = path.join(process.cwd(), 'dist', path.basename(folder));
let test: TestDatabase;
let receiver: Receiver;
let service: ChildProcess | undefined;

beforeAll(async () => {
  mkdirSync(path.join(folder, 'charters'));
  [test, receiver] = await Promise.all([testDatabase(), otlpReceiver(), bundle('bot/main.ts', path.join(built, 'main.js'))]);
});
afterAll(async () => {
  service?.kill('SIGKILL');
  await receiver.close();
  await test.close();
  for (const one of [folder, built]) rmSync(one, { recursive: true, force: true });
});

it('a service whose settings name a collector tells it what it did, at the latest when it ends', async () => {
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    PUBLIC_URL: 'https://rapport.contoso.com',
    TENANT_ID: '11111111-2222-4333-8444-555555555555',
    APP_ID: '99999999-2222-4333-8444-555555555555',
    CREDENTIAL: 'secret',
    APP_SECRET: 's',
    GRAPH_URL: 'https://127.0.0.1:9',
    LOGIN_URL: 'https://127.0.0.1:9',
    CHARTERS_DIR: path.join(folder, 'charters'),
    DATABASE_URL: test.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    LOG_LEVEL: 'silent',
  };
  service = spawn(process.execPath, [path.join(built, 'main.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: service.stdout! }), 'line')) as [string];
  const { listening } = JSON.parse(line) as { listening: string };
  expect((await fetch(`${listening}/healthz`)).status).toBe(200);
  // the job that every start asks for has run
  await until(test.db, () => isIdle(test.db));
  service.kill('SIGTERM');
  expect((await once(service, 'exit'))[0]).toBe(0);
  expect(receiver.spans().map(({ name }) => name)).toEqual(expect.arrayContaining(['GET /healthz', 'job graph.sweep']));
  expect(receiver.value('http.server.request.duration', { 'http.route': '/healthz' })).toBe(1);
  expect(receiver.value('rapport.jobs.runs', { job: 'graph.sweep', outcome: 'done' })).toBeGreaterThanOrEqual(1);
});
