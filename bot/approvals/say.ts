import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Action, ActionOutcome } from '../capability.ts';
import type { AgreedCharter, Contact, DecisionScope } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { otherSide, type Side } from '../contract/sides.ts';
import { Refusal } from '../errors.ts';
import { maybeWritten, written } from '../form.ts';
import { type Acting, recordPress } from '../matters/index.ts';
import { contactIn, type World, worldNow } from '../people/index.ts';
import { MessageLink } from '../posts/messageLink.ts';
import { lockSubject } from '../store/lock.ts';
import { fromWallClock, workingDay } from '../worktime/index.ts';
import type { Approval, Request, Scope, Seat } from './approval.ts';
import { keep, subjectOf } from './keep.ts';
import {
  answered,
  begun,
  decided,
  ended,
  handed,
  hasDecided,
  hashOf,
  inTurn,
  mayBeNotice,
  mayTake,
  questioned,
  type Step,
  scopesFor,
  seatOf,
  withinLimit,
} from './rules.ts';
import { approvalById } from './store.ts';
import { type ApprovalRefusal, type ApprovalVerb, SAID } from './words.ts';

/** The furthest day that somebody may choose for a notice. */
const FURTHEST_MS = 92 * 86_400_000;

const amount = z
  .union([z.literal(''), z.coerce.number().nonnegative().max(1e12)])
  .optional()
  .transform((given) => (given === undefined || given === '' ? null : given));
const Words = z.object({ what: written(200), why: written(), doneWhen: written(), amount });
const Begin = Words.extend({ scope: z.string().max(200).optional(), evidence: MessageLink });

const refuse = (code: ApprovalRefusal): never => {
  throw new Refusal<ApprovalRefusal>(code);
};
const outcome = (verb: ApprovalVerb, id: string): ActionOutcome => ({ subject: subjectOf(id), message: SAID[verb], undoEventId: null });
const record = (acting: Acting, verb: ApprovalVerb, a: Approval, remark?: string, data: Record<string, unknown> = {}) =>
  recordPress(acting, 'approval', a, verb, remark, { ...data, of: hashOf(a), notice: a.kind === 'notice' });

function snapshot(charter: AgreedCharter, { decidedBy, ...scope }: DecisionScope): Scope {
  const contacts = charter.sides[decidedBy].contacts;
  return { ...scope, who: scope.who.flatMap((key) => contacts.find((contact) => contact.key === key)?.id ?? []) };
}

const LIMITS = { missing: 'approval.amount_needed', above: 'approval.above_limit' } as const;
function checkLimit(scope: Scope, request: Request): void {
  const found = withinLimit(scope, request);
  if (found !== 'ok') refuse(LIMITS[found]);
}

interface Begun {
  readonly kind: Approval['kind'];
  /** By its name; the only one where there is one. */
  readonly scope: string | undefined;
  readonly request: Request;
  readonly evidence?: string;
  /** `YYYY-MM-DD` of the deciding side's calendar. */
  readonly on?: string | undefined;
}

/**
 * Asks the other side to decide, or says what goes ahead unless it objects. For other capabilities too, in their transaction.
 * @throws {Refusal} one of `ApprovalRefusal`
 */
export async function beginApproval(acting: Acting, partnershipId: string, wanted: Begun): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  const world = await worldNow(tx, partnershipId, now);
  const { charter } = world;
  if (!charter.acknowledgedAt) refuse('approval.not_agreed');
  const scopes = scopesFor(charter, actor.side).filter((each) => wanted.kind === 'decision' || mayBeNotice(each));
  const chosen = wanted.scope ? scopes.find(({ scope }) => scope === wanted.scope) : scopes.length === 1 ? scopes[0] : undefined;
  if (!chosen) return refuse(wanted.kind === 'notice' ? 'approval.no_notice' : 'approval.no_scope');
  const scope = snapshot(charter, chosen);
  checkLimit(scope, wanted.request);
  const a: Approval = {
    id: randomUUID(),
    partnershipId,
    charterVersion: charter.version,
    kind: wanted.kind,
    askingSide: actor.side,
    decidingSide: otherSide(actor.side),
    by: actor.contactId,
    scope,
    request: wanted.request,
    evidence: wanted.evidence ?? '',
    state: 'asking',
    ending: null,
    seats: [],
    asking: 0,
    firstAsking: 1,
    calls: [],
    toldIn: {},
    heard: {},
    reminders: 0,
    notBefore: wanted.on ? endOfChosenDay(charter, otherSide(actor.side), wanted.on, now) : null,
    unclear: null,
    pastDueAt: null,
    openedAt: now,
    endedAt: null,
    revision: 0,
  };
  const step = begun(a, world, now);
  const empty = inTurn(step.a).filter((seat) => seat.by === null).length;
  if (empty === inTurn(step.a).length || (a.kind === 'notice' && empty)) refuse('approval.nobody');
  await lockSubject(tx, subjectOf(a.id));
  await record(acting, wanted.kind === 'notice' ? 'notice' : 'ask', a, undefined, { scope: scope.scope });
  await keep(tx, null, step, world, now);
  return outcome(wanted.kind === 'notice' ? 'notice' : 'ask', a.id);
}

/** The end of a day that the asker of a notice chose; of a day that is closed there, its evening. */
function endOfChosenDay(charter: AgreedCharter, deciding: Side, on: string, now: Date): Date {
  const { work } = charter.sides[deciding].calendar;
  const at = workingDay(compiled(charter.sides[deciding].calendar), on)?.endAt ?? fromWallClock(work.zone, `${on}T18:00`);
  if (!at || at <= now || at.getTime() - now.getTime() > FURTHEST_MS) return refuse('approval.bad_day');
  return at;
}

type Said = {
  text?: string | undefined;
  of?: string | undefined;
  contactId?: string | undefined;
  agreed?: string | undefined;
  request?: Request;
};
interface Pressing extends Acting {
  readonly a: Approval;
  readonly world: World<AgreedCharter>;
  readonly me: Contact;
  readonly said: Said;
}

/** The seat in which he decides now. Whether it is his is told before whether it fits, so that nobody learns more than he may say. */
function ownSeat({ a, me, said }: Pressing): Seat {
  const seat = seatOf(a, me.id);
  const his = seat !== undefined || a.seats.some(({ by, agreed }) => by === me.id || agreed === me.id);
  if (!his) refuse('approval.not_yours');
  if (hasDecided(a, me.id)) refuse('approval.decided');
  if (a.state === 'closed' || !seat) return refuse('approval.not_now');
  if (said.of !== hashOf(a)) refuse('approval.changed');
  return seat;
}
const asks = ({ a, me }: Pressing): void => {
  if (me.id !== a.by && !(me.owner && me.side === a.askingSide)) refuse('approval.not_yours');
};
const open = ({ a }: Pressing, ...states: Approval['state'][]): void => {
  if (!states.includes(a.state)) refuse('approval.not_now');
};

const PRESSES: Readonly<Record<Exclude<ApprovalVerb, 'ask' | 'notice'>, (p: Pressing) => Promise<Step>>> = {
  async approve(p) {
    const seat = ownSeat(p);
    await record(p, 'approve', p.a, p.said.text);
    return decided(p.a, seat, 'approved', p.world, p.now);
  },
  async decline(p) {
    const seat = ownSeat(p);
    await record(p, 'decline', p.a, p.said.text);
    return decided(p.a, seat, 'declined', p.world, p.now);
  },
  async unclear(p) {
    ownSeat(p);
    open(p, 'asking');
    const { id } = await record(p, 'unclear', p.a, p.said.text);
    return { a: questioned(p.a, p.me.id, id, p.world, p.now), told: [] };
  },
  async answer(p) {
    asks(p);
    open(p, 'unclear');
    await record(p, 'answer', p.a, p.said.text);
    return answered(p.a, p.world, p.now);
  },
  async change(p) {
    asks(p);
    open(p, 'asking', 'unclear');
    const request = p.said.request ?? p.a.request;
    checkLimit(p.a.scope, request);
    const a = { ...p.a, request };
    await record(p, 'change', a);
    return begun(a, p.world, p.now);
  },
  async withdraw(p) {
    asks(p);
    open(p, 'asking', 'unclear');
    await record(p, 'withdraw', p.a, p.said.text);
    return ended(p.a, 'withdrawn', p.world, p.now);
  },
  async handOver(p) {
    const { a, me, said } = p;
    const owner = me.owner && me.side === a.decidingSide;
    const seat = said.agreed ? inTurn(a).find(({ agreed }) => agreed === said.agreed) : seatOf(a, me.id);
    if (!owner && seat?.by !== me.id) refuse('approval.not_yours');
    open(p, 'asking', 'unclear');
    if (!seat) return refuse('approval.not_now');
    if (!said.contactId || !mayTake(a, p.world, said.contactId)) return refuse('approval.not_them');
    await record(p, 'handOver', a, said.text, { to: said.contactId });
    return { a: handed(a, seat, said.contactId, p.world, p.now), told: [] };
  },
};

/**
 * Says something about a decision, decided under its lock: of two at once the second sees what the first did.
 * @throws {Refusal} one of `ApprovalRefusal`
 */
async function press(acting: Acting, verb: keyof typeof PRESSES, id: string, said: Said): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  await lockSubject(tx, subjectOf(id));
  const a = await approvalById(tx, id);
  if (!a || a.partnershipId !== actor.partnershipId) return refuse('approval.not_found');
  const world = await worldNow(tx, a.partnershipId, now);
  const me = contactIn(world.charter, actor.contactId);
  if (!me) return refuse('approval.not_yours');
  const step = await PRESSES[verb]({ ...acting, a, world, me, said });
  await keep(tx, a, step, world, now);
  return outcome(verb, id);
}

const action = (verb: keyof typeof PRESSES, schema: z.ZodType<Said>): Action<Said> => ({
  schema,
  subjectKind: 'approval',
  run: ({ tx, now, actor, subjectId, input }) => press({ tx, now, actor }, verb, subjectId, input),
});
const of = z.string().max(64);

export const actions: Readonly<Record<string, Action>> = {
  'approval.ask': {
    schema: Begin,
    subjectKind: 'charter',
    run: ({ tx, now, actor, subjectId, input: { scope, evidence, ...request } }) =>
      beginApproval({ tx, now, actor }, subjectId, { kind: 'decision', scope, evidence, request }),
  },
  'approval.notice': {
    schema: Begin.extend({ on: z.union([z.literal(''), z.iso.date()]).optional() }),
    subjectKind: 'charter',
    run: ({ tx, now, actor, subjectId, input: { scope, on, evidence, ...request } }) =>
      beginApproval({ tx, now, actor }, subjectId, { kind: 'notice', scope, evidence, request, on: on || undefined }),
  },
  'approval.approve': action('approve', z.object({ of, text: maybeWritten() })),
  'approval.decline': action('decline', z.object({ of, text: written() })),
  'approval.unclear': action('unclear', z.object({ of, text: written() })),
  'approval.answer': action('answer', z.object({ text: written() })),
  'approval.change': action('change', Words.transform((request) => ({ request })) as unknown as z.ZodType<Said>),
  'approval.withdraw': action('withdraw', z.object({ text: maybeWritten() })),
  'approval.handOver': action('handOver', z.object({ contactId: z.guid(), agreed: z.guid().optional(), text: maybeWritten() })),
};
