import { sql } from 'kysely';
import { EMPTIED_WORDS } from '../people/erased.ts';
import { requestPost } from '../posts/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { lockThreads } from '../threads/index.ts';
import type { MatterTable } from './inventory.ts';

type Rows = readonly { readonly id: string }[];
const idsOf = (rows: Rows): string[] => rows.map(({ id }) => id);

/**
 * Empties conversations: their mail goes, their waits keep times and outcome alone and are folded no more. What ties mail to them stays, so
 * that a later mail starts something new and an earlier one is not taken in again.
 * @param until - mail up to here is not taken in again
 * @returns the waits that were emptied
 */
export async function emptyThreads(tx: Tx, threadIds: readonly string[], until: Date, now: Date): Promise<string[]> {
  if (threadIds.length === 0) return [];
  const living = await lockThreads(tx, threadIds);
  const { rows: threads } = await sql<{ id: string }>`
    select id from thread where id = any(${living}::uuid[]) or merged_into = any(${living}::uuid[])`.execute(tx);
  const all = idsOf(threads);
  await sql`delete from message_copy where message_key in (select key from message where thread_id = any(${all}::uuid[]))`.execute(tx);
  await sql`delete from message where thread_id = any(${all}::uuid[])`.execute(tx);
  await sql`update thread_partnership set bare_subject = '' where thread_id = any(${all}::uuid[])`.execute(tx);
  await sql`update thread set first_at = null, emptied_until = ${until} where id = any(${all}::uuid[])`.execute(tx);
  const { rows: waits } = await sql<{ id: string }>`
    update obligation set asker_address = '', asked_addresses = '{}', emptied_at = ${now},
      facts = (facts - 'away' - 'holds') || '{"messageKeys": []}'
    where thread_id = any(${all}::uuid[]) and emptied_at is null returning id`.execute(tx);
  const ids = idsOf(waits);
  await sql`delete from question where obligation_id = any(${ids}::uuid[])`.execute(tx);
  await withoutRemarks(tx, 'obligation', ids);
  await refreshSubjects(tx, ids);
  return ids;
}

/** Empties what people wrote in things of one kind. */
export async function emptyMatters(tx: Tx, matter: MatterTable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const emptied = matter.words.map((column) => sql`${sql.ref(column)} = ${EMPTIED_WORDS}`);
  if (emptied.length)
    await sql`update ${sql.table(matter.table)} set ${sql.join(emptied)} where ${sql.ref(matter.of?.column ?? 'id')} = any(${[...ids]}::uuid[])`.execute(
      tx,
    );
  await withoutRemarks(tx, matter.subject, ids);
  await refreshSubjects(tx, ids);
}

async function withoutRemarks(tx: Tx, kind: string, ids: readonly string[]): Promise<void> {
  await sql`
    delete from remark using journal
    where journal.id = remark.journal_id and subject_kind = ${kind} and subject_id = any(${[...ids]}::text[])`.execute(tx);
}

/** Asks that whatever card stands about these things be made true. */
export async function refreshSubjects(tx: Tx | Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql<{ kind: string; id: string }>`
    select distinct subject_kind as kind, subject_id as id from post
    where state <> 'dead' and split_part(subject_id, '/', 1) = any(${[...ids]}::text[])`.execute(tx);
  for (const subject of rows) await requestPost(tx, subject);
}

/** Takes things away for good, with their history, deadlines and our record of their cards. */
export async function removeSubjects(tx: Tx, table: string, kind: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const texts = [...ids];
  const told = sql`(select id from journal where subject_kind = ${kind} and subject_id = any(${texts}::text[]))`;
  await sql`delete from learned_pattern where press_id in ${told}`.execute(tx);
  await sql`delete from remark where journal_id in ${told}`.execute(tx);
  await sql`delete from journal where subject_kind = ${kind} and subject_id = any(${texts}::text[])`.execute(tx);
  await sql`delete from deadline where subject_id = any(${texts}::text[])`.execute(tx);
  await sql`delete from post where split_part(subject_id, '/', 1) = any(${texts}::text[])`.execute(tx);
  await sql`delete from telling where split_part(subject_id, '/', 1) = any(${texts}::text[])`.execute(tx);
  await sql`delete from alert_spent where subject_key = any(${texts.map((id) => `${kind}:${id}`)}::text[])`.execute(tx);
  if (table === 'obligation') {
    await sql`delete from question where obligation_id = any(${texts}::uuid[])`.execute(tx);
    await sql`update obligation set merged_into = null where merged_into = any(${texts}::uuid[])`.execute(tx);
  }
  await sql`delete from ${sql.table(table)} where id = any(${texts}::uuid[])`.execute(tx);
}

/**
 * Mailboxes are read no more: whose they were, how far they were read and their calendars go. Their rows stay, since copies of mail name them; who
 * is read again is read anew, as another mailbox.
 * @param word - stands in the place of the address
 */
export async function forgetMailboxes(tx: Tx, ids: readonly string[], word: 'erased' | 'left'): Promise<void> {
  if (ids.length === 0) return;
  for (const table of ['mailbox_partnership', 'mail_wanted', 'graph_subscription', 'graph_wake', 'mail_folder', 'calendar_event'])
    await sql`delete from ${sql.table(table)} where mailbox_id = any(${[...ids]}::uuid[])`.execute(tx);
  await sql`
    update mailbox set address = ${word}::text || ':' || id, addresses = '{}', user_id = null, state = 'off', calendar_link = null, gate_hash = null
    where id = any(${[...ids]}::uuid[])`.execute(tx);
}
