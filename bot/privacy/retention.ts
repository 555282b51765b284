import { sql } from 'kysely';
import type { DeadlineHandler } from '../capability.ts';
import { setDeadline } from '../deadlines/index.ts';
import { addJob } from '../jobs/index.ts';
import { EMPTIED_WORDS } from '../people/erased.ts';
import { requestLeave } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import { emptyMatters, emptyThreads, forgetMailboxes, removeSubjects } from './empty.ts';
import { type MatterTable, matters } from './inventory.ts';

const DAY_MS = 24 * 3600_000;
/** Of each kind in one transaction: short enough that nobody waits for it. */
const BATCH = 200;
export const RETENTION = { kind: 'privacy.retention', subject: { kind: 'privacy', id: 'retention' } } as const;

/** After how many days, by the settings RETAIN_WORDS_DAYS and RETAIN_TIMES_DAYS. */
export interface Terms {
  readonly wordsDays: number;
  readonly timesDays: number;
}
export const TERMS: Terms = { wordsDays: 90, timesDays: 400 };

/** Once a day: empties what is due, a batch at a time; while more is due it comes again at once. */
export const retentionDeadline = (terms: Terms): DeadlineHandler => ({
  async run(_due, { tx, now }) {
    const more = await emptyDue(tx, terms, now);
    await setDeadline(tx, { ...RETENTION, at: more ? now : new Date(now.getTime() + DAY_MS) });
  },
});

/** Sees to it that it runs, from the first start on. */
export async function startRetention(tx: Tx, now: Date): Promise<void> {
  const { rows } = await sql`select 1 from deadline where kind = ${RETENTION.kind}`.execute(tx);
  if (rows.length === 0) await setDeadline(tx, { ...RETENTION, at: now });
}

/** @returns whether more is due */
export async function emptyDue(tx: Tx, terms: Terms, now: Date, batch = BATCH): Promise<boolean> {
  const words = new Date(now.getTime() - terms.wordsDays * DAY_MS);
  const times = new Date(now.getTime() - terms.timesDays * DAY_MS);
  const threads = await quietThreads(tx, words, times, batch);
  await emptyThreads(tx, threads, words, now);
  const counts = [threads.length];
  for (const matter of matters()) {
    if (matter.subject !== 'obligation') {
      const ids = await wordyMatters(tx, matter, words, batch);
      await emptyMatters(tx, matter, ids);
      counts.push(ids.length);
    }
    // parts go with what they belong to
    if (matter.of) continue;
    const over = await overMatters(tx, matter, times, batch);
    await removeSubjects(tx, matter.table, matter.subject, over);
    counts.push(over.length);
  }
  counts.push(await removeThreads(tx, times, batch));
  counts.push(...(await clearRest(tx, words, times, now, batch)));
  counts.push(await leaveMailboxes(tx, words, batch));
  counts.push(await leaveConversations(tx));
  for (const contactId of await longGone(tx, times))
    await addJob(tx, FORGET, { contactId }, { key: `${FORGET}:${contactId}`, priority: 10 });
  return counts.some((count) => count >= batch);
}

/**
 * Conversations at rest since an instant: no mail and no end of a wait after it, nothing open. Mail that recurs under one subject is judged with
 * what came before: it stays while it recurs, at most until `times`.
 */
async function quietThreads(tx: Tx, since: Date, times: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select thread.id from thread
    where first_at <= ${since} and merged_into is null
      and not exists (select 1 from message where thread_id = thread.id and at > ${since})
      and not exists (
        select 1 from obligation join thread as own on own.id = obligation.thread_id
        where (own.id = thread.id or own.merged_into = thread.id) and (state = 'open' or settled_at > ${since}))
      and (first_at <= ${times} or not exists (
        select 1 from message as mine
        join thread_partnership as link on link.thread_id = mine.thread_id
        join message as other on other.bare_subject = mine.bare_subject and other.prefix = 'none' and not other.is_reply
        join thread_partnership as theirs on theirs.thread_id = other.thread_id and theirs.partnership_id = link.partnership_id
        where mine.thread_id = thread.id and mine.prefix = 'none' and not mine.is_reply and mine.bare_subject <> ''
          and other.thread_id <> thread.id and other.at > ${since}))
    order by first_at, id limit ${limit}`.execute(tx);
  return idsOf(rows);
}

async function wordyMatters(tx: Tx, { table, ended, words, of }: MatterTable, since: Date, limit: number) {
  if (words.length === 0) return [];
  const some = sql.join(
    words.map((column) => sql`${sql.ref(column)} <> ${EMPTIED_WORDS}`),
    sql` or `,
  );
  const { rows } = of
    ? await sql<{ id: string }>`
        select distinct whole.id from ${sql.table(of.table)} as whole join ${sql.table(table)} as part on part.${sql.ref(of.column)} = whole.id
        where whole.${sql.ref(ended)} <= ${since} and (${some}) order by 1 limit ${limit}`.execute(tx)
    : await sql<{ id: string }>`
        select id from ${sql.table(table)} where ${sql.ref(ended)} <= ${since} and (${some}) order by id limit ${limit}`.execute(tx);
  return idsOf(rows);
}

/** Of waits only those whose conversation was emptied: until then a fold needs them. */
async function overMatters(tx: Tx, { table, ended }: MatterTable, since: Date, limit: number) {
  const free = table === 'obligation' ? sql`emptied_at is not null` : sql`true`;
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(table)} where ${sql.ref(ended)} <= ${since} and ${free} order by id limit ${limit}`.execute(tx);
  return idsOf(rows);
}

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

async function removeThreads(tx: Tx, times: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from thread
    where emptied_until <= ${times} and merged_into is null and first_at is null and not exists (
      select 1 from obligation join thread as own on own.id = obligation.thread_id where own.id = thread.id or own.merged_into = thread.id)
    order by id limit ${limit} for update skip locked`.execute(tx);
  const ids = idsOf(rows);
  if (ids.length === 0) return 0;
  const all = sql`(select id from thread where id = any(${ids}::uuid[]) or merged_into = any(${ids}::uuid[]))`;
  await sql`delete from thread_tie where thread_id in ${all}`.execute(tx);
  await sql`delete from thread_partnership where thread_id in ${all}`.execute(tx);
  await sql`delete from thread where merged_into = any(${ids}::uuid[])`.execute(tx);
  await sql`delete from thread where id = any(${ids}::uuid[])`.execute(tx);
  return ids.length;
}

/** Mailboxes that are read for nobody and were not for as long as words are kept: until then they would be read on where they were. */
async function leaveMailboxes(tx: Tx, since: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from mailbox
    where user_id is not null and (last_read_at is null or last_read_at <= ${since})
      and not exists (select 1 from mailbox_partnership where mailbox_id = mailbox.id)
    order by id limit ${limit} for update skip locked`.execute(tx);
  // somebody may have asked for one until it was locked
  const { rows: wanted } = await sql<{ id: string }>`
    select mailbox_id as id from mailbox_partnership where mailbox_id = any(${idsOf(rows)}::uuid[])`.execute(tx);
  await forgetMailboxes(
    tx,
    idsOf(rows).filter((id) => !idsOf(wanted).includes(id)),
    'left',
  );
  return rows.length;
}

/**
 * Conversations that are closed to the bot keep no name of Teams' for them. Chats that are nobody's are left for good; in that of somebody who is
 * known it stays whose it was, so that nobody who took the bot away is written to again.
 */
async function leaveConversations(tx: Tx): Promise<number> {
  const { rows: nobodys } = await sql<{ id: string }>`
    select id from conversation
    where kind = 'personal' and contact_id is null and conversation_id not like 'erased:%' order by id`.execute(tx);
  for (const { id } of nobodys) await requestLeave(tx, id);
  const { rows: closed } = await sql<{ id: string }>`
    update conversation set conversation_id = 'left:' || id
    where tombstoned_at is not null and conversation_id !~ '^(left|erased):' returning id`.execute(tx);
  return closed.length;
}

/** Erases somebody who has been gone for as long as times are kept: a job, since it waits for others. */
export const FORGET = 'privacy.forget';

/** People of no charter that was in force since an instant, and people who had left before it. */
async function longGone(tx: Tx, times: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from contact where not active and erased_at is null and (left_at <= ${times} or not exists (
      select 1 from charter_version as listing
      where listing.partnership_id = contact.partnership_id
        and jsonb_path_query_array(data, '$.document.*.people[*].key') ? contact.key
        and not exists (select 1 from charter_version as next
          where next.partnership_id = listing.partnership_id and next.version > listing.version and next.effective_at <= ${times})))
    order by id`.execute(tx);
  return idsOf(rows);
}

/** Whatever has no end of its own to count from. */
async function clearRest(tx: Tx, words: Date, times: Date, now: Date, limit: number): Promise<number[]> {
  const own = sql.join(matters().map(({ subject }) => sql`${subject}`));
  const some = (table: string, due: ReturnType<typeof sql>) =>
    sql`delete from ${sql.table(table)} where ctid = any(array(select ctid from ${sql.table(table)} where ${due} limit ${limit}))`;
  const statements = [
    some('calendar_event', sql`kind <> 'seriesMaster' and end_at <= ${words}`),
    // a series stays while a date of it does: occurrences take what they do not say from it
    some(
      'calendar_event',
      sql`kind = 'seriesMaster' and end_at <= ${words} and not exists (select 1 from calendar_event as one
        where one.mailbox_id = calendar_event.mailbox_id and one.series_master_id = calendar_event.graph_id)`,
    ),
    some('remark', sql`exists (select 1 from journal where id = journal_id and at <= ${words} and subject_kind not in (${own}))`),
    sql`update calendar_edit set reason = null where ctid = any(array(
      select ctid from calendar_edit where reason is not null and coalesce(on_date, at::date) <= ${words}::date limit ${limit}))`,
    // of a review that is still without a date: times that are past say nothing any more
    sql`update review set facts = facts || '{"busy": null}' where ctid = any(array(
      select ctid from review where state = 'missing' and (facts #>> '{busy,until}')::timestamptz <= ${now} limit ${limit}))`,
    some('learned_pattern', sql`exists (select 1 from journal where id = press_id and at <= ${times})`),
    // what was agreed is told as long as it is agreed
    some(
      'journal',
      sql`at <= ${times} and subject_kind <> 'charter' and subject_kind not in (${own})
        and not exists (select 1 from learned_pattern where press_id = journal.id)
        and not exists (select 1 from remark where journal_id = journal.id)`,
    ),
    some('alert_spent', sql`on_date <= ${times}::date`),
    some('telling', sql`began_at <= ${times}`),
    some('post', sql`intended_at <= ${times} and (state = 'dead' or subject_kind in ('brief', 'ownBrief', 'reply'))`),
  ];
  const counts: number[] = [];
  for (const statement of statements) counts.push(Number((await statement.execute(tx)).numAffectedRows ?? 0n));
  return counts;
}
