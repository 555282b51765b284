import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { beginApproval } from '../approvals/index.ts';
import type { Action, ActionOutcome, Actor } from '../capability.ts';
import type { AgreedCharter, Contact } from '../charter/charter.ts';
import { otherSide } from '../contract/sides.ts';
import { Refusal } from '../errors.ts';
import { maybeWritten, written } from '../form.ts';
import { type Acting, recordPress } from '../matters/index.ts';
import { contactIn, type World, worldNow } from '../people/index.ts';
import { MessageLink } from '../posts/messageLink.ts';
import { obligationView } from '../responses/index.ts';
import { lockSubject } from '../store/lock.ts';
import { fromWallClock } from '../worktime/index.ts';
import { noticeScopeOf } from './buttons.ts';
import type { Escalation, Request, Rung } from './escalation.ts';
import { keep, subjectOf } from './keep.ts';
import { askFrom, ended, markedSent, mayHelp, mayPromise, reopened, resolved, type Step, taken, usualUpdateAt } from './rules.ts';
import { escalationById } from './store.ts';
import { type EscalationRefusal, type EscalationVerb, SAID } from './words.ts';

const Words = z.object({ what: written(200), why: written(), wanted: written(), doneWhen: written() });
const urgency = z.enum(['normal', 'critical']).default('normal');
const when = z.string().max(40).optional();

const refuse = (code: EscalationRefusal): never => {
  throw new Refusal<EscalationRefusal>(code);
};

const outcome = (verb: EscalationVerb, id: string): ActionOutcome => ({ subject: subjectOf(id), message: SAID[verb], undoEventId: null });

const record = (acting: Acting, verb: EscalationVerb, e: Escalation, remark?: string, data: Record<string, unknown> = {}) =>
  recordPress(acting, 'escalation', e, verb, remark, data);

/** The pathway of the side asked, as agreed now. */
const rungsOf = (charter: AgreedCharter, asked: 'client' | 'provider'): Rung[] =>
  charter.pathway.map((level) => ({
    name: level.name,
    asked: level.asked[asked].flatMap((key) => charter.sides[asked].contacts.find((contact) => contact.key === key)?.id ?? []),
    takeWithinSeconds: level.takeWithinSeconds,
    elapsed: level.elapsed,
  }));

interface Begun {
  readonly verb: 'open' | 'worry' | 'crisis';
  readonly request: Request;
  readonly critical: boolean;
  readonly updateEverySeconds?: number;
  readonly evidence?: string;
  readonly obligationId?: string;
}

/** One that nobody was asked yet for. */
export function fresh(
  charter: AgreedCharter,
  by: Pick<Actor, 'contactId' | 'side'>,
  begun: Omit<Begun, 'verb'> & { readonly byItself?: boolean },
  now: Date,
): Escalation {
  const askedSide = otherSide(by.side);
  return {
    id: randomUUID(),
    partnershipId: charter.partnershipId,
    charterVersion: charter.version,
    askingSide: by.side,
    askedSide,
    by: by.contactId,
    state: 'worry',
    ending: null,
    critical: begun.critical,
    updateEverySeconds: begun.updateEverySeconds ?? null,
    request: begun.request,
    evidence: begun.evidence ?? '',
    obligationId: begun.obligationId ?? null,
    byItself: begun.byItself ?? false,
    pathway: rungsOf(charter, askedSide),
    level: 0,
    asking: 0,
    repeated: 0,
    calls: [],
    everAsked: [],
    skipped: [],
    spentAt: null,
    holder: null,
    nextUpdateAt: null,
    proposal: null,
    resolvedBy: null,
    closesAt: null,
    tree: null,
    openedAt: now,
    endedAt: null,
    revision: 0,
  };
}

/** Asks the other side for help, or tells one's own owner a worry. */
async function begin(acting: Acting, partnershipId: string, begun: Begun): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  const world = await worldNow(tx, partnershipId, now);
  const { charter } = world;
  if (!charter.acknowledgedAt) refuse('escalation.not_agreed');
  if (begun.verb === 'crisis' && !actor.owner) refuse('escalation.owner_only');
  if (begun.verb === 'worry' && actor.owner) refuse('escalation.owner_says');
  if (!rungsOf(charter, otherSide(actor.side)).some((rung) => rung.asked.length)) refuse('escalation.nobody');
  const e = fresh(world.charter, actor, begun, now);
  await lockSubject(tx, subjectOf(e.id));
  await record(acting, begun.verb, e);
  const step = begun.verb === 'worry' ? { e, told: [] } : askFrom(e, world, 0, now);
  await keep(tx, null, step, now);
  return outcome(begun.verb, e.id);
}

/** Help is asked for about a wait, by somebody who may know of it. */
async function beginAbout(acting: Acting, obligationId: string, begun: Omit<Begun, 'obligationId'>): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  const seen = await obligationView(tx, obligationId, actor, now);
  if (!seen) return refuse('escalation.not_found');
  return begin(acting, seen.partnershipId, { ...begun, obligationId });
}

type Said = {
  text?: string | undefined;
  nextUpdate?: string | undefined;
  scope?: string | undefined;
  contactId?: string | undefined;
  request?: Request;
  urgency?: 'normal' | 'critical';
};
interface Pressing extends Acting {
  readonly e: Escalation;
  readonly world: World<AgreedCharter>;
  readonly me: Contact;
  readonly said: Said;
}

/** Who may know of it: both sides; of a worry its author and the owners of his side. */
export const mayKnow = (e: Escalation, actor: Pick<Actor, 'contactId' | 'side' | 'owner' | 'partnershipId'>): boolean =>
  actor.partnershipId === e.partnershipId &&
  ((e.state !== 'worry' && e.ending !== 'kept' && !(e.ending === 'withdrawn' && e.asking === 0)) ||
    actor.contactId === e.by ||
    (actor.owner && actor.side === e.askingSide));

/** When somebody promises to say more: what he wrote, by the clock of his side's place, or the usual. */
function updateAt({ e, world, me, said, now }: Pressing): Date {
  if (!said.nextUpdate) return usualUpdateAt(e, world.charter, me, now);
  const { zone } = (me.calendar ?? world.charter.sides[me.side].calendar).work;
  const at = fromWallClock(zone, said.nextUpdate);
  if (!at || !mayPromise(e, world.charter, me, at, now)) return refuse('escalation.bad_time');
  return at;
}

const helps = ({ e, me }: Pressing): void => {
  if (!mayHelp(e, me)) refuse('escalation.not_yours');
};
const asks = ({ e, me }: Pressing): void => {
  if (me.side !== e.askingSide) refuse('escalation.not_yours');
};
const inState = ({ e }: Pressing, ...states: Escalation['state'][]): void => {
  if (!states.includes(e.state)) refuse('escalation.not_now');
};

/** The fix goes ahead unless the other side objects, where both sides agreed to that: all bounds of a notice hold. @returns its id */
async function announced({ tx, now, actor, e }: Pressing, fix: string, scope: string): Promise<string> {
  const request = { what: fix.slice(0, 200), why: e.request.what, doneWhen: e.request.doneWhen, amount: null };
  const { subject } = await beginApproval({ tx, now, actor }, e.partnershipId, { kind: 'notice', scope, request });
  return subject.id;
}

/** What each press does. Who may is checked before whether it fits, so that nobody learns more than he may say. */
const PRESSES: Readonly<Record<Exclude<EscalationVerb, 'open' | 'worry' | 'crisis'>, (p: Pressing) => Promise<Step> | Step>> = {
  async take(p) {
    helps(p);
    inState(p, 'asking');
    const at = updateAt(p);
    await record(p, 'take', p.e, p.said.text, { nextUpdateAt: at.toISOString() });
    return { e: taken(p.e, p.me.id, at), told: [] };
  },
  async update(p) {
    helps(p);
    inState(p, 'asking', 'taken');
    const at = updateAt(p);
    await record(p, 'update', p.e, p.said.text, { nextUpdateAt: at.toISOString() });
    return { e: taken(p.e, p.me.id, at), told: [] };
  },
  async propose(p) {
    helps(p);
    inState(p, 'asking', 'taken');
    const at = updateAt(p);
    const { id } = await record(p, 'propose', p.e, p.said.text, { nextUpdateAt: at.toISOString() });
    const noticeId = p.said.scope ? await announced(p, p.said.text ?? '', p.said.scope) : null;
    const proposal = { eventId: id, by: p.me.id, revision: p.e.revision + 1, agreed: null, noticeId };
    return { e: { ...taken(p.e, p.me.id, at), proposal }, told: [] };
  },
  async agree(p) {
    asks(p);
    inState(p, 'asking', 'taken');
    if (p.e.proposal?.agreed !== null || p.e.proposal.noticeId) return refuse('escalation.not_now');
    await record(p, 'agree', p.e, p.said.text, { eventId: p.e.proposal.eventId });
    return { e: { ...p.e, proposal: { ...p.e.proposal, agreed: true } }, told: [] };
  },
  async decline(p) {
    asks(p);
    inState(p, 'asking', 'taken');
    if (p.e.proposal?.agreed !== null || p.e.proposal.noticeId) return refuse('escalation.not_now');
    await record(p, 'decline', p.e, p.said.text, { eventId: p.e.proposal.eventId });
    return { e: { ...p.e, proposal: { ...p.e.proposal, agreed: false } }, told: [] };
  },
  async resolve(p) {
    helps(p);
    inState(p, 'asking', 'taken');
    await record(p, 'resolve', p.e, p.said.text);
    return { e: resolved(p.e, p.me.id, p.world.charter, p.now), told: [] };
  },
  async confirm(p) {
    asks(p);
    inState(p, 'resolved');
    await record(p, 'confirm', p.e, p.said.text);
    return ended(p.e, 'confirmed', p.now);
  },
  async reopen(p) {
    asks(p);
    inState(p, 'resolved');
    await record(p, 'reopen', p.e, p.said.text);
    return reopened(p.e, p.world, p.now);
  },
  async withdraw(p) {
    asks(p);
    if (p.e.state === 'worry' && p.me.id !== p.e.by) refuse('escalation.not_yours');
    inState(p, 'worry', 'asking', 'taken', 'resolved');
    await record(p, 'withdraw', p.e, p.said.text);
    return ended(p.e, 'withdrawn', p.now);
  },
  async raise(p) {
    if (!p.me.owner || p.me.side !== p.e.askingSide) refuse('escalation.not_yours');
    inState(p, 'worry');
    await record(p, 'raise', p.e);
    const e = { ...p.e, request: p.said.request ?? p.e.request, critical: p.said.urgency === 'critical', openedAt: p.now };
    return askFrom(e, p.world, 0, p.now);
  },
  async keep(p) {
    if (!p.me.owner || p.me.side !== p.e.askingSide) refuse('escalation.not_yours');
    inState(p, 'worry');
    await record(p, 'keep', p.e, p.said.text);
    return ended(p.e, 'kept', p.now);
  },
  async sent(p) {
    if (!p.me.owner || p.me.side !== p.e.askedSide) refuse('escalation.not_yours');
    const e = markedSent(p.e, p.world, p.said.contactId ?? '', p.now);
    if (!e) return refuse('escalation.not_now');
    await record(p, 'sent', p.e);
    return { e, told: [] };
  },
};

/** Of what was shown has to be what it is about still. */
const ABOUT_WHAT_WAS_SHOWN: ReadonlySet<string> = new Set(['agree', 'decline', 'confirm', 'reopen']);

/**
 * Says something about an escalation, decided under its lock.
 * @throws {Refusal} one of `EscalationRefusal`
 */
async function press(
  acting: Acting,
  verb: keyof typeof PRESSES,
  id: string,
  said: Said,
  revision: number | undefined,
): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  await lockSubject(tx, subjectOf(id));
  const e = await escalationById(tx, id);
  if (!e || !mayKnow(e, actor)) return refuse('escalation.not_found');
  const world = await worldNow(tx, e.partnershipId, now);
  const me = contactIn(world.charter, actor.contactId);
  if (!me) return refuse('escalation.not_yours');
  if (revision !== undefined && revision < e.revision && ABOUT_WHAT_WAS_SHOWN.has(verb)) refuse('escalation.changed');
  const step = await PRESSES[verb]({ ...acting, e, world, me, said });
  await keep(tx, e, step, now);
  return outcome(verb, id);
}

const action = (verb: keyof typeof PRESSES, schema: z.ZodType<Said> = z.object({ text: maybeWritten() })): Action<Said> => ({
  schema,
  subjectKind: 'escalation',
  run: ({ tx, now, actor, subjectId, input, revision }) => press({ tx, now, actor }, verb, subjectId, input, revision),
});

const Said500 = z.object({ text: written() });
const WithUpdate = z.object({ text: maybeWritten(), nextUpdate: when });
const UpdateSaid = z.object({ text: written(), nextUpdate: when });

export const actions: Readonly<Record<string, Action>> = {
  'escalation.open': {
    schema: Words.extend({ urgency, evidence: MessageLink }),
    subjectKind: 'charter',
    run: ({ tx, now, actor, subjectId, input: { urgency: how, evidence, ...request } }) =>
      begin({ tx, now, actor }, subjectId, { verb: 'open', request, evidence, critical: how === 'critical' }),
  },
  'escalation.about': {
    schema: Words.extend({ urgency }),
    subjectKind: 'obligation',
    run: ({ tx, now, actor, subjectId, input: { urgency: how, ...request } }) =>
      beginAbout({ tx, now, actor }, subjectId, { verb: 'open', request, critical: how === 'critical' }),
  },
  'escalation.worry': {
    schema: z.object({ what: written(200), why: written() }),
    subjectKind: 'charter',
    run: ({ tx, now, actor, subjectId, input }) =>
      begin({ tx, now, actor }, subjectId, { verb: 'worry', request: { ...input, wanted: '', doneWhen: '' }, critical: false }),
  },
  'escalation.crisis': {
    schema: Words.extend({ everyHours: z.enum(['1', '2', '4', '8']).default('2') }),
    subjectKind: 'charter',
    run: ({ tx, now, actor, subjectId, input: { everyHours, ...request } }) =>
      begin({ tx, now, actor }, subjectId, {
        verb: 'crisis',
        request,
        critical: true,
        updateEverySeconds: Number(everyHours) * 3600,
      }),
  },
  'escalation.raise': action(
    'raise',
    Words.extend({ urgency }).transform(({ urgency: how, ...request }) => ({ request, urgency: how })) as unknown as z.ZodType<Said>,
  ),
  'escalation.keep': action('keep', Said500),
  'escalation.take': action('take', WithUpdate),
  'escalation.update': action('update', UpdateSaid),
  'escalation.propose': action('propose', UpdateSaid.extend({ scope: z.string().max(200).optional().transform(noticeScopeOf) })),
  'escalation.agree': action('agree'),
  'escalation.decline': action('decline', Said500),
  'escalation.resolve': action('resolve', Said500),
  'escalation.confirm': action('confirm'),
  'escalation.reopen': action('reopen', Said500),
  'escalation.withdraw': action('withdraw'),
  'escalation.sent': action('sent', z.object({ contactId: z.guid() })),
};
