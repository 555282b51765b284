import type { Cadence } from '../charter/charter.ts';
import type { Side } from '../contract/sides.ts';

/** What somebody wrote when he gave an update. */
export interface Words {
  readonly done: string;
  readonly next: string | null;
  readonly blocked: string | null;
}

/** `planned`: its period has not begun. `open`: it is expected, or past its time. */
export type DateState = 'planned' | 'open' | 'closed';
export type Ending = 'given' | 'notGiven';

/** One date of an agreed update: an obligation that opens by itself. It keeps the version of the charter under which it opened. */
export interface RhythmDate {
  readonly id: string;
  readonly partnershipId: string;
  readonly charterVersion: number;
  /** The side that gives it. */
  readonly side: Side;
  /** `Weekly report`: with the side, what tells one rhythm from another. */
  readonly title: string;
  readonly every: Cadence;
  /** Subject pattern of a mail that gives it. */
  readonly mail: string | null;
  readonly slotOn: string;
  readonly opensAt: Date;
  readonly dueAt: Date;
  /** From then on the next date is given, not this one. */
  readonly endsAt: Date;
  readonly state: DateState;
  readonly ending: Ending | null;
  /** The earliest mail that gives it. */
  readonly mailAt: Date | null;
  /** When somebody said that it is given; taken back: null. */
  readonly pressAt: Date | null;
  /** Contact id of whoever wrote the words. */
  readonly by: string | null;
  readonly words: Words | null;
  /** The other side said then that what had come was not it: mail up to then does not count. */
  readonly notIt: Date | null;
  /** The first of mail and press. */
  readonly givenAt: Date | null;
  /** It was not given when its time passed. */
  readonly pastDueAt: Date | null;
  readonly endedAt: Date | null;
  /** The date that came after it. */
  readonly nextId: string | null;
  /** Its time went on while the partnership was paused. */
  readonly rested: boolean;
  readonly revision: number;
}
