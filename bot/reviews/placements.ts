import type { Placement } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { inChannel, inChatOf } from '../posts/places.ts';
import type { Tx } from '../store/database.ts';
import { planOfReview, preparer } from './keep.ts';
import { reviewById } from './store.ts';

/** Minutes that nobody could be shown in time are still shown so long afterwards. */
const FRESH_MS = 2 * 24 * 3600_000;

/** The agenda in the channel, from its first preparation on: one card for a date, wherever it is moved. */
export async function placements(tx: Tx, id: string): Promise<Placement[]> {
  const review = await reviewById(tx, id);
  if (!review) return [];
  const state = review.state === 'prepared' || review.state === 'running' ? 'wanted' : 'keep';
  return [inChannel(review.partnershipId, state)];
}

/** What came of it, in the channel, once it is over: it asks for what is missing and becomes the minutes. */
export async function outcomePlacements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const review = await reviewById(tx, id);
  if (!review) return [];
  const fresh = review.endedAt !== null && now.getTime() - review.endedAt.getTime() < FRESH_MS;
  const state = review.state === 'ended' || (review.state === 'closed' && fresh) ? 'wanted' : 'keep';
  return [inChannel(review.partnershipId, state)];
}

/** That there is no date, with whoever prepares the review, in private. */
export async function missingPlacements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const review = await reviewById(tx, id);
  if (!review) return [];
  const charter = await currentCharter(tx, review.partnershipId, now);
  const contact = preparer(charter, planOfReview(charter, review));
  if (!contact) return [];
  const state = review.state === 'missing' && review.prepared > 0 ? 'wanted' : 'keep';
  return [inChatOf(review.partnershipId, contact, state)];
}
