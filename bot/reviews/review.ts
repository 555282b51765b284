import type { Subject } from '../capability.ts';
import type { AgendaSection, ReviewState, Wish } from '../contract/review.ts';
import type { Side } from '../contract/sides.ts';
import type { Stretch } from '../meetings/index.ts';

/** One date of a review: found in the calendars, or missing there. */
export interface Review {
  readonly id: string;
  readonly partnershipId: string;
  /** As the charter names it: dates of one name follow each other. */
  readonly name: string;
  /** What stays the same of a date in every calendar and wherever it is moved: see `occurrences.ts`. */
  readonly key: string;
  readonly state: ReviewState;
  /** Null while there is no date. */
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  /** Where it stood when it was found. */
  readonly firstAt: Date | null;
  readonly joinUrl: string | null;
  /** Contact ids of those who are invited, whoever called it included. */
  readonly attendees: readonly string[];
  /** Whoever called it has left: nobody can move it any more. */
  readonly organizerGone: boolean;
  /** How many of the three preparations there were; of a missing date 1 once its owner was told. */
  readonly prepared: number;
  /** Of a missing date: until when it should take place, and when its owner is told. */
  readonly dueBy: Date | null;
  readonly tellAt: Date | null;
  /**
   * Of a missing date alone: when those who are needed are taken, of all in one, as it was told last. `of` are their contact ids, so that it
   * goes with them; after `until` it goes by itself.
   */
  readonly busy: {
    readonly askedAt: Date;
    readonly until: Date;
    readonly of: readonly string[];
    readonly times: readonly Stretch[];
  } | null;
  /** What was more than an agenda holds when it was prepared last. */
  readonly more: number;
  /** Action items that were noted in it, by id. */
  readonly actionItems: readonly string[];
  /** When its minutes went out. */
  readonly minutesAt: Date | null;
  readonly acknowledged: { readonly by: string; readonly at: Date } | null;
  /** When it was over, or cancelled. */
  readonly endedAt: Date | null;
  readonly revision: number;
}

export type ItemState = 'planned' | 'discussed' | 'decided' | 'dropped';

/** One item of the agenda of one date. */
export interface Item {
  readonly id: string;
  readonly reviewId: string;
  /** What it is about: the same from one date to the next. `covers` and `added` are kinds of this room. */
  readonly subject: Subject;
  readonly section: AgendaSection;
  readonly text: string;
  readonly side: Side | null;
  readonly contactId: string | null;
  readonly wish: Wish;
  readonly weight: number;
  /** On how many agendas it stood before without coming to its end. */
  readonly carried: number;
  readonly state: ItemState;
  /** The journal event whose remark is the decision, or why it was dropped. */
  readonly noteId: string | null;
  /** Contact id of whoever put it there. */
  readonly by: string | null;
}

export const OPEN_STATES: ReadonlySet<ReviewState> = new Set(['planned', 'prepared']);
