import type { Charter, ReviewPlan } from '../charter/charter.ts';
import { like } from '../charter/like.ts';
import { SIDES } from '../contract/sides.ts';
import { type CalendarCopy, type Meeting, peopleIn } from '../meetings/index.ts';
import { partyOf, type World } from '../people/index.ts';
import { localDate } from '../worktime/index.ts';

/** One date of a review as the calendars have it, all copies taken together. */
export interface Occurrence {
  readonly key: string;
  readonly startAt: Date;
  readonly endAt: Date;
  readonly cancelled: boolean;
  readonly joinUrl: string | null;
  readonly attendees: readonly string[];
  readonly organizerGone: boolean;
}

/** A copy that an attendee keeps of a cancelled meeting says so before its subject. */
const bare = (subject: string): string =>
  subject
    .replace(/^\s*(canceled|cancelled|abgesagt|geannuleerd|annulé|cancelado|cancelada)\s*:\s*/i, '')
    .trim()
    .toLowerCase();

/** The pattern of its invitation; without one its name anywhere in the subject. */
const isCalled = ({ invitation, name }: ReviewPlan, subject: string): boolean =>
  like((invitation ?? `*${name}*`).toLowerCase(), bare(subject));

/**
 * The review whose date a meeting is: both sides take part in it, and its subject, or that of its series, is like the invitation. Where several
 * would fit, the first of the charter; null for none.
 */
function planOf(plans: readonly ReviewPlan[], charter: Charter, { meeting, series }: CalendarCopy): ReviewPlan | null {
  const sides = new Set(peopleIn(meeting).map((address) => partyOf(charter, address)?.side));
  if (!SIDES.every((side) => sides.has(side))) return null;
  const subjects = [...(series ? [series.subject] : []), meeting.subject];
  return plans.find((plan) => subjects.some((subject) => isCalled(plan, subject))) ?? null;
}

/**
 * What a date is known by in every calendar: of a series its own id and the day on which the series has it, wherever it was moved; else the
 * meeting's id. @param zone - counts days where the meeting names no zone
 */
export function keyOf({ meeting, series }: CalendarCopy, zone: string): string {
  if (meeting.kind === 'singleInstance') return meeting.icalUid || meeting.id;
  const day = localDate(meeting.zone ?? zone, meeting.originalAt ?? meeting.startAt);
  return `${series?.icalUid || meeting.icalUid || meeting.seriesMasterId || meeting.id}|${day}`;
}

/**
 * One date from its copies. It stands as long as any copy that is not cancelled stands; whoever called it knows best where; next a copy that was
 * moved on its own. So the result does not depend on the order in which calendars are read.
 */
function merged(key: string, copies: readonly CalendarCopy[], { charter, isGone }: World): Occurrence {
  const isCancelled = ({ meeting, series }: CalendarCopy) => meeting.cancelled || (series?.cancelled ?? false);
  const rank = (copy: CalendarCopy): number =>
    (isCancelled(copy) ? 0 : 4) + (copy.own ? 2 : 0) + (copy.meeting.kind === 'exception' ? 1 : 0);
  // the organiser's own word that it is off counts before what others still have
  const own = copies.find((copy) => copy.own);
  const best = own && isCancelled(own) ? own : [...copies].sort((a, b) => rank(b) - rank(a) || order(a.meeting, b.meeting))[0]!;
  const contacts = (addresses: readonly string[]) => addresses.flatMap((address) => partyOf(charter, address)?.contact ?? []);
  const organizer = contacts([best.meeting.organizer])[0];
  return {
    key,
    startAt: best.meeting.startAt,
    endAt: best.meeting.endAt,
    cancelled: isCancelled(best),
    joinUrl: best.meeting.joinUrl,
    attendees: [...new Set(contacts(peopleIn(best.meeting)).map(({ id }) => id))].sort(),
    organizerGone: organizer !== undefined && isGone(organizer),
  };
}

const order = (a: Meeting, b: Meeting): number => a.startAt.getTime() - b.startAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** All dates of all reviews that the calendars have, by the review's name, in the order of time. */
export function occurrencesIn(
  copies: readonly CalendarCopy[],
  plans: readonly ReviewPlan[],
  world: World,
): ReadonlyMap<string, readonly Occurrence[]> {
  const zone = world.charter.sides.client.calendar.work.zone;
  const byName = new Map<string, Map<string, CalendarCopy[]>>(plans.map(({ name }) => [name, new Map()]));
  for (const copy of copies) {
    const plan = planOf(plans, world.charter, copy);
    if (!plan) continue;
    const dates = byName.get(plan.name)!;
    const key = keyOf(copy, zone);
    dates.set(key, [...(dates.get(key) ?? []), copy]);
  }
  return new Map(
    [...byName].map(([name, dates]) => [
      name,
      [...dates].map(([key, own]) => merged(key, own, world)).sort((a, b) => a.startAt.getTime() - b.startAt.getTime()),
    ]),
  );
}
