import { z } from 'zod';
import { ActionView, HistoryLine, TimeView, Tone } from './obligation.ts';
import { Instant, LooksAs, Side } from './sides.ts';

/** What waits on people beside mail. */
export const MatterKind = z.enum(['escalation', 'approval', 'rhythm', 'actionItem']);
export type MatterKind = z.infer<typeof MatterKind>;

/** One step on the way: a level of the pathway, somebody who decides. `text` says who, and what he said or until when he is asked. */
export const StepView = z.object({ text: z.string(), state: z.enum(['done', 'now', 'next', 'skipped']) });
export type StepView = z.infer<typeof StepView>;

/**
 * Something between both sides that is no mail, as one viewer may see it, in words: help that is asked for, a decision. What people wrote
 * stands in `title` and `said`, cut and visible, never as markup.
 */
export const MatterView = z.object({
  kind: MatterKind,
  id: z.string(),
  partnershipId: z.string(),
  revision: z.number(),
  open: z.boolean(),
  /** Whose turn it is; null when nobody's. */
  waitingFor: z.object({ side: Side, name: z.string(), role: z.string().nullable() }).nullable(),
  /** It is the reader's own turn. */
  yours: z.boolean().optional(),
  /** What it is about, in the words of whoever began it. */
  title: z.string(),
  /** Who began it, of what kind it is: `Contoso (Service owner) asks Fabrikam for help`. */
  sentence: z.string(),
  /** Where it stands in a word or two. */
  status: z.string(),
  tone: Tone,
  said: z.array(z.object({ label: z.string(), text: z.string() })),
  since: TimeView,
  expectedBy: TimeView.nullable(),
  /** What `expectedBy` is: `Expected by`, `Asked until`, `Goes ahead after`. */
  timeLabel: z.string(),
  endedAt: TimeView.nullable(),
  /** The time that counts has passed. */
  pastDue: z.boolean(),
  steps: z.array(StepView),
  notes: z.array(z.string()),
  actions: z.array(ActionView),
  history: z.array(HistoryLine),
});
export type MatterView = z.infer<typeof MatterView>;

/**
 * GET /api/partnerships/:id/matters/:kind: all open ones, those that wait longest first, and what ended lately. `begin`: what the reader may
 * start, about the partnership (`subjectId` is its id).
 */
export const MattersView = z.object({
  now: Instant,
  /** The journal position this view includes: the stream resumes after it. */
  cursor: z.string(),
  partnershipId: z.string(),
  kind: MatterKind,
  /** Whose eyes: of somebody who looks by his role, the client's. */
  yourSide: Side,
  looksAs: LooksAs,
  open: z.array(MatterView),
  ended: z.array(MatterView),
  begin: z.array(ActionView),
});
export type MattersView = z.infer<typeof MattersView>;
