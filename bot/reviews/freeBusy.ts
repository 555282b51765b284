import { sql } from 'kysely';
import { z } from 'zod';
import type { JobHandler } from '../capability.ts';
import type { AgreedCharter, Contact, ReviewPlan } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { Unavailable } from '../errors.ts';
import { addJob } from '../jobs/index.ts';
import { askerFor, type FreeBusyPort } from '../meetings/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { keep, planOfReview, preparer, subjectOf } from './keep.ts';
import { takenUntil } from './missing.ts';
import type { Review } from './review.ts';
import { reviewById } from './store.ts';

/** Named as one of Graph's, whose workers wait for Graph most of the time: a slow answer holds no card up. */
export const FREE_BUSY = 'graph.freeBusy';

const ask = (tx: Tx, reviewId: string): Promise<void> => addJob(tx, FREE_BUSY, { reviewId }, { key: `${FREE_BUSY}:${reviewId}` });

/** For reviews without a date of which it was never asked: they have just become so, or it was granted since. */
export async function askOfMissing(tx: Tx, partnershipId: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from review where partnership_id = ${partnershipId} and state = 'missing' and facts ->> 'busy' is null order by id`.execute(
    tx,
  );
  for (const { id } of rows) await ask(tx, id);
}

/** Its card is looked at: what was told on another day (UTC) is asked for anew. */
export async function askAnew(tx: Tx, id: string, now: Date): Promise<void> {
  const review = await reviewById(tx, id);
  if (review?.state !== 'missing') return;
  const day = (at: Date): string => at.toISOString().slice(0, 10);
  if (!review.busy || day(review.busy.askedAt) !== day(now)) await ask(tx, id);
}

/**
 * Asks when the people who are needed for a review without a date are taken. Only times are kept, those of all in one, for as long as there is
 * no date. Where it is not told the times stay as they were: by both working calendars.
 */
export const freeBusyJob = (port: FreeBusyPort): JobHandler => ({
  schema: z.object({ reviewId: z.guid() }),
  async run({ reviewId }: { reviewId: string }, { ports, lastAttempt }) {
    const now = ports.clock.now();
    const before = await reviewById(ports.db, reviewId);
    if (before?.state !== 'missing') return;
    const agreed = await currentCharter(ports.db, before.partnershipId, now);
    const plan = planOfReview(agreed, before);
    const until = takenUntil(before.dueBy, now, plan?.minutes ?? 0);
    const told = await toldOf(port, ports.db, needed(agreed, plan), before.partnershipId, now, until).catch((error: unknown) => {
      // it only makes better what is offered anyway
      if (lastAttempt && error instanceof Unavailable) return null;
      throw error;
    });
    await ports.transaction(async (tx) => {
      await lockSubject(tx, subjectOf(reviewId));
      const review = await reviewById(tx, reviewId);
      if (review?.state !== 'missing') return;
      const charter = await currentCharter(tx, review.partnershipId, now);
      const people = new Set(needed(charter, planOfReview(charter, review)).values());
      // somebody went while Graph was asked: his time is not kept, the others' is asked for again
      if (told?.of.some((id) => !people.has(id))) return ask(tx, reviewId);
      await keep(tx, charter, { ...review, busy: { askedAt: now, until, of: told?.of ?? [], times: told?.times ?? [] } }, [], now);
    });
  },
});

async function toldOf(
  port: FreeBusyPort,
  db: Db,
  people: ReadonlyMap<string, string>,
  partnershipId: string,
  from: Date,
  to: Date,
): Promise<Pick<NonNullable<Review['busy']>, 'of' | 'times'> | null> {
  const addresses = [...people.keys()];
  const askedBy = await askerFor(db, partnershipId, addresses);
  if (!askedBy || addresses.length === 0) return null;
  const told = await port.taken({ askedBy, addresses, from, to });
  return told && { times: told.times, of: [...new Set(told.of.flatMap((address) => people.get(address) ?? []))].sort() };
}

/**
 * Whoever prepares a review or answers for the partnership, by an address that the client's own directory can know: people of the provider
 * only where they have one of the client's.
 * @returns contact ids by address
 */
export function needed(charter: AgreedCharter, plan: ReviewPlan | undefined): Map<string, string> {
  const { client, provider } = charter.sides;
  const prepares = preparer(charter, plan)?.id;
  const isNeeded = ({ owner, left, id }: Contact): boolean => !left && (owner || id === prepares);
  const isOfClient = (address: string): boolean => client.domains.includes(address.slice(address.lastIndexOf('@') + 1));
  const found = new Map<string, string>();
  for (const { id, addresses } of [...client.contacts, ...provider.contacts].filter(isNeeded)) {
    const own = addresses.find(isOfClient);
    if (own) found.set(own, id);
  }
  return found;
}
