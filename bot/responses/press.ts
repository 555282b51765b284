import type { Side } from '../contract/sides.ts';

/** What people can say about an obligation: the verbs are `obligation.<kind>`, the journal kinds the same. */
export const PRESSES = [
  'promise',
  'answeredElsewhere',
  'notOurs',
  'cannot',
  'unclear',
  'setAside',
  'notNeeded',
  'stillWaiting',
  'putBack',
  'agreeDate',
  'declineDate',
  'stillNeeded',
  'wasAnswer',
  'wasNotAnswer',
  'expected',
  'notExpected',
  'neverLikeThis',
  'askAgain',
  'hasLeft',
  'stillHere',
] as const;
export type PressKind = (typeof PRESSES)[number];

/** One press, as the journal holds it. Undone presses are left out before the fold sees them. */
export interface Press {
  readonly id: string;
  readonly kind: PressKind;
  readonly at: Date;
  readonly side: Side;
  readonly contactId: string;
  /** The opening message of the obligation when it was pressed, and who was asked: finds it again in a new fold. */
  readonly messageKey: string;
  readonly debtor: Side;
  /** `promise`: the day (`YYYY-MM-DD`); `answeredElsewhere`: the instant of the answer; `agreeDate`, `declineDate`: the promise's press id. */
  readonly on: string | null;
  readonly happenedAt: Date | null;
  readonly about: string | null;
}
