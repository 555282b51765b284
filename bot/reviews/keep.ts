import type { Subject } from '../capability.ts';
import type { AgreedCharter, Contact, ReviewPlan } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import type { Side } from '../contract/sides.ts';
import { moveDeadline } from '../deadlines/index.ts';
import { appendEvents } from '../journal/index.ts';
import { eventsByRules, type Told as ToldOf } from '../matters/index.ts';
import { calendarOf } from '../people/index.ts';
import { requestPosts } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import type { CompiledCalendar } from '../worktime/index.ts';
import type { Review } from './review.ts';
import { heldBefore, nextAfter, saveReview } from './store.ts';
import { nextStep, preparationsAt, type Times } from './times.ts';

export const subjectOf = (id: string): Subject => ({ kind: 'review', id });
/** The dates of all reviews of a partnership: they are compared with the calendars under this lock. */
export const datesOf = (partnershipId: string): Subject => ({ kind: 'reviews', id: partnershipId });
/** The one deadline of a date: when time changes something. */
export const NEXT = 'review.next';
/** When the calendars are to be looked at again though nobody told that they changed. */
export const FIND = 'review.find';

export type Told = ToldOf<'found' | 'missing' | 'moved' | 'cancelled' | 'back' | 'prepared' | 'begun' | 'ended' | 'minutes' | 'closed'>;

export const planOfReview = (charter: AgreedCharter, { name }: Pick<Review, 'name'>): ReviewPlan | undefined =>
  charter.reviews.find((plan) => plan.name === name);

/** Whoever prepares a review; of one that the charter does not name any more, the owner at the client. */
export function preparer(charter: AgreedCharter, plan: ReviewPlan | undefined): Contact | undefined {
  const all = [...charter.sides.client.contacts, ...charter.sides.provider.contacts];
  return all.find(({ key }) => key === plan?.agendaBy) ?? all.find(({ owner }) => owner);
}

/** The side that prepares it: its minutes are agreed to by the other. */
export const preparingSide = (charter: AgreedCharter, review: Pick<Review, 'name'>): Side =>
  preparer(charter, planOfReview(charter, review))?.side ?? 'client';

export function preparersCalendar(charter: AgreedCharter, plan: ReviewPlan | undefined): CompiledCalendar {
  const contact = preparer(charter, plan);
  return compiled(contact ? calendarOf(charter, contact) : charter.sides.client.calendar);
}

/** When time changes something for a date, by what was agreed. */
export async function timesOf(tx: Tx, charter: AgreedCharter, review: Review): Promise<Times> {
  const { partnershipId, name, startAt } = review;
  if (!startAt) return { preparations: [new Date(0), new Date(0), new Date(0)], nextStartAt: null };
  const plan = planOfReview(charter, review);
  const before = await heldBefore(tx, partnershipId, name, startAt);
  const preparations = preparationsAt(
    { preparedDays: plan?.preparedDays ?? 1 },
    preparersCalendar(charter, plan),
    startAt,
    before?.endAt ?? null,
  );
  return { preparations, nextStartAt: await nextAfter(tx, partnershipId, name, startAt) };
}

/** Everything that follows from a change of a date, in the caller's transaction. The row is written whole. */
export async function keep(tx: Tx, charter: AgreedCharter, changed: Review, told: readonly Told[], now: Date): Promise<Review> {
  const review = { ...changed, revision: changed.revision + 1 };
  await saveReview(tx, review);
  await appendEvents(tx, eventsByRules('review', review, told, now));
  const next = nextStep(review, await timesOf(tx, charter, review));
  await moveDeadline(tx, NEXT, subjectOf(review.id), next?.at ?? null);
  await requestPosts(
    tx,
    ['review', 'reviewOutcome', 'reviewMissing'].map((kind) => ({ kind, id: review.id })),
  );
  return review;
}
