import type { Charter } from '../charter/charter.ts';
import { like } from '../charter/like.ts';
import { otherSide } from '../contract/sides.ts';
import type { Told as ToldOf } from '../matters/index.ts';
import { partyOf } from '../people/index.ts';
import type { Message } from '../threads/message.ts';
import type { RhythmDate, Words } from './rhythm.ts';

type Told = ToldOf<'opened' | 'mail' | 'pastDue' | 'notGiven' | 'moved'>;
export interface Step {
  readonly d: RhythmDate;
  readonly told: readonly Told[];
}

const earliest = (...dates: readonly (Date | null)[]): Date | null =>
  dates.reduce((first, at) => (at && (!first || at < first) ? at : first), null);

/**
 * Where a date stands, by what gave it and by the time: whatever came first gives it, also when it is seen only after the date was over. The
 * result does not depend on the order in which mail is read.
 */
export function settled(d: RhythmDate, now: Date): RhythmDate {
  if (now < d.opensAt) return { ...d, state: 'planned' };
  const givenAt = earliest(d.mailAt, d.pressAt);
  if (givenAt) return { ...d, state: 'closed', ending: 'given', givenAt, endedAt: givenAt, pastDueAt: givenAt > d.dueAt ? d.dueAt : null };
  const pastDueAt = d.dueAt <= now ? d.dueAt : null;
  if (d.endsAt <= now) return { ...d, state: 'closed', ending: 'notGiven', givenAt, endedAt: d.endsAt, pastDueAt };
  return { ...d, state: 'open', ending: null, givenAt, endedAt: null, pastDueAt };
}

/**
 * What time and mail do to a date, and what the history is told of it.
 * @param mailAt - of the earliest mail that gives it, where one was found
 */
export function look(before: RhythmDate, mailAt: Date | null, now: Date): Step {
  const d = settled({ ...before, mailAt: earliest(before.mailAt, mailAt) }, now);
  const told: Told[] = [];
  if (before.state === 'planned' && d.state !== 'planned') told.push({ kind: 'opened', at: d.opensAt });
  const byMail = d.mailAt && d.givenAt?.getTime() === d.mailAt.getTime();
  if (byMail && before.givenAt?.getTime() !== d.mailAt?.getTime()) told.push({ kind: 'mail', at: d.mailAt!, through: 'mail' });
  if (d.ending !== 'given') {
    if (d.pastDueAt && !before.pastDueAt) told.push({ kind: 'pastDue', at: d.pastDueAt });
    if (d.ending && !before.ending) told.push({ kind: 'notGiven', at: d.endsAt });
  }
  return { d, told };
}

/** When time changes something next; null: never by itself. A date that was given still brings the next one. */
export function nextAt(d: RhythmDate): Date | null {
  if (d.nextId !== null) return null;
  if (d.state === 'planned') return d.opensAt;
  return d.state === 'open' && !d.pastDueAt ? d.dueAt : d.endsAt;
}

/** Its times by a corrected calendar, until they are past. */
export function retimed(d: RhythmDate, times: { dueAt: Date; endsAt: Date } | null, now: Date): Step {
  if (!times || d.dueAt <= now || times.dueAt <= now) return { d, told: [] };
  const same = times.dueAt.getTime() === d.dueAt.getTime();
  return {
    d: { ...d, ...times },
    told: same ? [] : [{ kind: 'moved', data: { dueAt: times.dueAt.toISOString() }, at: now }],
  };
}

/** Whether a mail stands under the subject that was agreed, whatever its case: `*` stands for anything. */
export const isUnder = (pattern: string, bareSubject: string): boolean => like(pattern.toLowerCase(), bareSubject.toLowerCase());

/** Whether a mail gives a date: people of that side wrote it to the other one, under a subject that was agreed, within its time. */
export function gives(
  d: RhythmDate,
  message: Pick<Message, 'at' | 'kind' | 'from' | 'to' | 'cc' | 'bareSubject'>,
  charter: Charter,
): boolean {
  if (d.mail === null || (message.kind !== 'human' && message.kind !== 'list')) return false;
  if (message.at < d.opensAt || message.at >= d.endsAt || (d.notIt && message.at <= d.notIt)) return false;
  if (!isUnder(d.mail, message.bareSubject)) return false;
  if (partyOf(charter, message.from.address)?.side !== d.side) return false;
  return [...message.to, ...message.cc].some((to) => partyOf(charter, to.address)?.side === otherSide(d.side));
}

/** Its own time goes on: the next date has not opened. */
export const isCurrent = (d: RhythmDate, now: Date): boolean => d.nextId === null && d.state !== 'planned' && now < d.endsAt;

export const givenBy = (d: RhythmDate, by: string, words: Words, now: Date): RhythmDate =>
  settled({ ...d, pressAt: d.pressAt ?? now, by, words }, now);
/** It was said by mistake. */
export const takenBack = (d: RhythmDate, now: Date): RhythmDate => settled({ ...d, pressAt: null, by: null, words: null }, now);
/** The other side says that what came was not it. What was written stays. */
export const notGivenYet = (d: RhythmDate, now: Date): RhythmDate => settled({ ...d, pressAt: null, mailAt: null, notIt: now }, now);
