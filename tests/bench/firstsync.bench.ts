import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { wall } from '../../bot/clock.ts';
import { type BenchResult, benchDatabase } from './database.ts';
import { type Asked, openReading, readThrough } from './ingest/reading.ts';
import { type BenchMail, DENSE, USUAL } from './ingest/tenant.ts';
import { buildAll, nextLine, processes, SERVICE_FLAGS } from './process.ts';

const MAILBOXES = 50;
const MESSAGES = Number(process.env.FIRSTSYNC_MESSAGES ?? 200_000);
/** What a request takes Graph, and each mail of its answer. */
const LATENCY_MS = Number(process.env.FIRSTSYNC_LATENCY_MS ?? 200);
const ITEM_MS = Number(process.env.FIRSTSYNC_ITEM_MS ?? 10);
const BOUND = 1.2;

/**
 * A first reading of 50 mailboxes from a stand-in that keeps Graph's limits and takes its time for requests and mails; against the least that the
 * requests which have to be made can take, were the machine infinitely fast: four at once in a mailbox, all mailboxes at once, one after another
 * where one answer names the next. With mailboxes as people have them, and with mail of which all is read and half is relevant.
 */
export async function run(): Promise<BenchResult> {
  await buildAll(['ingest/standIn.ts']);
  const rows: BenchResult['rows'][number][] = [];
  for (const [name, mail] of [
    ['two years of mail, an eighth with the provider', USUAL],
    ['85 days of mail, half with the provider', DENSE],
  ] as const) {
    const { seconds, leastSeconds, asked } = await firstReading(mail);
    const ratio = seconds / leastSeconds;
    rows.push({
      name,
      ratio,
      note: `${seconds.toFixed(1)} s, the least ${leastSeconds.toFixed(1)} s; ${asked.requests} requests, ${asked.throttled} throttled; ${BOUND} or better: ${ratio <= BOUND ? 'within' : 'MISSED'}`,
    });
  }
  const answers = `${LATENCY_MS} ms a request and ${ITEM_MS} ms a mail`;
  return { title: `first reading of ${MESSAGES.toLocaleString('en')} messages in ${MAILBOXES} mailboxes, ${answers}`, rows };
}

async function firstReading(mail: BenchMail): Promise<{ seconds: number; leastSeconds: number; asked: Asked }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-bench-'));
  const database = await benchDatabase(wall);
  const all = processes();
  try {
    const options = { messages: MESSAGES, mailboxes: MAILBOXES, mail, latencyMs: LATENCY_MS, itemMs: ITEM_MS };
    const { env, asked } = await openReading(all, folder, options);
    const service = all.start('bot/main.js', [], { ...env, DATABASE_URL: database.url }, SERVICE_FLAGS);
    await nextLine(service);
    const began = performance.now();
    while (!(await readThrough(database.ports.db, MAILBOXES))) {
      if (service.exitCode !== null) throw new Error('the service ended');
      await sleep(50);
    }
    const seconds = (performance.now() - began) / 1000;
    const seen = await asked();
    return { seconds, leastSeconds: leastMs(seen.folders) / 1000, asked: seen };
  } finally {
    await all.endAll();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What has to follow one another: who has a mailbox, which folders there are (two rounds of four requests), then the folders' pages and one of the
 * calendar, four at once and the pages of a folder one after another.
 */
function leastMs(folders: Asked['folders']): number {
  const mailboxes = new Map<string, number[]>();
  for (const { mailbox, pages } of folders) {
    const folderMs = pages.reduce((sum, items) => sum + LATENCY_MS + items * ITEM_MS, 0);
    mailboxes.set(mailbox, [...(mailboxes.get(mailbox) ?? []), folderMs]);
  }
  const readMs = [...mailboxes.values()].map((each) => Math.max(...each, each.reduce((sum, ms) => sum + ms, LATENCY_MS) / 4));
  return 3 * LATENCY_MS + Math.max(...readMs);
}
