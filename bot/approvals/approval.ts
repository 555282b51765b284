import type { DecisionScope } from '../charter/charter.ts';
import type { Side } from '../contract/sides.ts';
import type { Calling } from '../matters/index.ts';

/** A decision scope as agreed when it was asked: amendments do not touch what is under way. `who` holds contact ids. */
export type Scope = Omit<DecisionScope, 'decidedBy'>;

/** What people wrote when they asked. `amount` is in the unit of the scope's limit; null where none was given. */
export interface Request {
  readonly what: string;
  readonly why: string;
  readonly doneWhen: string;
  readonly amount: number | null;
}

/** One place among those who decide: of a person the scope names. In a sequence it is asked when those before it have approved. */
export interface Seat {
  /** Contact id of whoever the scope names. */
  readonly agreed: string;
  /** Who decides in it now: that person, a stand-in, or whom it was handed to; null: nobody is there. */
  readonly by: string | null;
  /** Handed on by a press of the decider or an owner of the side. A stand-in who follows from somebody's absence is none. */
  readonly handed: boolean;
  readonly askedAt: Date | null;
  /** When the decision is expected, or a notice goes ahead; null until somebody is asked. */
  readonly dueAt: Date | null;
  readonly verdict: 'approved' | 'declined' | null;
  readonly decidedAt: Date | null;
}

/** `asking`: the deciding side is asked. `unclear`: the asker is to answer a question, and the time rests. */
export type ApprovalState = 'asking' | 'unclear' | 'closed';
/**
 * How it ended. Of a notice: `silent` (nobody objected), `declined` (somebody objected), `unheard` (somebody could not be reached, so it
 * does not go ahead).
 */
export type Ending = 'approved' | 'declined' | 'withdrawn' | 'silent' | 'unheard';

/** Whoever decides is told, and the asker of how it ended. */
export interface Approval extends Calling {
  readonly id: string;
  readonly partnershipId: string;
  readonly charterVersion: number;
  /** `notice`: goes ahead unless somebody objects. */
  readonly kind: 'decision' | 'notice';
  readonly askingSide: Side;
  readonly decidingSide: Side;
  /** Contact id of whoever asks. */
  readonly by: string;
  readonly scope: Scope;
  readonly request: Request;
  /** The message in Teams that it came from, by its link; empty where there is none. */
  readonly evidence: string;
  readonly state: ApprovalState;
  readonly ending: Ending | null;
  readonly seats: readonly Seat[];
  /** The first asking about what is asked now: earlier ones were about something else. */
  readonly firstAsking: number;
  /** Who has shown by a press that what is asked now arrived, and when. */
  readonly heard: Readonly<Record<string, Date>>;
  /** Reminders given since the deciders were asked: at half time, and on the day. */
  readonly reminders: number;
  /** The day chosen by the asker of a notice, where it is later than what was agreed. */
  readonly notBefore: Date | null;
  /** A question back: the journal event that holds its words. */
  readonly unclear: { readonly eventId: string; readonly by: string; readonly at: Date } | null;
  /** When the time passed that was agreed. */
  readonly pastDueAt: Date | null;
  readonly openedAt: Date;
  readonly endedAt: Date | null;
  readonly revision: number;
}
