import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { projectFolder } from '../../bot/store/folder.ts';
import { openBrowser } from '../support/browser.ts';
import type { BenchResult } from './database.ts';

const BOUND_S = 10;
const GIVE_UP_MS = 180_000;
/** A rendered Adaptive Card in the channel. */
const CARD = '.ac-adaptiveCard';

/**
 * `npm start` on a new state: until the first card stands on the desk, in a browser that was open already, and until the whole story is told.
 * As after an install, which builds; and with nothing built, as where everything has changed since.
 */
export async function run(): Promise<BenchResult> {
  const browser = await openBrowser();
  if (!browser) throw new Error('The first card is looked at in a browser, and there is none.');
  try {
    for (const built of ['bot', 'desk', 'tab']) await rm(path.join(projectFolder(), 'dist', built), { recursive: true, force: true });
    const cold = await started(browser);
    const warm = await started(browser);
    const row = (name: string, { card, ready }: { card: number; ready: number }) => ({
      name,
      ratio: card / BOUND_S,
      note: `first card ${card.toFixed(1)} s of ${BOUND_S} s: ${card <= BOUND_S ? 'within' : 'MISSED'}; story told ${ready.toFixed(1)} s`,
    });
    return { title: 'npm start on a new state', rows: [row('after an install', warm), row('with nothing built', cold)] };
  } finally {
    await browser.close();
  }
}

async function started(browser: Browser): Promise<{ card: number; ready: number }> {
  const state = await mkdtemp(path.join(process.getuid?.() === 0 ? '/tmp' : os.tmpdir(), 'rapport-start-'));
  const page = await browser.newPage();
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const child = spawn('npm', ['start', '--', '--port', '0', '--no-open'], {
    cwd: projectFolder(),
    env: { ...process.env, STATE_DIR: state },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: process.platform !== 'win32',
  });
  try {
    let card: Promise<number> | undefined;
    for await (const line of createInterface({ input: child.stdout, signal: AbortSignal.timeout(GIVE_UP_MS) })) {
      const url = /^\s+(http:\S+)$/.exec(line)?.[1];
      if (url) card ??= firstCard(page, url).then(seconds);
      if (line.startsWith('Ready after') && card) return { ready: seconds(), card: await card };
    }
    throw new Error('npm start ended before it was ready');
  } finally {
    await page.close();
    await stopped(child);
    await rm(state, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function firstCard(page: Awaited<ReturnType<Browser['newPage']>>, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  await page.locator(CARD).first().waitFor({ timeout: GIVE_UP_MS });
}

/** npm hands a signal on to nobody: its whole group is told. */
async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.pid) return;
  process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGTERM');
  await once(child, 'exit');
}
