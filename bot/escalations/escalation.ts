import type { Side } from '../contract/sides.ts';

/** A level as agreed when help was asked for: people of the side asked, by contact id. */
export interface Rung {
  readonly name: string;
  readonly asked: readonly string[];
  readonly takeWithinSeconds: number;
  /** Counts by the clock on the wall instead of the working time of the person asked. */
  readonly elapsed: boolean;
}

/** Somebody who is asked now. */
export interface Call {
  readonly contactId: string;
  /** `mail`: he has no account here; an owner of his side sends him a ready mail. */
  readonly how: 'teams' | 'mail';
  readonly askedAt: Date;
  /** When he may be told: at once where it is critical, else in his working time. */
  readonly tellAt: Date;
  /** When his time to take it is over. */
  readonly endsAt: Date;
  /** When the ready mail was marked as sent; his time counts from there. */
  readonly sentAt: Date | null;
}

/**
 * `worry`: told to one's own owner alone. `asking`: the pathway is climbed. `taken`: somebody holds it and promised when to say more.
 * `resolved`: the asking side is to confirm. The others have ended.
 */
export type EscalationState = 'worry' | 'asking' | 'taken' | 'resolved' | 'closed';
/** How it ended; `unconfirmed`: resolved, and nobody said otherwise; `kept`: a worry that stayed one. */
export type Ending = 'confirmed' | 'unconfirmed' | 'withdrawn' | 'kept';

/** What people wrote when they asked. A worry says only what happened and why it matters. */
export interface Request {
  readonly what: string;
  readonly why: string;
  readonly wanted: string;
  readonly doneWhen: string;
}

/** A fix that the side asked proposes: the journal event that holds its words, and whether the other side agreed. */
export interface Proposal {
  readonly eventId: string;
  readonly by: string;
  readonly revision: number;
  readonly agreed: boolean | null;
  /** The notice by which it goes ahead unless the other side objects; null where they are asked here. */
  readonly noticeId: string | null;
}

/** What became of the mail that Rapport sends by itself; `begun` and `unknown`: it may have gone, and is not sent again. */
export type MailOutcome = 'begun' | 'sent' | 'refused' | 'unknown';

/** The list of people in a crisis. */
export interface Tree {
  /** Counts its changes: the owners of both sides are told once of each. */
  readonly change: number;
  /** What it was made of, as a hash: to know a change by. */
  readonly of: string;
  /** The last change that was mailed by itself; null where none was. */
  readonly mail: { readonly change: number; readonly outcome: MailOutcome } | null;
}

export interface Escalation {
  readonly id: string;
  readonly partnershipId: string;
  readonly charterVersion: number;
  readonly askingSide: Side;
  readonly askedSide: Side;
  /** Contact id of whoever began it. */
  readonly by: string;
  readonly state: EscalationState;
  readonly ending: Ending | null;
  readonly critical: boolean;
  /** A crisis of the partnership: elapsed time throughout, and an update at least every so many seconds. */
  readonly updateEverySeconds: number | null;
  readonly request: Request;
  /** The message in Teams that it came from, by its link; empty where there is none. */
  readonly evidence: string;
  /** The wait that it came from. */
  readonly obligationId: string | null;
  /** Nobody asked: both sides agreed that a wait so long past its time climbs. */
  readonly byItself: boolean;
  /** As agreed at opening; amendments do not touch it. */
  readonly pathway: readonly Rung[];
  readonly level: number;
  /** Counts every asking: the card of one asking is sent to a person once. */
  readonly asking: number;
  /** How often the top level was asked again without anybody taking it. */
  readonly repeated: number;
  readonly calls: readonly Call[];
  /** Everyone who was ever asked: he may take it later too. */
  readonly everAsked: readonly string[];
  /** Levels with nobody to ask. */
  readonly skipped: readonly number[];
  /** Nobody took it at the top: people go on outside the pathway. */
  readonly spentAt: Date | null;
  readonly holder: string | null;
  readonly nextUpdateAt: Date | null;
  readonly proposal: Proposal | null;
  readonly resolvedBy: string | null;
  /** When what was resolved and not confirmed ends by itself. */
  readonly closesAt: Date | null;
  /** Null outside a crisis. */
  readonly tree: Tree | null;
  readonly openedAt: Date;
  readonly endedAt: Date | null;
  readonly revision: number;
}
