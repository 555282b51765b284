import type { Priority, Side } from '../contract/sides.ts';

/** Why an answer is, may be, or is not expected. Each has a plain sentence in `words.ts`. */
export type Why =
  | 'corrected' // a person said so
  | 'pattern' // the charter or *Never for mail like this* names such mail
  | 'importance' // sent with high importance
  | 'flag' // the author flagged his own sent copy
  | 'category' // category *Answer needed*
  | 'chaser' // asked again after the agreed time
  | 'habit' // like earlier mail that nobody ever answered
  | 'settles' // the message itself answers something
  | 'manyAddressed' // more than five in To
  | 'list' // written to a list
  | 'ownSide' // the author's own side stands in To too
  | 'first' // first of a conversation, to one to five people of the other side
  | 'asked' // the other side asked for clarification by a press
  | 'unclear'; // nothing says either way

export interface Verdict {
  readonly answer: 'expected' | 'unsure' | 'notExpected';
  readonly why: Why;
}

/** What ended the wait. `mail` and the presses of the side asked count as answers; `lapsed` is silence. */
export type Ending =
  | 'mail'
  | 'elsewhere'
  | 'otherThread'
  | 'notOurs'
  | 'cannot'
  | 'setAside'
  | 'notNeeded'
  | 'flag'
  | 'notDelivered'
  | 'lapsed'
  | 'notCounted';

export type ObligationState = 'open' | 'settled' | 'waived' | 'lapsed' | 'notDelivered' | 'notCounted';

/** A half-open stretch during which the clock of the side asked rests; `toAt` null while it lasts. */
export interface Pause {
  readonly fromAt: Date;
  readonly toAt: Date | null;
}

/** Something that may be the answer: the alert waits for a word of the asker (or owner), once, at most until `untilAt`. */
export interface Hold {
  readonly why: 'otherThread' | 'meeting' | 'newcomer';
  readonly at: Date;
  readonly untilAt: Date;
  readonly messageKey: string;
  /** The newcomer's address, for the owner's question. */
  readonly address: string | null;
  /** When the meeting begins to which the side asked invites, where the calendar shows it: the alert waits until it ends. */
  readonly meetingAt: Date | null;
}

export interface DatedPromise {
  readonly pressId: string;
  readonly contactId: string;
  readonly madeAt: Date;
  /** The day that was promised, `YYYY-MM-DD`, and the end of that working day of the promiser. */
  readonly on: string;
  readonly at: Date;
}

/**
 * A question to one person in private, or what he is told once (`told`: how the other side ended it, or that his mail did not arrive;
 * `away`: everyone he wrote to is out of office), and since when it stands. `hasLeft`: mail to a contact did not arrive.
 */
export interface Question {
  readonly kind: 'expected' | 'stillNeeded' | 'wasAnswer' | 'newcomer' | 'agreeDate' | 'stillWaiting' | 'told' | 'away' | 'hasLeft';
  /** The person who wrote; the owner of his side; or the owner of the side written to. */
  readonly to: 'asker' | 'owner' | 'askedOwner';
  readonly fromAt: Date;
}

/** One wait as the fold finds it. Instants UTC. */
export interface Obligation {
  readonly threadId: string;
  /** The earliest message, or `press:<id>` when a press opened it. */
  readonly openingKey: string;
  /** The opening and everything attached, in order. */
  readonly messageKeys: readonly string[];
  readonly debtor: Side;
  readonly openedAt: Date;
  readonly charterVersion: number;
  readonly calendarKey: string;
  readonly asker: string;
  readonly asked: readonly string[];
  readonly priority: Priority;
  readonly verdict: Verdict;
  /** Since when an answer is known to be expected (a chaser or correction may come late): no alert before it. */
  readonly expectedFromAt: Date;
  readonly agreedAt: Date;
  readonly dueAt: Date;
  readonly warnAt: Date | null;
  /** The earliest instant of a card that everyone sees; null when there must be none. */
  readonly alertAt: Date | null;
  /** When silence ends it. */
  readonly lapseAt: Date;
  readonly state: ObligationState;
  readonly settledAt: Date | null;
  readonly ending: Ending | null;
  /** Message or press that ended it. */
  readonly endedBy: string | null;
  readonly firstAnswerAt: Date | null;
  /** The date that stands, and one that waits for the other side's word. */
  readonly promise: DatedPromise | null;
  readonly proposal: DatedPromise | null;
  readonly holds: readonly Hold[];
  readonly questions: readonly Question[];
  readonly pauses: readonly Pause[];
  readonly pausedSeconds: number;
  /** The side asked wants something clarified: the clock rests until the asker writes. */
  readonly turned: boolean;
  /** Addresses whose automatic reply said that they are away. */
  readonly away: readonly string[];
  readonly turns: number;
  /** Since when it goes on by the asker's word, after it had ended: the people asked are told at once. */
  readonly goesOnAt: Date | null;
  readonly lastTouchAt: Date;
  readonly askedAgain: { readonly at: Date; readonly side: Side; readonly contactId: string } | null;
  /** When the fold has to look again if nothing else happens. */
  readonly nextAt: Date | null;
}
