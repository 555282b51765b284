import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { alive } from '../../bot/store/embedded/postmaster.ts';
import { bundle } from '../../infra/build.mjs';

const root = process.getuid?.() === 0;
const folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'rapport-orphan-'));
const built = path.join(process.cwd(), 'dist', path.basename(folder));
const state = path.join(folder, 'state');
let launcher: ChildProcess | undefined;
let servicePid = 0;

beforeAll(async () => {
  if (root) chmodSync(folder, 0o711);
  mkdirSync(path.join(folder, 'charters'));
  await bundle('bot/main.ts', path.join(built, 'main.js'));
  await bundle('tests/desk/launcher.ts', path.join(built, 'launcher.js'));
});
afterAll(() => {
  for (const pid of [launcher?.pid, servicePid]) if (pid && alive(pid)) process.kill(pid, 'SIGKILL');
  for (const one of [folder, built]) rmSync(one, { recursive: true, force: true });
});

it('the service ends in order when its launcher is killed, and takes its database with it', async () => {
  const settings = {
    PATH: process.env.PATH,
    PORT: '0',
    STATE_DIR: state,
    PUBLIC_URL: 'http://localhost:3000',
    TENANT_ID: '11111111-2222-4333-8444-555555555555',
    APP_ID: '99999999-2222-4333-8444-555555555555',
    CREDENTIAL: 'secret',
    APP_SECRET: 's',
    GRAPH_URL: 'https://127.0.0.1:9',
    LOGIN_URL: 'https://127.0.0.1:9',
    BOT_OPENID_URL: 'https://127.0.0.1:9/openid',
    CHARTERS_DIR: path.join(folder, 'charters'),
  };
  const given = [path.join(built, 'launcher.js'), path.join(built, 'main.js'), path.join(folder, 'service.log'), JSON.stringify(settings)];
  launcher = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
  servicePid = Number(String((await once(launcher.stdout!, 'data'))[0]));
  expect(alive(servicePid)).toBe(true);
  expect(existsSync(path.join(state, 'data', 'postmaster.pid'))).toBe(true);

  launcher.kill('SIGKILL');
  await once(launcher, 'exit');
  while (alive(servicePid) && !zombie(servicePid)) await sleep(50); // ended by the test's own limit when it lives on
  expect(existsSync(path.join(state, 'data', 'postmaster.pid'))).toBe(false);
});

/** Ended, and only waiting to be counted: whoever has taken it over may never ask. */
function zombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
