import { badRequest, GraphError } from './errors.ts';
import type { TokenEpoch } from './faults.ts';
import { idOf, readId } from './ids.ts';
import type { Json } from './message-json.ts';
import { count } from './message-list.ts';
import type { Folder, MailboxStore } from './model.ts';
import { readToken, writeToken } from './tokens.ts';

const TOP = 'msgfolderroot';

/** By id or by its well-known name. @throws {GraphError} 404 for one that is not there, 400 for what is no id */
export function findFolder(store: MailboxStore, key: string): Folder {
  const wellKnown = store.wellKnown.get(key.toLowerCase());
  if (wellKnown) return wellKnown;
  const id = readId(key, store.mark);
  if (!id) throw badRequest('ErrorInvalidIdMalformed', 'Id is malformed.');
  const found = id.kind === 'folder' ? [store.wellKnown.get(TOP)!, ...store.folders].find(({ number }) => number === id.number) : undefined;
  if (!found) throw new GraphError(404, 'ErrorItemNotFound', 'The specified folder could not be found in the store.');
  return found;
}

export function folderJson(store: MailboxStore, folder: Folder, select: readonly string[] | null = null): Json {
  const id = (one: Folder) => idOf('folder', store.mark, one.number);
  const whole: Record<string, unknown> = {
    id: id(folder),
    displayName: folder.name,
    parentFolderId: folder.parent ? id(folder.parent) : id(folder),
    childFolderCount: folder.children.length,
    unreadItemCount: folder.unread,
    totalItemCount: folder.total,
    isHidden: false,
  };
  if (!select) return whole;
  for (const name of select)
    if (!(name in whole))
      throw badRequest(
        'RequestBroker--ParseUri',
        `Could not find a property named '${name}' on type 'Microsoft.OutlookServices.MailFolder'.`,
      );
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name === 'id' || select.includes(name)));
}

const selected = (query: URLSearchParams) =>
  query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim()) ?? null;

/** GET .../mailFolders (of the top) and .../childFolders: one level at a time. */
export function folderList(given: {
  store: MailboxStore;
  of: Folder | null;
  query: URLSearchParams;
  pageSize: number | null;
  url: string;
}): Json {
  const { store, query, url } = given;
  const all = (given.of ?? store.wellKnown.get(TOP)!).children;
  const skip = count(query, '$skip', 0);
  const size = Math.min(count(query, '$top', given.pageSize ?? 10), 1000);
  const more = new URLSearchParams(query);
  more.set('$skip', String(skip + size));
  return {
    '@odata.context': `${new URL(url).origin}/v1.0/$metadata#Collection(mailFolder)`,
    value: all.slice(skip, skip + size).map((folder) => folderJson(store, folder, selected(query))),
    ...(all.length > skip + size && { '@odata.nextLink': `${url}?${more}` }),
  };
}

interface FolderRound {
  readonly of: string;
  readonly process: string;
  readonly epoch: number;
  readonly at: number;
  readonly select: string | null;
}

/** GET .../mailFolders/delta: all folders of the mailbox at first, then those that were made since. */
export function folderDelta(given: {
  store: MailboxStore;
  query: URLSearchParams;
  pageSize: number | null;
  url: string;
  process: string;
  epoch: TokenEpoch;
}): Json {
  const { store, query, url, process, epoch } = given;
  const of = `folders/${store.settings.objectId}`;
  const token = query.get('$skiptoken') ?? query.get('$deltatoken');
  const state: FolderRound =
    token === null
      ? { of, process, epoch: epoch.current, at: 0, select: query.get('$select') }
      : readToken<FolderRound>(token, of, process, epoch, url);
  const end = Math.min(state.at + Math.min(given.pageSize ?? 10, 1000), store.folders.length);
  const more = end < store.folders.length;
  return {
    '@odata.context': `${new URL(url).origin}/v1.0/$metadata#Collection(mailFolder)`,
    [more ? '@odata.nextLink' : '@odata.deltaLink']: `${url}?$${more ? 'skip' : 'delta'}token=${writeToken({ ...state, at: end })}`,
    value: store.folders.slice(state.at, end).map((folder) => folderJson(store, folder, state.select?.split(',') ?? null)),
  };
}
