import { sql } from 'kysely';
import { ERASED_WORDS } from '../people/erased.ts';
import type { Tx } from '../store/database.ts';
import { lockThreads } from '../threads/index.ts';
import { emptyThreads, forgetMailboxes, refreshSubjects } from './empty.ts';
import type { Somebody } from './somebody.ts';

/**
 * Mail of somebody: a mark in the place of each address, no name. Conversations in which he wrote lose their subjects: those at rest are emptied as
 * after ninety days, in the others what he wrote is covered and their times go on.
 */
export async function markMail(
  tx: Tx,
  { addresses }: Pick<Somebody, 'addresses'>,
  marks: ReadonlyMap<string, string>,
  now: Date,
): Promise<{ mails: number; conversations: number }> {
  const his = [...addresses];
  const map = JSON.stringify(Object.fromEntries(marks));
  const threads = await threadsOf(tx, his);
  await lockThreads(tx, threads);
  const wrote = await writtenIn(tx, his);
  const { rows } = await sql<{ id: string }>`
    select his.id from unnest(${wrote}::uuid[]) as his(id) where not exists (
      select 1 from obligation join thread as own on own.id = thread_id where (own.id = his.id or own.merged_into = his.id) and state = 'open')`.execute(
    tx,
  );
  const atRest = rows.map(({ id }) => id);
  await emptyThreads(tx, atRest, now, now);
  const open = wrote.filter((id) => !atRest.includes(id));
  await coverSubjects(tx, open, his);
  const { numAffectedRows: sent = 0n } = await sql`
    update message set from_address = ${map}::jsonb ->> from_address, from_name = '' where from_address = any(${his}::text[])`.execute(tx);
  let mails = Number(sent);
  for (const column of ['to_addresses', 'cc_addresses']) {
    const { numAffectedRows = 0n } =
      await sql`update message set ${sql.ref(column)} = ${covered(sql.ref(column), map)} where ${named(column, his)}`.execute(tx);
    mails += Number(numAffectedRows);
  }
  await sql`update message_to set address = ${map}::jsonb ->> address where address = any(${his}::text[])`.execute(tx);
  await sql`delete from learned_pattern where from_address = any(${his}::text[])`.execute(tx);
  await sql`
    update calendar_event set attendees = ${covered(sql.ref('attendees'), map)} where ${named('attendees', his)}`.execute(tx);
  await sql`
    update calendar_event set organizer = ${map}::jsonb ->> organizer, subject = ${ERASED_WORDS} where organizer = any(${his}::text[])`.execute(
    tx,
  );
  const { rows: waits } = await sql<{ id: string }>`
    update obligation set asker_address = coalesce(${map}::jsonb ->> asker_address, asker_address),
      asked_addresses = array(select coalesce(${map}::jsonb ->> each, each) from unnest(asked_addresses) with ordinality as list(each, n) order by n)
    where asker_address = any(${his}::text[]) or asked_addresses && ${his}::text[] returning id`.execute(tx);
  await refreshSubjects(
    tx,
    waits.map(({ id }) => id),
  );
  return { mails, conversations: wrote.length };
}

const named = (column: string, addresses: readonly string[]) =>
  sql`${sql.ref(column)} @> any(${addresses.map((address) => JSON.stringify([{ address }]))}::jsonb[])`;
/** The same list with marks and without his names. */
const covered = (list: ReturnType<typeof sql.ref>, map: string) => sql`(
  select jsonb_agg(case when ${map}::jsonb ? (each ->> 'address')
    then each || jsonb_build_object('address', ${map}::jsonb -> (each ->> 'address'), 'name', '') else each end order by n)
  from jsonb_array_elements(${list}) with ordinality as parties(each, n))`;

/** Every conversation that names him. */
async function threadsOf(tx: Tx, his: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct thread_id as id from message
    where from_address = any(${[...his]}::text[]) or ${named('to_addresses', his)} or ${named('cc_addresses', his)}`.execute(tx);
  return rows.map(({ id }) => id);
}

async function writtenIn(tx: Tx, his: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct thread_id as id from message where from_address = any(${[...his]}::text[]) order by 1`.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * The subjects he wrote, and the same where others answered under them. For comparing, a hash takes their place: what belonged together does so
 * still.
 */
async function coverSubjects(tx: Tx, threadIds: readonly string[], his: readonly string[]): Promise<void> {
  const ids = [...threadIds];
  const hashed = sql`'erased ' || left(encode(sha256(convert_to(bare_subject, 'UTF8')), 'hex'), 16)`;
  const bare = sql`bare_subject <> '' and bare_subject not like 'erased %'`;
  const { rows } = await sql<{ subject: string }>`
    select distinct bare_subject as subject from message
    where thread_id = any(${ids}::uuid[]) and from_address = any(${[...his]}::text[]) and ${bare}`.execute(tx);
  const subjects = rows.map(({ subject }) => subject);
  await sql`
    update message set subject = ${ERASED_WORDS}, bare_subject = ${hashed}
    where thread_id = any(${ids}::uuid[]) and bare_subject = any(${subjects}::text[])`.execute(tx);
  await sql`
    update thread_partnership set bare_subject = ${hashed} where thread_id = any(${ids}::uuid[]) and bare_subject = any(${subjects}::text[])`.execute(
    tx,
  );
}

/** His mailbox is read no more: what led to it goes. The mail found there stays what it is, mail between both sides. */
export async function withoutMailbox(tx: Tx, { addresses, contacts }: Somebody): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from mailbox where address = any(${[...addresses]}::text[]) or addresses && ${[...addresses]}::text[]
      or id in (select mailbox_id from mailbox_partnership where contact_id = any(${contacts.map(({ id }) => id)}::uuid[]))`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await forgetMailboxes(tx, ids, 'erased');
  await sql`
    update message_copy set web_link = null, categories = array(
      select each from unnest(categories) as each where lower(each) in ('answer needed', 'no answer needed', 'rapport: leave out'))
    where mailbox_id = any(${ids}::uuid[])`.execute(tx);
}
