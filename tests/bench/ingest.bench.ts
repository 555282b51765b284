import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { wall } from '../../bot/clock.ts';
import type { Db } from '../../bot/store/index.ts';
import { type BenchResult, benchDatabase } from './database.ts';
import { openReading, readThrough } from './ingest/reading.ts';
import { MAILBOXES } from './ingest/tenant.ts';
import { buildAll, memoryMb, nextLine, processes, SERVICE_FLAGS } from './process.ts';

/** Copies of mails in all mailboxes together. INGEST_MESSAGES makes it smaller, for a look. */
const MESSAGES = Number(process.env.INGEST_MESSAGES ?? 200_000);
const RATIO = 0.3;
const BOUND_MB = 400;

/**
 * A first reading of 40 mailboxes, half of the mail relevant, by the whole service: from the stand-in in its own process to stored
 * obligations; against the same pages fetched by the same client and inserted as they are. Both count from where their processes begin to
 * read; the bare reading runs before and after, since machines are not even. And the most memory the service took.
 */
export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-bench-'));
  const database = await benchDatabase(wall);
  const all = processes();
  try {
    await buildAll(['ingest/standIn.ts', 'ingest/bare.ts']);
    const { env: reading } = await openReading(all, folder, { messages: MESSAGES });
    const env = { ...reading, DATABASE_URL: database.url };
    const readBare = () => nextLine<{ items: number; seconds: number }>(all.start('bench/ingest/bare.js', [], env, SERVICE_FLAGS));
    const before = await readBare();

    const service = all.start('bot/main.js', [], env, SERVICE_FLAGS);
    const started = performance.now();
    await nextLine(service);
    let peakMb = 0;
    while (!(await readThrough(database.ports.db))) {
      if (service.exitCode !== null) throw new Error('the service ended');
      peakMb = Math.max(peakMb, await memoryMb(service.pid!));
      await sleep(200);
    }
    const wholeSeconds = (performance.now() - started) / 1000;
    const seconds = await readingSeconds(database.ports.db);
    peakMb = Math.max(peakMb, await memoryMb(service.pid!));
    const counts = await stored(database.ports.db);
    await all.end(service);
    const after = await readBare();
    const { items } = before;
    const bareSeconds = (before.seconds + after.seconds) / 2;
    const [ours, theirs] = [items / seconds, items / bareSeconds];
    const verdict = (good: boolean) => (good ? 'within' : 'MISSED');
    return {
      title: `first reading of ${items.toLocaleString('en')} messages in ${MAILBOXES} mailboxes, half of them relevant`,
      rows: [
        {
          name: 'pages fetched and inserted bare',
          opsPerSecond: theirs,
          note: `${before.seconds.toFixed(1)} s before, ${after.seconds.toFixed(1)} s after`,
        },
        {
          name: 'read, gated, joined, folded',
          opsPerSecond: ours,
          ratio: ours / theirs,
          note: `${seconds.toFixed(1)} s (${wholeSeconds.toFixed(1)} s with the start of the service), ${counts.messages.toLocaleString('en')} messages and ${counts.obligations.toLocaleString('en')} obligations stored; ${RATIO} or better: ${verdict(ours / theirs >= RATIO)}`,
        },
        {
          name: 'peak memory of the service',
          ratio: peakMb / BOUND_MB,
          note: `${Math.round(peakMb)} MB of ${BOUND_MB} MB: ${verdict(peakMb < BOUND_MB)}`,
        },
      ],
    };
  } finally {
    await all.endAll();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From when the first mailbox was begun until the last had been read up to now, as the service wrote it down: looking on from here is coarse. */
async function readingSeconds(db: Db): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select extract(epoch from max(last_read_at) - min(first_read_at))::float8 as seconds from mailbox`.execute(db);
  return rows[0]!.seconds;
}

async function stored(db: Db): Promise<{ messages: number; obligations: number }> {
  const { rows } = await sql<{ messages: number; obligations: number }>`
    select (select count(*)::int from message) as messages, (select count(*)::int from obligation) as obligations`.execute(db);
  return rows[0]!;
}
