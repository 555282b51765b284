import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import type { Actor, Ports } from '../../bot/capability.ts';
import { acknowledge, contactIdOf, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import { wall } from '../../bot/clock.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { escalations } from '../../bot/escalations/index.ts';
import { projectFolder } from '../../bot/store/folder.ts';
import { testClock } from '../support/clock.ts';
import { type BenchResult, benchDatabase } from './database.ts';

const DUE = 1_000;
const ROUNDS = 5;
const OPEN = [10_000, 1_000_000];
const PARTNERSHIPS = 100;
const TICK_MS = 5_000;
/** Both sides are at work. */
const NOW = new Date('2026-11-25T09:00:00Z');

/**
 * Ladders whose level nobody took in time, all at once, among many that are open: how long until every one has asked its next level, written
 * durably with history, deadline and the jobs that post. The posts are made by the worker and are no part of it.
 */
export async function run(): Promise<BenchResult> {
  const clock = testClock(new Date(NOW.getTime() - 30 * 86_400_000));
  const { ports, close } = await benchDatabase(clock);
  const folder = path.join(projectFolder(), 'dist', 'bench-charters');
  const rows: BenchResult['rows'] = [];
  try {
    const model = await prepare(ports, folder);
    clock.set(NOW);
    let base = 0;
    let stand = 0;
    for (const open of OPEN) {
      await fill(ports, model, stand, open);
      stand = open;
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) times.push(await climb(ports, model, round));
      const ms = times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
      const worst = times.at(-1)!;
      base ||= ms;
      const within = worst <= TICK_MS ? 'within' : 'MISSED';
      const note = `${DUE.toLocaleString('en')} due: ${ms.toFixed(0)} ms (median of ${ROUNDS}), worst ${worst.toFixed(0)} ms of ${TICK_MS} ms: ${within}`;
      rows.push({ name: `${open.toLocaleString('en')} open`, ratio: ms / base, opsPerSecond: (DUE / ms) * 1000, note });
    }
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
  return { title: 'Ladders that climb; flat means a ratio below 1.5', rows };
}

/** Agreed charters, and one ladder opened as people open it. @returns its id: all others are made like it */
async function prepare(ports: Ports, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const charter = path.join(projectFolder(), 'tests', 'support', 'charters', 'fabrikam.yaml');
  for (let n = 0; n < PARTNERSHIPS; n += 1) await cp(charter, path.join(folder, `partner-${n}.yaml`));
  await loadCharters(ports, folder);
  const now = ports.clock.now();
  for (let n = 0; n < PARTNERSHIPS; n += 1)
    for (const [side, key] of [
      ['client', 'anna'],
      ['provider', 'joan'],
    ] as const)
      await ports.transaction((tx) => acknowledge(tx, { partnershipId: partnershipIdOf(`partner-${n}`), by: actorOf(n, side, key), now }));
  const partnershipId = partnershipIdOf('partner-0');
  const action = escalations.actions!['escalation.open']!;
  const input = action.schema.parse({ what: 'It stopped', why: 'Late', wanted: 'Somebody', doneWhen: 'It runs' });
  const { subject } = await ports.transaction((tx) =>
    action.run({ tx, now, actor: actorOf(0, 'client', 'anna'), subjectId: partnershipId, input }),
  );
  await sql`delete from deadline`.execute(ports.db); // those of the charters, and of the model
  return subject.id;
}
const actorOf = (n: number, side: 'client' | 'provider', key: string): Actor => {
  const partnershipId = partnershipIdOf(`partner-${n}`);
  return { partnershipId, contactId: contactIdOf(partnershipId, key), side, owner: true, through: 'tab' };
};

/** Open ladders like the first one, over all partnerships, with people of theirs, and a deadline in the coming years. */
async function fill({ db }: Ports, model: string, from: number, to: number): Promise<void> {
  const partnerships = Array.from({ length: PARTNERSHIPS }, (_, n) => partnershipIdOf(`partner-${n}`));
  await sql`create table if not exists bench_model (n int primary key, partnership_id uuid, by_contact_id uuid, facts jsonb)`.execute(db);
  const { rows } = await sql<{ facts: string }>`select facts::text from escalation where id = ${model}`.execute(db);
  for (const [n, partnershipId] of partnerships.entries()) {
    // ids of contacts follow from the partnership and the key
    const facts = ['anna', 'ruth', 'joan', 'carlo', 'luis'].reduce(
      (text, key) => text.replaceAll(contactIdOf(partnerships[0]!, key), contactIdOf(partnershipId, key)),
      rows[0]!.facts,
    );
    await sql`insert into bench_model values (${n}, ${partnershipId}, ${contactIdOf(partnershipId, 'anna')}, ${facts}::jsonb)
      on conflict do nothing`.execute(db);
  }
  await sql`
    with made as (
      insert into escalation (id, partnership_id, charter_version, asking_side, by_contact_id, state, critical, what, why, wanted, done_when,
        opened_at, revision, facts)
      select gen_random_uuid(), m.partnership_id, 1, 'client', m.by_contact_id, 'asking', false, 'It stopped', 'Late', 'Somebody', 'It runs',
        ${NOW}::timestamptz - interval '1 day', 1, m.facts
      from generate_series(${from + 1}::int, ${to}::int) as made(number) join bench_model m on m.n = made.number % ${PARTNERSHIPS}
      returning id)
    insert into deadline (kind, subject_kind, subject_id, at)
    select 'escalation.next', 'escalation', id::text, ${NOW}::timestamptz + interval '1 day' + row_number() over () * interval '61 seconds'
    from made`.execute(db);
  for (const table of ['escalation', 'deadline', 'journal', 'post']) await sql`vacuum analyze ${sql.table(table)}`.execute(db);
}

/** Makes the time of some of them over, and sweeps once. @returns ms until all had asked their next level */
async function climb(ports: Ports, model: string, round: number): Promise<number> {
  const over = new Date(NOW.getTime() - 60_000).toISOString();
  const { rows: due } = await sql<{ id: string }>`
    update deadline set at = ${NOW}::timestamptz - interval '30 seconds' where kind = 'escalation.next' and (subject_id) in (
      select id::text from escalation where (facts ->> 'level') = '0' and state = 'asking' and id <> ${model} order by id desc limit ${DUE} offset ${round * 10})
    returning subject_id as id`.execute(ports.db);
  await sql`
    update escalation set facts = jsonb_set(facts, '{calls}', (select jsonb_agg(call || ${JSON.stringify({ endsAt: over })}::jsonb) from jsonb_array_elements(facts -> 'calls') as call))
    where id::text = any(${due.map(({ id }) => id)}::text[])`.execute(ports.db);
  const before = wall.now().getTime();
  const { run: ran, failed } = await sweep(ports, escalations.deadlines!);
  const ms = wall.now().getTime() - before;
  const { rows } = await sql<{ climbed: number }>`
    select count(*)::int as climbed from escalation where id::text = any(${due.map(({ id }) => id)}::text[]) and (facts ->> 'level') = '1'`.execute(
    ports.db,
  );
  if (failed || ran !== DUE || rows[0]!.climbed !== DUE)
    throw new Error(`${ran} ran, ${failed} failed, ${rows[0]!.climbed} climbed of ${DUE}`);
  return ms;
}
