import type { CardJson, Subject } from '../capability.ts';
import { Unavailable } from '../errors.ts';

/** A conversation as Teams named it. `conversationId` of a channel is the channel itself, without a message. */
export interface ConversationRef {
  readonly kind: 'channel' | 'personal';
  readonly serviceUrl: string;
  readonly tenantId: string;
  readonly conversationId: string;
  readonly botId: string;
}

/** A member of a conversation; `userId` is the bot's name for him (`29:...`). Names and addresses are hostile text. */
export interface Member {
  readonly userId: string;
  readonly objectId: string | null;
  readonly tenantId: string | null;
  readonly name: string;
  readonly address: string | null;
}

/** Somebody who is named so that Teams tells him; `name` is what people read. */
export interface Mention {
  readonly userId: string;
  readonly name: string;
}
/** `text` with a mention may hold markup of Teams: it is ours, or went through `plain`. */
export type Message = { readonly card: CardJson } | { readonly text: string; readonly mention?: Mention };

/**
 * What posts need of Teams. Every call throws `Tombstoned` when the conversation is closed to us for good, `Unavailable` when Teams said to
 * come back (nothing was posted), and `Uncertain` when a send was cut off, so that nobody knows whether it arrived.
 */
export interface TeamsPort {
  /** Starts a new thread in a channel, or a message in a personal chat; answers the activity's id. */
  send(to: ConversationRef, message: Message): Promise<string>;
  /**
   * Answers below an activity of the same conversation; `threadId` is the conversation id that came with it.
   * @throws {PostGone} when somebody deleted what is answered
   */
  reply(to: ConversationRef, threadId: string, activityId: string, message: Message): Promise<string>;
  /** @throws {PostGone} when somebody deleted it */
  update(to: ConversationRef, activityId: string, card: CardJson): Promise<void>;
  /** Deleting what is not there any more is no error. */
  remove(to: ConversationRef, activityId: string): Promise<void>;
  members(to: ConversationRef): Promise<Member[]>;
  /** Opens (or finds) the personal chat with a member; answers its conversation id. */
  openPersonal(beside: Omit<ConversationRef, 'kind' | 'conversationId'>, userId: string): Promise<string>;
}

/** A line in somebody's activity feed, which opens a place in the tab. */
export interface FeedLine {
  readonly tenantId: string;
  readonly objectId: string;
  readonly text: string;
  readonly subject: Subject;
}
/** What posts need of the activity feed. */
export interface FeedPort {
  /** @returns false where this person cannot be told so. @throws {Unavailable} when nothing was told; {Uncertain} when nobody knows */
  tell(line: FeedLine): Promise<boolean>;
}

/** A mail in plain text that Rapport sends by itself. */
export interface OwnMail {
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string;
  readonly text: string;
}
/** What a list of people in a crisis needs of a mailbox. */
export interface MailPort {
  /** @returns false where it is refused. @throws {Unavailable} when it is certain that nothing went; {Uncertain} when nobody knows */
  send(mail: OwnMail): Promise<boolean>;
}

/** Teams will not take anything for this conversation again: never write to it. */
export class Tombstoned extends Error {
  override readonly name = 'Tombstoned';
  readonly reason: string;
  constructor(reason: string) {
    super(`the conversation is closed to the bot: ${reason}`);
    this.reason = reason;
  }
}

/** The activity is not in the conversation any more: a person deleted it. */
export class PostGone extends Error {
  override readonly name = 'PostGone';
}

/** Teams will not take a card of this size; nothing was posted. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Something between us and Teams gave up on a send: the card may be there already, so it is repeated once at most. */
export class GatewayGaveUp extends Unavailable {}

/** A send was cut off: the card may stand in the conversation or not. */
export class Uncertain extends Error {
  override readonly name = 'Uncertain';
}
