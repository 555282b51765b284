import { sql } from 'kysely';
import { type Subject, subjectKey } from '../capability.ts';
import type { Db, Tx } from './database.ts';
import { firstTimeIn } from './firstTime.ts';

const notHeld = firstTimeIn();
const taken = new WeakMap<object, number>();

/** How often a transaction has waited for locks. */
export const locksTaken = (tx: Tx | Db): number => taken.get(tx) ?? 0;

/** Whoever changes a subject's deadlines or history holds its lock until the commit. Taken by the journal and the sweep themselves. */
export async function lockSubject(tx: Tx, subject: Subject): Promise<void> {
  await lockSubjects(tx, [subjectKey(subject)]);
}

/** The same for many, by their keys in ascending order: whoever locks several does so in one order. Those that are held are not locked again. */
export async function lockSubjects(tx: Tx, keys: readonly string[]): Promise<void> {
  const wanted = notHeld(tx, keys);
  if (!wanted.length) return;
  await sql`select pg_advisory_xact_lock(hashtextextended(key, 0)) from (select unnest(${wanted}::text[]) as key order by 1) as wanted`.execute(
    tx,
  );
  taken.set(tx, locksTaken(tx) + 1);
}
