import { z } from 'zod';
import { FiguresView } from './figures.ts';
import { MatterView } from './matter.ts';
import { ActionView, HistoryLine, TimeView, Tone } from './obligation.ts';
import { Instant, LooksAs, Side } from './sides.ts';

export const Wish = z.enum(['decide', 'inform', 'discuss']);
export type Wish = z.infer<typeof Wish>;

/** Where an item stands on an agenda, in this order (design.md, reviews). */
export const AgendaSection = z.enum(['carried', 'decision', 'escalation', 'pastDue', 'figure', 'covers', 'update', 'added']);
export type AgendaSection = z.infer<typeof AgendaSection>;

/** One item of an agenda, as one viewer may see it, in words. */
export const AgendaItemView = z.object({
  id: z.string(),
  section: AgendaSection,
  /** The heading it stands under: `Decisions wanted`. */
  heading: z.string(),
  text: z.string(),
  /** Whose it is: `Fabrikam (Service desk)`; null for both. */
  owner: z.string().nullable(),
  wish: Wish,
  /** What the wish is, in a word: `To decide`. */
  wishText: z.string(),
  /** Time planned for it, and when its turn is, counted from the start. Minutes. */
  minutes: z.number(),
  startsAfterMinutes: z.number(),
  /** On how many agendas it stood before; from the third on `flagged`. */
  carried: z.number(),
  flagged: z.boolean(),
  state: z.enum(['planned', 'discussed', 'decided', 'dropped']),
  /** The decision, or why it was dropped and by which side. */
  note: z.string().nullable(),
  /** The page in the tab that says more: `escalation/<id>`; null where there is none. */
  opens: z.string().nullable(),
  /**
   * About the review, as all that is pressed in it: `subjectId` is the review's id and `carries` names the item. `review.up` and `review.down`
   * move an item by one place: the tab draws them as arrows.
   */
  actions: z.array(ActionView),
});
export type AgendaItemView = z.infer<typeof AgendaItemView>;

export const ReviewState = z.enum(['missing', 'planned', 'prepared', 'running', 'ended', 'closed', 'cancelled']);
export type ReviewState = z.infer<typeof ReviewState>;

/** One date of a review, as one viewer may see it, in words: its agenda before and while it is held, what came out of it afterwards. */
export const ReviewView = z.object({
  id: z.string(),
  partnershipId: z.string(),
  revision: z.number(),
  /** `Weekly service review`. */
  name: z.string(),
  /** `missing`: no date in the calendar; `closed`: what came out of it is complete. */
  state: ReviewState,
  status: z.string(),
  tone: Tone,
  /** One sentence: when it is, who prepares it. */
  sentence: z.string(),
  startsAt: TimeView.nullable(),
  endsAt: TimeView.nullable(),
  /** Where it stood before it was moved. */
  movedFrom: TimeView.nullable(),
  minutes: z.number(),
  /** A link to join, where the calendar has one and the viewer takes part. */
  joinUrl: z.string().nullable(),
  items: z.array(AgendaItemView),
  /** Items that did not fit into the time, or on the card. */
  more: z.number(),
  dropped: z.array(AgendaItemView),
  /** From when it is prepared on; null in a list. */
  figures: FiguresView.nullable(),
  outcome: z
    .object({
      /** What still has to be said, in words; empty when complete. */
      missing: z.array(z.string()),
      decisions: z.array(z.object({ text: z.string(), about: z.string().nullable() })),
      actionItems: z.array(MatterView),
      minutesAt: TimeView.nullable(),
      acknowledged: z.string().nullable(),
    })
    .nullable(),
  notes: z.array(z.string()),
  actions: z.array(ActionView),
  history: z.array(HistoryLine),
});
export type ReviewView = z.infer<typeof ReviewView>;

/**
 * GET /api/partnerships/:id/reviews: the next date of each review first, then those held lately, latest first; all without figures and
 * without what leads out of Rapport.
 */
export const ReviewsView = z.object({
  now: Instant,
  /** The journal position this view includes: the stream resumes after it. */
  cursor: z.string(),
  partnershipId: z.string(),
  yourSide: Side,
  looksAs: LooksAs,
  next: z.array(ReviewView),
  held: z.array(ReviewView),
});
export type ReviewsView = z.infer<typeof ReviewsView>;
