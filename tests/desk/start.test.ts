import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { DeskMessage, DeskState } from '../../infra/local/desk/contract.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const STATE = mkdtempSync(path.join(os.tmpdir(), 'rapport-start-'));
const PATIENCE_MS = 180_000;

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** What the process ended with. */
  readonly ended: Promise<number | null>;
}
const running: Started[] = [];

function npmStart(): Started {
  const child = spawn(
    process.execPath,
    ['infra/run.mjs', 'infra/local/main.ts', '--tenant', 'tests/desk/tenant', '--port', '0', '--no-open'],
    { cwd: ROOT, env: { ...process.env, STATE_DIR: STATE, DATABASE_URL: '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  const started = { child, output: () => output, ended: new Promise<number | null>((resolve) => child.once('close', resolve)) };
  running.push(started);
  return started;
}
const urls = (output: string) => output.match(/http:\/\/localhost:\d+/g) ?? [];
/** Waits until it is ready, or for an end that says why it is not. */
async function urlOf(started: Started): Promise<string> {
  let over = false;
  void started.ended.then(() => {
    over = true;
  });
  while (!started.output().includes('Ready after')) {
    if (over) throw new Error(started.output());
    await sleep(100);
  }
  return urls(started.output())[0] as string;
}
const get = async <T>(url: string): Promise<T> => (await fetch(url)).json() as Promise<T>;
async function channelAs(url: string, as: string): Promise<DeskMessage[]> {
  const { conversations } = await get<DeskState>(`${url}/desk/api/state?as=${as}`);
  return get(`${url}/desk/api/messages?${new URLSearchParams({ as, conversation: conversations[0]?.id ?? '' })}`);
}
const servicePid = (): number => JSON.parse(readFileSync(path.join(STATE, 'local', 'running.json'), 'utf8')).servicePid;
const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

afterAll(async () => {
  for (const { child, ended } of running) {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
  }
  rmSync(STATE, { recursive: true, force: true, maxRetries: 5 });
}, PATIENCE_MS);

describe('npm start', () => {
  it(
    'tells the story of the tenant, is there once, stops cleanly, and goes on from where it was',
    async () => {
      const first = npmStart();
      const url = await urlOf(first);
      expect(urls(first.output())).toHaveLength(1);
      const messages = await channelAs(url, 'anna');
      const shown = JSON.stringify(messages.map(({ cards }) => cards));
      expect(shown).toContain('Agreed on');
      expect(shown).toContain('Past the agreed time');
      expect(shown).toContain('Access for the new starters');
      expect(JSON.stringify(await channelAs(url, 'joan'))).not.toContain('Access for the new starters');

      const second = npmStart();
      expect(await second.ended).toBe(1);
      expect(second.output()).toContain(url);

      const pid = servicePid();
      first.child.kill('SIGTERM');
      expect(await first.ended).toBe(0);
      expect(lives(pid)).toBe(false);
      expect(existsSync(path.join(STATE, 'local', 'running.json'))).toBe(false);

      const again = npmStart();
      const urlAgain = await urlOf(again);
      expect(again.output()).toContain('as you left it');
      expect((await channelAs(urlAgain, 'anna')).map(({ id }) => id)).toEqual(expect.arrayContaining(messages.map(({ id }) => id)));

      process.kill(servicePid(), 'SIGKILL');
      expect(await again.ended).toBe(1);
      expect(again.output()).toContain('The service was ended by SIGKILL');
    },
    PATIENCE_MS,
  );
});
