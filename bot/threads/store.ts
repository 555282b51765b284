import { type ColumnType, sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import { addManyRows, saveManyRows } from '../store/rows.ts';
import { anyOf, type Columns, tableOf } from '../store/tableOf.ts';
import type { MailItem } from './item.ts';
import type { Address, MailKind, Message } from './message.ts';
import { type CopyTimes, type MessageFacts, messageTie } from './rules.ts';

interface ThreadTable {
  id: string;
  /** Of its first message. */
  firstAt: Date | null;
  mergedInto: string | null;
  leftOut: boolean;
  /** Mail up to here was emptied. */
  emptiedUntil: ColumnType<Date | null, undefined, Date | null>;
}
interface ThreadTieTable {
  tie: string;
  threadId: string;
  /** The tie of a message that had passed, in a thread that was left out. */
  leftOut: ColumnType<boolean, undefined, boolean>;
}
interface ThreadPartnershipTable {
  threadId: string;
  partnershipId: string;
  bareSubject: string;
}
interface MessageTable {
  key: string;
  threadId: string;
  at: Date;
  kind: MailKind;
  fromAddress: string;
  fromName: string;
  toAddresses: Address[];
  ccAddresses: Address[];
  subject: string;
  bareSubject: string;
  prefix: Message['prefix'];
  isReply: boolean;
  importance: Message['importance'];
  kindRank: number;
  contentRank: number;
}
interface MessageToTable {
  address: string;
  at: Date;
  messageKey: string;
}
interface MessageCopyTable {
  mailboxId: string;
  graphId: string;
  messageKey: string;
  folderId: string;
  conversationId: string | null;
  receivedAt: Date | null;
  sentAt: Date | null;
  sentCopy: boolean;
  flag: 'none' | 'flagged' | 'complete';
  flagDueAt: Date | null;
  categories: string[];
  webLink: string | null;
  removedAt: Date | null;
  round: number;
}
declare module '../store/database.ts' {
  interface Database {
    thread: ThreadTable;
    threadTie: ThreadTieTable;
    threadPartnership: ThreadPartnershipTable;
    message: MessageTable;
    messageTo: MessageToTable;
    messageCopy: MessageCopyTable;
  }
}
/** A thread that changed, of one of its partnerships. */
export interface ThreadChange {
  readonly threadId: string;
  readonly partnershipId: string;
  /** All mail of a thread that begins in this transaction, ascending by (at, key): it need not be read again. */
  readonly begunBy?: readonly Message[];
}

export type CopyRow = MessageCopyTable;
export type MessageRow = MessageTable;
export type ThreadRow = Pick<ThreadTable, 'id' | 'mergedInto' | 'firstAt' | 'leftOut'>;

export const factsOfRow = (row: MessageRow): MessageFacts => ({
  key: row.key,
  kind: row.kind,
  kindRank: row.kindRank,
  contentRank: row.contentRank,
  from: { address: row.fromAddress, name: row.fromName },
  to: row.toAddresses,
  cc: row.ccAddresses,
  subject: row.subject,
  bareSubject: row.bareSubject,
  prefix: row.prefix,
  isReply: row.isReply,
  importance: row.importance,
});

export type MessageToStore = MessageFacts & { readonly threadId: string; readonly at: Date };
const MESSAGE_COLUMNS: Columns<MessageToStore> = {
  key: ['text', (row) => row.key],
  thread_id: ['uuid', (row) => row.threadId],
  at: ['timestamptz', (row) => row.at],
  kind: ['text', (row) => row.kind],
  from_address: ['text', (row) => row.from.address],
  from_name: ['text', (row) => row.from.name],
  to_addresses: ['jsonb', (row) => row.to],
  cc_addresses: ['jsonb', (row) => row.cc],
  subject: ['text', (row) => row.subject],
  bare_subject: ['text', (row) => row.bareSubject],
  prefix: ['text', (row) => row.prefix],
  is_reply: ['boolean', (row) => row.isReply],
  importance: ['text', (row) => row.importance],
  kind_rank: ['smallint', (row) => row.kindRank],
  content_rank: ['smallint', (row) => row.contentRank],
};
const COPY_COLUMNS: Columns<CopyRow> = {
  mailbox_id: ['uuid', (row) => row.mailboxId],
  graph_id: ['text', (row) => row.graphId],
  message_key: ['text', (row) => row.messageKey],
  folder_id: ['text', (row) => row.folderId],
  conversation_id: ['text', (row) => row.conversationId],
  received_at: ['timestamptz', (row) => row.receivedAt],
  sent_at: ['timestamptz', (row) => row.sentAt],
  sent_copy: ['boolean', (row) => row.sentCopy],
  flag: ['text', (row) => row.flag],
  flag_due_at: ['timestamptz', (row) => row.flagDueAt],
  categories: ['text[]', (row) => row.categories],
  web_link: ['text', (row) => row.webLink],
  removed_at: ['timestamptz', () => null],
  round: ['int', (row) => row.round],
};

/** Rows of mail, many at a time. Everything below expects the threads' locks to be held by whoever writes (`lockRows`). */
export const mailStore = (tx: Tx) => ({
  tx,

  /** A condition per mailbox: a join of all places would walk through the table. */
  async copies(places: readonly { readonly mailboxId: string; readonly graphId: string }[]): Promise<CopyRow[]> {
    const ids = new Map<string, string[]>();
    for (const { mailboxId, graphId } of places) {
      const known = ids.get(mailboxId);
      if (known) known.push(graphId);
      else ids.set(mailboxId, [graphId]);
    }
    if (ids.size === 0) return [];
    return tx
      .selectFrom('messageCopy')
      .selectAll()
      .where((is) =>
        is.or(
          [...ids].map(([mailboxId, graphIds]) =>
            is.and([is('mailboxId', '=', mailboxId), sql<boolean>`graph_id = ${anyOf(graphIds, 'text')}`]),
          ),
        ),
      )
      .execute();
  },

  /** Of these ties, those by which mail passes: of conversations that are known, and of messages that passed themselves. */
  async tiesThatPass(ties: readonly string[]): Promise<Set<string>> {
    if (ties.length === 0) return new Set();
    const { rows } = await sql<{ tie: string }>`
      select tie from thread_tie
      where tie = ${anyOf(ties, 'text')} and (left_out or tie like 'c:%' or exists (select from message where key = substr(tie, 3)))`.execute(
      tx,
    );
    return new Set(rows.map(({ tie }) => tie));
  },

  /**
   * Of what arrived, all but mail from before its conversation was emptied: that is not taken in anew.
   * @param known - of all ties of these arrivals, those that were there
   */
  async notEmptied<Arrival extends { readonly item: MailItem; readonly ties: { readonly own: string } }>(
    arrivals: readonly Arrival[],
    known: ReadonlyMap<string, string>,
  ): Promise<readonly Arrival[]> {
    const own = arrivals.flatMap(({ ties }) => (known.has(ties.own) ? ties.own : []));
    if (own.length === 0) return arrivals;
    const { rows } = await sql<{ tie: string; until: Date }>`
      select tie, emptied_until as until from thread_tie join thread on thread.id = thread_id
      where tie = ${anyOf(own, 'text')} and emptied_until is not null`.execute(tx);
    const until = new Map(rows.map((row) => [row.tie, row.until]));
    return arrivals.filter(({ item, ties }) => {
      const at = until.get(ties.own);
      return at === undefined || (item.receivedAt ?? item.sentAt!) > at;
    });
  },

  /** Messages that would be stored, had their thread not been left out. @returns those that were not known as such */
  async keepLeftOut(keys: readonly string[]): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    const { rows } = await sql<{ key: string }>`
      update thread_tie set left_out = true where tie = ${anyOf(keys.map(messageTie), 'text')} and not left_out
      returning substr(tie, 3) as key`.execute(tx);
    return new Set(rows.map(({ key }) => key));
  },

  /** @param which - `byOthers`: without those that were written in this transaction */
  async threadsOfTies(ties: readonly string[], which: 'all' | 'byOthers' = 'all'): Promise<Map<string, string>> {
    if (ties.length === 0) return new Map();
    const { rows } = await sql<{ tie: string; threadId: string }>`
      select tie, thread_id from thread_tie
      where tie = ${anyOf(ties, 'text')} and (${which === 'all'} or xmin <> pg_current_xact_id()::xid)`.execute(tx);
    return new Map(rows.map(({ tie, threadId }) => [tie, threadId]));
  },

  /**
   * In the order of the ties, so that two deliveries that meet wait for each other in one direction only.
   * @returns whether all of them are new: none was there already
   */
  async insertTies(rows: readonly { tie: string; threadId: string }[]): Promise<boolean> {
    if (rows.length === 0) return true;
    const sorted = [...rows].sort((a, b) => (a.tie < b.tie ? -1 : 1));
    const { numAffectedRows } = await sql`
      insert into thread_tie (tie, thread_id)
      select * from ${tableOf(sorted, { tie: ['text', (row) => row.tie], thread_id: ['uuid', (row) => row.threadId] })}
      on conflict do nothing`.execute(tx);
    return Number(numAffectedRows) === rows.length;
  },

  async insertThreads(rows: readonly { id: string; firstAt: Date | null }[]): Promise<void> {
    if (rows.length === 0) return;
    await sql`
      insert into thread (id, first_at)
      select * from ${tableOf(rows, { id: ['uuid', ({ id }) => id], first_at: ['timestamptz', ({ firstAt }) => firstAt] })}`.execute(tx);
  },

  async lockRows(ids: readonly string[]): Promise<ThreadRow[]> {
    if (ids.length === 0) return [];
    const { rows } = await sql<ThreadRow>`
      select id, merged_into, first_at, left_out from thread where id = ${anyOf(ids, 'uuid')} order by id for no key update`.execute(tx);
    return rows;
  },

  /** Moves everything of the threads `gone` to `living`; they point to it from now on, as do those that pointed to them. */
  async merge(living: string, gone: readonly string[], leftOut: boolean): Promise<void> {
    await sql`update thread_tie set thread_id = ${living} where thread_id = ${anyOf(gone, 'uuid')}`.execute(tx);
    await sql`update message set thread_id = ${living} where thread_id = ${anyOf(gone, 'uuid')}`.execute(tx);
    await sql`
      with moved as (delete from thread_partnership where thread_id = ${anyOf(gone, 'uuid')} returning partnership_id, bare_subject)
      insert into thread_partnership (thread_id, partnership_id, bare_subject)
      select distinct on (partnership_id) ${living}::uuid, partnership_id, bare_subject from moved
      on conflict do nothing`.execute(tx);
    await sql`
      update thread set merged_into = ${living}, first_at = null
      where id = ${anyOf(gone, 'uuid')} or merged_into = ${anyOf(gone, 'uuid')}`.execute(tx);
    if (leftOut) await sql`update thread set left_out = true where id = ${living}`.execute(tx);
  },

  async removeThreadsNeverUsed(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await sql`delete from thread where id = ${anyOf(ids, 'uuid')}`.execute(tx);
  },

  messages: (keys: readonly string[]): Promise<MessageRow[]> =>
    keys.length === 0
      ? Promise.resolve([])
      : tx
          .selectFrom('message')
          .selectAll()
          .where(sql<boolean>`key = ${anyOf(keys, 'text')}`)
          .execute(),

  async times(keys: readonly string[]): Promise<Map<string, CopyTimes>> {
    if (keys.length === 0) return new Map();
    const { rows } = await sql<CopyTimes & { messageKey: string }>`
      select message_key, min(received_at) as received_at, min(sent_at) as sent_at, min(sent_at) filter (where sent_copy) as own_sent_at
      from message_copy where message_key = ${anyOf(keys, 'text')} group by message_key`.execute(tx);
    return new Map(rows.map((row) => [row.messageKey, row]));
  },

  addMessages: (rows: readonly MessageToStore[]): Promise<void> => addManyRows(tx, 'message', rows, MESSAGE_COLUMNS),
  saveMessages: (rows: readonly MessageToStore[]): Promise<void> => saveManyRows(tx, 'message', rows, MESSAGE_COLUMNS, { by: ['key'] }),

  /** By whom mail was written to. `replaced`: messages whose recipients or time may differ from what stands there. */
  async setRecipients(rows: readonly (MessageFacts & { at: Date })[], replaced: readonly string[]): Promise<void> {
    if (replaced.length > 0) await sql`delete from message_to where message_key = ${anyOf(replaced, 'text')}`.execute(tx);
    const pairs = rows.flatMap(({ key, at, to }) =>
      [...new Set(to.map(({ address }) => address))].map((address) => ({ key, at, address })),
    );
    if (pairs.length === 0) return;
    await sql`
      insert into message_to (address, at, message_key)
      select * from ${tableOf(pairs, {
        address: ['text', (pair) => pair.address],
        at: ['timestamptz', (pair) => pair.at],
        key: ['text', (pair) => pair.key],
      })}
      on conflict do nothing`.execute(tx);
  },

  addCopies: (rows: readonly CopyRow[]): Promise<void> => addManyRows(tx, 'message_copy', rows, COPY_COLUMNS),
  /** What a copy is stays as it was first told; where it lies and what its owner did to it is written again. */
  saveCopies: (rows: readonly CopyRow[]): Promise<void> =>
    saveManyRows(tx, 'message_copy', rows, COPY_COLUMNS, {
      by: ['mailbox_id', 'graph_id'],
      kept: ['message_key', 'conversation_id', 'received_at', 'sent_at'],
    }),

  /** An item that was moved may be seen in its new folder first: only a copy that still stands in this folder is gone from it. */
  async markRemoved(mailboxId: string, folderId: string, graphIds: readonly string[], now: Date): Promise<void> {
    if (graphIds.length === 0) return;
    await sql`
      update message_copy set removed_at = ${now}
      where mailbox_id = ${mailboxId} and folder_id = ${folderId} and graph_id = ${anyOf(graphIds, 'text')} and removed_at is null`.execute(
      tx,
    );
  },

  /** After a full round: what was not seen again is gone from the folder. */
  async markUnseen(mailboxId: string, folderId: string, round: number, now: Date): Promise<void> {
    await sql`
      update message_copy set removed_at = ${now}
      where mailbox_id = ${mailboxId} and folder_id = ${folderId} and round < ${round} and removed_at is null`.execute(tx);
  },

  /**
   * After their messages.
   * @param pairs - with the bare subject of the thread's first message, where it is known
   * @returns the links that are new
   */
  async link(
    pairs: readonly { threadId: string; partnershipId: string; bareSubject: string | null }[],
  ): Promise<{ threadId: string; partnershipId: string }[]> {
    if (pairs.length === 0) return [];
    const each = new Map(pairs.map((pair) => [`${pair.threadId} ${pair.partnershipId}`, pair]));
    const { rows } = await sql<{ threadId: string; partnershipId: string }>`
      insert into thread_partnership (thread_id, partnership_id, bare_subject)
      select thread_id, partnership_id,
        coalesce(row.bare_subject,
          (select bare_subject from message where message.thread_id = row.thread_id order by at, key collate "C" limit 1), '')
      from ${tableOf([...each.values()], {
        thread_id: ['uuid', (pair) => pair.threadId],
        partnership_id: ['uuid', (pair) => pair.partnershipId],
        bare_subject: ['text', (pair) => pair.bareSubject],
      })}
      on conflict do nothing returning thread_id, partnership_id`.execute(tx);
    return rows;
  },

  /** What threads carry of their first message. */
  async refreshThreads(threadIds: readonly string[]): Promise<void> {
    if (threadIds.length === 0) return;
    await sql`
      with first as (
        select distinct on (thread_id) thread_id, at, bare_subject from message where thread_id = ${anyOf(threadIds, 'uuid')}
        order by thread_id, at, key collate "C"
      ), linked as (
        update thread_partnership as link set bare_subject = first.bare_subject from first
        where link.thread_id = first.thread_id and link.bare_subject <> first.bare_subject
      )
      update thread set first_at = first.at from first where thread.id = first.thread_id and thread.first_at is distinct from first.at`.execute(
      tx,
    );
  },

  async partnershipsOf(threadIds: readonly string[]): Promise<{ threadId: string; partnershipId: string }[]> {
    if (threadIds.length === 0) return [];
    return tx
      .selectFrom('threadPartnership')
      .select(['threadId', 'partnershipId'])
      .where(sql<boolean>`thread_id = ${anyOf(threadIds, 'uuid')}`)
      .orderBy('threadId')
      .orderBy('partnershipId')
      .execute();
  },

  /** The threads' record goes; their ties stay, so that what comes later is left out too. */
  async leaveOut(threadIds: readonly string[]): Promise<void> {
    if (threadIds.length === 0) return;
    await sql`
      update thread_tie set left_out = true
      from message where message.thread_id = ${anyOf(threadIds, 'uuid')} and tie = 'm:' || message.key`.execute(tx);
    await sql`delete from message_copy where message_key in (select key from message where thread_id = ${anyOf(threadIds, 'uuid')})`.execute(
      tx,
    );
    await sql`delete from message where thread_id = ${anyOf(threadIds, 'uuid')}`.execute(tx);
    await sql`delete from thread_partnership where thread_id = ${anyOf(threadIds, 'uuid')}`.execute(tx);
    await sql`update thread set left_out = true, first_at = null where id = ${anyOf(threadIds, 'uuid')}`.execute(tx);
  },
});
export type MailStore = ReturnType<typeof mailStore>;
