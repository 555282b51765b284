import type { Mailbox, SentMail } from '../tenant/tenant.ts';

/** A mail however many copies of it lie about. Recipients are shared objects: a mailbox has few different people. */
export interface StoredMessage {
  readonly mail: SentMail;
  readonly copies: Copy[];
}

/** One copy in one mailbox. Times are UTC milliseconds. */
export interface Copy {
  readonly message: StoredMessage;
  readonly mailbox: MailboxStore;
  readonly number: number;
  /** In Sent Items of its author: no internet headers, both times those of sending. */
  readonly sent: boolean;
  readonly receivedMs: number;
  readonly conversation: number;
  /** How many replies deep: the length of its conversationIndex. */
  readonly level: number;
  folder: Folder | null;
  /** Where it stands in its folder's log. */
  logIndex: number;
  /** Folders that it left, and where that stands in their logs. */
  left: Map<Folder, number> | null;
  moves: number;
  changes: number;
  isRead: boolean;
  flag: 'notFlagged' | 'flagged' | 'complete';
  flagDueMs: number | null;
  categories: readonly string[];
  importance: 'low' | 'normal' | 'high' | null;
}

/** A property of a copy that its owner can change. */
export type ChangedProperty = 'isRead' | 'flag' | 'categories' | 'importance';
/** A line of a folder's log. A bare copy: it came. */
export type LogEntry =
  | Copy
  | { readonly copy: Copy; readonly removed: 'deleted' | 'changed'; readonly moves: number }
  | { readonly copy: Copy; readonly changed: readonly ChangedProperty[] };

export interface Folder {
  readonly number: number;
  readonly name: string;
  readonly wellKnown: string | null;
  readonly parent: Folder | null;
  readonly children: Folder[];
  /** All that ever happened in it, in order: a delta token is a position here. */
  readonly log: LogEntry[];
  total: number;
  unread: number;
}

export interface MailboxStore {
  readonly settings: Mailbox;
  readonly mark: Buffer;
  /** All folders but the top, in the order of their making; the number of changes made to the list. */
  readonly folders: Folder[];
  readonly wellKnown: ReadonlyMap<string, Folder>;
  readonly copies: Map<number, Copy>;
  readonly conversations: Map<number, Copy[]>;
  /** Conversation by topic, for a reply that names no message we know. */
  readonly topics: Map<string, number>;
}
