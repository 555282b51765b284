import { visible } from '../posts/plain.ts';
import type { Item, Review } from './review.ts';

/** Items that wished for a decision and have none, nor were left for the next agenda. */
const undecided = (items: readonly Item[]): readonly Item[] =>
  items.filter(({ wish, state, noteId }) => wish === 'decide' && noteId === null && (state === 'planned' || state === 'discussed'));

/** What still has to be said of a date that is over, a sentence each; nothing when it is complete. */
export function missingOf({ actionItems }: Pick<Review, 'actionItems'>, items: readonly Item[]): string[] {
  const decisions = undecided(items).map(({ text }) => `A decision, or that it goes on the next agenda: ${visible(text, 120)}`);
  const nothing = actionItems.length === 0 && !items.some(({ state }) => state === 'decided');
  return [...decisions, ...(nothing ? ['What was agreed: actions with who does them and until when, or that there are none'] : [])];
}

/** What was forgotten can still be noted so long after it was over, though it was closed. */
const LATER_MS = 7 * 24 * 3600_000;

/** Decisions and actions can be noted: while it is held, and for a week after it. */
export const takesOutcome = ({ state, endedAt }: Pick<Review, 'state' | 'endedAt'>, now: Date): boolean =>
  state === 'running' || state === 'ended' || (state === 'closed' && endedAt !== null && now.getTime() - endedAt.getTime() < LATER_MS);
