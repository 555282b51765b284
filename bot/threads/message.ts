/** A mail address as the rules see it: lower case; `name` is hostile text. */
export interface Address {
  readonly address: string;
  readonly name: string;
}

/** What a mail is, from type, headers and sender. Only `human` mail opens or settles; `list` is human mail written to a list. */
export type MailKind = 'human' | 'automatic' | 'nonDelivery' | 'meeting' | 'robot' | 'list';

/** What an owner of one copy did to it. A flag on a recipient's copy means nothing; on the author's Sent copy it asks for an answer. */
export interface Mark {
  /** Address of the mailbox that holds the copy. */
  readonly owner: string;
  readonly flag: 'none' | 'flagged' | 'complete';
  /** The day an author asked for by flagging (end of it), else null. UTC instant. */
  readonly flagDueAt: Date | null;
  readonly categories: readonly string[];
}

/**
 * One message, whatever number of copies of it were seen in whatever order: the same value for the same set of copies.
 * `key` is the internetMessageId (else a hash); `at` the earliest receivedDateTime over its copies for mail to the client,
 * sentDateTime for mail from the client (design.md, clocks). UTC, whole seconds.
 */
export interface Message {
  readonly key: string;
  readonly at: Date;
  readonly kind: MailKind;
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  /** As written; hostile text. */
  readonly subject: string;
  /** Without prefixes, folded for comparison. */
  readonly bareSubject: string;
  readonly prefix: 'none' | 'reply' | 'forward' | 'automatic';
  /** A reply header names a message before it, or a prefix says so: it is not the first of a conversation. */
  readonly isReply: boolean;
  readonly importance: 'low' | 'normal' | 'high';
  readonly marks: readonly Mark[];
}

/** The order of messages, everywhere: by when they happened, then by key. */
export const inOrder = (a: Pick<Message, 'at' | 'key'>, b: Pick<Message, 'at' | 'key'>): number =>
  a.at.getTime() - b.at.getTime() || (a.key < b.key ? -1 : 1);
