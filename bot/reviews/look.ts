import type { Capability } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import type { Tx } from '../store/database.ts';
import { keep, type Told, timesOf } from './keep.ts';
import { missingOf } from './outcome.ts';
import { prepare } from './prepare.ts';
import type { Item, Review } from './review.ts';
import { itemsOf, reviewById } from './store.ts';
import { nextStep, preparedBy } from './times.ts';

/**
 * What time does to one date: its agenda is prepared, it begins, it is over, its minutes go out, it is closed. Looked at late it catches up, and
 * is prepared once.
 */
export async function look(tx: Tx, capabilities: readonly Capability[], id: string, now: Date): Promise<void> {
  const before = await reviewById(tx, id);
  if (!before) return;
  const charter = await currentCharter(tx, before.partnershipId, now);
  const times = await timesOf(tx, charter, before);
  let review = before;
  const told: Told[] = [];
  const due = preparedBy(times, now);
  const opens = review.state === 'planned' || review.state === 'prepared';
  if (opens && due > review.prepared) {
    ({ review } = await prepare(tx, capabilities, charter, { ...review, state: 'prepared', prepared: due }, now));
    told.push({ kind: 'prepared', data: { time: due }, at: times.preparations[due - 1]! });
  }
  const items = await itemsOf(tx, [id]);
  for (let step = nextStep(review, times); step && step.at <= now; step = nextStep(review, times)) {
    const next = stepped(review, step.step, step.at, items);
    if (!next) break;
    review = next.review;
    told.push(...next.told);
  }
  await keep(tx, charter, review, told, now);
}

/** One step; null where nothing is left to do. */
function stepped(
  review: Review,
  step: NonNullable<ReturnType<typeof nextStep>>['step'],
  at: Date,
  items: readonly Item[],
): { readonly review: Review; readonly told: readonly Told[] } | null {
  switch (step) {
    case 'begin':
      return { review: { ...review, state: 'running' }, told: [{ kind: 'begun', at }] };
    case 'end':
      return { review: ended(review, at), told: [{ kind: 'ended', at }] };
    case 'minutes': {
      const out = { ...review, minutesAt: at };
      const complete = missingOf(out, items).length === 0;
      return {
        review: complete ? { ...out, state: 'closed' } : out,
        told: [{ kind: 'minutes', at }, ...(complete ? [{ kind: 'closed', at } as const] : [])],
      };
    }
    case 'close':
      return { review: { ...review, state: 'closed' }, told: [{ kind: 'closed', at }] };
    case 'tell':
      // its card in the owner's chat says it
      return { review: { ...review, prepared: 1 }, told: [] };
    case 'prepare':
      return null;
  }
}

/** It is over: what came of it is asked for from now on. */
export const ended = (review: Review, at: Date): Review => ({ ...review, state: 'ended', endedAt: at });
