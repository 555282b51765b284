import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { wall } from '../../bot/clock.ts';
import { type BenchResult, benchDatabase } from './database.ts';
import { type Asked, openReading, readThrough } from './ingest/reading.ts';
import { buildAll, nextLine, processes, SERVICE_FLAGS } from './process.ts';

const MAILBOXES = 50;
const MESSAGES = Number(process.env.FIRSTSYNC_MESSAGES ?? 20_000);
/** What a page of a folder takes Graph. */
const LATENCY_MS = Number(process.env.FIRSTSYNC_LATENCY_MS ?? 500);
const BOUND = 1.2;

/**
 * A first reading of 50 mailboxes from a stand-in that keeps Graph's limits and takes half a second for each request; against the least that
 * the requests which have to be made can take, were the machine infinitely fast: four at once in a mailbox, all mailboxes at once, one after
 * another where one answer names the next.
 */
export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-bench-'));
  const database = await benchDatabase(wall);
  const all = processes();
  try {
    await buildAll(['ingest/standIn.ts']);
    const { env, asked } = await openReading(all, folder, { messages: MESSAGES, mailboxes: MAILBOXES, latencyMs: LATENCY_MS });
    const service = all.start('bot/main.js', [], { ...env, DATABASE_URL: database.url }, SERVICE_FLAGS);
    await nextLine(service);
    const began = performance.now();
    while (!(await readThrough(database.ports.db, MAILBOXES))) {
      if (service.exitCode !== null) throw new Error('the service ended');
      await sleep(50);
    }
    const seconds = (performance.now() - began) / 1000;
    const seen = await asked();
    const least = (leastRounds(seen.folders) * LATENCY_MS) / 1000;
    const ratio = seconds / least;
    return {
      title: `first reading of ${MESSAGES.toLocaleString('en')} messages in ${MAILBOXES} mailboxes, ${LATENCY_MS} ms a request`,
      rows: [
        { name: 'the least under Graph’s limits', ratio: 1, note: `${least.toFixed(1)} s` },
        {
          name: 'the service',
          ratio,
          note: `${seconds.toFixed(1)} s, ${seen.requests} requests, ${seen.throttled} of them throttled; ${BOUND} or better: ${ratio <= BOUND ? 'within' : 'MISSED'}`,
        },
      ],
    };
  } finally {
    await all.endAll();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * How many rounds of requests have to follow one another: who has a mailbox (1), which folders there are (3: the list, and in a batch, four of it
 * at once, which eight of them are well known), then the folders' pages, four folders at once and the pages of one after another.
 */
function leastRounds(folders: Asked['folders']): number {
  const mailboxes = new Map<string, number[]>();
  for (const { mailbox, pages } of folders) mailboxes.set(mailbox, [...(mailboxes.get(mailbox) ?? []), pages]);
  const rounds = [...mailboxes.values()].map((pages) => Math.max(Math.ceil(pages.reduce((sum, one) => sum + one, 0) / 4), ...pages));
  return 1 + 3 + Math.max(...rounds);
}
