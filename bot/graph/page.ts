import type { Ports } from '../capability.ts';
import { GraphRefusal } from './exchange.ts';
import { type MessagePage, messagePage, selectMail } from './item.ts';
import { sameOrigin } from './links.ts';
import type { Reading } from './reading.ts';
import { isExpiredToken, isOutOfScope } from './rules.ts';
import { foldersOf, type Mailbox, type MailFolder, restart } from './store.ts';

const PAGE_SIZE = 200;

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
  const items = folders.reduce((sum, folder) => sum + Math.min(PAGE_SIZE, folder.items ?? PAGE_SIZE), 0);
  const pages = await reading.pace.fetching(items, () => Promise.allSettled(folders.map((folder) => fetchPage(reading, mailbox, folder))));
  const fetched = pages.flatMap((page, index) =>
    page.status === 'fulfilled' && page.value ? [{ folder: folders[index]!, page: page.value }] : [],
  );
  await takeFetched(reading, mailbox, fetched);
  for (const page of pages) if (page.status === 'rejected') throw page.reason;
}

/** Takes pages of folders of a mailbox into the record. */
export async function takeFetched(reading: Reading, mailbox: Mailbox, fetched: readonly Fetched[]): Promise<void> {
  for (const together of withoutRepetition(fetched))
    await reading.take({ reading, mailbox, parts: together.map(({ folder, page }) => ({ folder, messages: page.value, links: page })) });
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
