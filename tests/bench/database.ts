import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Ports } from '../../bot/capability.ts';
import type { Clock } from '../../bot/clock.ts';
import { embeddedServer } from '../../bot/store/embedded/server.ts';
import { connect, defaultStateFolder, migrate, portsOf } from '../../bot/store/index.ts';

export interface BenchResult {
  title: string;
  rows: { name: string; ratio?: number; opsPerSecond?: number; note?: string }[];
}

/** A fresh embedded database, written durably as in production. */
export async function benchDatabase(clock: Clock): Promise<{ ports: Ports; url: string; close(): Promise<void> }> {
  const root = process.getuid?.() === 0;
  const folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'rapport-bench-'));
  if (root) chmodSync(folder, 0o711);
  const server = await embeddedServer({ folder, programsFolder: defaultStateFolder() });
  await migrate(server.url).catch(async (error) => {
    await server.leave();
    throw error;
  });
  const { db, end } = connect(server.url);
  return {
    ports: portsOf(db, clock, () => 0),
    url: server.url,
    async close() {
      await end();
      await server.leave();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
