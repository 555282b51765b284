import { z } from 'zod';
import type { Graph } from './client.ts';
import { sameOrigin } from './links.ts';

/** Folders that hold no mail of people's work, by their well-known names: display names are in the owner's language. */
const SKIPPED = ['junkemail', 'deleteditems', 'drafts', 'outbox', 'conversationhistory', 'syncissues', 'recoverableitemsdeletions'];
const SENT = 'sentitems';
const MOST_DEEP = 20;

const FolderPage = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      childFolderCount: z.number().nullish(),
      totalItemCount: z.number().nullish(),
      '@odata.type': z.string().nullish(),
    }),
  ),
  '@odata.nextLink': z.string().optional(),
});
type Folder = z.infer<typeof FolderPage>['value'][number];

/** `items`: how many it holds; null where Graph does not say. */
export interface ListedFolder {
  readonly id: string;
  readonly role: 'mail' | 'sent';
  readonly items: number | null;
}

/**
 * All folders of a mailbox that can hold mail, subfolders included: rules move mail there. Subfolders of Sent Items count as sent, what lies
 * below a skipped folder is skipped.
 */
export async function listFolders(graph: Graph, mailbox: string): Promise<ListedFolder[]> {
  const top = await all(graph, mailbox, `/users/${mailbox}/mailFolders?$select=id,childFolderCount,totalItemCount&$top=250`);
  const [sent, ...skipped] = await wellKnown(graph, mailbox, [SENT, ...SKIPPED]);
  const found: ListedFolder[] = [];
  const walk = async (folders: readonly Folder[], role: 'mail' | 'sent', depth: number): Promise<void> => {
    for (const { id, childFolderCount, totalItemCount, '@odata.type': type } of folders) {
      if (skipped.includes(id) || type?.endsWith('mailSearchFolder')) continue;
      const own = id === sent ? 'sent' : role;
      found.push({ id, role: own, items: totalItemCount ?? null });
      if (childFolderCount === 0 || depth === MOST_DEEP) continue;
      const url = `/users/${mailbox}/mailFolders/${encodeURIComponent(id)}/childFolders?$select=id,childFolderCount,totalItemCount&$top=250`;
      await walk(await all(graph, mailbox, url), own, depth + 1);
    }
  };
  await walk(top, 'mail', 0);
  return found;
}

async function all(graph: Graph, mailbox: string, first: string): Promise<Folder[]> {
  const folders: Folder[] = [];
  for (let url: string | undefined = first; url; ) {
    const page: z.infer<typeof FolderPage> = FolderPage.parse(await graph.call({ url, mailbox, pageSize: 250 }));
    folders.push(...page.value);
    url = sameOrigin(page['@odata.nextLink'], graph.origin);
  }
  return folders;
}

/** Ids of well-known folders; null for those that this mailbox does not have. */
async function wellKnown(graph: Graph, mailbox: string, names: readonly string[]): Promise<(string | null)[]> {
  const { answers, unserved } = await graph.batch(
    mailbox,
    names.map((name) => `/users/${mailbox}/mailFolders/${name}?$select=id`),
    1,
  );
  if (unserved) throw unserved;
  return answers.map((answer) => (answer?.status === 200 ? z.object({ id: z.string() }).parse(answer.body).id : null));
}
