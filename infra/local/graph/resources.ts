import { badRequest } from './errors.ts';
import { findFolder } from './folders.ts';
import type { MailboxStore } from './model.ts';

/** What a subscription is about, and how long one may last (minutes). */
export interface Resource {
  readonly what: 'messages' | 'events' | 'chatMessages';
  /** Null: it lies in Teams, of which nothing ever happens here. */
  readonly store: MailboxStore | null;
  /** Folder number when it is about one folder alone. */
  readonly folder: number | null;
  readonly longestMinutes: number;
  /** Lasting longer than this, it needs an address for lifecycle notices; null: never. */
  readonly lifecycleBeyondMinutes: number | null;
}

const MAIL = { longestMinutes: 10_080, lifecycleBeyondMinutes: null };
const TEAMS = { what: 'chatMessages', store: null, folder: null, longestMinutes: 4_320, lifecycleBeyondMinutes: 60 } as const;

/**
 * `users/{id}/mailFolders('inbox')/messages`, `users/{id}/messages`, `users/{id}/events`, and messages of a channel or chat.
 * @throws {GraphError} 400 for anything else
 */
export function readResource(resource: string, storeOf: (userKey: string) => MailboxStore): Resource {
  const path = resource.replace(/^\/?(v1\.0\/)?/, '').replace(/\('([^']*)'\)/g, '/$1');
  if (/^(teams\/[^/]+\/channels\/[^/]+|chats\/[^/]+)\/messages$/i.test(path)) return TEAMS;
  const match = /^users\/([^/]+)\/(?:mailFolders\/([^/]+)\/)?(messages|events)$/i.exec(path);
  if (!match) throw badRequest('InvalidRequest', `Resource '${resource}' cannot be subscribed to.`);
  const store = storeOf(decodeURIComponent(match[1]!));
  return {
    ...MAIL,
    store,
    folder: match[2] ? findFolder(store, decodeURIComponent(match[2])).number : null,
    what: match[3]!.toLowerCase() as 'messages' | 'events',
  };
}
