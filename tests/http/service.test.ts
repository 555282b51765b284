import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle } from '../../infra/build.mjs';
import { APP, TENANT } from './parts.ts';

const root = process.getuid?.() === 0;
const folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'rapport-service-'));
const built = path.join(process.cwd(), 'dist', path.basename(folder));
const state = path.join(folder, 'state');
const running = new Set<ChildProcess>();
const KEY = 'key';

beforeAll(async () => {
  if (root) chmodSync(folder, 0o711);
  mkdirSync(path.join(folder, 'charters'));
  await bundle('bot/main.ts', path.join(built, 'main.js'));
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => {
  for (const one of [folder, built]) rmSync(one, { recursive: true, force: true });
});

const settings = {
  PORT: '0',
  STATE_DIR: state,
  PUBLIC_URL: 'http://localhost:3000',
  TENANT_ID: TENANT,
  APP_ID: APP,
  CREDENTIAL: 'secret',
  APP_SECRET: 's',
  // nobody listens there: the service has to live without the outside
  GRAPH_URL: 'https://127.0.0.1:9',
  LOGIN_URL: 'https://127.0.0.1:9',
  BOT_OPENID_URL: 'https://127.0.0.1:9/openid',
  CHARTERS_DIR: path.join(folder, 'charters'),
  LOCAL_CLOCK: 'true',
  LOCAL_KEY: KEY,
  LOCAL_START: '2026-11-02T08:00:00Z',
  LOG_LEVEL: 'silent',
};
function spawnService(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [path.join(built, 'main.js')], {
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
async function service(): Promise<{
  url: string;
  stop(signal: NodeJS.Signals): Promise<number | null>;
  get(path: string): Promise<Record<string, unknown>>;
}> {
  const child = spawnService(settings);
  let said = '';
  child.stderr!.on('data', (text) => {
    said += text;
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const { listening: url } = JSON.parse(line) as { listening: string };
    return {
      url,
      get: async (at) => (await fetch(url + at, { headers: { 'x-local-key': KEY } })).json() as Promise<Record<string, unknown>>,
      async stop(signal) {
        const gone = once(child, 'exit');
        child.kill(signal);
        return (await gone)[0] as number | null;
      },
    };
  }
  throw new Error(`the service did not start: ${said}`);
}
async function refused(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawnService(env);
  let said = '';
  child.stderr!.on('data', (text) => {
    said += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}
const postmaster = (): string => path.join(state, 'data', 'postmaster.pid');

describe('the service', () => {
  it('starts on an empty folder, outlives a kill, shares its database with a second one, and leaves nothing running', async () => {
    const first = await service();
    expect(await first.get('/readyz')).toMatchObject({ database: 'ok', parkedDeadlines: [] });
    const moved = await fetch(`${first.url}/local/clock`, {
      method: 'POST',
      headers: { 'x-local-key': KEY, 'content-type': 'application/json' },
      body: '{"to":"2026-11-05T08:00:00Z"}',
    });
    expect(moved.status).toBe(200);
    const server = readFileSync(postmaster(), 'utf8').split('\n')[0];
    await first.stop('SIGKILL');

    const [second, third] = [await service(), await service()];
    expect(readFileSync(postmaster(), 'utf8').split('\n')[0]).toBe(server);
    // product time went on from where it was, for both
    for (const one of [second, third]) expect((await one.get('/local/clock')).now).toMatch(/^2026-11-05T08:/);
    expect(await second.stop('SIGTERM')).toBe(0);
    expect(await third.get('/readyz')).toMatchObject({ database: 'ok' });
    expect(await third.stop('SIGINT')).toBe(0);
    expect(existsSync(postmaster())).toBe(false);
  });

  it('says in plain words, without a stack, what an operator has to mend', async () => {
    const bare = await refused({});
    expect(bare).toMatchObject({ code: 1, said: expect.stringContaining('PUBLIC_URL') });
    expect(bare.said).not.toContain('    at ');
    const away = await refused({ ...settings, DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:9/none' });
    expect(away).toMatchObject({ code: 1, said: expect.stringContaining('DATABASE_URL') });
    expect(away.said).not.toContain('secret');
    expect(away.said).not.toContain('    at ');
  });
});
