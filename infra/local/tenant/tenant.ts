import type { Person } from './person.ts';

/** The client's own app registration, as the stand-ins issue tokens to it. The secret is new in every process. */
export interface AppRegistration {
  readonly id: string;
  readonly secret: string;
  /** `api://<host>/<app id>`: audience of v1 tab tokens; the launcher may give its own host. */
  readonly idUri: string;
  /** Application permissions consented in the directory. */
  readonly roles: readonly string[];
}

/** Mail that comes from an address that contains `from` and whose subject contains `subject` (either may be left out) goes to `folder`. */
export interface MailRule {
  readonly from: string | null;
  readonly subject: string | null;
  /** Path below the mailbox's top: `Inbox/Partners/Fabrikam`. */
  readonly folder: string;
}

/**
 * `on`: read as usual. `outOfScope`: exists, but the app may not read it (403). `none`: the person has an account without a mailbox
 * (404 MailboxNotEnabledForRESTAPI).
 */
export type MailboxState = 'on' | 'outOfScope' | 'none';

export interface Mailbox {
  readonly address: string;
  readonly aliases: readonly string[];
  readonly name: string;
  /** Object id of its user in the client's directory. */
  readonly objectId: string;
  readonly kind: 'user' | 'shared';
  readonly state: MailboxState;
  /** IANA zone of its owner. */
  readonly zone: string;
  readonly folders: readonly string[];
  readonly rules: readonly MailRule[];
  readonly outOfOffice: { readonly startAt: Date; readonly endAt: Date; readonly text: string } | null;
}

/** One mail as it was sent, before copies of it lie in mailboxes. */
export interface SentMail {
  /** With angle brackets, as internetMessageId has it. */
  readonly messageId: string;
  /** Who sent it on behalf of `from`; absent: he himself. */
  readonly sender?: MailAddress;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly subject: string;
  readonly sentAt: Date;
  /** When the first server of the client had it; null: a few seconds after it was sent. */
  readonly receivedAt: Date | null;
  readonly importance: 'low' | 'normal' | 'high';
  /** Other headers worth keeping: `Auto-Submitted`, `List-Id`, `Precedence`. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Plain text, where the source has it at hand; null for a big archive. */
  readonly text: string | null;
  readonly meeting: 'request' | 'cancelled' | 'accepted' | 'tentative' | 'declined' | null;
  /** What owners did to their copies before the clock started, by address. */
  readonly marks: readonly MailMark[];
}
export interface MailAddress {
  readonly address: string;
  readonly name: string;
}
export interface MailMark {
  /** Address of the mailbox whose copy it is on. */
  readonly on: string;
  readonly flag?: 'none' | 'flagged' | 'complete';
  /** The day a flag is due (end of it), where it has one. */
  readonly flagDueAt?: Date | null;
  readonly categories?: readonly string[];
  readonly importance?: 'low' | 'normal' | 'high';
  readonly isRead?: boolean;
}

/** The channel of a partnership. A guest or an external member is told by the person's kind. */
export interface Channel {
  /** `19:...@thread.tacv2` */
  readonly id: string;
  readonly name: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly kind: 'standard' | 'shared';
  /** The partnership it belongs to: name of its charter without the ending. */
  readonly slug: string;
  readonly members: readonly Person[];
}

/** A charter ready to be written into the folder that the service reads: `fabrikam.yaml`. */
export interface CharterFile {
  readonly slug: string;
  readonly fileName: string;
  readonly text: string;
}

export interface Meeting {
  readonly id: string;
  readonly subject: string;
  readonly organizer: MailAddress;
  readonly attendees: readonly MailAddress[];
  /** Start of the first occurrence. */
  readonly startAt: Date;
  readonly minutes: number;
  /** IANA zone in which the recurrence is counted. */
  readonly zone: string;
  /** The value of an RRULE (RFC 5545), null for a single meeting. */
  readonly recurrence: string | null;
  /** Occurrences that were cancelled, by their start. */
  readonly cancelledAt: readonly Date[];
  /** Occurrences that were moved. */
  readonly moved: readonly { readonly fromAt: Date; readonly startAt: Date; readonly minutes: number }[];
  /** The whole meeting was cancelled; the attendees' copies stay. */
  readonly cancelled: boolean;
  /** HTML; absent: the block with the link to join, and nothing else. */
  readonly body?: string;
}

/** What somebody presses in the tab while the story is told. */
export interface Said {
  readonly at: Date;
  readonly by: Person;
  readonly verb: string;
  /** The key of a partnership, or the name of what an earlier press began. */
  readonly about: string;
  /** What it begins is called so from here on. */
  readonly name: string | null;
  readonly inputs: Readonly<Record<string, string>>;
}

/** What a tenant folder says, as of one clock start: people, mailboxes, channels, charters and where its mail is. */
export interface Tenant {
  readonly folder: string;
  readonly name: string;
  readonly id: string;
  readonly domain: string;
  readonly app: AppRegistration;
  /**
   * When both sides of every partnership agreed to its charter. The product clock begins here: what opened before is never alerted. The
   * launcher lets the owners press *Agree* and moves the clock on to `clockStartAt`.
   */
  readonly agreedAt: Date;
  /** From here on mail comes in one by one at its own time; what lies before is read in one go. */
  readonly watchedAt: Date;
  /** The product time at which people start to look. Every relative time of the folder is counted from here. */
  readonly clockStartAt: Date;
  /** One sentence: what is to be seen at that moment. */
  readonly about: string;
  readonly people: readonly Person[];
  /** Who is looking when the desk opens. */
  readonly firstLooking: Person;
  readonly mailboxes: readonly Mailbox[];
  readonly channels: readonly Channel[];
  readonly charters: readonly CharterFile[];
  readonly meetings: readonly Meeting[];
  /** In order of time, between `watchedAt` and `clockStartAt`. */
  readonly said: readonly Said[];
  /** All mail, archives streamed from their files; in no particular order. */
  mail(): AsyncIterable<SentMail>;
}
