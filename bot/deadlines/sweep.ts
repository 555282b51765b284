import { sql } from 'kysely';
import { type DeadlineHandler, type Ports, subjectKey } from '../capability.ts';
import { nameOfError } from '../errors.ts';
import { lockSubject, lockSubjects } from '../store/lock.ts';
import { isDatabaseInTrouble } from '../store/room.ts';
import type {} from './store.ts';

const BATCH = 200;
/** Of one kind in one transaction, where its handler takes many: short enough that nobody waits for it. */
const TOGETHER = 200;
const FAILURES_TO_PARK = 5;
/** Long enough for a batch; a killed instance's claims come back after it, and work goes on within a minute of a kill. Wall time. */
const LEASE_MS = 45_000;
/** No claim and no retry is given longer than this, other instances' clocks included: one that ends later was given before the wall was set back. */
const LONGEST_LEASE_MS = 90_000;
const RETRY_MS = 10_000;

interface Claimed {
  kind: string;
  subjectKind: string;
  subjectId: string;
  at: Date;
}
export interface SweepResult {
  readonly run: number;
  readonly failed: number;
}

/**
 * Looks at everything that is due by the product clock, in order, until nothing is. Any number of instances may sweep at once: a claim is
 * a lease, and the deadline is deleted, in the transaction that acts on it, only where it still stands at the claimed time.
 */
export async function sweep(
  ports: Ports,
  handlers: Readonly<Record<string, DeadlineHandler>>,
  stop: () => boolean = () => false,
): Promise<SweepResult> {
  let run = 0;
  let failed = 0;
  while (!stop()) {
    const claimed = await claim(ports, Object.keys(handlers));
    if (!claimed.length) break;
    for (const together of inRuns(claimed, (kind) => handlers[kind]!.runAll !== undefined)) {
      const handler = handlers[together[0]!.kind]!;
      const done = together.length > 1 ? await actTogether(ports, handler, together).catch(() => null) : null;
      if (done !== null) run += done;
      else
        for (const deadline of together) {
          try {
            if (await act(ports, handler, deadline)) run++;
          } catch (error) {
            failed++;
            await postpone(ports, deadline, error);
          }
        }
    }
  }
  return { run, failed };
}

/** A short transaction of its own. Kinds that this release does not know (an instance of the next one runs beside it) are left to it. */
async function claim({ db, clock, wall }: Ports, kinds: string[]): Promise<Claimed[]> {
  const now = wall.now();
  const { rows } = await sql<Claimed>`
    update deadline as claimed set lease_until = ${new Date(now.getTime() + LEASE_MS)}
    from (
      select kind, subject_kind, subject_id from deadline
      where at <= ${clock.now()} and parked_at is null and (lease_until is null or lease_until <= ${now} or lease_until > ${new Date(now.getTime() + LONGEST_LEASE_MS)}) and kind = any(${kinds})
      order by at limit ${BATCH} for update skip locked
    ) as due
    where claimed.kind = due.kind and claimed.subject_kind = due.subject_kind and claimed.subject_id = due.subject_id
    returning claimed.kind, claimed.subject_kind, claimed.subject_id, claimed.at`.execute(db);
  return rows.sort((a, b) => a.at.getTime() - b.at.getTime());
}

const stands = (due: Claimed) =>
  sql<boolean>`kind = ${due.kind} and subject_kind = ${due.subjectKind} and subject_id = ${due.subjectId} and at = ${due.at}`;

/** In order: neighbours of one kind together where that kind is run so, at most so many; every other one alone. */
function inRuns(claimed: readonly Claimed[], together: (kind: string) => boolean): Claimed[][] {
  const runs: Claimed[][] = [];
  for (const due of claimed) {
    const last = runs.at(-1);
    if (last && last[0]!.kind === due.kind && last.length < TOGETHER && together(due.kind)) last.push(due);
    else runs.push([due]);
  }
  return runs;
}

/** As {@link act} for each, in one transaction. @returns how many still stood */
const actTogether = (ports: Ports, handler: DeadlineHandler, claimed: readonly Claimed[]): Promise<number> =>
  ports.transaction(async (tx) => {
    await lockSubjects(
      tx,
      claimed.map(({ subjectKind, subjectId }) => subjectKey({ kind: subjectKind, id: subjectId })),
    );
    const wanted = claimed.map(({ kind, subjectKind, subjectId, at }) => ({ kind, subject_kind: subjectKind, subject_id: subjectId, at }));
    const { rows } = await sql<Claimed>`
      delete from deadline using jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as due(kind text, subject_kind text, subject_id text, at timestamptz)
      where deadline.kind = due.kind and deadline.subject_kind = due.subject_kind and deadline.subject_id = due.subject_id and deadline.at = due.at
      returning deadline.kind, deadline.subject_kind, deadline.subject_id, deadline.at`.execute(tx);
    const standing = new Set(rows.map(({ subjectKind, subjectId }) => subjectKey({ kind: subjectKind, id: subjectId })));
    const due = claimed
      .map(({ subjectKind, subjectId, at }) => ({ subject: { kind: subjectKind, id: subjectId }, dueAt: at }))
      .filter(({ subject }) => standing.has(subjectKey(subject)));
    const now = new Date(Math.max(ports.clock.now().getTime(), ...due.map(({ dueAt }) => dueAt.getTime())));
    if (due.length) await handler.runAll!(due, { tx, now });
    return due.length;
  });

/** False when the deadline was moved, cleared or done by another since it was claimed. */
const act = (ports: Ports, handler: DeadlineHandler, due: Claimed): Promise<boolean> =>
  ports.transaction(async (tx) => {
    const subject = { kind: due.subjectKind, id: due.subjectId };
    await (handler.lock ? handler.lock(subject, tx) : lockSubject(tx, subject));
    const { numDeletedRows } = await tx.deleteFrom('deadline').where(stands(due)).executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    // a clock that was set back since the claim: what was due then stays due, or its handler would find nothing to do and the deadline be gone
    const now = new Date(Math.max(ports.clock.now().getTime(), due.at.getTime()));
    await handler.run({ subject, dueAt: due.at }, { tx, now });
    return true;
  });

/**
 * Tried again a little later; the fifth failure parks it until it is set anew. A database in trouble (a full disk) is no failure of the
 * deadline's: it is tried until that is over.
 */
async function postpone({ db, wall }: Ports, due: Claimed, error: unknown): Promise<void> {
  const now = wall.now();
  const counts = isDatabaseInTrouble(error) ? 0 : 1;
  await sql`
    update deadline set failures = failures + ${counts}, last_error = ${nameOfError(error)},
      lease_until = ${now}::timestamptz + (failures + 1) * ${RETRY_MS} * interval '1 millisecond',
      parked_at = case when failures + ${counts} >= ${FAILURES_TO_PARK} then ${now}::timestamptz end
    where ${stands(due)}`.execute(db);
}
