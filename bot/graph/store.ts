import { type Generated, type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../store/database.ts';
import { tableOf } from '../store/tableOf.ts';
import type { ListedFolder } from './folders.ts';
import type { Scope } from './scope.ts';

export type MailboxState = 'new' | 'reading' | 'outOfScope' | 'gone' | 'off';
interface MailboxTable {
  id: string;
  address: string;
  userId: string | null;
  state: MailboxState;
  stateAt: Date | null;
  waitUntil: Date | null;
  firstReadAt: Date | null;
  lastReadAt: Date | null;
  addresses: string[];
  listingDue: boolean;
  calendarDue: boolean;
  calendarLink: string | null;
  calendarUntil: Date | null;
  calendarRound: Generated<number>;
  gateHash: string | null;
  reader: string | null;
}
interface MailFolderTable {
  mailboxId: string;
  folderId: string;
  role: 'mail' | 'sent';
  deltaLink: string | null;
  nextLink: string | null;
  round: number;
  complete: boolean;
  due: number;
  readAt: Date | null;
  goneAt: Date | null;
  /** How many items it held when it was listed. */
  items: number | null;
}
interface MailboxPartnershipTable {
  mailboxId: string;
  partnershipId: string;
  contactId: string | null;
}
interface MailWantedTable {
  mailboxId: string;
  kind: 'conversation' | 'message';
  value: string;
}
interface GraphTenantTable {
  onlyRow: boolean;
  headersReadable: boolean | null;
  scope: Scope;
}
declare module '../store/database.ts' {
  interface Database {
    mailbox: MailboxTable;
    mailFolder: MailFolderTable;
    mailboxPartnership: MailboxPartnershipTable;
    mailWanted: MailWantedTable;
    graphTenant: GraphTenantTable;
  }
}
export type Mailbox = Selectable<MailboxTable>;
export type MailFolder = Selectable<MailFolderTable>;
export type Wanted = Pick<MailWantedTable, 'kind' | 'value'>;

/** `partnerships`: those for which it is read and that are not paused, ascending. `wanting`: something has to be read again. */
export type ReadableMailbox = Mailbox & { readonly partnerships: readonly string[]; readonly wanting: boolean };

/** A mailbox that somebody's charter asks for and nobody's pause forbids; null when it is not to be read now. */
export async function readableMailbox(db: Db | Tx, id: string): Promise<ReadableMailbox | null> {
  const found = await db
    .selectFrom('mailbox')
    .selectAll()
    .select(
      sql<string[]>`array(
        select partnership_id::text from mailbox_partnership join partnership on partnership.id = partnership_id
        where mailbox_id = mailbox.id and paused_at is null order by 1)`.as('partnerships'),
    )
    .select(sql<boolean>`exists (select 1 from mail_wanted where mailbox_id = mailbox.id)`.as('wanting'))
    .where('id', '=', id)
    .where('state', 'in', ['new', 'reading'])
    .where('userId', 'is not', null)
    .executeTakeFirst();
  return found?.partnerships.length ? found : null;
}

export const foldersOf = (db: Db | Tx, mailboxId: string): Promise<MailFolder[]> =>
  db.selectFrom('mailFolder').selectAll().where('mailboxId', '=', mailboxId).where('goneAt', 'is', null).orderBy('folderId').execute();

export async function setState(tx: Tx, mailboxId: string, state: MailboxState, wallNow: Date): Promise<void> {
  await tx.updateTable('mailbox').set({ state, stateAt: wallNow }).where('id', '=', mailboxId).where('state', '<>', state).execute();
}

/** Its folders are known: it is being read. */
export async function markListed(tx: Tx, mailboxId: string, wallNow: Date): Promise<void> {
  await sql`
    update mailbox set listing_due = false, state = 'reading', state_at = case when state = 'reading' then state_at else ${wallNow} end
    where id = ${mailboxId}`.execute(tx);
}

/** Folders as they are listed now: new ones are due, those that vanished are marked, those that came back go on where they were. */
export async function saveFolders(tx: Tx, mailboxId: string, folders: readonly ListedFolder[], now: Date): Promise<void> {
  const ids = folders.map(({ id }) => id);
  await sql`
    insert into mail_folder (mailbox_id, folder_id, role, items)
    select ${mailboxId}::uuid, id, role, items
    from ${tableOf(folders, { id: ['text', ({ id }) => id], role: ['text', ({ role }) => role], items: ['int', ({ items }) => items] })}
    order by id collate "C"
    on conflict (mailbox_id, folder_id) do update set role = excluded.role, items = excluded.items, gone_at = null,
      due = case when mail_folder.gone_at is null then mail_folder.due else greatest(mail_folder.due, 1) end`.execute(tx);
  await sql`
    update mail_folder set gone_at = ${now}, due = 0 where mailbox_id = ${mailboxId} and folder_id <> all(${ids}::text[]) and gone_at is null`.execute(
    tx,
  );
}

/** A folder, and where it goes on once the page that was fetched for it has been taken. */
export interface Move {
  readonly from: MailFolder;
  readonly to: { readonly nextLink: string | null; readonly deltaLink: string | null; readonly complete: boolean };
}

/**
 * Moves folders on, in the transaction that applies their pages.
 * @returns those that were where they were thought to be: of a page of another one, which somebody else had moved meanwhile, nothing may stand
 */
export async function moveOn(tx: Tx, moves: readonly Move[], now: Date): Promise<Set<MailFolder>> {
  if (moves.length === 0) return new Set();
  const { rows } = await sql<{ mailboxId: string; folderId: string }>`
    with row as (
      select * from ${tableOf(moves, {
        mailbox_id: ['uuid', ({ from }) => from.mailboxId],
        folder_id: ['text', ({ from }) => from.folderId],
        round: ['int', ({ from }) => from.round],
        due: ['int', ({ from }) => from.due],
        from_next: ['text', ({ from }) => from.nextLink],
        from_delta: ['text', ({ from }) => from.deltaLink],
        next_link: ['text', ({ to }) => to.nextLink],
        delta_link: ['text', ({ to }) => to.deltaLink],
        complete: ['boolean', ({ to }) => to.complete],
      })}
    ), found as (
      select row.* from mail_folder as folder join row using (mailbox_id, folder_id)
      where folder.round = row.round and folder.next_link is not distinct from from_next and folder.delta_link is not distinct from from_delta
      order by mailbox_id, folder_id collate "C" for no key update of folder
    )
    update mail_folder as folder set next_link = found.next_link, delta_link = found.delta_link, complete = found.complete, read_at = ${now},
      due = case when found.next_link is null then folder.due - found.due else folder.due end
    from found where folder.mailbox_id = found.mailbox_id and folder.folder_id = found.folder_id
    returning folder.mailbox_id, folder.folder_id`.execute(tx);
  const moved = new Set(rows.map(({ mailboxId, folderId }) => `${mailboxId} ${folderId}`));
  return new Set(moves.flatMap(({ from }) => (moved.has(`${from.mailboxId} ${from.folderId}`) ? [from] : [])));
}

/** Reads folders from the beginning again, as another round: what is not seen in it is gone. */
export async function restart(tx: Tx | Db, mailboxId: string, folderId: string | null): Promise<void> {
  let folders = tx
    .updateTable('mailFolder')
    .set((expression) => ({
      nextLink: null,
      deltaLink: null,
      complete: false,
      due: expression('due', '+', 1),
      round: expression('round', '+', 1),
    }))
    .where('mailboxId', '=', mailboxId);
  if (folderId !== null) folders = folders.where('folderId', '=', folderId);
  await folders.execute();
}

export async function addWanted(tx: Tx, wanted: readonly (Wanted & { mailboxId: string })[]): Promise<void> {
  if (wanted.length === 0) return;
  await sql`
    insert into mail_wanted (mailbox_id, kind, value)
    select * from ${tableOf(wanted, {
      mailbox_id: ['uuid', (one) => one.mailboxId],
      kind: ['text', (one) => one.kind],
      value: ['text', (one) => one.value],
    })}
    on conflict do nothing`.execute(tx);
}
export const someWanted = (db: Db | Tx, mailboxId: string, limit: number): Promise<Wanted[]> =>
  db
    .selectFrom('mailWanted')
    .select(['kind', 'value'])
    .where('mailboxId', '=', mailboxId)
    .orderBy('kind')
    .orderBy('value')
    .limit(limit)
    .execute();
const MOST_TRIES = 5;
/** Graph failed with these: after some tries they are given up, since what always fails would hold up all that comes after it. */
export async function wantedFailed(tx: Tx, mailboxId: string, wanted: readonly Wanted[]): Promise<void> {
  if (wanted.length === 0) return;
  await sql`
    with row as (
      select * from ${tableOf(wanted, { kind: ['text', ({ kind }) => kind], value: ['text', ({ value }) => value] })}
    ), given_up as (
      delete from mail_wanted using row
      where mailbox_id = ${mailboxId} and mail_wanted.kind = row.kind and mail_wanted.value = row.value and tries + 1 >= ${MOST_TRIES}
    )
    update mail_wanted set tries = tries + 1 from row
    where mailbox_id = ${mailboxId} and mail_wanted.kind = row.kind and mail_wanted.value = row.value and tries + 1 < ${MOST_TRIES}`.execute(
    tx,
  );
}
export async function removeWanted(tx: Tx, mailboxId: string, wanted: readonly Wanted[]): Promise<void> {
  await sql`
    delete from mail_wanted using ${tableOf(wanted, { kind: ['text', ({ kind }) => kind], value: ['text', ({ value }) => value] })}
    where mail_wanted.mailbox_id = ${mailboxId} and mail_wanted.kind = row.kind and mail_wanted.value = row.value`.execute(tx);
}

/** Mailboxes that are read, by any of these addresses. */
export async function mailboxesAt(tx: Tx, addresses: readonly string[]): Promise<{ id: string; addresses: string[] }[]> {
  const { rows } = await sql<{ id: string; addresses: string[] }>`
    select id, addresses from mailbox where addresses && ${addresses}::text[] and state in ('new', 'reading')`.execute(tx);
  return rows;
}

const RETRY_MS = 6 * 3_600_000;

/**
 * Calls for everything in the next mailboxes by id. Mailboxes that could not be read are tried again after some hours: scopes change.
 * @returns their ids, ascending; empty at the end
 */
export async function callMailboxes(tx: Tx, after: string | null, limit: number, wallNow: Date): Promise<string[]> {
  const tried = new Date(wallNow.getTime() - RETRY_MS);
  const { rows } = await sql<{ id: string }>`
    with called as (
      update mailbox set listing_due = true, calendar_due = true, state = case when state in ('outOfScope', 'gone') then 'new' else state end
      where id in (
        select id from mailbox
        where (${after}::uuid is null or id > ${after}::uuid) and (state in ('new', 'reading') or (state in ('outOfScope', 'gone') and state_at < ${tried}))
        order by id limit ${limit}
      )
      returning id
    ), folders as (
      select mailbox_id, folder_id from mail_folder join called on mailbox_id = called.id where gone_at is null
      order by mailbox_id, folder_id collate "C" for no key update of mail_folder
    ), due as (
      update mail_folder set due = due + 1 from folders
      where mail_folder.mailbox_id = folders.mailbox_id and mail_folder.folder_id = folders.folder_id
    )
    select id from called order by id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Mailboxes with something to do. */
export async function mailboxesDue(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from mailbox
    where state in ('new', 'reading')
      and (listing_due or calendar_due or exists (select 1 from mail_wanted where mailbox_id = mailbox.id)
        or exists (select 1 from mail_folder where mailbox_id = mailbox.id and due > 0 and gone_at is null))
    order by id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Something may be new in any folder of these mailboxes that has been read. Taken in one order, so that two who call never wait in a circle. */
export async function callMailboxesById(tx: Tx, mailboxIds: readonly string[], folderIds: readonly string[] | null = null): Promise<void> {
  await sql`
    with called as (
      select mailbox_id, folder_id from mail_folder join mailbox on mailbox.id = mailbox_id
      where mailbox_id = any(${mailboxIds}::uuid[]) and state in ('new', 'reading') and gone_at is null and complete
        and (${folderIds}::text[] is null or folder_id = any(${folderIds}::text[]))
      order by mailbox_id, folder_id collate "C" for no key update of mail_folder
    )
    update mail_folder set due = due + 1 from called
    where mail_folder.mailbox_id = called.mailbox_id and mail_folder.folder_id = called.folder_id`.execute(tx);
}

/** @returns the mailbox of a user of the directory, called; null when it is not read */
export async function callMailbox(tx: Tx, userId: string, folderIds: readonly string[] | null = null): Promise<string | null> {
  const found = await tx
    .selectFrom('mailbox')
    .select('id')
    .where('userId', '=', userId)
    .where('state', 'in', ['new', 'reading'])
    .executeTakeFirst();
  if (!found) return null;
  await callMailboxesById(tx, [found.id], folderIds);
  return found.id;
}

/** For whom a mailbox is read, in one order. */
export const partnershipsRead = async (tx: Tx, mailboxId: string): Promise<string[]> =>
  (
    await tx.selectFrom('mailboxPartnership').select('partnershipId').where('mailboxId', '=', mailboxId).orderBy('partnershipId').execute()
  ).map(({ partnershipId }) => partnershipId);
