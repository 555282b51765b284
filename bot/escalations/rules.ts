import type { Charter, Contact } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { nextLook, type Told as ToldOf } from '../matters/index.ts';
import { calendarOf, contactIn, inPlaceOf, type World } from '../people/index.ts';
import { add, endOfWorkingDay, nextOpen } from '../worktime/index.ts';
import type { Call, Escalation } from './escalation.ts';

/** The top is asked again so often before it is left to people. */
const TOP_REPEATS = 2;
/** What was resolved and not confirmed ends after so many working days of the asking side. */
const CLOSES_AFTER_DAYS = 10;
/** The furthest a next update may be promised: so many working days of the promiser. */
const UPDATE_WITHIN_DAYS = 10;

type Told = ToldOf<'asked' | 'skipped' | 'resumed' | 'spent' | 'ended' | 'fixDecided'>;
export interface Step {
  readonly e: Escalation;
  readonly told: readonly Told[];
}

/** Working time of the person asked, unless the level (or a crisis) says elapsed. */
function endOf(e: Escalation, world: World, contact: Contact, from: Date): Date {
  const { elapsed, takeWithinSeconds } = e.pathway[e.level]!;
  if (elapsed || e.updateEverySeconds !== null) return new Date(from.getTime() + takeWithinSeconds * 1000);
  return add(compiled(calendarOf(world.charter, contact)), from, takeWithinSeconds);
}

function callTo(e: Escalation, world: World, contact: Contact, now: Date): Call {
  return {
    contactId: contact.id,
    how: world.isKnown(contact.id) ? 'teams' : 'mail',
    askedAt: now,
    tellAt: e.critical ? now : nextOpen(compiled(calendarOf(world.charter, contact)), now),
    endsAt: endOf(e, world, contact, now),
    sentAt: null,
  };
}

/** Asks a level, or the next one above it where somebody can be asked. Nobody anywhere: it is spent. */
export function askFrom(e: Escalation, world: World, level: number, now: Date): Step {
  const told: Told[] = [];
  for (let at = level; at < e.pathway.length; at += 1) {
    const rung = e.pathway[at]!;
    const people = [...new Set(rung.asked.flatMap((id) => inPlaceOf(world, id) ?? []))];
    const absent = rung.asked.filter((id) => !inPlaceOf(world, id));
    if (absent.length) told.push({ kind: 'skipped', data: { level: at + 1, contacts: absent.length, whole: people.length === 0 } });
    const here = { ...e, level: at };
    if (!people.length) {
      e = { ...here, skipped: [...new Set([...e.skipped, at])] };
      continue;
    }
    const calls = people.map((contact) => callTo(here, world, contact, now));
    told.push({ kind: 'asked', data: { level: at + 1, asking: e.asking + 1, contactIds: calls.map((call) => call.contactId) } });
    return {
      e: {
        ...here,
        state: 'asking',
        asking: e.asking + 1,
        calls,
        everAsked: [...new Set([...e.everAsked, ...calls.map((call) => call.contactId)])],
        nextUpdateAt: null,
      },
      told,
    };
  }
  return { e: { ...e, state: 'asking', calls: [], nextUpdateAt: null, spentAt: now }, told: [...told, { kind: 'spent', data: {} }] };
}

/** The first level from `level` on in which somebody can be asked now. */
const firstLevel = (e: Escalation, world: World, level: number): number | undefined =>
  e.pathway.flatMap((rung, at) => (at >= level && rung.asked.some((id) => inPlaceOf(world, id)) ? [at] : []))[0];

/** When the level's time is over: everyone asked has his whole time. */
export const levelEndsAt = (e: Escalation): Date | null =>
  e.state === 'asking' && e.calls.length ? new Date(Math.max(...e.calls.map((call) => call.endsAt.getTime()))) : null;

/** When it has to be looked at again, after `now` where nothing is due; null: never by itself. */
export function nextAt(e: Escalation, now: Date): Date | null {
  const ends = e.state === 'asking' ? levelEndsAt(e) : e.state === 'taken' ? e.nextUpdateAt : e.state === 'resolved' ? e.closesAt : null;
  return nextLook(e.state === 'asking' ? e.calls : [], [ends], now);
}

/**
 * What time does to it (design.md, Escalations): a level that nobody took hands on to the next; the top is asked twice more and is then spent;
 * what was taken resumes at its level when no update came; what was resolved ends when nobody says otherwise. Whoever is asked late is asked
 * from now: nobody is passed over who was not told.
 */
export function look(e: Escalation, world: World, now: Date): Step {
  const ends = levelEndsAt(e);
  if (e.state === 'asking' && ends && ends <= now) {
    if (firstLevel(e, world, e.level + 1) !== undefined || e.repeated === TOP_REPEATS) return askFrom(e, world, e.level + 1, now);
    return askFrom({ ...e, repeated: e.repeated + 1 }, world, e.level, now);
  }
  if (e.state === 'taken' && e.nextUpdateAt && e.nextUpdateAt <= now) {
    const resumed = askFrom({ ...e, holder: null, repeated: 0 }, world, e.level, now);
    return { e: resumed.e, told: [{ kind: 'resumed', data: { level: e.level + 1 } }, ...resumed.told] };
  }
  if (e.state === 'resolved' && e.closesAt && e.closesAt <= now) return ended(e, 'unconfirmed', e.closesAt);
  return { e, told: [] };
}

export const ended = (e: Escalation, ending: NonNullable<Escalation['ending']>, at: Date): Step => ({
  e: { ...e, state: 'closed', ending, endedAt: at, calls: [], nextUpdateAt: null, closesAt: null },
  told: [{ kind: 'ended', data: { ending } }],
});

/** Somebody of the side asked holds it, and says when he will say more. The pathway rests until then. */
export const taken = (e: Escalation, holder: string, nextUpdateAt: Date): Escalation => ({
  ...e,
  state: 'taken',
  holder,
  nextUpdateAt,
  calls: [],
  repeated: 0,
  spentAt: null,
});

export const resolved = (e: Escalation, by: string, charter: Charter, now: Date): Escalation => ({
  ...e,
  state: 'resolved',
  resolvedBy: by,
  holder: by,
  calls: [],
  nextUpdateAt: null,
  spentAt: null,
  closesAt: endOfWorkingDay(compiled(charter.sides[e.askingSide].calendar), now, CLOSES_AFTER_DAYS),
});

/** Not done yet: whoever resolved it is asked alone, and has the time of his level. */
export function reopened(e: Escalation, world: World, now: Date): Step {
  const contact = e.resolvedBy === null ? null : inPlaceOf(world, e.resolvedBy);
  const open = { ...e, closesAt: null, resolvedBy: null, holder: null, proposal: null };
  if (!contact) return askFrom(open, world, e.level, now);
  const calls = [callTo(open, world, contact, now)];
  return {
    e: { ...open, state: 'asking', asking: e.asking + 1, calls, everAsked: [...new Set([...e.everAsked, contact.id])] },
    told: [{ kind: 'asked', data: { level: e.level + 1, asking: e.asking + 1, contactIds: [contact.id] } }],
  };
}

/** The ready mail went off: the time of whoever it went to counts from now. Null when he is not asked by mail. */
export function markedSent(e: Escalation, world: World, contactId: string, now: Date): Escalation | null {
  const contact = contactIn(world.charter, contactId);
  const call = e.calls.find((each) => each.contactId === contactId && each.how === 'mail' && each.sentAt === null);
  if (e.state !== 'asking' || !contact || !call) return null;
  const sent = { ...call, sentAt: now, endsAt: endOf(e, world, contact, now) };
  return { ...e, calls: e.calls.map((each) => (each === call ? sent : each)) };
}

/** Who may take it, say more and resolve it: whoever was asked, and the owners and executives of his side. */
export function mayHelp(e: Escalation, contact: Contact): boolean {
  return (
    contact.side === e.askedSide && (contact.owner || contact.executive || contact.id === e.holder || e.everAsked.includes(contact.id))
  );
}

/** Whether a next update may be promised for then: later than now, within ten working days, in a crisis within its rhythm. */
export function mayPromise(e: Escalation, charter: Charter, contact: Contact, at: Date, now: Date): boolean {
  if (at <= now) return false;
  if (e.updateEverySeconds !== null) return at.getTime() - now.getTime() <= e.updateEverySeconds * 1000;
  return at <= endOfWorkingDay(compiled(calendarOf(charter, contact)), now, UPDATE_WITHIN_DAYS);
}

/** What a next update is set to where nobody says when: the end of the next working day, in a crisis its rhythm. */
export const usualUpdateAt = (e: Escalation, charter: Charter, contact: Contact, now: Date): Date =>
  e.updateEverySeconds === null
    ? endOfWorkingDay(compiled(calendarOf(charter, contact)), now, 1)
    : new Date(now.getTime() + e.updateEverySeconds * 1000);
