import type { Contact } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { nextLook, type Told as ToldOf, tell } from '../matters/index.ts';
import { calendarOf, contactIn, type World } from '../people/index.ts';
import { endOfWorkingDay, workingDate, workingDay } from '../worktime/index.ts';
import type { ActionItem, Ending } from './actionItem.ts';

const DAY_MS = 86_400_000;
/** Another day within so many days of the first one stands at once, the first time. */
const STANDS_WITHIN_DAYS = 7;
/** The furthest day that may be agreed. */
const FURTHEST_DAYS = 400;
/** What is done can be put back for so many working days of whoever puts it back. */
const PUT_BACK_DAYS = 10;

type Told = ToldOf<'reminded' | 'pastDue' | 'handed' | 'moved'>;
export interface Step {
  readonly a: ActionItem;
  readonly told: readonly Told[];
}

const calendarFor = (world: World, contactId: string) => {
  const contact = contactIn(world.charter, contactId);
  return contact ? calendarOf(world.charter, contact) : null;
};

/** The date on which whoever does it works: that date, or the next one that is open in his calendar. */
const workedOn = (world: World, holder: string, on: string): string | null => {
  const calendar = calendarFor(world, holder);
  return calendar && workingDate(compiled(calendar), on, 'forward');
};

/** The end of a day in the working calendar of whoever does it; of a closed day, of the next open one. Null for a person who is not known. */
export function endOfDay(world: World, holder: string, on: string): Date | null {
  const worked = workedOn(world, holder, on);
  return worked === null ? null : workingDay(compiled(calendarFor(world, holder)!), worked)!.endAt;
}

/** Whether a day may be agreed: not over yet, and not beyond what anybody plans. */
export const mayBeDay = (at: Date | null, now: Date): at is Date =>
  at !== null && at > now && at.getTime() - now.getTime() <= FURTHEST_DAYS * DAY_MS;

/** When whoever does it is reminded: as his last working day before that day begins. */
export function remindAt({ holder, dueOn }: Pick<ActionItem, 'holder' | 'dueOn'>, world: World): Date | null {
  const calendar = calendarFor(world, holder);
  const worked = workedOn(world, holder, dueOn);
  if (!calendar || !worked) return null;
  const before = new Date(Date.parse(`${worked}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
  return workingDay(compiled(calendar), workingDate(compiled(calendar), before, 'back'))!.startAt;
}

/** A message to somebody, where he is known. */
function tellOne(a: ActionItem, world: World, contactId: string | null, now: Date): ActionItem {
  const contact = contactIn(world.charter, contactId);
  return contact ? tell(a, world, [contact.id], now) : a;
}
/** Whoever is not concerned any more is told nothing more about it. */
const without = (a: ActionItem, contactId: string): ActionItem => ({ ...a, calls: a.calls.filter((call) => call.contactId !== contactId) });

/** Noted. Whoever does it is told, unless he noted it himself or was there when it was agreed. */
export const begun = (a: ActionItem, world: World, now: Date): ActionItem =>
  a.source || a.by === a.holder ? a : tellOne(a, world, a.holder, now);

/** Who does it in the place of somebody who has left: an owner of his side. Null where nobody is there. */
export function inHisPlace(world: World, { holder, side }: Pick<ActionItem, 'holder' | 'side'>): Contact | null {
  const contact = contactIn(world.charter, holder);
  if (contact && !world.isGone(contact)) return contact;
  return world.charter.sides[side].contacts.find((each) => each.owner && !world.isGone(each)) ?? null;
}

/** When it has to be looked at again; null: never by itself. */
export function nextAt(a: ActionItem, world: World, now: Date): Date | null {
  const waits = a.state === 'open' && !a.pastDueAt;
  const remind = waits && !a.reminded ? remindAt(a, world) : null;
  return nextLook(a.calls, [remind, waits ? a.dueAt : null], now);
}

/**
 * What time and people do to it: whoever has left hands it to an owner of his side; the day it is expected by follows a corrected calendar
 * until it is past; a reminder before, and one as it is past. Looked at late, it is told once.
 */
export function look(a: ActionItem, world: World, now: Date): Step {
  if (a.state === 'closed') return { a, told: [] };
  const told: Told[] = [];
  let here = a;
  const holder = inHisPlace(world, a);
  if (holder && holder.id !== a.holder) {
    here = tellOne({ ...without(here, a.holder), holder: holder.id }, world, holder.id, now);
    told.push({ kind: 'handed', data: { to: holder.id } });
  }
  if (here.pastDueAt) return { a: here, told };
  here = withTimes(here, world);
  if (here.dueAt.getTime() !== a.dueAt.getTime()) told.push({ kind: 'moved', data: { dueAt: here.dueAt.toISOString() } });
  if (here.dueAt <= now) {
    told.push({ kind: 'pastDue', data: {}, at: here.dueAt });
    return { a: tellOne({ ...here, pastDueAt: here.dueAt, reminded: true }, world, here.holder, now), told };
  }
  const remind = here.reminded ? null : remindAt(here, world);
  if (!remind || remind > now) return { a: here, told };
  // noted or moved since: that was reminder enough
  const late = remind <= here.openedAt;
  if (!late) told.push({ kind: 'reminded', data: {} });
  const reminded = { ...here, reminded: true };
  return { a: late ? reminded : tellOne(reminded, world, here.holder, now), told };
}

/** Its times by the calendar of whoever does it now; the day agreed first is measured by it too, until it is past. */
function withTimes(a: ActionItem, world: World): ActionItem {
  const dueAt = endOfDay(world, a.holder, a.dueOn) ?? a.dueAt;
  const agreedAt = a.agreedOn === a.dueOn ? dueAt : a.agreedAt;
  return { ...a, dueAt, agreedAt };
}

/** A first other day within a week of the one agreed stands at once; one further away, or a second, waits for the other side. */
export const standsAtOnce = ({ moved, agreedOn }: Pick<ActionItem, 'moved' | 'agreedOn'>, on: string): boolean =>
  !moved && Date.parse(on) - Date.parse(agreedOn) <= STANDS_WITHIN_DAYS * DAY_MS;

/** Another day counts from now on; the first one stays recorded. */
export function movedTo(a: ActionItem, on: string, world: World, now: Date): ActionItem {
  const next = {
    ...a,
    dueOn: on,
    dueAt: endOfDay(world, a.holder, on) ?? a.dueAt,
    moved: true,
    proposal: null,
    pastDueAt: null,
    calls: [],
  };
  const remind = remindAt(next, world);
  return { ...next, reminded: remind === null || remind <= now };
}

/** Another day is asked for: whoever noted it is told, or an owner of the other side. Until it is agreed the earlier day counts. */
export function proposed(a: ActionItem, on: string, by: Contact, world: World, now: Date): ActionItem {
  const at = endOfDay(world, a.holder, on)!;
  const noted = contactIn(world.charter, a.by);
  const others = world.charter.sides[by.side === 'client' ? 'provider' : 'client'].contacts;
  const asked = noted && noted.side !== by.side && !world.isGone(noted) ? noted : others.find((each) => each.owner && !world.isGone(each));
  return tellOne({ ...a, proposal: { on, at, by: by.id } }, world, asked?.id ?? null, now);
}

/** The word of the other side about another day: whoever asked for it is told. */
export function answeredDay(a: ActionItem, yes: boolean, world: World, now: Date): ActionItem {
  const { on, by } = a.proposal!;
  return tellOne(yes ? movedTo(a, on, world, now) : { ...a, proposal: null }, world, by, now);
}

/** It is over. Whoever noted it is told that it is done, whoever did it that it is not wanted any more; unless he says so himself. */
export function ended(a: ActionItem, ending: Ending, by: string, world: World, now: Date): ActionItem {
  const over = { ...a, state: 'closed', ending, endedAt: now, proposal: null, calls: [] } as const;
  const other = ending === 'done' ? a.by : a.holder;
  return other === by ? over : tellOne(over, world, other, now);
}

/** Not done yet: the same item goes on, with the day that counted; whoever does it is told. */
export function putBack(a: ActionItem, by: string, world: World, now: Date): Step {
  const open = { ...a, state: 'open', ending: null, endedAt: null, calls: [] } as const;
  const past = open.dueAt <= now;
  const next = { ...open, pastDueAt: open.pastDueAt ?? (past ? open.dueAt : null), reminded: open.reminded || past };
  return { a: by === a.holder ? next : tellOne(next, world, a.holder, now), told: [] };
}
/** Whether it was done so lately that it can be put back, by the calendar of somebody's side. */
export const mayPutBack = (a: ActionItem, me: Contact, world: World, now: Date): boolean =>
  a.ending === 'done' && a.endedAt !== null && endOfWorkingDay(compiled(calendarOf(world.charter, me)), a.endedAt, PUT_BACK_DAYS) > now;

/** A colleague of the same side does it from now on, by the same day. */
export function handed(a: ActionItem, to: string, world: World, now: Date): ActionItem {
  const his = { ...without(a, a.holder), holder: to };
  return tellOne(a.pastDueAt ? his : withTimes(his, world), world, to, now);
}

/** Who may say that it is done, ask for another day or hand it over: whoever does it, and the owners of his side. */
export const does = (a: ActionItem, me: Contact): boolean => me.id === a.holder || (me.owner && me.side === a.side);
/** Who may take it away: whoever noted it, and the owners of his side. */
export const noted = (a: ActionItem, me: Contact): boolean => me.id === a.by || (me.owner && me.side === a.bySide);
/** Who may say that it is not done: the other side, whoever noted it, and whoever does it. */
export const maySayNot = (a: ActionItem, me: Contact): boolean => me.side !== a.side || me.id === a.by || me.id === a.holder;
