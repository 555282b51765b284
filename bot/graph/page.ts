import type { Ports } from '../capability.ts';
import type { Tx } from '../store/database.ts';
import { type Gate, type IngestContext, ingestPages, type MailPage, removedUnseen } from '../threads/index.ts';
import type { atMost } from './atMost.ts';
import { callTurns } from './calls.ts';
import type { Graph } from './client.ts';
import { GraphRefusal } from './exchange.ts';
import { isRemoved, type MessagePage, mailItem, messagePage, selectMail } from './item.ts';
import { sameOrigin } from './links.ts';
import type { ReadingMemory } from './memory.ts';
import { isExpiredToken, isOutOfScope } from './rules.ts';
import type { tableStatistics } from './statistics.ts';
import { addWanted, foldersOf, type Mailbox, type MailFolder, mailboxesAt, moveOn, restart } from './store.ts';

const PAGE_SIZE = 200;
const DAY_MS = 86_400_000;

export interface Reading {
  readonly memory: ReadingMemory;
  readonly grown: ReturnType<typeof tableStatistics>;
  readonly graph: Graph;
  readonly ports: Ports;
  readonly gate: Gate;
  readonly backfillDays: number;
  readonly onThreads: NonNullable<IngestContext['onThreads']>;
  /** Taking what was fetched keeps processor and database busy: few at once are as quick as many, and need less memory. */
  readonly taking: ReturnType<typeof atMost>;
}

/** A page as it was fetched for a folder. */
export interface Fetched {
  readonly folder: MailFolder;
  readonly page: MessagePage;
}

/**
 * Reads the next page of each of these folders of a mailbox: asked for at once and taken together. A thread lies in several folders, and is
 * joined and judged once for all of them.
 */
export async function readPages(reading: Reading, mailbox: Mailbox, folders: readonly MailFolder[]): Promise<void> {
  const pages = await Promise.allSettled(folders.map((folder) => fetchPage(reading, mailbox, folder)));
  const fetched = pages.flatMap((page, index) =>
    page.status === 'fulfilled' && page.value ? [{ folder: folders[index]!, page: page.value }] : [],
  );
  await takeFetched(reading, mailbox, fetched);
  for (const page of pages) if (page.status === 'rejected') throw page.reason;
}

/** Takes pages of folders of a mailbox into the record. */
export async function takeFetched(reading: Reading, mailbox: Mailbox, fetched: readonly Fetched[]): Promise<void> {
  for (const together of withoutRepetition(fetched)) await reading.taking(() => takePages(reading, mailbox, together));
}

/** An item that moves while folders are read may stand in two pages: those are taken one after another. */
function withoutRepetition(fetched: readonly Fetched[]): Fetched[][] {
  const rounds: { pages: Fetched[]; ids: Set<string> }[] = [];
  for (const one of fetched) {
    const ids = one.page.value.map(({ id }) => id);
    const latest = rounds.at(-1);
    if (latest && !ids.some((id) => latest.ids.has(id))) {
      latest.pages.push(one);
      for (const id of ids) latest.ids.add(id);
    } else rounds.push({ pages: [one], ids: new Set(ids) });
  }
  return rounds.map(({ pages }) => pages);
}

/**
 * Takes a page of each of these folders and moves their links on, in one transaction. A first reading goes by delta too, newest mail first and
 * without a filter (one by date would cap the set at 5,000): pages are followed to the delta link, and what is older than the back-fill passes
 * only with newer mail of its conversation.
 */
async function takePages(reading: Reading, mailbox: Mailbox, fetched: readonly Fetched[]): Promise<void> {
  const { graph, ports, gate } = reading;
  const now = ports.clock.now();
  const since = sinceOf(reading, mailbox);
  const forgotten = await ports.transaction(async (tx) => {
    const pages: MailPage[] = [];
    const readAnew: MailPage['folder'][] = [];
    for (const { folder, page } of fetched) {
      const nextLink = sameOrigin(page.nextLink, graph.origin) ?? null;
      const deltaLink = sameOrigin(page.deltaLink, graph.origin) ?? null;
      const done = nextLink === null;
      const complete = folder.complete || done;
      if (!(await moveOn(tx, folder, { nextLink, deltaLink: deltaLink ?? (done ? folder.deltaLink : null), complete }, now))) continue;
      const place = { id: folder.folderId, role: folder.role, round: folder.round };
      const items = page.value.filter((message) => !isRemoved(message)).map(mailItem);
      const removed = page.value.filter(isRemoved).map(({ id }) => id);
      pages.push({ mailbox, folder: place, since, items, removed });
      if (done && !folder.complete && folder.round > 1) readAnew.push(place);
    }
    const conversations = await take(tx, reading, mailbox.id, pages, { gate, now });
    for (const place of readAnew) await removedUnseen(tx, mailbox.id, place, now);
    return conversations;
  });
  reading.memory.note(mailbox.id, forgotten);
  const past = fetched.filter(({ folder }) => !folder.complete).reduce((sum, { page }) => sum + page.value.length, 0);
  if (past > 0) await reading.grown(ports.db, past);
}

/** How far back a mailbox is read: the same instant whenever it is asked. */
export const sinceOf = ({ ports, backfillDays }: Reading, { firstReadAt }: Mailbox): Date =>
  new Date((firstReadAt ?? ports.clock.now()).getTime() - backfillDays * DAY_MS);

/**
 * Hands pages of a mailbox to the record, and notes what has to be read again because of it.
 * @returns conversations of which mail was forgotten: for the reader's memory, once this has been committed
 */
export async function take(
  tx: Tx,
  { onThreads, memory }: Reading,
  mailboxId: string,
  pages: readonly MailPage[],
  { gate, now }: { gate: Gate; now: Date },
): Promise<readonly string[]> {
  const { conversations, carried, forgotten } = await ingestPages(tx, pages, { gate, now, onThreads });
  const owners = carried.length > 0 ? await mailboxesAt(tx, [...new Set(carried.flatMap(({ addresses }) => addresses))]) : [];
  const elsewhere = carried.flatMap(({ key, addresses }) =>
    owners
      .filter((owner) => key.startsWith('<') && owner.id !== mailboxId && owner.addresses.some((one) => addresses.includes(one)))
      .map(({ id }) => ({ mailboxId: id, kind: 'message' as const, value: key })),
  );
  const again = conversations
    .filter((value) => memory.forgot(mailboxId, value))
    .map((value) => ({ mailboxId, kind: 'conversation' as const, value }));
  await addWanted(tx, [...again, ...elsewhere]);
  await callTurns(
    tx,
    elsewhere.map((one) => one.mailboxId),
  );
  return forgotten;
}

/** @returns null when the folder's token was no longer good: it begins anew with its next turn */
async function fetchPage(reading: Reading, mailbox: Mailbox, folder: MailFolder): Promise<MessagePage | null> {
  const { graph, ports } = reading;
  const link = folder.nextLink ?? folder.deltaLink;
  try {
    if (link)
      return messagePage(
        await graph.call({ url: sameOrigin(link, graph.origin), mailbox: mailbox.userId!, pageSize: PAGE_SIZE, items: PAGE_SIZE }),
      );
    return await firstPage(reading, mailbox, folder.folderId, PAGE_SIZE, folder.items);
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    if (link && isExpiredToken(error)) {
      await restart(ports.db, mailbox.id, folder.folderId);
      return null;
    }
    const vanished = error.status === 404 && /itemnotfound|foldernotfound/i.test(error.code);
    if (vanished || (error.status === 400 && (await setAside(ports, folder)))) {
      await onFolder(ports, folder).set({ goneAt: ports.clock.now(), due: 0 }).execute();
      return null;
    }
    throw error;
  }
}

const onFolder = ({ db }: Ports, { mailboxId, folderId }: MailFolder) =>
  db.updateTable('mailFolder').where('mailboxId', '=', mailboxId).where('folderId', '=', folderId);

/**
 * A folder that Graph does not let be followed (there are kinds of them that nobody wrote down) must not keep the others of its mailbox from being
 * read: it is left until folders are listed again. Only where others are read: a mailbox of which nothing is taken is to be heard of.
 */
async function setAside(ports: Ports, folder: MailFolder): Promise<boolean> {
  await onFolder(ports, folder).set({ readAt: ports.clock.now() }).execute(); // the others first
  const others = await foldersOf(ports.db, folder.mailboxId);
  return others.some(({ folderId, deltaLink, nextLink }) => folderId !== folder.folderId && (deltaLink ?? nextLink) !== null);
}

/**
 * The first page of a folder, newest mail first. Reply headers are asked for until the tenant shows that it does not give them; nothing rests
 * on them.
 * @param folder - its id, or a well-known name
 * @param held - how many items the folder holds; null where that is not known
 */
export async function firstPage(
  { graph, ports }: Reading,
  mailbox: Mailbox,
  folder: string,
  pageSize: number,
  held: number | null,
): Promise<MessagePage> {
  const ask = async (headers: boolean): Promise<MessagePage> => {
    const path = `/users/${mailbox.userId}/mailFolders/${encodeURIComponent(folder)}/messages/delta`;
    const url = `${path}?${selectMail(headers)}&$orderby=receivedDateTime%20desc`;
    return messagePage(await graph.call({ url, mailbox: mailbox.userId!, pageSize, items: Math.min(pageSize, held ?? pageSize) }));
  };
  const known = await headersReadable(ports);
  if (known === false) return ask(false);
  try {
    const page = await ask(true);
    if (known === null && page.value.length > 0) await setHeadersReadable(ports, true);
    return page;
  } catch (error) {
    if (known !== null || !(error instanceof GraphRefusal) || !(error.status === 400 || isOutOfScope(error))) throw error;
    const page = await ask(false);
    await setHeadersReadable(ports, false);
    return page;
  }
}
export const headersReadable = async ({ db }: Pick<Ports, 'db'>): Promise<boolean | null> =>
  (await db.selectFrom('graphTenant').select('headersReadable').executeTakeFirstOrThrow()).headersReadable;
const setHeadersReadable = async ({ db }: Ports, readable: boolean): Promise<void> =>
  void (await db
    .updateTable('graphTenant')
    .set({ headersReadable: readable })
    .where('headersReadable', 'is distinct from', readable)
    .execute());
