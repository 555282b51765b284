import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput } from '../../../bot/errors.ts';

/** Who uses a state folder: its launcher, where the desk is, and the service it started. */
interface Running {
  readonly pid: number;
  readonly url: string | null;
  readonly servicePid: number | null;
}

export interface Claim {
  say(change: { url?: string; servicePid?: number }): void;
  release(): void;
}

const STOP_WITHIN_MS = 20_000;

/**
 * Takes the state folder for this process. What a killed launcher left running is stopped first.
 * @throws {BadInput} when another launcher runs on it, with the address of its desk
 */
export async function claim(file: string): Promise<Claim> {
  const before = existsSync(file) ? read(file) : null;
  if (before && isNode(before.pid) && before.pid !== process.pid) {
    const where = before.url ? `The desk is at ${before.url}` : 'It is starting';
    throw new BadInput(
      `Rapport runs already with this state (process ${before.pid}). ${where}\nA second one needs its own folder: STATE_DIR=<folder> npm start`,
    );
  }
  if (before?.servicePid && isNode(before.servicePid)) await stopLeftOver(before.servicePid);
  let mine: Running = { pid: process.pid, url: null, servicePid: null };
  const write = () => writeFileSync(file, JSON.stringify(mine), { mode: 0o600 });
  write();
  return {
    say(change) {
      mine = { ...mine, ...change };
      write();
    },
    release: () => rmSync(file, { force: true }),
  };
}

function read(file: string): Running | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Running;
  } catch {
    return null;
  }
}

const isNode = (pid: number): boolean => looksLike(pid, /\bdist[/\\](bot[/\\]main|infra-local-main)\.js\b/);

/** Whether the process lives and is one of ours: numbers are given out again. */
function looksLike(pid: number, command: RegExp): boolean {
  try {
    process.kill(pid, 0);
    return process.platform === 'win32' || command.test(execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch (error) {
    // ps is missing: that it lives must do
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

async function stopLeftOver(pid: number, lives = () => isNode(pid), signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  process.kill(pid, signal);
  for (let waitedMs = 0; waitedMs < STOP_WITHIN_MS && lives(); waitedMs += 100) await sleep(100);
  if (lives()) process.kill(pid, 'SIGKILL');
}

/** Stops the database server of a killed service, before its folder is taken away. */
export async function stopServer(postgres: string): Promise<void> {
  const file = path.join(postgres, 'data', 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  const lives = () => looksLike(pid, /\bpostgres\b/);
  if (pid > 0 && lives()) await stopLeftOver(pid, lives, 'SIGINT');
}
