import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { testDatabase } from '../support/database.ts';

export interface Product {
  /** The one address to open. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What `npm start` starts, with the sample tenant, on a free port and with state of its own. */
export async function startProduct(): Promise<Product> {
  const root = process.getuid?.() === 0;
  const folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'rapport-browser-'));
  if (root) chmodSync(folder, 0o711);
  const database = await testDatabase();
  const child = spawn(process.execPath, ['infra/run.mjs', 'infra/local/main.ts', '--port', '0', '--no-open'], {
    cwd: path.join(import.meta.dirname, '..', '..'),
    env: { ...process.env, STATE_DIR: folder, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await end(child);
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const said: string[] = [];
  let url: string | undefined;
  child.stderr.on('data', (text) => said.push(String(text)));
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    url ??= /^\s+(http:\/\/localhost:\d+)$/.exec(line)?.[1];
    if (url && line.startsWith('Ready after')) return { url, stop };
  }
  await stop();
  throw new Error(`the product did not start:\n${said.join('\n')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.stdout?.resume();
  child.kill('SIGTERM');
  await gone;
}
