import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import { anyOf } from '../store/tableOf.ts';
import { inOrder, type Mark, type Message } from './message.ts';
import { type MessageRow, mailStore, type ThreadChange } from './store.ts';

export interface Thread {
  readonly id: string;
  /** Ascending by (at, key). Empty when the thread was left out of the record. */
  readonly messages: readonly Message[];
  readonly firstAt: Date | null;
  /** Threads that were found to be part of this one. */
  readonly absorbed: readonly string[];
  /** Someone on the mail took it out: nothing of it is kept, and what was made of it has to go. */
  readonly leftOut: boolean;
}

/** Message of another thread, with where it stands. */
export type MailElsewhere = Message & { readonly threadId: string };

/**
 * Locks threads until the commit, in id order, so that nobody waits in a circle.
 * @returns the living threads: for one that was joined to another, that one
 */
export async function lockThreads(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const living = new Set<string>();
  const seen = new Set<string>();
  for (let wanted = [...new Set(ids)]; wanted.length > 0; ) {
    const rows = await mailStore(tx).lockRows(wanted);
    for (const { id } of rows) seen.add(id);
    for (const { id, mergedInto } of rows) if (!mergedInto) living.add(id);
    wanted = [...new Set(rows.flatMap(({ mergedInto }) => mergedInto ?? []))].filter((id) => !seen.has(id));
  }
  return [...living].sort();
}

/**
 * Threads with all their mail, in the order of `ids`; unknown ids and threads joined to others are skipped.
 * @param begun - mail of threads that begin in this transaction: they are not read
 */
export async function loadThreads(
  tx: Tx,
  ids: readonly string[],
  begun: ReadonlyMap<string, readonly Message[]> = NONE,
): Promise<Thread[]> {
  const stored = await storedThreads(
    tx,
    ids.filter((id) => !begun.has(id)),
  );
  if (begun.size === 0) return stored;
  const byId = new Map(stored.map((thread) => [thread.id, thread]));
  return [...new Set(ids)].flatMap((id) => {
    const messages = begun.get(id);
    if (messages) return [{ id, messages, firstAt: messages[0]?.at ?? null, absorbed: [], leftOut: false }];
    return byId.get(id) ?? [];
  });
}
const NONE: ReadonlyMap<string, readonly Message[]> = new Map();

async function storedThreads(tx: Tx, ids: readonly string[]): Promise<Thread[]> {
  if (ids.length === 0) return [];
  const { rows: threads } = await sql<{ id: string; leftOut: boolean; absorbed: string[] }>`
    select id, left_out, array(select gone.id from thread as gone where gone.merged_into = thread.id order by gone.id)::text[] as absorbed
    from thread where id = ${anyOf(ids, 'uuid')} and merged_into is null`.execute(tx);
  const messages = await tx
    .selectFrom('message')
    .selectAll()
    .where(sql<boolean>`thread_id = ${anyOf(ids, 'uuid')}`)
    .orderBy('at')
    .orderBy(sql`key collate "C"`)
    .execute();
  const marks = await marksOf(tx, messages);
  const byThread = new Map<string, Message[]>();
  for (const row of messages) {
    const list = byThread.get(row.threadId) ?? [];
    list.push(asMessage(row, marks.get(row.key) ?? []));
    byThread.set(row.threadId, list);
  }
  const byId = new Map(threads.map((thread) => [thread.id, thread]));
  return [...new Set(ids)].flatMap((id) => {
    const thread = byId.get(id);
    const mail = byThread.get(id) ?? [];
    return thread ? [{ ...thread, messages: mail, firstAt: mail[0]?.at ?? null }] : [];
  });
}

/** Living threads of a partnership whose first message has this bare subject. */
export async function threadsBySubject(tx: Tx, partnershipId: string, bareSubject: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('threadPartnership')
    .select('threadId')
    .where('partnershipId', '=', partnershipId)
    .where('bareSubject', '=', bareSubject)
    .orderBy('threadId')
    .execute();
  return rows.map(({ threadId }) => threadId);
}

/**
 * People's and meeting mail of a partnership, from any thread, that is written To one of these addresses later than `after`; oldest first,
 * at most 500 for an address.
 */
export async function mailTo(
  tx: Tx,
  { partnershipId, toAddresses, after }: { partnershipId: string; toAddresses: readonly string[]; after: Date },
): Promise<MailElsewhere[]> {
  const { rows } = await sql<MessageRow>`
    select distinct on (found.at, found.key) found.* from unnest(${[...toAddresses]}::text[]) as wanted(address)
    cross join lateral (
      select message.* from message_to
      join message on message.key = message_to.message_key
      join thread_partnership as link on link.thread_id = message.thread_id and link.partnership_id = ${partnershipId}
      where message_to.address = wanted.address and message_to.at > ${after} and message.kind in ('human', 'list', 'meeting')
      order by message_to.at, message_to.message_key limit 500
    ) as found order by found.at, found.key`.execute(tx);
  const marks = await marksOf(tx, rows);
  return rows.map((row) => ({ ...asMessage(row, marks.get(row.key) ?? []), threadId: row.threadId }));
}

/**
 * People's mail of a partnership within `[from, to)`, oldest first, at most 5,000; of threads that changed alone where they are given. Without
 * marks: what it is and who wrote it to whom.
 */
export async function mailBetween(
  tx: Tx,
  { partnershipId, from, to, changed = null }: { partnershipId: string; from: Date; to: Date; changed?: readonly ThreadChange[] | null },
): Promise<Message[]> {
  const told = (changed ?? [])
    .flatMap(({ begunBy }) => begunBy ?? [])
    .filter(isPeoples)
    .filter(({ at }) => at >= from && at < to);
  const stored = changed?.flatMap(({ threadId, begunBy }) => (begunBy ? [] : threadId)) ?? null;
  if (stored?.length === 0) return told.sort(inOrder);
  const { rows } = await sql<MessageRow>`
    select message.* from thread_partnership as link join message on message.thread_id = link.thread_id
    where link.partnership_id = ${partnershipId} and message.at >= ${from} and message.at < ${to} and message.kind in ('human', 'list')
      and (${stored === null} or link.thread_id = ${anyOf(stored ?? [], 'uuid')})
    order by message.at, message.key collate "C" limit 5000`.execute(tx);
  const read = rows.map((row) => asMessage(row, []));
  return told.length > 0 ? [...told, ...read].sort(inOrder) : read;
}
/** As the statement asks it of stored mail. */
const isPeoples = ({ kind }: Message): boolean => kind === 'human' || kind === 'list';

/** A copy of a message in somebody's mailbox. `webLink` opens it in the owner's Outlook. */
export interface OpenableCopy {
  readonly messageKey: string;
  readonly mailboxAddress: string;
  readonly webLink: string;
}

/** Copies of these messages that can still be opened, by the mailbox that holds them. */
export async function copiesFor(tx: Tx, messageKeys: readonly string[]): Promise<OpenableCopy[]> {
  if (messageKeys.length === 0) return [];
  const { rows } = await sql<OpenableCopy>`
    select copy.message_key, mailbox.address as mailbox_address, copy.web_link
    from message_copy as copy join mailbox on mailbox.id = copy.mailbox_id
    where copy.message_key = ${anyOf(messageKeys, 'text')} and copy.removed_at is null and copy.web_link is not null
    order by copy.message_key, mailbox.address, copy.graph_id`.execute(tx);
  return rows;
}

/** What the figures of a partnership rest on. */
export interface Coverage {
  /** Mailboxes of the client that are read. */
  readonly mailboxes: number;
  /** Contacts of the client among their owners. */
  readonly people: number;
  /** Up to when all of them have been read, product time; null while one is being read for the first time. */
  readonly lastReadAt: Date | null;
}
export async function coverage(tx: Tx, partnershipId: string): Promise<Coverage> {
  const { rows } = await sql<{ mailboxes: number; people: number; lastReadAt: Date | null }>`
    select count(*)::int as mailboxes, count(distinct link.contact_id)::int as people,
      case when bool_and(mailbox.last_read_at is not null) then min(mailbox.last_read_at) end as last_read_at
    from mailbox_partnership as link join mailbox on mailbox.id = link.mailbox_id
    where link.partnership_id = ${partnershipId} and mailbox.state = 'reading'`.execute(tx);
  return rows[0]!;
}

/** A flag on what one wrote to oneself is not the author's flag: marks of the author come from his own copy alone. */
async function marksOf(tx: Tx, messages: readonly MessageRow[]): Promise<Map<string, Mark[]>> {
  const marks = new Map<string, Mark[]>();
  if (messages.length === 0) return marks;
  const byKey = new Map(messages.map((message) => [message.key, message]));
  const { rows } = await sql<{
    messageKey: string;
    address: string;
    addresses: string[];
    sentCopy: boolean;
    flag: Mark['flag'];
    flagDueAt: Date | null;
    categories: string[];
  }>`
    select copy.message_key, mailbox.address, mailbox.addresses, copy.sent_copy, copy.flag, copy.flag_due_at, copy.categories
    from message_copy as copy join mailbox on mailbox.id = copy.mailbox_id
    where copy.message_key = ${anyOf([...byKey.keys()], 'text')} and (copy.flag <> 'none' or copy.categories <> '{}')
    order by copy.message_key, mailbox.address, copy.graph_id collate "C"`.execute(tx);
  for (const { messageKey, address, addresses, sentCopy, flag, flagDueAt, categories } of rows) {
    const { fromAddress, toAddresses, ccAddresses } = byKey.get(messageKey)!;
    const owned = [address, ...addresses];
    // A delegate's Sent Items hold the author's own copy; what an author received from himself is a reader's copy.
    if (!sentCopy && owned.includes(fromAddress)) continue;
    const addressed = [...toAddresses, ...ccAddresses].find((party) => owned.includes(party.address))?.address;
    const list = marks.get(messageKey) ?? [];
    list.push({ owner: sentCopy ? fromAddress : (addressed ?? address), flag, flagDueAt, categories });
    marks.set(messageKey, list);
  }
  return marks;
}

const asMessage = (row: MessageRow, marks: readonly Mark[]): Message => ({
  key: row.key,
  at: row.at,
  kind: row.kind,
  from: { address: row.fromAddress, name: row.fromName },
  to: row.toAddresses,
  cc: row.ccAddresses,
  subject: row.subject,
  bareSubject: row.bareSubject,
  prefix: row.prefix,
  isReply: row.isReply,
  importance: row.importance,
  marks,
});
