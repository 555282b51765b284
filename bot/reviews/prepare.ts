import { randomUUID } from 'node:crypto';
import type { AgendaCandidate, Capability } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import type { Tx } from '../store/database.ts';
import { prepared } from './agenda.ts';
import { planOfReview } from './keep.ts';
import type { Item, Review } from './review.ts';
import { cancelledBetween, heldBefore, itemsOf, saveItems } from './store.ts';

/** Of each section and capability: an agenda that holds more is none. */
const MOST = 30;

/** What belongs on the agenda now, from all capabilities: a fixed number of queries, however much is open. */
async function candidatesFor(
  tx: Tx,
  capabilities: readonly Capability[],
  partnershipId: string,
  from: Date,
  now: Date,
): Promise<{ readonly candidates: AgendaCandidate[]; readonly more: number }> {
  const candidates: AgendaCandidate[] = [];
  let more = 0;
  for (const { agenda } of capabilities) {
    const found = await agenda?.(tx, partnershipId, { from, to: now }, MOST);
    if (!found) continue;
    candidates.push(...found.candidates);
    more += found.more;
  }
  return { candidates, more };
}

/** Since when an agenda tells what happened: since the date before it, else since both agreed. */
export const periodFrom = (charter: AgreedCharter, before: Review | undefined): Date =>
  before?.endAt ?? charter.acknowledgedAt ?? charter.effectiveAt;

/**
 * Builds the agenda of a date from what is open now, and what is undone of the date before it.
 * @returns the date with how much more there is, and its items
 */
export async function prepare(
  tx: Tx,
  capabilities: readonly Capability[],
  charter: AgreedCharter,
  review: Review,
  now: Date,
): Promise<{ readonly review: Review; readonly items: readonly Item[] }> {
  const before = review.startAt ? await heldBefore(tx, review.partnershipId, review.name, review.startAt) : undefined;
  const off = review.startAt ? await cancelledBetween(tx, review, before?.startAt ?? null) : [];
  const all = await itemsOf(tx, [...(before ? [before.id] : []), ...off, review.id]);
  const { candidates, more } = await candidatesFor(tx, capabilities, review.partnershipId, periodFrom(charter, before), now);
  const items = prepared(
    review.id,
    all.filter((item) => item.reviewId === review.id),
    {
      candidates,
      previous: all.filter((item) => item.reviewId === before?.id),
      off: all.filter((item) => off.includes(item.reviewId)),
      covers: planOfReview(charter, review)?.covers ?? [],
    },
    randomUUID,
  );
  await saveItems(tx, review, items);
  return { review: { ...review, more }, items };
}
