import { randomUUID } from 'node:crypto';
import type { Capability, Subject } from '../capability.ts';
import type { AgreedCharter, ReviewPlan } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { setDeadline, setDeadlines } from '../deadlines/index.ts';
import { calendarsRead, copiesBetween } from '../meetings/index.ts';
import { worldOf } from '../people/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject, lockSubjects } from '../store/lock.ts';
import { datesOf, FIND, keep, NEXT, preparersCalendar, subjectOf, type Told, timesOf } from './keep.ts';
import { missingBy, type Stands, tellAt } from './missing.ts';
import { type Occurrence, occurrencesIn } from './occurrences.ts';
import { prepare } from './prepare.ts';
import { type Change, reconcile } from './reconcile.ts';
import type { Review } from './review.ts';
import { itemsOf, reviewById, reviewsSince } from './store.ts';
import { nextStep, preparedBy } from './times.ts';

const DAY_MS = 86_400_000;
/** What began longer ago says nothing about dates to come, whatever its cadence. */
const BACK_DAYS = 100;
/** As far as calendars are read, and a day. */
const AHEAD_DAYS = 43;
/** Key of a date that no calendar has. */
const MISSING = 'missing|';

/**
 * Compares what the calendars have with the dates that are known, for all reviews of a partnership. Does nothing before both sides agreed, nor
 * while no calendar is read.
 */
export async function findDates(tx: Tx, capabilities: readonly Capability[], partnershipId: string, now: Date): Promise<void> {
  await lockSubject(tx, datesOf(partnershipId));
  const charter = await currentCharter(tx, partnershipId, now);
  if (!charter.acknowledgedAt || !(await calendarsRead(tx, partnershipId))) return;
  const world = await worldOf(tx, charter);
  const copies = await copiesBetween(
    tx,
    partnershipId,
    new Date(now.getTime() - BACK_DAYS * DAY_MS),
    new Date(now.getTime() + AHEAD_DAYS * DAY_MS),
  );
  const found = occurrencesIn(copies, charter.reviews, world);
  const keys = [...found.values()].flatMap((dates) => dates.map(({ key }) => key));
  const since = new Date(now.getTime() - BACK_DAYS * DAY_MS);
  const before = await reviewsSince(tx, partnershipId, since, keys);
  await lockSubjects(
    tx,
    before.map(({ id }) => `review:${id}`),
  );
  // presses and deadlines lock a date alone: as it is now
  const known = await reviewsSince(tx, partnershipId, since, keys);
  for (const plan of charter.reviews) {
    const own = known.filter(({ name }) => name === plan.name);
    await follow(tx, charter, plan, own, found.get(plan.name) ?? [], now);
  }
  await gone(tx, charter, known, now);
  await preview(tx, capabilities, charter, now);
  await setTimes(tx, charter, since);
  await setDeadline(tx, { kind: FIND, subject: datesOf(partnershipId), at: new Date(now.getTime() + DAY_MS) });
}

async function follow(
  tx: Tx,
  charter: AgreedCharter,
  plan: ReviewPlan,
  known: readonly Review[],
  found: readonly Occurrence[],
  now: Date,
): Promise<void> {
  const touched = new Set(
    (
      await itemsOf(
        tx,
        known.filter(({ state }) => state === 'running' || state === 'ended').map(({ id }) => id),
      )
    )
      .filter(({ state }) => state === 'discussed' || state === 'decided')
      .map(({ reviewId }) => reviewId),
  );
  const said = (review: Review) => touched.has(review.id) || review.actionItems.length > 0 || review.minutesAt !== null;
  const changes = reconcile(plan.every, known, found, now, said);
  // a date that takes another's place gives its own key free first
  for (const change of changes) await apply(tx, charter, plan, change, now);
  const stands: Stands[] = [
    ...found,
    // what is ahead and in no calendar any more is off
    ...known
      .filter(({ startAt, key }) => startAt && !key.startsWith(MISSING) && !found.some((one) => one.key === key))
      .map(({ startAt, state }) => ({ startAt: startAt!, cancelled: startAt! > now || state === 'cancelled' })),
  ];
  await sayMissing(tx, charter, plan, known, stands, now);
}

async function apply(tx: Tx, charter: AgreedCharter, plan: ReviewPlan, change: Change, now: Date): Promise<void> {
  if (change.kind === 'cancelled') {
    await keep(tx, charter, { ...change.review, state: 'cancelled', endedAt: now }, [{ kind: 'cancelled' }], now);
    return;
  }
  const { occurrence } = change;
  if (change.kind === 'found') {
    await keep(tx, charter, freshDate(charter.partnershipId, plan.name, occurrence), [{ kind: 'found' }], now);
    return;
  }
  const { review } = change;
  const placed: Review = {
    ...review,
    key: occurrence.key,
    startAt: occurrence.startAt,
    endAt: occurrence.endAt,
    firstAt: review.firstAt ?? occurrence.startAt,
    joinUrl: occurrence.joinUrl,
    attendees: occurrence.attendees,
    organizerGone: occurrence.organizerGone,
    dueBy: null,
    tellAt: null,
  };
  if (same(review, placed) && review.state !== 'cancelled' && review.state !== 'missing') return;
  const moved = review.startAt !== null && review.startAt.getTime() !== occurrence.startAt.getTime();
  const told: Told[] =
    review.state === 'cancelled' || review.state === 'missing'
      ? [{ kind: review.state === 'missing' ? 'found' : 'back' }]
      : moved
        ? [{ kind: 'moved', data: { from: review.startAt!.toISOString(), to: occurrence.startAt.toISOString() } }]
        : [];
  const running = review.state === 'running' && occurrence.startAt <= now;
  const times = await timesOf(tx, charter, placed);
  const stage = review.state === 'missing' ? 0 : Math.min(placed.prepared, preparedBy(times, now));
  const open: Review = running ? placed : { ...placed, state: stage > 0 ? 'prepared' : 'planned', prepared: stage, endedAt: null };
  await keep(tx, charter, open, told, now);
}

const same = (a: Review, b: Review): boolean =>
  a.key === b.key &&
  a.startAt?.getTime() === b.startAt?.getTime() &&
  a.endAt?.getTime() === b.endAt?.getTime() &&
  a.joinUrl === b.joinUrl &&
  a.organizerGone === b.organizerGone &&
  a.attendees.join() === b.attendees.join();

const blank = (partnershipId: string, name: string): Review => ({
  id: randomUUID(),
  partnershipId,
  name,
  key: '',
  state: 'planned',
  startAt: null,
  endAt: null,
  firstAt: null,
  joinUrl: null,
  attendees: [],
  organizerGone: false,
  prepared: 0,
  dueBy: null,
  tellAt: null,
  busy: null,
  more: 0,
  actionItems: [],
  minutesAt: null,
  acknowledged: null,
  endedAt: null,
  revision: 0,
});

const freshDate = (partnershipId: string, name: string, { cancelled: _, ...occurrence }: Occurrence): Review => ({
  ...blank(partnershipId, name),
  ...occurrence,
  firstAt: occurrence.startAt,
});

/** One row says that a date is missing, until there is one: the owner is told once. */
async function sayMissing(
  tx: Tx,
  charter: AgreedCharter,
  plan: ReviewPlan,
  known: readonly Review[],
  stands: readonly Stands[],
  now: Date,
): Promise<void> {
  const open = known.find(({ state }) => state === 'missing');
  const row = open && (await reviewById(tx, open.id));
  const dueBy = missingBy(plan, stands, charter.acknowledgedAt!, now);
  if (!dueBy) {
    // it was found under another row
    if (row?.state === 'missing') await keep(tx, charter, closedMissing(row, now), [{ kind: 'closed' }], now);
    return;
  }
  if (row?.state === 'missing') return;
  const missing: Review = {
    ...blank(charter.partnershipId, plan.name),
    key: `${MISSING}${plan.name}|${dueBy.toISOString().slice(0, 10)}`,
    state: 'missing',
    dueBy,
    tellAt: tellAt(plan, preparersCalendar(charter, plan), dueBy, now),
  };
  await keep(tx, charter, missing, [{ kind: 'missing', data: { dueBy: dueBy.toISOString() } }], now);
}

const closedMissing = (row: Review, now: Date): Review => ({
  ...row,
  state: 'cancelled',
  startAt: row.dueBy ?? now,
  endAt: row.dueBy ?? now,
  endedAt: now,
  tellAt: null,
});

/** Dates of a review that the charter does not name any more are off. */
async function gone(tx: Tx, charter: AgreedCharter, known: readonly Review[], now: Date): Promise<void> {
  const names = new Set(charter.reviews.map(({ name }) => name));
  for (const review of known) {
    if (names.has(review.name)) continue;
    if (review.state === 'missing') await keep(tx, charter, closedMissing(review, now), [{ kind: 'closed' }], now);
    else if (review.state === 'planned' || review.state === 'prepared')
      await keep(tx, charter, { ...review, state: 'cancelled', endedAt: now }, [{ kind: 'cancelled' }], now);
  }
}

/** The agenda of the next date of each review, before anybody is shown it: the tab can be looked at, and people may add to it. */
async function preview(tx: Tx, capabilities: readonly Capability[], charter: AgreedCharter, now: Date): Promise<void> {
  const dates = await reviewsSince(tx, charter.partnershipId, now);
  for (const { name } of charter.reviews) {
    const next = dates.find((review) => review.name === name && review.state !== 'cancelled');
    if (next?.state === 'planned') await prepare(tx, capabilities, charter, next, now);
  }
}

/** What was agreed, calendars and the dates around a date may be others than when it was looked at last: so is what comes next for it. */
async function setTimes(tx: Tx, charter: AgreedCharter, since: Date): Promise<void> {
  const deadlines: { kind: string; subject: Subject; at: Date }[] = [];
  for (const review of await reviewsSince(tx, charter.partnershipId, since)) {
    if (review.state === 'closed' || review.state === 'cancelled') continue;
    const next = nextStep(review, await timesOf(tx, charter, review));
    if (next) deadlines.push({ kind: NEXT, subject: subjectOf(review.id), at: next.at });
  }
  await setDeadlines(tx, deadlines);
}
