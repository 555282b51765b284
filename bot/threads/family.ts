import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import type {} from './store.ts';

/**
 * Threads that have to be judged together with any of these: those in which a fresh mail (no reply header, no prefix) bears a bare subject
 * that a fresh mail of another bears too, as far as that leads. Usually each is alone. Left out ones are among them, merged ones are not.
 * @returns living thread ids, ascending
 */
export async function familyOf(tx: Tx, partnershipId: string, threadIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct coalesce(merged_into, id) as id from thread where id = any(${[...threadIds]}::uuid[])`.execute(tx);
  const family = new Set(rows.map(({ id }) => id));
  const subjects = new Set<string>();
  for (let latest = [...family]; latest.length > 0; ) {
    const further = (await freshSubjects(tx, latest)).filter((subject) => !subjects.has(subject));
    if (further.length === 0) break;
    for (const subject of further) subjects.add(subject);
    latest = (await threadsBearing(tx, partnershipId, further)).filter((id) => !family.has(id));
    for (const id of latest) family.add(id);
  }
  return [...family].sort();
}

async function freshSubjects(tx: Tx, threadIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ bareSubject: string }>`
    select distinct bare_subject from message
    where thread_id = any(${[...threadIds]}::uuid[]) and prefix = 'none' and not is_reply and bare_subject <> ''`.execute(tx);
  return rows.map(({ bareSubject }) => bareSubject);
}

async function threadsBearing(tx: Tx, partnershipId: string, subjects: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct message.thread_id as id from message
    join thread_partnership as link on link.thread_id = message.thread_id and link.partnership_id = ${partnershipId}::uuid
    where message.bare_subject = any(${[...subjects]}::text[]) and prefix = 'none' and not is_reply and message.bare_subject <> ''`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

/** Partnerships whose people take part in each thread: where there are two, neither may learn of the other's. */
export async function partnershipsOfThreads(tx: Tx, threadIds: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(threadIds.map((id) => [id, []]));
  if (threadIds.length === 0) return found;
  const rows = await tx
    .selectFrom('threadPartnership')
    .select(['threadId', 'partnershipId'])
    .where('threadId', '=', sql<string>`any(${[...threadIds]}::uuid[])`)
    .orderBy('partnershipId')
    .execute();
  for (const row of rows) found.get(row.threadId)?.push(row.partnershipId);
  return found;
}
