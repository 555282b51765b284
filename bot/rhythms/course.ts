import { randomUUID } from 'node:crypto';
import type { Subject } from '../capability.ts';
import type { AgreedCharter, Rhythm } from '../charter/charter.ts';
import { activePartnerships, charterAt, charters, currentCharter } from '../charter/index.ts';
import { clearDeadline, moveDeadline, setDeadline, setDeadlines } from '../deadlines/index.ts';
import { appendEvents } from '../journal/index.ts';
import { eventsByRules } from '../matters/index.ts';
import { handOnCards, requestPost } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { mailBetween, type ThreadChange } from '../threads/index.ts';
import { type Dated, dateAfter, dateOf, firstDate } from './dates.ts';
import type { RhythmDate } from './rhythm.ts';
import { gives, isUnder, look, nextAt, retimed, type Step, settled } from './rules.ts';
import { datesBefore, datesMeeting, lastDates, removeDate, saveDate } from './store.ts';

export const subjectOf = (id: string): Subject => ({ kind: 'rhythm', id });
/** The one deadline of a date: when time changes something. */
export const NEXT = 'rhythm.next';
/** When the dates of a partnership have to be planned: at the start, and when a version of the charter comes into force. */
export const PLAN = 'rhythms.plan';
const partnershipSubject = (partnershipId: string): Subject => ({ kind: 'rhythms', id: partnershipId });

/** So many dates in a row are brought up to date at once, after a time in which nothing ran. */
const AT_ONCE = 50;
const DAY_MS = 24 * 3600_000;
/** A date that has been over for so long is history: mail that is read only then changes nothing. */
const HISTORY_MS = 31 * DAY_MS;

/**
 * Whoever changes a date of a partnership, or looks whether a mail gives one, holds this lock until the commit: mail that is read while a date
 * opens is seen by one of them. Taken before the lock of any date; after those of threads.
 */
export const lockRhythms = (tx: Tx, partnershipId: string): Promise<void> => lockSubject(tx, partnershipSubject(partnershipId));

/** Everything that follows from a step, in the caller's transaction. The row is written whole. */
export async function keep(tx: Tx, before: RhythmDate | null, { d, told }: Step, now: Date): Promise<RhythmDate> {
  const after = { ...d, revision: (before?.revision ?? 0) + 1 };
  await saveDate(tx, after);
  await appendEvents(tx, eventsByRules('rhythm', d, told, now));
  await moveDeadline(tx, NEXT, subjectOf(d.id), nextAt(after));
  await requestPost(tx, subjectOf(d.id));
  return after;
}

const versionOf = (versions: readonly AgreedCharter[], d: RhythmDate): AgreedCharter =>
  versions.find(({ version }) => version === d.charterVersion) ?? versions.at(-1)!;
const calendarFor = (charter: AgreedCharter, d: Pick<RhythmDate, 'side'>) => charter.sides[d.side].calendar;
const sameRhythm = (d: Pick<RhythmDate, 'side' | 'title'>, rhythm: Rhythm): boolean => d.side === rhythm.from && d.title === rhythm.name;
const rhythmOf = (charter: AgreedCharter, d: RhythmDate): Rhythm | undefined => charter.rhythms.find((rhythm) => sameRhythm(d, rhythm));

/** When the earliest mail was written that gives a date; null where none does. */
export async function mailFor(tx: Tx, d: RhythmDate, charter: AgreedCharter): Promise<Date | null> {
  if (d.mail === null) return null;
  const mail = await mailBetween(tx, { partnershipId: d.partnershipId, from: d.opensAt, to: d.endsAt });
  return mail.find((message) => gives(d, message, charter))?.at ?? null;
}

async function isPaused(tx: Tx, partnershipId: string): Promise<boolean> {
  const row = await tx.selectFrom('partnership').select('pausedAt').where('id', '=', partnershipId).executeTakeFirst();
  return row?.pausedAt !== null;
}

function planned(charter: AgreedCharter, rhythm: Rhythm, times: Dated): RhythmDate {
  return {
    id: randomUUID(),
    partnershipId: charter.partnershipId,
    charterVersion: charter.version,
    side: rhythm.from,
    title: rhythm.name,
    every: rhythm.every,
    mail: rhythm.mail,
    ...times,
    state: 'planned',
    ending: null,
    mailAt: null,
    pressAt: null,
    by: null,
    words: null,
    notIt: null,
    givenAt: null,
    pastDueAt: null,
    endedAt: null,
    nextId: null,
    rested: false,
    revision: 0,
  };
}

/** Opens a date where its time has come: mail that came meanwhile may give it. */
async function begin(tx: Tx, d: RhythmDate, charter: AgreedCharter, now: Date): Promise<RhythmDate> {
  return keep(tx, null, d.opensAt <= now ? look(d, await mailFor(tx, d, charter), now) : { d, told: [] }, now);
}

/**
 * Looks at the last date of a rhythm, and brings those that follow once it is over: each opens where the one before it ended, as the charter
 * of that instant says. The card of one goes on as that of the next. While the partnership is paused nothing is read, so nothing is told.
 */
export async function goOn(tx: Tx, last: RhythmDate, now: Date): Promise<void> {
  const versions = await charters(tx, last.partnershipId);
  if (await isPaused(tx, last.partnershipId)) {
    // planned anew when it goes on
    await saveDate(tx, { ...last, rested: true });
    return;
  }
  const mailAt = last.state === 'planned' ? await mailFor(tx, last, versionOf(versions, last)) : null;
  let d = await keep(tx, last, look(last, mailAt, now), now);
  for (let n = 0; d.endsAt <= now && n < AT_ONCE; n += 1) {
    const after = await follow(tx, d, versions, d.rested ? now : d.endsAt, now);
    if (!after) {
      await clearDeadline(tx, { kind: NEXT, subject: subjectOf(d.id) });
      return;
    }
    d = after;
  }
}

/** The date after one that is over; null where the rhythm is not agreed any more. */
async function follow(tx: Tx, d: RhythmDate, versions: readonly AgreedCharter[], from: Date, now: Date): Promise<RhythmDate | null> {
  const charter = charterAt(versions, from);
  const rhythm = charter?.acknowledgedAt ? rhythmOf(charter, d) : undefined;
  const times = charter && rhythm && dateAfter(rhythm, calendarFor(charter, d), d, from);
  if (!times) return null;
  const next = planned(charter, rhythm, times);
  await keep(tx, d, { d: { ...d, nextId: next.id }, told: [] }, now);
  await handOnCards(tx, subjectOf(d.id), subjectOf(next.id));
  return begin(tx, next, charter, now);
}

/**
 * Sees to it that each agreed update has its date: of a version that came into force, a calendar that was corrected, a partnership that goes
 * on. Dates that are open keep the version under which they opened; those that were planned are planned anew.
 */
export async function plan(tx: Tx, partnershipId: string, now: Date): Promise<void> {
  await lockRhythms(tx, partnershipId);
  const versions = await charters(tx, partnershipId);
  const coming = versions.find(({ effectiveAt }) => effectiveAt > now);
  if (coming) await setDeadline(tx, { kind: PLAN, subject: partnershipSubject(partnershipId), at: coming.effectiveAt });
  const charter = versions.length ? await currentCharter(tx, partnershipId, now) : undefined;
  if (!charter?.acknowledgedAt) return;
  const last = await lastDates(tx, partnershipId);
  for (const d of last) {
    if (d.state !== 'planned') await goOnCorrected(tx, d, versions, now);
    else if (d.opensAt > now) await drop(tx, d);
    else await goOn(tx, { ...d, rested: false }, now);
  }
  const standing = await lastDates(tx, partnershipId);
  const inForceAt = new Date(Math.max(charter.effectiveAt.getTime(), charter.acknowledgedAt.getTime()));
  const seen = new Set<string>();
  for (const rhythm of charter.rhythms) {
    const key = `${rhythm.from} ${rhythm.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const before = standing.find((d) => sameRhythm(d, rhythm));
    if (before && before.endsAt > now) continue;
    if (before) await follow(tx, before, versions, now, now);
    else {
      const times = firstDate(rhythm, charter.sides[rhythm.from].calendar, inForceAt > now ? inForceAt : now);
      if (times) await begin(tx, planned(charter, rhythm, times), charter, now);
    }
  }
}

async function drop(tx: Tx, d: RhythmDate): Promise<void> {
  await clearDeadline(tx, { kind: NEXT, subject: subjectOf(d.id) });
  await removeDate(tx, d.id);
  // the one before it is the last again, and waits to be followed
  const before = (await datesBefore(tx, [d.id])).get(d.id);
  if (!before) return;
  await handOnCards(tx, subjectOf(d.id), subjectOf(before.id));
  await saveDate(tx, { ...before, nextId: null });
}

async function goOnCorrected(tx: Tx, d: RhythmDate, versions: readonly AgreedCharter[], now: Date): Promise<void> {
  const charter = versionOf(versions, d);
  const rhythm = rhythmOf(charter, d);
  const times = rhythm ? dateOf(rhythm, calendarFor(charter, d), d.slotOn) : null;
  const step = retimed(d, times, now);
  if (step.d === d && d.endsAt > now && !d.rested) return;
  const moved = step.d === d ? d : await keep(tx, d, { ...step, d: settled(step.d, now) }, now);
  await goOn(tx, moved.endsAt > now ? { ...moved, rested: false } : moved, now);
}

/** Threads changed: a mail in them may give a date, whenever it is read. Where no agreed subject fits, nothing is locked. */
export async function hearMail(tx: Tx, threads: readonly ThreadChange[], now: Date): Promise<void> {
  const from = new Date(now.getTime() - HISTORY_MS);
  // clocks of senders may be ahead
  const to = new Date(now.getTime() + DAY_MS);
  for (const partnershipId of [...new Set(threads.map((each) => each.partnershipId))].sort()) {
    const versions = await charters(tx, partnershipId);
    const subjects = versions.flatMap(({ rhythms }) => rhythms.flatMap(({ mail }) => mail ?? []));
    if (!subjects.length) continue;
    const changed = threads.filter((each) => each.partnershipId === partnershipId);
    const mail = await mailBetween(tx, { partnershipId, from, to, changed });
    const fitting = mail.filter(({ bareSubject }) => subjects.some((subject) => isUnder(subject, bareSubject)));
    if (!fitting.length) continue;
    await lockRhythms(tx, partnershipId);
    for (const d of await datesMeeting(tx, partnershipId, { from, to: now })) {
      const given = fitting.find((message) => gives(d, message, versionOf(versions, d)));
      if (given && !(d.mailAt && d.mailAt <= given.at)) await keep(tx, d, look(d, given.at, now), now);
    }
  }
}

/** Sees to it that every partnership plans its updates, from the first start on. */
export async function startRhythms(tx: Tx, now: Date): Promise<void> {
  const partnerships = await activePartnerships(tx);
  await setDeadlines(
    tx,
    partnerships.map(({ id }) => ({ kind: PLAN, subject: partnershipSubject(id), at: now })),
  );
}
