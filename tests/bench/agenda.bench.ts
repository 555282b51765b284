import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type KyselyPlugin, sql } from 'kysely';
import { allCapabilities } from '../../bot/capabilities.ts';
import type { Period, Ports } from '../../bot/capability.ts';
import { acknowledge, contactIdOf, currentCharter, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import { wall } from '../../bot/clock.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { figuresView } from '../../bot/figures/index.ts';
import { prepare } from '../../bot/reviews/prepare.ts';
import type { Review } from '../../bot/reviews/review.ts';
import { saveReview } from '../../bot/reviews/store.ts';
import type { Tx } from '../../bot/store/database.ts';
import { testClock } from '../support/clock.ts';
import { type BenchResult, benchDatabase } from './database.ts';

const ROUNDS = 9;
const ITEMS = [100, 10_000];
const MOST = 5;
const NOW = new Date('2026-11-24T09:00:00Z');
const WEEK: Period = { from: new Date('2026-11-17T09:00:00Z'), to: NOW };
// a bundle has no place of its own: the bench is run from the root
const CHARTERS = path.resolve('tests', 'support', 'charters');

/** What all capabilities have for an agenda, and the figures of two periods, from 100 and from 10,000 waits past their time. */
export async function run(): Promise<BenchResult> {
  const clock = testClock(new Date('2026-11-02T07:00:00Z'));
  const { ports, close } = await benchDatabase(clock);
  const capabilities = allCapabilities(() => ({ name: 'reader' }));
  const partnershipId = partnershipIdOf('fabrikam');
  const rows: BenchResult['rows'] = [];
  try {
    await agreed(ports, partnershipId);
    clock.set(NOW);
    const works: Record<string, (tx: Tx) => Promise<unknown>> = {
      agenda: async (tx) => {
        for (const { agenda } of capabilities) await agenda?.(tx, partnershipId, WEEK, MOST);
      },
      // all of it: what is undone of the date before, the candidates, the agenda as it is written
      'review prepared': (tx) => prepare(tx, capabilities, charter, review, NOW),
      figures: (tx) => figuresView(tx, capabilities, partnershipId, WEEK),
    };
    const charter = await currentCharter(ports.db, partnershipId, NOW);
    const review = await aReview(ports, partnershipId);
    const base: Record<string, number> = {};
    let stand = 0;
    for (const items of ITEMS) {
      await fill(ports, partnershipId, stand, items);
      stand = items;
      for (const [name, work] of Object.entries(works)) {
        const { ms, queries } = await measured(ports, work);
        base[name] ??= ms;
        const note = `${ms.toFixed(1)} ms, ${queries} queries (median of ${ROUNDS})`;
        rows.push({ name: `${name}, ${items.toLocaleString('en-US')} past their time`, ratio: ms / base[name], note });
      }
    }
  } finally {
    await close();
  }
  return { title: 'Agenda and figures of one partnership', rows };
}

async function aReview(ports: Ports, partnershipId: string): Promise<Review> {
  const [startAt, endAt] = [new Date('2026-12-01T09:00:00Z'), new Date('2026-12-01T10:00:00Z')];
  const nothing = {
    dueBy: null,
    tellAt: null,
    busy: null,
    minutesAt: null,
    acknowledged: null,
    endedAt: null,
    firstAt: null,
    joinUrl: null,
  };
  const counts = { prepared: 1, more: 0, revision: 1, attendees: [], actionItems: [], organizerGone: false };
  const name = 'Weekly service review';
  const review: Review = { ...nothing, ...counts, id: randomUUID(), partnershipId, name, key: 'bench', state: 'prepared', startAt, endAt };
  await ports.transaction((tx) => saveReview(tx, review));
  return review;
}

async function agreed(ports: Ports, partnershipId: string): Promise<void> {
  const { problems } = await loadCharters(ports, CHARTERS);
  if (problems.length) throw new Error(JSON.stringify(problems));
  const owners: [Side, string][] = [
    ['client', 'anna'],
    ['provider', 'joan'],
  ];
  for (const [side, key] of owners)
    await ports.transaction((tx) =>
      acknowledge(tx, {
        partnershipId,
        by: { partnershipId, contactId: contactIdOf(partnershipId, key), side, owner: true, through: 'tab' },
        now: ports.clock.now(),
      }),
    );
}

/** Waits of both sides: as many past their time and open as said, and as many answered in the two weeks before. */
async function fill({ db }: Ports, partnershipId: string, from: number, to: number): Promise<void> {
  for (const open of [true, false]) {
    await sql`
      insert into thread (id) select gen_random_uuid() from generate_series(${from + 1}::int, ${to}::int)`.execute(db);
    await sql`
      insert into obligation (id, partnership_id, thread_id, opening_key, debtor, opened_at, charter_version, priority, verdict, why, state,
        asker_address, asked_addresses, calendar_key, agreed_at, due_at, warn_at, alert_at, first_seen_at, settled_at, ending, turns, facts,
        lapse_at, worked_seconds, changed_at)
      select gen_random_uuid(), ${partnershipId}, id, ${open ? 'open' : 'done'} || n, case when n % 2 = 0 then 'client' else 'provider' end,
        at - interval '8 hours', 1, 'normal', 'expected', 'first', ${open ? 'open' : 'settled'}, 'anna@contoso.com',
        array['carlo@fabrikam.com'], 'manila', at, at, at, at, at, ${open ? null : NOW}::timestamptz - n * interval '1 minute',
        ${open ? null : 'mail'}, 2, ${JSON.stringify({ messageKeys: ['<a@b>'], lastTouchAt: NOW, padding: 'x'.repeat(400) })}::jsonb,
        at, ${open ? null : 7200}::int, ${NOW}
      from (
        select id, n, ${NOW}::timestamptz - (n % 20000) * interval '1 minute' - interval '1 hour' as at
        from (select id, row_number() over () + ${from} as n from thread
          where not exists (select from obligation where thread_id = thread.id)) as fresh) as numbered`.execute(db);
  }
  await sql`vacuum analyze obligation`.execute(db);
}

async function measured(ports: Ports, work: (tx: Tx) => Promise<unknown>): Promise<{ ms: number; queries: number }> {
  let queries = 0;
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await ports.transaction((tx) => work(tx.withPlugin(counting) as Tx));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = wall.now().getTime();
    await ports.transaction(work);
    times.push(wall.now().getTime() - before);
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!, queries };
}
