import type { BriefSection } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { inBothPlaces } from '../charter/readable.ts';
import type { Side } from '../contract/sides.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';
import { planOfReview, preparer } from './keep.ts';
import { missingOf } from './outcome.ts';
import { nextOfEach } from './routes.ts';
import { heldSince, itemsOf } from './store.ts';

const DAY_MS = 86_400_000;
/** The next date is told so many days ahead. */
const AHEAD_DAYS = 7;
const ASKED_DAYS = 7;

/** The next date of each review, what is missing of the last, and where no date is booked: the last two to the side that prepares it. */
export async function reviewsBrief(tx: Tx, partnershipId: string, now: Date, only?: Side): Promise<readonly BriefSection[]> {
  const charter = await currentCharter(tx, partnershipId, now);
  if (!charter.reviews.length) return [];
  const lines: { text: string; weight: number }[] = [];
  let changed = false;
  for (const review of await nextOfEach(tx, partnershipId, now)) {
    const name = visible(review.name, 80);
    if (review.state === 'missing') {
      const side = preparer(charter, planOfReview(charter, review))?.side ?? 'client';
      if (review.prepared === 0 || only === undefined || only !== side) continue;
      lines.push({ text: `${name}: no date in the calendars, wanted by ${inBothPlaces(charter, review.dueBy!, side)}`, weight: 1e6 });
      changed = true;
    } else if (review.startAt!.getTime() - now.getTime() <= AHEAD_DAYS * DAY_MS) {
      const soon = review.startAt!.getTime() - now.getTime() <= DAY_MS;
      changed ||= soon;
      lines.push({ text: `${name}: ${inBothPlaces(charter, review.startAt!, only ?? 'provider')}`, weight: soon ? 1e5 : 1 });
    }
  }
  const held = (await heldSince(tx, partnershipId, new Date(now.getTime() - ASKED_DAYS * DAY_MS))).filter(({ state }) => state === 'ended');
  const items = await itemsOf(
    tx,
    held.map(({ id }) => id),
  );
  for (const review of held) {
    const missing = missingOf(
      review,
      items.filter((item) => item.reviewId === review.id),
    ).length;
    if (!missing) continue;
    lines.push({ text: `${visible(review.name, 80)}: what was agreed is not complete yet`, weight: 1e7 });
    changed = true;
  }
  return lines.length ? [{ heading: 'Reviews', lines: lines.sort((a, b) => b.weight - a.weight), changed }] : [];
}
