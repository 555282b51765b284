import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Action, ActionOutcome, Subject } from '../capability.ts';
import type { AgreedCharter, Contact } from '../charter/charter.ts';
import { dayOfSide } from '../charter/readable.ts';
import { Refusal } from '../errors.ts';
import { maybeWritten, written } from '../form.ts';
import { type Acting, recordPress } from '../matters/index.ts';
import { contactIn, type World, worldNow } from '../people/index.ts';
import { lockSubject } from '../store/lock.ts';
import type { ActionItem } from './actionItem.ts';
import { keep, subjectOf } from './keep.ts';
import {
  answeredDay,
  begun,
  does,
  ended,
  endOfDay,
  handed,
  mayBeDay,
  mayPutBack,
  maySayNot,
  movedTo,
  noted,
  proposed,
  putBack,
  type Step,
  standsAtOnce,
} from './rules.ts';
import { actionItemById } from './store.ts';
import { type ActionItemRefusal, type ActionItemVerb, SAID } from './words.ts';

const refuse = (code: ActionItemRefusal): never => {
  throw new Refusal<ActionItemRefusal>(code);
};
const outcome = (verb: ActionItemVerb, id: string): ActionOutcome => ({ subject: subjectOf(id), message: SAID[verb], undoEventId: null });
const record = (acting: Acting, verb: ActionItemVerb, a: ActionItem, remark?: string, data: Record<string, unknown> = {}) =>
  recordPress(acting, 'actionItem', a, verb, remark, data);

export interface NewActionItem {
  readonly partnershipId: string;
  /** Plain text of people: at most 200 and 500 characters. */
  readonly what: string;
  readonly doneWhen: string;
  /** Who does it: a contact of either side. */
  readonly contactId: string;
  /** By the end of this day, `YYYY-MM-DD`, in the working calendar of whoever does it. */
  readonly on: string;
  /** The review in which it was agreed: its people were there, and the minutes tell it; null where it is noted by itself. */
  readonly source: Subject | null;
}

/**
 * Notes what was agreed to be done. For other capabilities too, in their transaction.
 * @returns what a press answers; `subject.id` is the id of the action item
 * @throws {Refusal} one of `ActionItemRefusal`: `not_agreed`, `not_them`, `bad_day`
 */
export async function beginActionItem(acting: Acting, wanted: NewActionItem): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  const world = await worldNow(tx, wanted.partnershipId, now);
  if (!world.charter.acknowledgedAt) refuse('actionItem.not_agreed');
  const holder = contactIn(world.charter, wanted.contactId);
  if (!holder || world.isGone(holder)) return refuse('actionItem.not_them');
  const dueAt = endOfDay(world, holder.id, wanted.on);
  if (!mayBeDay(dueAt, now)) return refuse('actionItem.bad_day');
  const a: ActionItem = {
    id: randomUUID(),
    partnershipId: wanted.partnershipId,
    charterVersion: world.charter.version,
    by: actor.contactId,
    bySide: actor.side,
    holder: holder.id,
    side: holder.side,
    what: wanted.what,
    doneWhen: wanted.doneWhen,
    source: wanted.source,
    state: 'open',
    ending: null,
    agreedOn: wanted.on,
    agreedAt: dueAt,
    dueOn: wanted.on,
    dueAt,
    moved: false,
    proposal: null,
    reminded: false,
    pastDueAt: null,
    asking: 0,
    calls: [],
    toldIn: {},
    openedAt: now,
    endedAt: null,
    revision: 0,
  };
  await lockSubject(tx, subjectOf(a.id));
  await record(acting, 'note', a, undefined, {
    to: holder.id,
    ...(wanted.source && { source: `${wanted.source.kind}:${wanted.source.id}` }),
  });
  await keep(tx, null, { a: begun(a, world, now), told: [] }, world, now);
  return outcome('note', a.id);
}

type Said = { text?: string | undefined; on?: string | undefined; contactId?: string | undefined };
interface Pressing extends Acting {
  readonly a: ActionItem;
  readonly world: World<AgreedCharter>;
  readonly me: Contact;
  readonly said: Said;
}
type Pressed = { readonly step: Step; readonly verb: ActionItemVerb };

/** Whether it is his is told before whether it fits, so that nobody learns more than he may say. */
const only = (may: boolean): void => {
  if (!may) refuse('actionItem.not_yours');
};
const open = ({ a }: Pressing): void => {
  if (a.state !== 'open') refuse('actionItem.not_now');
};
const stepOf = (a: ActionItem): Step => ({ a, told: [] });
/** The day of an instant, as the history says it. */
const dayOf = ({ a, world }: Pressing, at: Date): string => dayOfSide(world.charter, a.side, at);

const PRESSES: Readonly<Record<Exclude<ActionItemVerb, 'note' | 'propose'>, (p: Pressing) => Promise<Pressed>>> = {
  async done(p) {
    only(does(p.a, p.me));
    open(p);
    await record(p, 'done', p.a, p.said.text);
    return { verb: 'done', step: stepOf(ended(p.a, 'done', p.me.id, p.world, p.now)) };
  },
  async putBack(p) {
    only(maySayNot(p.a, p.me));
    if (p.a.ending !== 'done') refuse('actionItem.not_now');
    if (!mayPutBack(p.a, p.me, p.world, p.now)) refuse('actionItem.too_late');
    await record(p, 'putBack', p.a, p.said.text);
    return { verb: 'putBack', step: putBack(p.a, p.me.id, p.world, p.now) };
  },
  async move(p) {
    const { a, world, now, me, said } = p;
    only(does(a, me));
    open(p);
    const on = said.on ?? '';
    const at = endOfDay(world, a.holder, on);
    if (!mayBeDay(at, now) || at.getTime() === a.dueAt.getTime()) return refuse('actionItem.bad_day');
    const verb = standsAtOnce(a, on) ? 'move' : 'propose';
    await record(p, verb, a, said.text, { day: dayOf(p, at), before: a.dueOn });
    return { verb, step: stepOf(verb === 'move' ? movedTo(a, on, world, now) : proposed(a, on, me, world, now)) };
  },
  async agreeDate(p) {
    await answerDay(p, 'agreeDate');
    return { verb: 'agreeDate', step: stepOf(answeredDay(p.a, true, p.world, p.now)) };
  },
  async declineDate(p) {
    await answerDay(p, 'declineDate');
    return { verb: 'declineDate', step: stepOf(answeredDay(p.a, false, p.world, p.now)) };
  },
  async handOver(p) {
    const { a, me, said, world } = p;
    only(does(a, me));
    open(p);
    const to = contactIn(world.charter, said.contactId ?? null);
    if (!to || to.side !== a.side || to.id === a.holder || world.isGone(to)) return refuse('actionItem.not_them');
    await record(p, 'handOver', a, said.text, { to: to.id });
    return { verb: 'handOver', step: stepOf(handed(a, to.id, world, p.now)) };
  },
  async withdraw(p) {
    only(noted(p.a, p.me));
    open(p);
    await record(p, 'withdraw', p.a, p.said.text);
    return { verb: 'withdraw', step: stepOf(ended(p.a, 'withdrawn', p.me.id, p.world, p.now)) };
  },
};

/** The other side's word about another day, bound to the day that was read. */
async function answerDay(p: Pressing, verb: 'agreeDate' | 'declineDate'): Promise<void> {
  only(p.me.side !== p.a.side);
  open(p);
  const { proposal } = p.a;
  if (!proposal) return refuse('actionItem.not_now');
  if (proposal.on !== p.said.on) refuse('actionItem.changed');
  await record(p, verb, p.a, p.said.text, { day: dayOf(p, verb === 'agreeDate' ? proposal.at : p.a.dueAt) });
}

/**
 * Says something about an action item, decided under its lock: of two at once the second sees what the first did.
 * @throws {Refusal} one of `ActionItemRefusal`
 */
async function press(acting: Acting, verb: keyof typeof PRESSES, id: string, said: Said): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  await lockSubject(tx, subjectOf(id));
  const a = await actionItemById(tx, id);
  if (!a || a.partnershipId !== actor.partnershipId) return refuse('actionItem.not_found');
  const world = await worldNow(tx, a.partnershipId, now);
  const me = contactIn(world.charter, actor.contactId);
  if (!me) return refuse('actionItem.not_yours');
  const pressed = await PRESSES[verb]({ ...acting, a, world, me, said });
  await keep(tx, a, pressed.step, world, now);
  return outcome(pressed.verb, id);
}

const action = (verb: keyof typeof PRESSES, schema: z.ZodType<Said>): Action<Said> => ({
  schema,
  subjectKind: 'actionItem',
  run: ({ tx, now, actor, subjectId, input }) => press({ tx, now, actor }, verb, subjectId, input),
});
const on = z.iso.date();

export const actions: Readonly<Record<string, Action>> = {
  'actionItem.note': {
    schema: z.object({ what: written(200), doneWhen: written(), contactId: z.guid(), on }),
    subjectKind: 'charter',
    run: ({ tx, now, actor, subjectId, input }) =>
      beginActionItem({ tx, now, actor }, { ...input, partnershipId: subjectId, source: null }),
  },
  'actionItem.done': action('done', z.object({ text: maybeWritten() })),
  'actionItem.putBack': action('putBack', z.object({ text: written() })),
  'actionItem.move': action('move', z.object({ on, text: written() })),
  'actionItem.agreeDate': action('agreeDate', z.object({ on })),
  'actionItem.declineDate': action('declineDate', z.object({ on, text: written() })),
  'actionItem.handOver': action('handOver', z.object({ contactId: z.guid(), text: maybeWritten() })),
  'actionItem.withdraw': action('withdraw', z.object({ text: written() })),
};
