import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { beginActionItem } from '../actionItems/index.ts';
import type { Action, ActionOutcome, Capability } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { Wish } from '../contract/review.ts';
import { Refusal } from '../errors.ts';
import { written } from '../form.ts';
import { type Acting, recordPress } from '../matters/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { shifted } from './agenda.ts';
import { keep, preparingSide, subjectOf, type Told, timesOf } from './keep.ts';
import { look } from './look.ts';
import { takesOutcome } from './outcome.ts';
import type { Item, ItemState, Review } from './review.ts';
import { itemsOf, reviewById, saveItems } from './store.ts';
import { nextStep } from './times.ts';
import { type ReviewRefusal, type ReviewVerb, SAID } from './words.ts';

/** Items that people add to one agenda at most. */
const MOST_ADDED = 60;

type Said = {
  item?: string | undefined;
  text?: string | undefined;
  wish?: Wish | undefined;
  what?: string | undefined;
  doneWhen?: string | undefined;
  contactId?: string | undefined;
  on?: string | undefined;
};
interface Pressing extends Acting {
  readonly review: Review;
  readonly items: readonly Item[];
  readonly charter: AgreedCharter;
  readonly said: Said;
  readonly revision: number | undefined;
}
/** What a press makes of a date and its agenda. */
interface Made {
  readonly review?: Review;
  readonly items?: readonly Item[];
  readonly told?: readonly Told[];
}

const refuse = (code: ReviewRefusal): never => {
  throw new Refusal<ReviewRefusal>(code);
};
/** Both sides change the agenda until it begins: then its order stands. */
const untilItBegins = ({ review }: Pressing): void => {
  if (review.state === 'running') refuse('review.begun');
  if (review.state !== 'planned' && review.state !== 'prepared') refuse('review.not_now');
};
/** An item is added while it is held too: it comes last, and nothing else of the agenda moves. */
const untilItEnds = (p: Pressing): void => {
  if (p.review.state !== 'running') untilItBegins(p);
};
const whileHeld = ({ review, now }: Pressing): void => {
  if (!takesOutcome(review, now)) refuse('review.not_now');
};
const itemOf = ({ items, said }: Pressing): Item => items.find(({ id }) => id === said.item) ?? refuse('review.no_item');
const changed = (items: readonly Item[], id: string, change: Partial<Item>): Item[] =>
  items.map((item) => (item.id === id ? { ...item, ...change } : item));
/** @returns the id of the event, which holds his words */
const record = async (p: Pressing, verb: ReviewVerb, remark?: string, data: Record<string, unknown> = {}): Promise<string> =>
  (await recordPress(p, 'review', p.review, verb, remark, data)).id;
const said = (p: Pressing, verb: ReviewVerb, item: Item | null): Promise<string> =>
  record(p, verb, p.said.text, item ? { item: item.id } : {});

async function note(p: Pressing, verb: 'drop' | 'decide', item: Item, state: ItemState): Promise<Made> {
  const noteId = await said(p, verb, item);
  return { items: changed(p.items, item.id, { state, noteId }) };
}

async function shift(p: Pressing, verb: 'up' | 'down'): Promise<Made> {
  untilItBegins(p);
  const item = itemOf(p);
  const items = shifted(p.items, item.id, verb === 'up' ? -1 : 1);
  if (items !== p.items) await said(p, verb, item);
  return { items };
}

const PRESSES: Readonly<Record<Exclude<ReviewVerb, 'action'>, (p: Pressing) => Promise<Made>>> = {
  async add(p) {
    untilItEnds(p);
    if (p.items.filter(({ subject }) => subject.kind === 'added').length >= MOST_ADDED) refuse('review.full');
    const id = randomUUID();
    const item: Item = {
      id,
      reviewId: p.review.id,
      subject: { kind: 'added', id },
      section: 'added',
      text: p.said.text!,
      side: p.actor.side,
      contactId: p.actor.contactId,
      wish: p.said.wish ?? 'discuss',
      weight: 0,
      carried: 0,
      state: 'planned',
      noteId: null,
      by: p.actor.contactId,
    };
    await record(p, 'add', undefined, { item: id });
    return { items: [...p.items, item] };
  },
  up: (p) => shift(p, 'up'),
  down: (p) => shift(p, 'down'),
  async drop(p) {
    untilItBegins(p);
    const item = itemOf(p);
    return item.state === 'dropped' ? refuse('review.not_now') : note(p, 'drop', item, 'dropped');
  },
  async putBack(p) {
    untilItBegins(p);
    const item = itemOf(p);
    if (item.state !== 'dropped') return refuse('review.not_now');
    await said(p, 'putBack', item);
    return { items: changed(p.items, item.id, { state: 'planned', noteId: null }) };
  },
  async discussed(p) {
    whileHeld(p);
    const item = itemOf(p);
    if (item.state !== 'planned') return refuse('review.not_now');
    await said(p, 'discussed', item);
    return { items: changed(p.items, item.id, { state: 'discussed' }) };
  },
  async decide(p) {
    whileHeld(p);
    const item = itemOf(p);
    if (item.state === 'dropped') return refuse('review.not_now');
    // a decision is changed by whoever has seen it
    if (item.state === 'decided' && (p.revision === undefined || p.revision < p.review.revision)) return refuse('review.changed');
    return note(p, 'decide', item, 'decided');
  },
  async carry(p) {
    if (p.review.state !== 'ended') return refuse('review.not_now');
    const item = itemOf(p);
    if (item.state !== 'planned' && item.state !== 'discussed') return refuse('review.not_now');
    return { items: changed(p.items, item.id, { noteId: await said(p, 'carry', item) }) };
  },
  async complete(p) {
    if (p.review.state !== 'ended') return refuse('review.not_now');
    await said(p, 'complete', null);
    const minutes: Told[] = p.review.minutesAt ? [] : [{ kind: 'minutes' }];
    return {
      review: { ...p.review, state: 'closed', minutesAt: p.review.minutesAt ?? p.now },
      told: [...minutes, { kind: 'closed' }],
    };
  },
  async acknowledge(p) {
    if (p.actor.side === preparingSide(p.charter, p.review)) return refuse('review.not_yours');
    if (!p.review.minutesAt || p.review.acknowledged) return refuse('review.not_now');
    await said(p, 'acknowledge', null);
    return { review: { ...p.review, acknowledged: { by: p.actor.contactId, at: p.now } } };
  },
};

/**
 * Says something about a date or an item of its agenda, decided under its lock: of two at once the second sees what the first did.
 * @throws {Refusal} one of `ReviewRefusal`
 */
async function press(
  capabilities: readonly Capability[],
  acting: Acting,
  verb: ReviewVerb,
  id: string,
  input: Said,
  revision: number | undefined,
): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  await lockSubject(tx, subjectOf(id));
  const review = await caughtUp(tx, capabilities, id, now);
  if (!review || review.partnershipId !== actor.partnershipId) return refuse('review.not_found');
  const charter = await currentCharter(tx, review.partnershipId, now);
  const items = await itemsOf(tx, [id]);
  const pressing: Pressing = { ...acting, review, items, charter, said: input, revision };
  const made = verb === 'action' ? await noteAction(pressing) : await PRESSES[verb](pressing);
  const after = made.items ?? items;
  if (after !== items) await saveItems(tx, review, after);
  await keep(tx, charter, made.review ?? review, made.told ?? [], now);
  return { subject: subjectOf(id), message: SAID[verb], undoEventId: null };
}

/** The date as it is now, also where its deadline is due and was not looked at yet. */
async function caughtUp(tx: Tx, capabilities: readonly Capability[], id: string, now: Date): Promise<Review | undefined> {
  const review = await reviewById(tx, id);
  if (!review) return undefined;
  const next = nextStep(review, await timesOf(tx, await currentCharter(tx, review.partnershipId, now), review));
  if (!next || next.at > now) return review;
  await look(tx, capabilities, id, now);
  return reviewById(tx, id);
}

/** What is to be done, by whom and until when: an action item of its own, which comes back on each agenda until it is done. */
async function noteAction(p: Pressing): Promise<Made> {
  whileHeld(p);
  const { what = '', doneWhen = '', contactId = '', on = '', item } = p.said;
  const about = item && item !== 'none' ? itemOf(p) : null;
  const source = subjectOf(p.review.id);
  const begun = await beginActionItem(p, { partnershipId: p.review.partnershipId, what, doneWhen, contactId, on, source });
  await record(p, 'action', undefined, { actionItem: begun.subject.id, ...(about && { item: about.id }) });
  const spoken = about?.state === 'planned' ? changed(p.items, about.id, { state: 'discussed' }) : p.items;
  return { review: { ...p.review, actionItems: [...p.review.actionItems, begun.subject.id] }, items: spoken };
}

const item = z.guid();
const ABOUT_ITEM = z.object({ item });

/** @param capabilities - all of them, whole by the time somebody presses */
export function actionsOf(capabilities: readonly Capability[]): Readonly<Record<string, Action>> {
  const action = (verb: ReviewVerb, schema: z.ZodType<Said>): [string, Action<Said>] => [
    `review.${verb}`,
    {
      schema,
      subjectKind: 'review',
      run: ({ tx, now, actor, subjectId, input, revision }) => press(capabilities, { tx, now, actor }, verb, subjectId, input, revision),
    },
  ];
  return Object.fromEntries([
    action('add', z.object({ text: written(200), wish: Wish.default('discuss') })),
    action('up', ABOUT_ITEM),
    action('down', ABOUT_ITEM),
    action('drop', z.object({ item, text: written(300) })),
    action('putBack', ABOUT_ITEM),
    action('discussed', ABOUT_ITEM),
    action('decide', z.object({ item, text: written() })),
    action('carry', ABOUT_ITEM),
    action(
      'action',
      z.object({
        item: z.union([item, z.literal('none')]).optional(),
        what: written(200),
        doneWhen: written(),
        contactId: z.guid(),
        on: z.iso.date(),
      }),
    ),
    action('complete', z.object({})),
    action('acknowledge', z.object({})),
  ]);
}
