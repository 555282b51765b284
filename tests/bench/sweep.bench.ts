import { sql } from 'kysely';
import type { Ports } from '../../bot/capability.ts';
import { wall } from '../../bot/clock.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { testClock } from '../support/clock.ts';
import { type BenchResult, benchDatabase } from './database.ts';

const DUE = 100;
const ROUNDS = 9;
const OPEN = [10_000, 100_000, 1_000_000];
const NOW = new Date('2026-11-23T08:00:00Z');

/** The cost of a sweep follows what is due, not what is open: 100 due among 10,000, 100,000 and 1,000,000 open deadlines. */
export async function run(): Promise<BenchResult> {
  const { ports, close } = await benchDatabase(testClock(NOW));
  const rows: BenchResult['rows'] = [];
  try {
    let base = 0;
    let stand = 0;
    for (const open of OPEN) {
      await fill(ports, stand, open);
      stand = open;
      const ms = await medianSweep(ports);
      base ||= ms;
      const note = `${ms.toFixed(0)} ms for ${DUE} due (median of ${ROUNDS}); flat means a ratio below 1.5`;
      rows.push({ name: `${open.toLocaleString('en-US')} open`, ratio: ms / base, opsPerSecond: (DUE / ms) * 1000, note });
    }
  } finally {
    await close();
  }
  return { title: 'Sweep of deadlines', rows };
}

/** Deadlines of the coming years, one a second and more. */
async function fill({ db }: Ports, from: number, to: number): Promise<void> {
  await sql`
    insert into deadline (kind, subject_kind, subject_id, at)
    select 'bench', 'bench', 'open-' || n, ${NOW}::timestamptz + interval '1 day' + n * interval '61 seconds' from generate_series(${from + 1}::int, ${to}::int) as n`.execute(
    db,
  );
  await sql`vacuum analyze deadline`.execute(db);
}

async function medianSweep(ports: Ports): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await sql`
      insert into deadline (kind, subject_kind, subject_id, at)
      select 'bench', 'bench', 'due-' || n, ${NOW}::timestamptz - n * interval '1 second' from generate_series(1, ${DUE}) as n`.execute(
      ports.db,
    );
    const before = wall.now().getTime();
    const { run: ran } = await sweep(ports, { bench: { run: async () => {} } });
    times.push(wall.now().getTime() - before);
    if (ran !== DUE) throw new Error(`${ran} of ${DUE} deadlines ran`);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}
