import type { Graph } from '../../bot/graph/index.ts';

/** A mail as it lies in a folder of a mailbox, in Graph's own words. */
export type GraphMail = Readonly<Record<string, unknown>> & { readonly id: string; readonly conversationId: string };
type Folder = 'inbox' | 'sentitems';

/** How the pages of one step come, each of which Graph may do at any time. */
export interface Disorder {
  /** Each page is told twice, the second time by the link that the first one gave. */
  readonly twice: boolean;
  readonly backwards: boolean;
  readonly pageSize: number;
}

const ORIGIN = 'https://graph.example';

/**
 * Mailboxes as far as a reader that has listed their folders asks for them: delta by folder, mail of a conversation. `across` stands between it
 * and who asks: what is cut there was not told, or was told and never came.
 */
export function faultyGraph(across: <T>(call: () => Promise<T>) => Promise<T>) {
  const boxes = new Map<string, Record<Folder, GraphMail[]>>();
  let order: Disorder = { twice: false, backwards: false, pageSize: 10 };
  const again = new Set<string>();
  const box = (id: string) => {
    if (!boxes.has(id)) boxes.set(id, { inbox: [], sentitems: [] });
    return boxes.get(id)!;
  };
  const start = (id: string) => `${ORIGIN}/v1.0/users/${id}/mailFolders/`;
  const linkTo = (id: string, folder: string, from: number) => `${start(id)}${folder}/messages/delta?from=${from}`;

  function page(id: string, folder: Folder, from: number): unknown {
    const all = box(id)[folder];
    const link = `${id} ${folder} ${from}`;
    const value = all.slice(from, from + order.pageSize);
    const once = order.twice && value.length > 0 && !again.has(link);
    if (once) again.add(link);
    const next = once ? from : from + value.length;
    const more = next < all.length;
    return {
      value: order.backwards ? value.reverse() : value,
      [more ? '@odata.nextLink' : '@odata.deltaLink']: linkTo(id, folder, next),
    };
  }

  function answer(url: string): unknown {
    const { pathname, searchParams } = new URL(url, ORIGIN);
    const [id, what, folder, below] = pathname
      .replace(/^\/v1\.0/, '')
      .split('/')
      .slice(2) as [string, string, string?, string?];
    if (what === 'mailFolders' && below === 'messages') return page(id, folder as Folder, Number(searchParams.get('from') ?? 0));
    if (what === 'mailFolders' && folder) return { id: folder };
    if (what === 'mailFolders') return { value: ['inbox', 'sentitems'].map((one) => ({ id: one, childFolderCount: 0 })) };
    if (what === 'messages') {
      const [, property, value] = /^(\w+) eq '(.*)'$/.exec(searchParams.get('$filter') ?? '')!;
      const { inbox, sentitems } = box(id);
      return { value: [...inbox, ...sentitems].filter((mail) => mail[property!] === value) };
    }
    throw new Error(`nobody asks for ${url} here`);
  }

  const graph: Graph = {
    origin: ORIGIN,
    call: ({ url }) => across(async () => answer(url)),
    ask: ({ url }) => across(async () => ({ read: async () => answer(url) })),
    batch: (_mailbox, urls) =>
      across(async () => ({ answers: urls.map((url) => ({ status: 200, body: answer(url) })), failed: new Set<number>(), unserved: null })),
  };
  return {
    graph,
    /** How the links of a mailbox's folders begin. */
    start,
    order(next: Disorder) {
      order = next;
      again.clear();
    },
    put(id: string, folder: Folder, mail: GraphMail) {
      box(id)[folder].push({ ...mail, parentFolderId: folder });
    },
    empty() {
      boxes.clear();
    },
  };
}
