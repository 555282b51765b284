import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ZodType } from 'zod';
import type { Clock } from './clock.ts';
import type { MatterKind, MatterView } from './contract/matter.ts';
import type { ActionView } from './contract/obligation.ts';
import type { AgendaSection, Wish } from './contract/review.ts';
import type { Side } from './contract/sides.ts';
import type { Db, Tx } from './store/database.ts';
import type { ThreadChange } from './threads/index.ts';

/** What a card, a deadline, a post or a journal row is about: `{ kind: 'obligation', id }`, written `obligation:<id>`. */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}
export const subjectKey = (subject: Subject): string => `${subject.kind}:${subject.id}`;

/** Somebody acting in a partnership, by bound identity. `contactId` names the person, `owner` his standing. */
export interface Actor {
  readonly partnershipId: string;
  readonly contactId: string;
  readonly side: Side;
  readonly owner: boolean;
  readonly through: 'card' | 'tab' | 'outlook' | 'command';
}

/** Somebody who may look at a partnership by his role and say nothing in it. He sees sides, roles and times. */
export interface Reader {
  readonly partnershipId: string;
  readonly as: 'executive' | 'admin';
}

/** How a known person stands towards a partnership: as one of its contacts, or looking by his role. */
export type Access = Actor | Reader;
/** Who will read a view: everyone in the channel (what is stored in Teams), or one known person. */
export type Viewer = 'everyone' | Access;
export const isActor = (viewer: Viewer): viewer is Actor => viewer !== 'everyone' && 'contactId' in viewer;

/** What the use cases of a capability are given. `transaction` commits state, journal, deadlines and jobs together. */
export interface Ports {
  readonly db: Db;
  readonly clock: Clock;
  readonly wall: Clock;
  transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>;
}

/** A journal event as reactions and histories read it. `id` is the journal's position (a decimal string), `at` the due or product time. */
export interface JournalEvent {
  readonly id: string;
  readonly kind: string;
  readonly subject: Subject;
  readonly partnershipId: string | null;
  readonly at: Date;
  readonly by: { readonly contactId: string; readonly side: Side } | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventKind {
  readonly schema: ZodType;
  /** The line people read in the history, given the event and a way to say who did it (`Fabrikam (Service desk)`). */
  sentence(event: JournalEvent, who: string): string;
}

/** A subject whose deadline has come, and when that was set for. */
export interface Due {
  readonly subject: Subject;
  readonly dueAt: Date;
}

/** A deadline is data; its handler gets the subject, re-reads the row, and may safely run twice. It touches nothing outside the database. */
export interface DeadlineHandler {
  /**
   * Locks what the handler is about, before its deadline is taken away: where other writers lock something else before they set the
   * deadline (the threads of a wait, say), so that both go in one order. Without it the subject is locked.
   */
  lock?(subject: Subject, tx: Tx): Promise<void>;
  run(due: Due, context: { tx: Tx; now: Date }): Promise<void>;
  /** The same for many, in one transaction: where much of one kind is due at once. When it fails, each is run by itself. */
  runAll?(due: readonly Due[], context: { tx: Tx; now: Date }): Promise<void>;
}

/** Adaptive Card 1.5 as JSON. */
export type CardJson = { readonly type: 'AdaptiveCard'; readonly version: '1.5'; readonly [key: string]: unknown };

/**
 * Where the living card of a subject belongs now. `wanted`: post it when it is not there; `keep`: only keep what is there true;
 * `gone`: remove it. A conversation is named by the partnership's channel or by a contact's personal chat.
 */
export interface Placement {
  readonly where:
    | { readonly kind: 'channel'; readonly partnershipId: string }
    | { readonly kind: 'personal'; readonly contactId: string }
    /**
     * A person who is told once, in one way. `first` `mention`: below the card of `below` in the channel where he is there, else in his activity
     * feed where that is granted, else by the card in his own chat. `chat`: by the card where it reaches him, else as before.
     */
    | {
        readonly kind: 'person';
        readonly contactId: string;
        /** How a mention names him to everyone. */
        readonly role: string;
        readonly partnershipId: string;
        readonly below: Subject;
        readonly first: 'mention' | 'chat';
      }
    /** A conversation that was captured, whatever is confirmed about it: for set-up alone. */
    | { readonly kind: 'conversation'; readonly conversationId: string };
  readonly state: 'wanted' | 'keep' | 'gone';
  readonly viewer: Viewer;
  /** Most important first when the channel's alert budget is short; a card without a number does not count against the budget. */
  readonly alertWeight?: number;
}

/** One kind of living card. The view arrives in words, made for its viewer; the card is a pure function of it. */
// biome-ignore lint/suspicious/noExplicitAny: the list of capabilities holds kinds of different views
export interface CardKind<View = any> {
  placements(tx: Tx, id: string, now: Date): Promise<Placement[]>;
  view(tx: Tx, id: string, viewer: Viewer, now: Date): Promise<View | null>;
  card(view: View): CardJson;
  /** The place in the tab that shows the same: `escalation/<id>`. Its card leads there. */
  page?(view: View): string;
  /** What a person is told by a mention or in his feed, after his role: for everyone to read, in our own words. */
  tells?(view: View): string;
  /** A card of it came into a conversation for the first time: in the transaction that records it. What other cards say may be another now. */
  arrived?(tx: Tx, id: string): Promise<void>;
  /**
   * Contacts whom it concerns most, by id: where more people are in a channel than may have an own view, they have theirs. All others read what
   * everyone reads, and get their own view when they press.
   */
  concerns?(tx: Tx, id: string): Promise<readonly string[]>;
  /** Everyone reads the same: clients do not ask for an own view. */
  readonly sameForAll?: boolean;
}

/** What an action answers: the subject whose card is shown next, a sentence for the person, and the event that undo takes back. */
export interface ActionOutcome {
  readonly subject: Subject;
  readonly message: string;
  readonly undoEventId: string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: the list of capabilities holds actions of different inputs
export interface Action<Input = any> {
  /** The inputs after parsing at the door: hostile until then. */
  readonly schema: ZodType<Input>;
  /** Which kind of subject `subjectId` names (one of some capability's `subjects`): access is checked against its partnership. */
  readonly subjectKind: string;
  /** `revision`: of the view that was pressed, where its client told it; hostile, a number at most. */
  run(context: { tx: Tx; now: Date; actor: Actor; subjectId: string; input: Input; revision?: number | undefined }): Promise<ActionOutcome>;
}

/** A word typed to the bot. The answer is a card or a sentence. */
export interface Command {
  readonly help: string;
  /**
   * Of a word that changes a whole partnership: whether somebody may say it there. In his own chat it acts on one partnership alone: the only one
   * where he may, or the one that he names.
   */
  readonly changes?: (access: Access) => boolean;
  /** `viewer` says who reads the answer: everyone when it was typed in a channel. `actor` typed it. */
  run(context: { tx: Tx; now: Date; actor: Actor; viewer: Viewer; text: string }): Promise<{ text: string } | { card: CardJson }>;
  /** What the same word does for somebody who looks by his role; without it he is told that he can only look. */
  forReader?(context: { tx: Tx; now: Date; reader: Reader; viewer: Viewer }): Promise<{ text: string } | { card: CardJson }>;
}

/** A message in Teams from which somebody begins something: its link, and what stands in it. Hostile text. */
export interface Origin {
  readonly url: string;
  readonly words: string;
}

/**
 * A form that Teams opens over a message or beside the compose box, by the id that the app manifest gives its command. What is sent is pressed
 * as if on a card, about the partnership.
 */
export interface Dialog {
  readonly title: string;
  /** The form, by one button of it; or why there is none, in a sentence. */
  form(context: { tx: Tx; now: Date; actor: Actor; origin: Origin | null }): Promise<ActionView | string>;
}

/**
 * A job towards the outside: at least once, keyed; throws `Unavailable` to be tried again. It may give back what is done as the last of it, once
 * its key is free: whoever takes up a job that calls for itself before that finds the key taken, and waits.
 */
export interface JobHandler {
  readonly schema: ZodType;
  // biome-ignore lint/suspicious/noExplicitAny: parsed by `schema` before
  run(payload: any, context: { ports: Ports; lastAttempt: boolean }): Promise<JobEnd>;
}
/** Most jobs give nothing back. */
export type JobEnd = (() => Promise<void>) | void;

/** A part of the brief: a heading and lines in plain words, most important first. `changed` lines alone make a quiet brief worth sending. */
export interface BriefSection {
  readonly heading: string;
  readonly lines: readonly { readonly text: string; readonly weight: number }[];
  readonly changed: boolean;
}

/** A kind of thing between both sides that is no mail: Today shows what is open, the tab has a page for each kind. */
export interface Matters {
  /** Those that wait longest first; `ended` lately, latest first, at most 50. */
  list(tx: Tx, viewer: Access, now: Date): Promise<{ readonly open: readonly MatterView[]; readonly ended: readonly MatterView[] }>;
  /** Null for one that is not there or not for this viewer. */
  view(tx: Tx, id: string, viewer: Viewer, now: Date): Promise<MatterView | null>;
  /** What somebody may begin: buttons whose `subjectId` is the partnership's id. */
  begin(tx: Tx, viewer: Access, now: Date): Promise<readonly ActionView[]>;
}

/**
 * Something that a capability would have on the agenda of a review. The same `subject` is the same item on every preparation and from one
 * review to the next.
 */
export interface AgendaCandidate {
  readonly subject: Subject;
  readonly section: Exclude<AgendaSection, 'carried' | 'covers' | 'added'>;
  /** For everyone in the channel: sides, roles and times; what people wrote as it stands on the card of the subject. */
  readonly text: string;
  /** Whose it is; null for both. */
  readonly side: Side | null;
  /** The contact who has to speak for it, where that is one person. */
  readonly contactId: string | null;
  readonly wish: Wish;
  /** The most important first within its section: minutes that it waits, more by 1e9 where it is pressing. */
  readonly weight: number;
}

/** What counts for an agenda or a report: `[from, to)`, product time. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** One figure of a side, or of the partnership (`side` null), over a period. Never of a person. */
export interface Figure {
  readonly key: string;
  readonly label: string;
  readonly side: Side | null;
  readonly unit: 'share' | 'workingHours' | 'elapsedHours' | 'count';
  /** A share from 0 to 1; null where there is nothing to take it from. */
  readonly value: number | null;
  /** With what it was taken from: `8 of 10 (80 %)`. */
  readonly text: string;
  readonly better: 'more' | 'less' | null;
}

/**
 * One capability of the house. Adding one adds a folder and a line in `capabilities.ts`. Reactions to events run as jobs after the commit,
 * keyed (event, capability), at least once; never in the writer's transaction.
 */
export interface Capability {
  readonly name: string;
  readonly events?: Readonly<Record<string, EventKind>>;
  /** Refusal code -> HTTP status and the sentence people read. */
  readonly refusals?: Readonly<Record<string, { status: number; message: string }>>;
  readonly on?: {
    /** Threads changed (a new message, mark or merge): fold them anew, inside the ingest's transaction. */
    mail?(tx: Tx, threads: readonly ThreadChange[], now: Date): Promise<void>;
    /** The calendars of these partnerships changed: in the transaction that records it. */
    meeting?(tx: Tx, partnershipIds: readonly string[], now: Date): Promise<void>;
    /** Teams says that the meeting behind a join link is over. */
    meetingEnded?(tx: Tx, joinUrl: string, at: Date): Promise<void>;
    /**
     * A charter version came into force, was acknowledged, or a calendar was corrected; or what had stopped goes on (a pause ended, the channel
     * may be written to): what is read, due or shown may be another than before.
     */
    charter?(tx: Tx, partnershipId: string, now: Date): Promise<void>;
    /** The channel of a partnership was captured and its audience confirmed. */
    installed?(tx: Tx, partnershipId: string, now: Date): Promise<void>;
  };
  readonly reactions?: Readonly<Record<string, (event: JournalEvent, ports: Ports) => Promise<void>>>;
  readonly deadlines?: Readonly<Record<string, DeadlineHandler>>;
  /**
   * The partnership that a subject belongs to, by the subject's kind; null for one that is not there. The id is hostile text. Whoever may look
   * at a card or press about a subject is decided by this alone.
   */
  readonly subjects?: Readonly<Record<string, (tx: Tx | Db, id: string) => Promise<string | null>>>;
  readonly cards?: Readonly<Record<string, CardKind>>;
  readonly actions?: Readonly<Record<string, Action>>;
  readonly commands?: Readonly<Record<string, Command>>;
  readonly dialogs?: Readonly<Record<string, Dialog>>;
  readonly routes?: (ports: Ports) => FastifyPluginAsyncZod;
  readonly jobs?: Readonly<Record<string, JobHandler>>;
  readonly matters?: Readonly<Partial<Record<MatterKind, Matters>>>;
  /** @param side - what waits for this side alone */
  brief?(tx: Tx, partnershipId: string, viewer: Viewer, now: Date, side?: Side): Promise<readonly BriefSection[]>;
  /**
   * What belongs on the agenda of the next review, in a fixed number of queries, however much is open: the `most` weightiest of each section
   * and how many more there are. `period.from` is the review before, `period.to` is now.
   */
  agenda?(
    tx: Tx,
    partnershipId: string,
    period: Period,
    most: number,
  ): Promise<{ readonly candidates: readonly AgendaCandidate[]; readonly more: number }>;
  /** What a period looked like, in a fixed number of queries. Unanswered ones are counted, and every label says what was measured. */
  figures?(tx: Tx, partnershipId: string, period: Period): Promise<readonly Figure[]>;
}
