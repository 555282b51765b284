import type { MailItem } from '../threads/index.ts';
import { GraphRefusal } from './exchange.ts';
import { type MessagePage, mailItem, messagePage, selectMail } from './item.ts';
import { sameOrigin } from './links.ts';
import { headersReadable, type Reading, sinceOf, take } from './page.ts';
import { isNoMailbox, isOutOfScope, quoted } from './rules.ts';
import { foldersOf, type Mailbox, type MailFolder, removeWanted, type Wanted } from './store.ts';

type Found = MailItem & { readonly folderId: string | null };

/** At most this many in one request to Graph. */
export const WANTED_AT_ONCE = 20;

/**
 * Reads conversations and messages again that passed the gate after some of their mail had been read and forgotten. A search spans the whole
 * mailbox, so what lies in folders that are not read (deleted, junk, drafts) is left out.
 */
export async function readAgain(reading: Reading, mailbox: Mailbox, wanted: readonly Wanted[]): Promise<void> {
  const { graph, ports, gate } = reading;
  const headers = (await headersReadable(ports)) !== false;
  const urls = wanted.map(({ kind, value }) => {
    const property = kind === 'conversation' ? 'conversationId' : 'internetMessageId';
    return `/users/${mailbox.userId}/messages?$filter=${property}%20eq%20${quoted(value)}&${selectMail(headers)}&$top=100`;
  });
  const { answers, unserved } = await graph.batch(mailbox.userId!, urls, 10);
  const done: Wanted[] = [];
  const items: Found[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer) continue; // not served: it stays wanted
    const code = (answer.body as { error?: { code?: string } } | null)?.error?.code ?? 'unknown';
    const refusal = { status: answer.status, code };
    if (isOutOfScope(refusal) || isNoMailbox(refusal)) throw new GraphRefusal(answer.status, code);
    done.push(wanted[index]!);
    // What Graph does not take as a filter cannot be found; the mail itself still comes by its folder.
    if (answer.status !== 200) continue;
    items.push(...(await wholeAnswer(reading, mailbox, messagePage(answer.body))));
  }
  const now = ports.clock.now();
  const forgotten = await reading.taking(() =>
    ports.transaction(async (tx) => {
      const folders = new Map((await foldersOf(tx, mailbox.id)).map((folder) => [folder.folderId, folder]));
      const pages = [...byFolder(items, folders)].map(([folder, mine]) => {
        const place = { id: folder.folderId, role: folder.role, round: folder.round };
        return { mailbox, folder: place, since: sinceOf(reading, mailbox), items: mine, removed: [] };
      });
      const conversations = await take(tx, reading, mailbox.id, pages, { gate, now });
      await removeWanted(tx, mailbox.id, done);
      return conversations;
    }),
  );
  reading.memory.note(mailbox.id, forgotten);
  if (unserved) throw unserved;
}

async function wholeAnswer({ graph }: Reading, mailbox: Mailbox, first: MessagePage): Promise<Found[]> {
  const items = first.value.map(mailItem);
  for (let link = first.nextLink; link; ) {
    const page = messagePage(await graph.call({ url: sameOrigin(link, graph.origin), mailbox: mailbox.userId! }));
    items.push(...page.value.map(mailItem));
    link = page.nextLink;
  }
  return items;
}

/** An item that several questions found counts once, where it was seen last. */
function byFolder(items: readonly Found[], folders: ReadonlyMap<string, MailFolder>): Map<MailFolder, Found[]> {
  const sorted = new Map<MailFolder, Found[]>();
  for (const item of new Map(items.map((item) => [item.id, item])).values()) {
    const folder = item.folderId ? folders.get(item.folderId) : undefined;
    if (folder) sorted.set(folder, [...(sorted.get(folder) ?? []), item]);
  }
  return sorted;
}
