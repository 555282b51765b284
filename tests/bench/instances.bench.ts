import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { wall } from '../../bot/clock.ts';
import { type BenchResult, benchDatabase } from './database.ts';
import { openReading, readThrough } from './ingest/reading.ts';
import { MAILBOXES } from './ingest/tenant.ts';
import { buildAll, nextLine, processes, SERVICE_FLAGS } from './process.ts';

const MESSAGES = Number(process.env.INSTANCES_MESSAGES ?? 20_000);

/**
 * A first reading of 40 mailboxes by one instance, and by two on one PostgreSQL. On two processors, which they share with the database and the
 * stand-in, two can win what one leaves idle and no more.
 */
export async function run(): Promise<BenchResult> {
  await buildAll(['ingest/standIn.ts']);
  const [one, two] = [await reading(1), await reading(2)];
  const row = (name: string, seconds: number) => ({
    name,
    opsPerSecond: MESSAGES / seconds,
    ratio: one / seconds,
    note: `${seconds.toFixed(1)} s`,
  });
  return {
    title: `first reading of ${MESSAGES.toLocaleString('en')} messages in ${MAILBOXES} mailboxes on one PostgreSQL`,
    rows: [row('one instance', one), row('two instances', two)],
  };
}

/** @returns the seconds from the first mailbox being asked for to the last being read through */
async function reading(instances: number): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-bench-'));
  const database = await benchDatabase(wall);
  const all = processes();
  try {
    const { env } = await openReading(all, folder, { messages: MESSAGES });
    const services = Array.from({ length: instances }, () =>
      all.start('bot/main.js', [], { ...env, DATABASE_URL: database.url }, SERVICE_FLAGS),
    );
    const began = performance.now();
    await Promise.all(services.map((service) => nextLine(service)));
    while (!(await readThrough(database.ports.db))) {
      if (services.some(({ exitCode }) => exitCode !== null)) throw new Error('a service ended');
      await sleep(100);
    }
    return (performance.now() - began) / 1000;
  } finally {
    await all.endAll();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}
