import { GraphRefusal } from './exchange.ts';
import { type Fetched, firstPage, takeFetched } from './page.ts';
import type { Reading } from './reading.ts';
import { addFolder, type Mailbox } from './store.ts';

/** Where most mail lies, by the names that need no listing. Short pages: nobody knows yet how much these folders hold. */
const FIRST = [
  { name: 'inbox', role: 'mail' },
  { name: 'sentitems', role: 'sent' },
] as const;
const PAGE_SIZE = 50;

/**
 * The newest mail of a mailbox that is read for the first time, while its folders are being listed, which takes three rounds of requests. The
 * folders are known by the mail in them; one that is empty, or is refused, is read after the listing like all others.
 */
export async function readNewest(reading: Reading, mailbox: Mailbox): Promise<void> {
  const found = await Promise.all(FIRST.map(({ name, role }) => newestOf(reading, mailbox, name, role)));
  // in the order in which the listing writes them, so that neither waits for the other
  const fetched = found.filter((one) => one !== null).sort((a, b) => (a.folder.folderId < b.folder.folderId ? -1 : 1));
  await takeFetched(reading, mailbox, fetched);
}

async function newestOf(reading: Reading, mailbox: Mailbox, name: string, role: 'mail' | 'sent'): Promise<Fetched | null> {
  try {
    const page = await firstPage(reading, mailbox, name, PAGE_SIZE, null);
    const id = page.value.find(({ folderId }) => folderId !== undefined)?.folderId;
    return id === undefined ? null : { folder: await addFolder(reading.ports.db, mailbox.id, { id, role, items: null }), page };
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    return null; // the listing meets it too, or the folder's own turn
  }
}
