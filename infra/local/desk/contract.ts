/** What the desk page and its server say to each other (`/desk/api/*`). Instants are ISO 8601 UTC. */

export interface DeskPerson {
  readonly key: string;
  readonly name: string;
  readonly company: string;
  readonly title: string;
  readonly kind: 'member' | 'guest' | 'external';
  readonly zone: string;
  /** What there is to know about this person on the desk: `owner`, `service desk`. */
  readonly note: string;
}

export interface DeskConversation {
  readonly id: string;
  readonly kind: 'channel' | 'personal';
  readonly name: string;
  /** The line below the name: the team, or what the chat is for. */
  readonly detail: string;
  /** Whose tab a channel holds, as its set-up page would have it; null for chats. */
  readonly partnershipId: string | null;
  readonly members: readonly { readonly key: string; readonly name: string }[];
  readonly installed: boolean;
  /** The newest message, to tell what is unread. */
  readonly latestId: string | null;
}

export interface DeskMoving {
  readonly from: string;
  readonly to: string;
  readonly at: string;
}

export interface DeskClock {
  /** Product time now. */
  readonly now: string;
  readonly moving: DeskMoving | null;
  /** `telling`: what happened before the first start is happening now, in quick motion. */
  readonly service: 'starting' | 'telling' | 'up' | 'down';
}

export interface DeskPlace {
  readonly place: string;
  readonly zone: string;
}

export interface DeskState {
  readonly tenant: string;
  readonly about: string;
  readonly clock: DeskClock;
  /** Where the sides of this person's partnerships are, the client first. */
  readonly places: readonly DeskPlace[];
  readonly people: readonly DeskPerson[];
  readonly firstLooking: string;
  /** Of the person who is looking. */
  readonly conversations: readonly DeskConversation[];
  /** What the app offers in the menu of a message, as its manifest says. */
  readonly commands: readonly { readonly id: string; readonly title: string }[];
  /** For the host frame of the tab. */
  readonly host: { readonly tenantId: string; readonly objectId: string; readonly loginHint: string };
}

export interface DeskMessage {
  readonly id: string;
  readonly thread: string | null;
  readonly from: { readonly bot: boolean; readonly name: string; readonly key: string | null };
  readonly at: string;
  readonly editedAt: string | null;
  readonly text: string | null;
  readonly summary: string | null;
  /** Adaptive cards as the person who is looking sees them. */
  readonly cards: readonly unknown[];
}

export interface DeskMail {
  readonly id: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
}

/** A mail to write: an answer to one that is there, or a fresh one. */
export interface DeskMailToSend {
  readonly as: string;
  readonly replyTo: string | null;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** `hour` and `day` add real time; `morning` is 09:00 of the next weekday where the person is; `next` is the next thing that happens. */
export type DeskMove =
  | { readonly step: 'hour' | 'day' | 'morning' | 'next'; readonly as: string }
  | { readonly to: string; readonly as: string };

export type DeskPress =
  | { readonly kind: 'card'; readonly card: unknown }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** What a command of a message brought. */
export type DeskDialogue =
  | { readonly kind: 'page'; readonly title: string; readonly card: unknown }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** A line of `/desk/api/stream`. */
export type DeskEvent =
  | { readonly kind: 'conversation'; readonly conversationId: string; readonly messageId: string }
  | { readonly kind: 'clock'; readonly clock: DeskClock };
