import type { MailHeaders } from './automatic.ts';
import type { Address } from './message.ts';

/**
 * One copy of a mail in one mailbox, as delivered. What is `undefined` was not told: deliveries after the first carry only what changed.
 * All of it is hostile text. Instants are UTC.
 */
export interface MailItem {
  /** Immutable id in its mailbox. */
  readonly id: string;
  readonly messageId?: string | null | undefined;
  readonly conversationId?: string | null | undefined;
  readonly subject?: string | undefined;
  /** Whose mail it is; `sender` is who sent it for him (a delegate). */
  readonly from?: Address | null | undefined;
  readonly sender?: Address | null | undefined;
  readonly to?: readonly Address[] | undefined;
  readonly cc?: readonly Address[] | undefined;
  readonly receivedAt?: Date | undefined;
  readonly sentAt?: Date | undefined;
  readonly flag?: ItemFlag | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly importance?: 'low' | 'normal' | 'high' | undefined;
  readonly draft?: boolean | undefined;
  readonly webLink?: string | null | undefined;
  /** Absent when unknown (sent copies have none), which is not the same as empty. */
  readonly headers?: MailHeaders | undefined;
  /** `@odata.type`, when it is more than a plain message. */
  readonly type?: string | undefined;
}

/** `due` is the wall time and zone that the flag carries; its calendar date is what counts. */
export interface ItemFlag {
  readonly status: 'none' | 'flagged' | 'complete';
  readonly due: { readonly wallTime: string; readonly zone: string } | null;
}

/** A page of one folder of one mailbox, in any order, with repetitions. */
export interface MailPage {
  /** `addresses`: all by which its owner is known, lower case, `address` among them. */
  readonly mailbox: { readonly id: string; readonly address: string; readonly addresses: readonly string[] };
  /** `round` counts the full readings of this folder; see `round` in bot/graph/store.ts. */
  readonly folder: { readonly id: string; readonly role: 'mail' | 'sent'; readonly round: number };
  readonly items: readonly MailItem[];
  /** Mail before it passes only where newer mail of its conversation does. */
  readonly since?: Date | undefined;
  /** Ids that are no longer in this folder. */
  readonly removed: readonly string[];
}
