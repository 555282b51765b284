import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectFolder } from '../../../bot/store/folder.ts';

/** The service ended when nobody had asked it to. The message is for the person at the terminal. */
export class ServiceEnded extends Error {
  override readonly name = 'ServiceEnded';
}

export interface RunningService {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly pid: number;
  /** Settles when the service ends; with the reason when it was not asked to. */
  readonly ended: Promise<ServiceEnded | null>;
  stop(): Promise<void>;
}

const LAST_WORDS = 12;
const KILL_AFTER_MS = 25_000;

/**
 * Starts the built service and waits until it says where it listens. Its log goes to `logFile`.
 * It gets a process group of its own: a Ctrl+C at the terminal is the launcher's to hand on, in order.
 * @param onSpawned - told at once, so that it can be stopped while it starts
 * @throws {ServiceEnded} when it ends before that
 */
export async function startService(
  env: Readonly<Record<string, string>>,
  logFile: string,
  onSpawned: (pid: number, stop: () => Promise<void>) => void,
  main = path.join(projectFolder(), 'dist', 'bot', 'main.js'),
): Promise<RunningService> {
  // as a deployment starts it (docs/operating.md, Running it)
  const flags = ['--enable-source-maps', '--max-old-space-size=256', '--heap-growing-percent=100', '--v8-pool-size=1'];
  const child = spawn(process.execPath, [...flags, main], {
    env,
    // the channel says nothing: it closes when this process is gone, however it went, and the service ends then
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const log = createWriteStream(logFile, { mode: 0o600 });
  const words: string[] = [];
  const keep = (line: string) => {
    log.write(`${line}\n`);
    words.push(line);
    if (words.length > LAST_WORDS) words.shift();
  };
  let asked = false;
  const ended = new Promise<ServiceEnded | null>((resolve) => {
    child.once('close', (code, signal) => {
      log.end();
      resolve(asked ? null : new ServiceEnded(lastWords(code, signal, words, logFile)));
    });
  });
  const stopped = async () => {
    asked = true;
    await stop(child, ended);
  };
  if (child.pid) onSpawned(child.pid, stopped);
  createInterface({ input: child.stderr! }).on('line', keep);
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const listening = listeningIn(line);
      if (listening) resolve(listening);
      else keep(line);
    });
    child.once('error', reject);
    void ended.then((reason) => reject(reason ?? new ServiceEnded('The service was stopped while it was starting.')));
  });
  return {
    url: await url,
    pid: child.pid ?? 0,
    ended,
    stop: stopped,
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await ended;
  clearTimeout(late);
}

function listeningIn(line: string): string | null {
  try {
    const { listening } = JSON.parse(line) as { listening?: unknown };
    return typeof listening === 'string' ? listening : null;
  } catch {
    return null;
  }
}

function lastWords(code: number | null, signal: string | null, words: readonly string[], logFile: string): string {
  const how = signal ? `was ended by ${signal}` : `ended by itself (code ${code})`;
  return `The service ${how}. Its last words:\n${words.map((line) => `  ${line.slice(0, 400)}`).join('\n')}\nThe whole log: ${logFile}`;
}
