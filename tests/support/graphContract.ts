// For every test file: whatever goes over the wire to the Graph stand-in and back, in this process or in one that a test starts, is held
// against Graph's published contract. Without the contract beside the project nothing is held, and one test says so.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach } from '@jest/globals';
import type { WireExchange } from '../../infra/local/graph/wire.ts';

/** A header that says: this call is wrong on purpose. */
export const OUTSIDE_CONTRACT = 'x-outside-contract';

type OnWire = WireExchange | { readonly notified: unknown };

/** What is wrong with it by the contract; null when nothing is. */
export async function wrongOn(message: OnWire): Promise<string | null> {
  const { contract, notificationContract } = await import('../local/support/contract.ts');
  if ('notified' in message) return notificationContract(message.notified);
  return message.headers[OUTSIDE_CONTRACT] ? null : contract(message);
}

export const CHANNEL = 'rapport.local.graph';

/** Called once per test file, before its tests. */
export function holdToContract(): void {
  const seen: OnWire[] = [];
  const listen = (message: unknown): void => void seen.push(message as OnWire);
  subscribe(CHANNEL, listen);

  const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-wire-'));
  const file = path.join(folder, 'wire.jsonl');
  process.env.RAPPORT_TEST_WIRE = file;
  process.env.NODE_OPTIONS =
    `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(path.join(import.meta.dirname, 'graphWire.mjs')).href}`.trim();

  const hold = async (messages: readonly OnWire[]): Promise<void> => {
    const found = new Set<string>();
    for (const message of messages) {
      const wrong = await wrongOn(message);
      if (wrong) found.add(wrong);
    }
    if (found.size > 0) throw new Error(`outside Graph's contract:\n${[...found].slice(0, 10).join('\n')}`);
  };
  afterEach(() => hold(seen.splice(0)));
  afterAll(async () => {
    unsubscribe(CHANNEL, listen);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    rmSync(folder, { recursive: true, force: true });
    await hold([...seen.splice(0), ...lines.map((line) => JSON.parse(line) as OnWire)]);
  });
}
