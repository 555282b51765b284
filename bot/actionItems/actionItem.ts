import type { Subject } from '../capability.ts';
import type { Side } from '../contract/sides.ts';
import type { Calling } from '../matters/index.ts';

/** Another day that was asked for and waits for the word of the other side. */
export interface ProposedDay {
  readonly on: string;
  readonly at: Date;
  /** Contact id of whoever asked for it. */
  readonly by: string;
}

export type ActionItemState = 'open' | 'closed';
export type Ending = 'done' | 'withdrawn';

/** Something that was agreed to be done: what, by whom, until when, and how both sides see that it is. */
export interface ActionItem extends Calling {
  readonly id: string;
  readonly partnershipId: string;
  readonly charterVersion: number;
  /** Contact id of whoever noted it, and his side. */
  readonly by: string;
  readonly bySide: Side;
  /** Contact id of whoever does it, and his side. */
  readonly holder: string;
  readonly side: Side;
  readonly what: string;
  readonly doneWhen: string;
  /** Where it was agreed: a review; null where it was noted by itself. */
  readonly source: Subject | null;
  readonly state: ActionItemState;
  readonly ending: Ending | null;
  /** The day that was agreed first (`YYYY-MM-DD` in the holder's calendar), and its end: what it is measured by. */
  readonly agreedOn: string;
  readonly agreedAt: Date;
  /** The day that counts now, and its end. */
  readonly dueOn: string;
  readonly dueAt: Date;
  /** Its day was moved before: another time needs the other side's word. */
  readonly moved: boolean;
  readonly proposal: ProposedDay | null;
  /** The reminder before its day was given for the day that counts now. */
  readonly reminded: boolean;
  /** When the day passed that counts now. */
  readonly pastDueAt: Date | null;
  readonly openedAt: Date;
  readonly endedAt: Date | null;
  readonly revision: number;
}
