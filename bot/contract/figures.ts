import { z } from 'zod';
import { TimeView } from './obligation.ts';
import { Side } from './sides.ts';

/** What the text of a figure says that was taken from nothing: no mail, no decision. */
export const NONE = 'none';

/**
 * One figure over a period, ready to read and to draw. Figures are of a side or of the partnership, never of a person. `value` is in `unit`
 * (a share from 0 to 1); null where there is nothing to take it from. `text` says it with what it was taken from: `8 of 10 (80 %)`.
 */
export const FigureView = z.object({
  key: z.string(),
  label: z.string(),
  unit: z.enum(['share', 'workingHours', 'elapsedHours', 'count']),
  value: z.number().nullable(),
  text: z.string(),
  /** The same over the period before; null where there was none. */
  before: z.object({ value: z.number().nullable(), text: z.string() }).nullable(),
  /** What became of it, where more or less of it is better: `better than before` stands in words beside the number. */
  change: z.enum(['better', 'worse', 'same']).nullable(),
});
export type FigureView = z.infer<typeof FigureView>;

/** What a period looked like for both sides, each beside the period before. */
export const FiguresView = z.object({
  from: TimeView,
  to: TimeView,
  /** Start of the period before, which ends at `from`; null where nothing was agreed then. */
  before: TimeView.nullable(),
  sides: z.array(z.object({ side: Side, name: z.string(), figures: z.array(FigureView) })),
  /** Of the partnership as a whole: escalations by level, turns per thread. */
  both: z.array(FigureView),
  /** What the figures are taken from: `mail of 12 of 30 people; mail only`. */
  coverage: z.string(),
});
export type FiguresView = z.infer<typeof FiguresView>;
