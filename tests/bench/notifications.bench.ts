import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { wall } from '../../bot/clock.ts';
import { NOTIFICATIONS_PATH } from '../../bot/graph/subscriptions.ts';
import type { Db } from '../../bot/store/index.ts';
import { type BenchResult, benchDatabase } from './database.ts';
import { openReading, readThrough } from './ingest/reading.ts';
import { TENANT_ID } from './ingest/tenant.ts';
import { buildAll, nextLine, processes } from './process.ts';

const SECONDS = 4;
const CONNECTIONS = 128;
const RATE = 300;
const RATIO = 1.5;
const BOUND_MS = 500;
/** Taken in turns, so that what else the machine does meets both alike. */
const ROUNDS = 3;

interface Load {
  readonly accepted: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Change notifications of 40 mailboxes, one a request: accepted by the whole service, against a route of the same server that makes one INSERT
 * a request and nothing else. Written durably in both. The route reads no mail, so the two are compared while the partnership is paused: then
 * the service notes and calls as ever and asks Graph for nothing. The steady rate is taken with those mailboxes read meanwhile.
 */
export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-bench-'));
  const database = await benchDatabase(wall);
  const all = processes();
  try {
    await buildAll(['ingest/standIn.ts', 'notifications/load.ts', 'notifications/insert.ts']);
    const { env } = await openReading(all, folder, { messages: 2_000 });
    const service = await nextLine<{ listening: string }>(all.start('bot/main.js', [], { ...env, DATABASE_URL: database.url }));
    while (!(await readThrough(database.ports.db))) await sleep(200);
    const bodies = path.join(folder, 'bodies.json');
    await writeFile(bodies, JSON.stringify(await subscribed(database.ports.db)));
    const bare = await nextLine<{ listening: string }>(all.start('bench/notifications/insert.js', [database.url]));
    const load = async (address: string, how: string): Promise<Load> => {
      const said = await nextLine<Load>(all.start('bench/notifications/load.js', [address, bodies, String(SECONDS), how]));
      if (said.refused > 0) throw new Error(`${said.refused} notifications were refused`);
      return said;
    };
    const [ours, theirs] = [`${service.listening}${NOTIFICATIONS_PATH}`, `${bare.listening}/notifications`];
    await pause(database.ports.db, true);
    const rounds: { ours: Load; theirs: Load }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({ theirs: await load(theirs, `flat:${CONNECTIONS}`), ours: await load(ours, `flat:${CONNECTIONS}`) });
    rounds.sort((a, b) => a.ours.perSecond / a.theirs.perSecond - b.ours.perSecond / b.theirs.perSecond);
    const median = rounds[Math.floor(ROUNDS / 2)]!;
    const ratio = median.ours.perSecond / median.theirs.perSecond;
    await pause(database.ports.db, false);
    const reading = await load(ours, `flat:${CONNECTIONS}`);
    const steady = await load(ours, `rate:${RATE}`);
    const verdict = (good: boolean) => (good ? 'within' : 'MISSED');
    const spread = `${rounds.map((one) => (one.ours.perSecond / one.theirs.perSecond).toFixed(2)).join(', ')} in ${ROUNDS} rounds`;
    return {
      title: `change notifications accepted, ${CONNECTIONS} at once`,
      rows: [
        {
          name: 'a route with one INSERT a request',
          opsPerSecond: median.theirs.perSecond,
          note: `p99 ${median.theirs.p99.toFixed(0)} ms`,
        },
        {
          name: 'the service',
          opsPerSecond: median.ours.perSecond,
          ratio,
          note: `p99 ${median.ours.p99.toFixed(0)} ms; ${spread}; ${RATIO} or better: ${verdict(ratio >= RATIO)}`,
        },
        {
          name: 'the service, reading the mailboxes meanwhile',
          opsPerSecond: reading.perSecond,
          note: `p99 ${reading.p99.toFixed(0)} ms`,
        },
        {
          name: `so, at ${RATE} a second`,
          opsPerSecond: steady.perSecond,
          ratio: steady.p99 / BOUND_MS,
          note: `p50 ${steady.p50.toFixed(0)} ms, p99 ${steady.p99.toFixed(0)} ms of ${BOUND_MS} ms: ${verdict(steady.p99 < BOUND_MS)}`,
        },
      ],
    };
  } finally {
    await all.endAll();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the only partnership is paused: nothing is read for it then. */
const pause = async (db: Db, paused: boolean): Promise<void> =>
  void (await sql`update partnership set paused_at = ${paused ? wall.now() : null}`.execute(db));

/** A subscription for each mailbox, as if Graph had made it. @returns a notification of each */
async function subscribed(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string; userId: string }>`select id, user_id from mailbox order by id`.execute(db);
  const expiresAt = new Date(wall.now().getTime() + 6 * 86_400_000);
  const bodies: string[] = [];
  for (const { id, userId } of rows) {
    const [subscriptionId, clientState] = [`subscription-${id}`, `secret-${id}-0123456789abcdef`];
    const hash = createHash('sha256').update(clientState).digest('base64url');
    await sql`insert into graph_subscription (id, mailbox_id, client_state_hash, expires_at) values (${subscriptionId}, ${id}, ${hash}, ${expiresAt})`.execute(
      db,
    );
    const item = {
      subscriptionId,
      subscriptionExpirationDateTime: expiresAt.toISOString(),
      changeType: 'created',
      resource: `Users/${userId}/Messages/AAMkAGI2TAAA0123456789`,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.Message',
        '@odata.id': `Users/${userId}/Messages/AAMkAGI2TAAA0123456789`,
        id: 'AAMkAGI2TAAA',
      },
      clientState,
      tenantId: TENANT_ID,
    };
    bodies.push(JSON.stringify({ value: [item] }));
  }
  return bodies;
}
