import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import { anyOf } from '../store/tableOf.ts';
import type { Message } from './message.ts';
import type {} from './store.ts';

/**
 * Threads that have to be judged together with any of these: those in which a fresh mail (no reply header, no prefix) bears a bare subject
 * that a fresh mail of another bears too, as far as that leads. Usually each is alone. Left out ones are among them, merged ones are not.
 * @param begun - mail of threads that begin in this transaction
 * @returns living thread ids, ascending
 */
export async function familyOf(
  tx: Tx,
  partnershipId: string,
  threadIds: readonly string[],
  begun: ReadonlyMap<string, readonly Message[]>,
): Promise<string[]> {
  const living = await livingOf(
    tx,
    threadIds.filter((id) => !begun.has(id)),
  );
  const family = new Set([...living, ...begun.keys()]);
  const subjects = new Set<string>();
  for (let latest = [...family]; latest.length > 0; ) {
    const stored = await freshSubjects(
      tx,
      latest.filter((id) => !begun.has(id)),
    );
    const told = latest.flatMap((id) => begun.get(id) ?? []).filter(isFresh);
    const borne = new Set([...stored, ...told.map(({ bareSubject }) => bareSubject)]);
    const further = [...borne].filter((subject) => !subjects.has(subject));
    if (further.length === 0) break;
    for (const subject of further) subjects.add(subject);
    latest = (await threadsBearing(tx, partnershipId, further)).filter((id) => !family.has(id));
    for (const id of latest) family.add(id);
  }
  return [...family].sort();
}

/** As the statements below ask it of stored mail. */
const isFresh = ({ prefix, isReply, bareSubject }: Message): boolean => prefix === 'none' && !isReply && bareSubject !== '';

async function livingOf(tx: Tx, threadIds: readonly string[]): Promise<string[]> {
  if (threadIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select distinct coalesce(merged_into, id) as id from thread where id = ${anyOf(threadIds, 'uuid')}`.execute(tx);
  return rows.map(({ id }) => id);
}

async function freshSubjects(tx: Tx, threadIds: readonly string[]): Promise<string[]> {
  if (threadIds.length === 0) return [];
  const { rows } = await sql<{ bareSubject: string }>`
    select distinct bare_subject from message
    where thread_id = ${anyOf(threadIds, 'uuid')} and prefix = 'none' and not is_reply and bare_subject <> ''`.execute(tx);
  return rows.map(({ bareSubject }) => bareSubject);
}

async function threadsBearing(tx: Tx, partnershipId: string, subjects: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct message.thread_id as id from message
    join thread_partnership as link on link.thread_id = message.thread_id and link.partnership_id = ${partnershipId}::uuid
    where message.bare_subject = ${anyOf(subjects, 'text')} and prefix = 'none' and not is_reply and message.bare_subject <> ''`.execute(
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
    .where('threadId', '=', anyOf(threadIds, 'uuid'))
    .orderBy('partnershipId')
    .execute();
  for (const row of rows) found.get(row.threadId)?.push(row.partnershipId);
  return found;
}
