import { z } from 'zod';
import type { BatchAnswer } from './batch.ts';
import type { Graph } from './client.ts';
import { refused } from './exchange.ts';
import { sameOrigin } from './links.ts';

/**
 * Folders that hold no mail of people's work, by their well-known names: display names are in the owner's language. What can be recovered after
 * it was deleted lies beside the tree of folders, and is never listed.
 */
const SKIPPED = ['junkemail', 'deleteditems', 'drafts', 'outbox', 'conversationhistory', 'syncissues'];
const SENT = 'sentitems';
const MOST_DEEP = 20;
const LIST = '$select=id,childFolderCount,totalItemCount&$top=250';

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
 * below a skipped folder is skipped. Two rounds of requests, and one for each level of subfolders (more where many folders have some).
 */
export async function listFolders(graph: Graph, mailbox: string): Promise<ListedFolder[]> {
  const at = `/users/${mailbox}/mailFolders`;
  const [top, sent, ...skipped] = await served(graph, mailbox, [
    `${at}?${LIST}`,
    ...[SENT, ...SKIPPED].map((name) => `${at}/${name}?$select=id`),
  ]);
  const [sentId, ...skippedIds] = [sent!, ...skipped].map(idOf);
  const found: ListedFolder[] = [];
  let level = (await all(graph, mailbox, top!)).map((folder) => ({ folder, role: 'mail' as ListedFolder['role'] }));
  for (let depth = 0; level.length > 0; depth += 1) {
    const kept = level
      .filter(({ folder }) => !skippedIds.includes(folder.id) && !folder['@odata.type']?.endsWith('mailSearchFolder'))
      .map(({ folder, role }) => ({ folder, role: folder.id === sentId ? ('sent' as const) : role }));
    found.push(...kept.map(({ folder, role }) => ({ id: folder.id, role, items: folder.totalItemCount ?? null })));
    const parents = depth < MOST_DEEP ? kept.filter(({ folder }) => folder.childFolderCount !== 0) : [];
    const children = await served(
      graph,
      mailbox,
      parents.map(({ folder }) => `${at}/${encodeURIComponent(folder.id)}/childFolders?${LIST}`),
    );
    level = [];
    for (const [index, { role }] of parents.entries())
      for (const folder of await all(graph, mailbox, children[index]!)) level.push({ folder, role });
  }
  return found;
}

/** @throws {Unavailable} when some of it was not served: half a list is none */
async function served(graph: Graph, mailbox: string, urls: readonly string[]): Promise<BatchAnswer[]> {
  const { answers, unserved } = await graph.batch(mailbox, urls);
  if (unserved) throw unserved;
  return answers.map((answer) => answer!);
}

/** The folders of a first page and of those that follow. @throws {GraphRefusal} as a request for them alone would */
async function all(graph: Graph, mailbox: string, first: BatchAnswer): Promise<Folder[]> {
  if (first.status !== 200) throw refused(first);
  let page = FolderPage.parse(first.body);
  const folders = [...page.value];
  for (let next = page['@odata.nextLink']; next; next = page['@odata.nextLink']) {
    page = FolderPage.parse(await graph.call({ url: sameOrigin(next, graph.origin), mailbox, pageSize: 250 }));
    folders.push(...page.value);
  }
  return folders;
}

/** The id of a well-known folder; null where this mailbox does not have it. */
const idOf = ({ status, body }: BatchAnswer): string | null => (status === 200 ? z.object({ id: z.string() }).parse(body).id : null);
