import type { Ports } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import type { Graph, Unread } from './client.ts';
import { type GraphCall, GraphRefusal } from './exchange.ts';
import { type MessagePage, messagePage, selectMail } from './item.ts';
import { sameOrigin } from './links.ts';
import type { Reading } from './reading.ts';
import { isExpiredToken, isOutOfScope } from './rules.ts';
import { foldersOf, type Mailbox, type MailFolder, restart } from './store.ts';
import { PAGES_AT_ONCE, type Pages } from './work.ts';

const PAGE_SIZE = 200;
/** A folder whose pages break off in the middle is begun anew so often; then it must not keep others from being read. */
const MOST_ROUNDS = 3;
const ENDLESS_SECONDS = 3600;

/** What an ordinary delta holds at most, as far as room for it goes. */
const NEWS = 20;

/** A folder whose next page Graph has begun to give. */
interface Answered {
  readonly folder: MailFolder;
  readonly page: Unread<MessagePage>;
  /** A mail in it shows that the tenant lets reply headers be read. */
  readonly shows: boolean;
  /** It was asked for before the others. */
  readonly ahead: boolean;
}
interface Page {
  readonly folder: MailFolder;
  readonly page: MessagePage;
}

/**
 * Reads the next page of each of these folders of a mailbox: asked for at once, read when there is room for them, and taken together. A thread
 * lies in several folders, and is joined and judged once for all of them.
 */
export async function readPages(reading: Reading, mailbox: Mailbox, { folders, waiting }: Pages): Promise<void> {
  const headers = folders.some((folder) => !linkOf(folder)) ? await headersReadable(reading.ports) : null;
  const asked = await Promise.allSettled(folders.map((folder) => askNext(reading, mailbox, folder, headers)));
  const given = asked.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
  // what is told of an item that moved is told last by the page that was asked for last
  const answered = [...given.filter(({ ahead }) => ahead), ...given.filter(({ ahead }) => !ahead)];
  const read = await reading.intake.run(
    answered.reduce((sum, { folder }) => sum + roomFor(folder), 0),
    () => takeAnswered(reading, mailbox, answered, waiting),
  );
  for (const one of [...asked, ...read]) if (one.status === 'rejected') throw one.reason;
}

/** In items, as far as that can be told before they are there. */
const roomFor = ({ complete, items }: MailFolder): number => (complete ? NEWS : Math.min(PAGE_SIZE, items ?? PAGE_SIZE));

/** @returns how reading each of them ended; those that broke off are not taken */
async function takeAnswered(
  reading: Reading,
  mailbox: Mailbox,
  answered: readonly Answered[],
  waiting: readonly MailFolder[],
): Promise<PromiseSettledResult<Page>[]> {
  const read = await Promise.allSettled(answered.map(async ({ folder, page }) => ({ folder, page: await page.read() })));
  const pages = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  askAhead(reading, mailbox, pages, waiting);
  if (answered.some(({ shows, folder }) => shows && pages.some((one) => one.folder === folder && one.page.value.length > 0)))
    await setHeadersReadable(reading.ports, true);
  for (const together of withoutRepetition(pages))
    await reading.take({ reading, mailbox, parts: together.map(({ folder, page }) => ({ folder, messages: page.value, links: page })) });
  return read;
}

/** The pages that the next step of a first reading takes are asked for now: of those that wait longest, as many as Graph takes at once. */
function askAhead({ ahead, graph }: Reading, mailbox: Mailbox, pages: readonly Page[], waiting: readonly MailFolder[]): void {
  const going = pages.flatMap(({ folder, page: { nextLink = null } }) => (nextLink && !folder.complete ? [{ nextLink }] : []));
  for (const { nextLink } of [...waiting, ...going].slice(0, PAGES_AT_ONCE))
    if (nextLink) ahead.begin(nextLink, (link, over) => askLink(graph, mailbox.userId!, link, over));
}

/** An item that moves while folders are read may stand in two pages: those are taken one after another. */
function withoutRepetition(fetched: readonly Page[]): Page[][] {
  const rounds: { pages: Page[]; ids: Set<string> }[] = [];
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
 * @param headers - whether the tenant lets reply headers be read; null where nobody knows yet
 * @returns null when the folder's token was no longer good (it begins anew with its next turn), and when it is not there any more
 */
async function askNext(reading: Reading, mailbox: Mailbox, folder: MailFolder, headers: boolean | null): Promise<Answered | null> {
  const { ports } = reading;
  const link = linkOf(folder);
  try {
    if (!link) return await askFirst(reading, mailbox, folder, headers);
    const ahead = reading.ahead.take(link);
    return { folder, page: await (ahead ?? askLink(reading.graph, mailbox.userId!, link)), shows: false, ahead: ahead !== undefined };
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    const expired = link !== null && isExpiredToken(error);
    if (expired) await restart(ports.db, mailbox.id, folder.folderId);
    const endless = expired && folder.nextLink !== null && folder.round >= MOST_ROUNDS;
    if (expired && !endless) return null;
    const vanished = error.status === 404 && /itemnotfound|foldernotfound/i.test(error.code);
    if (vanished || ((endless || error.status === 400) && (await setAside(ports, folder)))) {
      await onFolder(ports, folder).set({ goneAt: ports.clock.now(), due: 0 }).execute();
      return null;
    }
    throw endless ? new Unavailable('a folder of mail cannot be read to its end', { retryAfterSeconds: ENDLESS_SECONDS }) : error;
  }
}

const linkOf = ({ nextLink, deltaLink }: MailFolder): string | null => nextLink ?? deltaLink;

/** The page that a link of Graph's names, of the mailbox of this user. */
const askLink = (graph: Graph, userId: string, link: string, over?: AbortSignal): Promise<Unread<MessagePage>> =>
  askPage(graph, { url: sameOrigin(link, graph.origin), mailbox: userId, ...(over && { over }) });

async function askPage(graph: Graph, call: GraphCall): Promise<Unread<MessagePage>> {
  const { read } = await graph.ask({ ...call, pageSize: PAGE_SIZE });
  return { read: async () => messagePage(await read()) };
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
 * A folder's first page, newest mail first. Reply headers are asked for until the tenant shows that it does not give them; nothing rests on
 * them.
 */
async function askFirst({ graph, ports }: Reading, mailbox: Mailbox, folder: MailFolder, known: boolean | null): Promise<Answered> {
  const ask = async (headers: boolean): Promise<Answered> => {
    const path = `/users/${mailbox.userId}/mailFolders/${encodeURIComponent(folder.folderId)}/messages/delta`;
    const url = `${path}?${selectMail(headers)}&$orderby=receivedDateTime%20desc`;
    return { folder, page: await askPage(graph, { url, mailbox: mailbox.userId! }), shows: headers && known === null, ahead: false };
  };
  try {
    return await ask(known !== false);
  } catch (error) {
    if (known !== null || !(error instanceof GraphRefusal) || !(error.status === 400 || isOutOfScope(error))) throw error;
    const answered = await ask(false);
    await setHeadersReadable(ports, false);
    return answered;
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
