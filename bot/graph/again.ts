import { refused } from './exchange.ts';
import { type GraphMessage, type MessagePage, messagePage, selectMail } from './item.ts';
import { sameOrigin } from './links.ts';
import { headersReadable } from './page.ts';
import type { Reading, TakePart } from './reading.ts';
import { isNoMailbox, isOutOfScope, quoted } from './rules.ts';
import { foldersOf, type Mailbox, type MailFolder, type Wanted } from './store.ts';

/** At most this many in one request to Graph. */
export const WANTED_AT_ONCE = 20;

/**
 * Reads conversations and messages again that passed the gate after some of their mail had been read and forgotten. A search spans the whole
 * mailbox, so what lies in folders that are not read (deleted, junk, drafts) is left out.
 */
export async function readAgain(reading: Reading, mailbox: Mailbox, wanted: readonly Wanted[]): Promise<void> {
  const { graph, ports } = reading;
  const headers = (await headersReadable(ports)) !== false;
  const urls = wanted.map(({ kind, value }) => {
    const property = kind === 'conversation' ? 'conversationId' : 'internetMessageId';
    return `/users/${mailbox.userId}/messages?$filter=${property}%20eq%20${quoted(value)}&${selectMail(headers)}&$top=100`;
  });
  const { answers, failed, unserved } = await graph.batch(mailbox.userId!, urls);
  const done: Wanted[] = [];
  const messages: GraphMessage[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer) continue; // not served: it stays wanted
    const refusal = refused(answer);
    if (isOutOfScope(refusal) || isNoMailbox(refusal)) throw refusal;
    done.push(wanted[index]!);
    // What Graph does not take as a filter cannot be found; the mail itself still comes by its folder.
    if (answer.status !== 200) continue;
    messages.push(...(await wholeAnswer(reading, mailbox, messagePage(answer.body))));
  }
  const folders = new Map((await foldersOf(ports.db, mailbox.id)).map((folder) => [folder.folderId, folder]));
  await reading.take({
    reading,
    mailbox,
    parts: byFolder(messages, folders),
    answered: done,
    failed: wanted.filter((_, index) => failed.has(index)),
  });
  if (unserved) throw unserved;
}

async function wholeAnswer({ graph }: Reading, mailbox: Mailbox, first: MessagePage): Promise<GraphMessage[]> {
  const messages = [...first.value];
  for (let link = first.nextLink; link; ) {
    const page = messagePage(await graph.call({ url: sameOrigin(link, graph.origin), mailbox: mailbox.userId! }));
    messages.push(...page.value);
    link = page.nextLink;
  }
  return messages;
}

/** A message that several questions found counts once, where it was seen last. */
function byFolder(messages: readonly GraphMessage[], folders: ReadonlyMap<string, MailFolder>): TakePart[] {
  const sorted = new Map<MailFolder, GraphMessage[]>();
  for (const message of new Map(messages.map((one) => [one.id, one])).values()) {
    const folder = message.folderId === undefined ? undefined : folders.get(message.folderId);
    if (folder) sorted.set(folder, [...(sorted.get(folder) ?? []), message]);
  }
  return [...sorted].map(([folder, mine]) => ({ folder, messages: mine }));
}
