import { createHash } from 'node:crypto';
import type { AgreedCharter, DecisionScope } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { otherSide, type Side } from '../contract/sides.ts';
import { nextLook, type Told as ToldOf, tell } from '../matters/index.ts';
import { calendarOf, contactIn, inPlaceOf, type World } from '../people/index.ts';
import { reach } from '../responses/index.ts';
import { add, endOfWorkingDay, localDate, within, workingDay } from '../worktime/index.ts';
import type { Approval, Ending, Request, Scope, Seat } from './approval.ts';

/** Whatever a charter says, silence decides only after so many working days of whoever might object (design.md, Approvals and notices). */
const OBJECTION_DAYS = 3;
/** So many decisions of a scope in a row, all approved: its deciders may let it go ahead unless they object. */
export const TRUST = 10;

type Told = ToldOf<'asked' | 'absent' | 'reminded' | 'pastDue' | 'moved' | 'ended'>;
export interface Step {
  readonly a: Approval;
  readonly told: readonly Told[];
}
/** When what is asked now first arrived with a person, by contact id: a card in his own chat, or a press of his. */
export type Arrivals = ReadonlyMap<string, Date>;

/** What was asked, in a few characters: a decision counts for exactly this. */
export const hashOf = ({ kind, scope, request }: Pick<Approval, 'kind' | 'scope' | 'request'>): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, scope.scope, request.what, request.why, request.doneWhen, request.amount]))
    .digest('hex')
    .slice(0, 16);

/** Whether silence may decide in a scope: where that was agreed, and about work alone. */
export const mayBeNotice = ({ about, objectionDays }: Pick<Scope, 'about' | 'objectionDays'>): boolean =>
  objectionDays !== null && about === 'work';

/** What a side may ask the other to decide, as agreed now. */
export const scopesFor = (charter: AgreedCharter, asking: Side): DecisionScope[] =>
  charter.decisions.filter((scope) => scope.decidedBy === otherSide(asking) && scope.who.length > 0);

/** About what a side may go ahead unless the other objects, without saying how much. */
export const noticesFor = (charter: AgreedCharter, asking: Side): string[] =>
  scopesFor(charter, asking).flatMap((scope) => (mayBeNotice(scope) && !scope.limit ? [scope.scope] : []));

/** Whether a request is within what the scope allows; where there is a limit, an amount has to be given. */
export function withinLimit({ limit }: Scope, { amount }: Request): 'ok' | 'missing' | 'above' {
  if (!limit) return 'ok';
  if (amount === null) return 'missing';
  return amount <= limit.amount ? 'ok' : 'above';
}

const empty = (agreed: string): Seat => ({
  agreed,
  by: null,
  handed: false,
  askedAt: null,
  dueAt: null,
  verdict: null,
  decidedAt: null,
});

/** Who decides: of `one` the first who is there; everyone named otherwise. To a notice everyone named may object. */
function seatsOf({ scope, kind }: Pick<Approval, 'scope' | 'kind'>, world: World): Seat[] {
  if (kind === 'notice' || scope.how !== 'one') return scope.who.map(empty);
  return [empty(scope.who.find((id) => inPlaceOf(world, id)) ?? scope.who[0]!)];
}

/** Seats whose turn it is: in a sequence the first that is undecided, otherwise all that are. */
export function inTurn({ kind, scope, seats }: Pick<Approval, 'kind' | 'scope' | 'seats'>): readonly Seat[] {
  const undecided = seats.filter((seat) => seat.verdict === null);
  return kind === 'decision' && scope.how === 'sequence' ? undecided.slice(0, 1) : undecided;
}

/** In the working time of whoever decides: what was agreed for a decision, the days of silence for a notice. */
function dueFor(a: Approval, world: World, contactId: string, from: Date): Date {
  const calendar = calendarOf(world.charter, contactIn(world.charter, contactId)!);
  if (a.kind === 'decision') return reach(calendar, from, a.scope.within);
  const end = endOfWorkingDay(compiled(calendar), from, Math.max(a.scope.objectionDays ?? OBJECTION_DAYS, OBJECTION_DAYS));
  return a.notBefore && a.notBefore > end ? a.notBefore : end;
}

/**
 * Puts whoever is there in the seats whose turn it is, and asks those who are new in theirs. A seat that nobody can fill stays empty and is
 * said: nobody decides in place of somebody without being named for it.
 */
export function seated(a: Approval, world: World, now: Date): Step {
  const turn = new Set(inTurn(a));
  const told: Told[] = [];
  const asked: string[] = [];
  const taken = new Set(a.seats.filter((seat) => seat.verdict !== null).flatMap((seat) => seat.by ?? []));
  const seats = a.seats.map((seat, index): Seat => {
    if (!turn.has(seat)) return seat;
    const holder = inPlaceOf(world, seat.handed && seat.by ? seat.by : seat.agreed);
    // one decision per person: whoever has decided for himself does not decide for another too
    const by = holder && !taken.has(holder.id) ? holder.id : null;
    if (by) taken.add(by);
    if (by === seat.by && seat.askedAt !== null) return seat;
    if (by) asked.push(by);
    else told.push({ kind: 'absent', data: { seat: index + 1 } });
    return {
      ...seat,
      by,
      askedAt: seat.askedAt ?? now,
      dueAt: by && (seat.by === null || !seat.dueAt) ? dueFor(a, world, by, now) : seat.dueAt,
    };
  });
  // whoever is in no seat any more is told nothing more about it
  const calls = a.calls.filter((call) => call.contactId === a.by || seats.some((seat) => seat.by === call.contactId));
  const next = { ...a, seats, calls };
  if (!asked.length) return { a: next, told };
  return { a: tell(next, world, asked, now), told: [...told, { kind: 'asked', data: { asking: a.asking + 1, contactIds: asked } }] };
}

/** Asked for the first time, or anew because something else is asked now: earlier decisions were about something else. */
export const begun = (a: Approval, world: World, now: Date): Step =>
  seated(
    {
      ...a,
      state: 'asking',
      seats: seatsOf(a, world),
      reminders: 0,
      pastDueAt: null,
      unclear: null,
      calls: [],
      firstAsking: a.asking + 1,
      heard: {},
    },
    world,
    now,
  );

/** When it is expected, or goes ahead: the last of those whose turn it is. Null while nobody can decide. */
export function dueOf(a: Approval): Date | null {
  const dues = inTurn(a).flatMap((seat) => (seat.by && seat.dueAt ? [seat.dueAt.getTime()] : []));
  return a.state === 'asking' && dues.length ? new Date(Math.max(...dues)) : null;
}

/**
 * When to remind, in this order: at half of the working time, and at the beginning of the day on which it is expected. What is expected on the
 * day it was asked has none; a notice is reminded of at half time alone.
 */
export function remindersAt(a: Approval, world: World): readonly Date[] {
  const due = dueOf(a);
  const last = inTurn(a).find((seat) => seat.by && seat.dueAt?.getTime() === due?.getTime());
  const contact = contactIn(world.charter, last?.by ?? null);
  if (!due || !last?.askedAt || !contact) return [];
  const calendar = calendarOf(world.charter, contact);
  const { zone } = calendar.work;
  const work = compiled(calendar);
  const onTheDay = (at: Date) => localDate(zone, at) === localDate(zone, due);
  if (onTheDay(last.askedAt)) return [];
  const half = add(work, last.askedAt, Math.floor(within(work, last.askedAt, due) / 2));
  const day = workingDay(work, localDate(zone, due))?.startAt;
  if (a.kind === 'notice' || !day) return [half];
  return onTheDay(half) ? [day] : [half, day];
}

/** When it has to be looked at again, after `now` where nothing is due; null: never by itself. */
export function nextAt(a: Approval, world: World, now: Date): Date | null {
  const due = a.pastDueAt && a.kind === 'decision' ? null : dueOf(a);
  return nextLook(a.calls, due ? [due, ...remindersAt(a, world).slice(a.reminders)] : [], now);
}

/** What time does to it: reminders, the agreed time passing, a notice that goes ahead or does not. Somebody who has left is replaced. */
export function look(a: Approval, world: World, arrived: Arrivals, now: Date): Step {
  if (a.state !== 'asking') return { a, told: [] };
  const { a: here, told } = seated(a, world, now);
  const then = (step: Step): Step => ({ a: step.a, told: [...told, ...step.told] });
  const due = dueOf(here);
  // whoever is not there cannot object: silence says nothing
  if (here.kind === 'notice' && inTurn(here).some((seat) => seat.by === null)) return then(ended(here, 'unheard', world, now));
  if (!due) return then({ a: here, told: [] });
  if (due <= now) return then(here.kind === 'notice' ? goAhead(here, world, arrived, due, now) : passed(here, due));
  const past = remindersAt(here, world).filter((at) => at <= now).length;
  if (past <= here.reminders) return then({ a: here, told: [] });
  const people = inTurn(here).flatMap((seat) => seat.by ?? []);
  return then({
    a: tell({ ...here, reminders: past }, world, people, now),
    told: [{ kind: 'reminded', data: { contacts: people.length } }],
  });
}

const passed = (a: Approval, due: Date): Step =>
  a.pastDueAt ? { a, told: [] } : { a: { ...a, pastDueAt: due }, told: [{ kind: 'pastDue', data: {}, at: due }] };

/**
 * The time to object is over. It goes ahead only where it is known of everybody that it arrived, long enough ago; somebody reached later has
 * his whole time; somebody who was never reached stops it.
 */
function goAhead(a: Approval, world: World, arrived: Arrivals, due: Date, now: Date): Step {
  const waiting = new Set(inTurn(a));
  if ([...waiting].some((seat) => !arrived.has(seat.by!))) return ended(a, 'unheard', world, now);
  const seats = a.seats.map((seat) => {
    if (!waiting.has(seat)) return seat;
    const whole = dueFor(a, world, seat.by!, arrived.get(seat.by!)!);
    return whole > seat.dueAt! ? { ...seat, dueAt: whole } : seat;
  });
  const moved = { ...a, seats };
  const until = dueOf(moved)!;
  if (until > now) return { a: moved, told: [{ kind: 'moved', data: { until: until.toISOString() } }] };
  return ended(a, 'silent', world, now, until > due ? until : due);
}

/** It is over: the asker is told how, unless he ended it himself. */
export function ended(a: Approval, ending: Ending, world: World, now: Date, at: Date = now): Step {
  const over = { ...a, state: 'closed', ending, endedAt: at, calls: [], unclear: null } as const;
  return { a: ending === 'withdrawn' ? over : tell(over, world, [a.by], now), told: [{ kind: 'ended', data: { ending }, at }] };
}

/** The seat in which a person may decide now. */
export const seatOf = (a: Approval, contactId: string): Seat | undefined => inTurn(a).find((seat) => seat.by === contactId);
/** He has decided about what is asked now. */
export const hasDecided = (a: Approval, contactId: string): boolean =>
  a.seats.some((seat) => seat.by === contactId && seat.verdict !== null);

/** One decision of one person. A refusal ends it; an approval ends it once there are enough. */
export function decided(a: Approval, seat: Seat, verdict: 'approved' | 'declined', world: World, now: Date): Step {
  const seats = a.seats.map((each) => (each === seat ? { ...each, verdict, decidedAt: now } : each));
  const next: Approval = { ...a, state: 'asking', unclear: null, seats, calls: a.calls.filter((call) => call.contactId !== seat.by) };
  if (verdict === 'declined') return ended(next, 'declined', world, now);
  const enough = next.kind === 'decision' && (next.scope.how === 'one' || next.scope.how === 'any');
  if (enough || seats.every((each) => each.verdict === 'approved')) return ended(next, 'approved', world, now);
  // the next of a sequence has his own time
  return seated(next.scope.how === 'sequence' ? { ...next, reminders: 0, pastDueAt: null } : next, world, now);
}

/** A question back: the asker is told, and the time rests until he answers. */
export const questioned = (a: Approval, by: string, eventId: string, world: World, now: Date): Approval =>
  tell({ ...a, state: 'unclear', unclear: { eventId, by, at: now }, calls: [], heard: { [by]: now, ...a.heard } }, world, [a.by], now);

/** The question is answered: those whose turn it is are told, with the working time given back that went by. */
export function answered(a: Approval, world: World, now: Date): Step {
  const since = a.unclear!.at;
  const seats = a.seats.map((seat) => {
    const contact = contactIn(world.charter, seat.by);
    if (!seat.dueAt || seat.verdict !== null || !contact || seat.dueAt <= since) return seat;
    const work = compiled(calendarOf(world.charter, contact));
    return { ...seat, dueAt: add(work, seat.dueAt, within(work, since, now)) };
  });
  const { a: next, told } = seated({ ...a, state: 'asking', unclear: null, seats, calls: [] }, world, now);
  const open = tell(
    next,
    world,
    inTurn(next).flatMap((seat) => seat.by ?? []),
    now,
  );
  // the answer itself reminds
  return { a: { ...open, reminders: remindersAt(open, world).filter((at) => at <= now).length }, told };
}

/** Somebody else of the same side decides in a seat from now on; he has its time, or his own where nobody had been there. */
export function handed(a: Approval, seat: Seat, to: string, world: World, now: Date): Approval {
  const dueAt = seat.by && seat.dueAt ? seat.dueAt : dueFor(a, world, to, now);
  const seats = a.seats.map((each) => (each === seat ? { ...each, by: to, handed: true, askedAt: each.askedAt ?? now, dueAt } : each));
  return tell({ ...a, seats, calls: a.calls.filter((call) => call.contactId !== seat.by) }, world, [to], now);
}

/** To whom a seat may be handed: somebody of the deciding side who is there and decides in no other one. */
export function mayTake(a: Approval, world: World, contactId: string): boolean {
  const contact = contactIn(world.charter, contactId);
  const elsewhere = a.seats.some(
    (seat) => seat.by === contactId || (seat.by === null && seat.askedAt === null && seat.agreed === contactId),
  );
  return contact !== undefined && contact.side === a.decidingSide && !world.isGone(contact) && !elsewhere;
}
