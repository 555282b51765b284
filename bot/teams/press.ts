import { z } from 'zod';
import { type Access, type ActionOutcome, type CardJson, isActor, type Subject, subjectKey } from '../capability.ts';
import { Refusal } from '../errors.ts';
import { accessTo, actorOf, type Person, partnershipOf, whoCanBind } from '../people/index.ts';
import { inputsOf } from '../posts/actionView.ts';
import { adopt, requestPost } from '../posts/index.ts';
import { standsIn } from '../posts/store.ts';
import type { Tx } from '../store/database.ts';
import { senderOf, type TeamsActivity } from './activity.ts';
import { conversationOf } from './conversation.ts';
import type { BotParts } from './parts.ts';
import { personOf } from './person.ts';
import { keepNotice, noticeOf, once } from './seen.ts';
import { cardFor, noticed, readOnly, undoOf, unknownPerson } from './shown.ts';
import { subjectFrom } from './subject.ts';

/** A press on a card: the verb, and data that nobody has checked. `automatic`: the client asked for the reader's own view. */
export interface Press {
  readonly verb: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly automatic: boolean;
}

/** What the person is shown: his card now, else a sentence; that alone where his client takes no card. `done` when something was changed. */
export interface Pressed {
  readonly card: CardJson | null;
  readonly sentence: string | null;
  readonly done: boolean;
}

const REFRESH = 'card.refresh';
const OLD_BUTTON = 'This button is from an earlier version of the card. Please use the newest one.';
const NOT_THERE = 'This is not there any more.';
/** For a client that sends Action.Submit: it takes no card for an answer, and his own is not for the channel. */
const NOT_IN_THIS_TEAMS = 'Teams cannot show this here. Please press the button in Teams on a computer or in a browser.';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The press that an activity carries: an Action.Execute's invoke, or the Action.Submit of a client that knows no other. */
export function pressOf(activity: TeamsActivity): Press | null {
  if (!isRecord(activity.value)) return null;
  const automatic = activity.value.trigger === 'automatic';
  const action = activity.type === 'invoke' ? activity.value.action : activity.value;
  if (!isRecord(action) || typeof action.verb !== 'string') return null;
  const data = activity.type === 'invoke' ? (isRecord(action.data) ? action.data : {}) : action;
  return { verb: action.verb, data, automatic };
}

/** The person's own view of a card, and what is said where it cannot be shown. Nothing is changed, and the message is never updated: that would make all clients ask again. */
export async function view(parts: BotParts, activity: TeamsActivity, { data }: Press): Promise<Pressed> {
  const subject = subjectFrom(data.subjectKind, data.subjectId);
  if (!subject) return { card: null, sentence: OLD_BUTTON, done: false };
  return parts.ports.transaction(async (tx) => {
    const standing = await standingOf(tx, parts, activity, subject, data);
    const card = await shown(tx, parts, standing);
    const { access, channelOf } = standing;
    const instead = access ? NOT_IN_THIS_TEAMS : unknownPerson(await whoCanBind(tx, channelOf));
    const notice = access && isActor(access) ? await noticeOf(tx, subject, access.contactId, parts.ports.wall.now()) : null;
    return { card: card && notice ? noticed(card, notice.sentence, notice.undo) : card, sentence: card ? instead : NOT_THERE, done: false };
  });
}

/**
 * Runs what was pressed, once per activity, as the bound person who pressed it. What the rules say no to changes nothing and comes back as
 * a sentence over the card as it is.
 */
export async function press(parts: BotParts, activity: TeamsActivity, pressed: Press): Promise<Pressed> {
  if (pressed.verb === REFRESH) return view(parts, activity, pressed);
  const { ports } = parts;
  const action = parts.actions.get(pressed.verb);
  const subject = action ? subjectFrom(action.subjectKind, pressed.data.subjectId) : null;
  if (!action || !subject) {
    parts.log.info({ verb: action ? pressed.verb : 'unknown' }, 'a press on nothing that is there was refused');
    return { card: null, sentence: OLD_BUTTON, done: false };
  }
  const about = { verb: pressed.verb, subject: subject.id };
  const key = activity.id ? `${activity.conversation.id}|${activity.id}` : null;
  try {
    return await ports.transaction((tx) =>
      once(tx, key, ports.wall.now(), async () => {
        const standing = await standingOf(tx, parts, activity, subject, pressed.data);
        if (!standing.access) {
          parts.log.info(about, 'a press of somebody who is nobody here was refused');
          return {
            card: await shown(tx, parts, standing),
            sentence: unknownPerson(await whoCanBind(tx, standing.channelOf)),
            done: false,
          };
        }
        const actor = actorOf(standing.access);
        const input = action.schema.parse(inputsOf(pressed.verb, pressed.data));
        const revision = z.coerce
          .number()
          .int()
          .safeParse(pressed.data.revision ?? undefined).data;
        const outcome = await action.run({ tx, now: standing.now, actor, subjectId: subject.id, input, revision });
        await requestPost(tx, outcome.subject);
        return told(tx, parts, standing, outcome);
      }),
    );
  } catch (error) {
    const sentence = parts.sentenceOf(error);
    if (sentence === null) throw error;
    const code = error instanceof Refusal ? error.code : 'input';
    parts.log.info({ ...senderOf(activity), activity: activity.id, ...about, code }, 'a press was refused');
    return ports.transaction((tx) =>
      once(tx, key, ports.wall.now(), async () => {
        const standing = await standingOf(tx, parts, activity, subject, pressed.data);
        const card = await shown(tx, parts, await onCardOf(tx, parts, standing, subject));
        return { card: card && noticed(card, sentence), sentence, done: false };
      }),
    );
  }
}

/**
 * The card of a subject as everyone may see it who is where it stands: what is shown when something went wrong on the way to the person's
 * own.
 */
export async function lastGood({ ports, kinds, subjects }: BotParts, activity: TeamsActivity, { data }: Press): Promise<CardJson | null> {
  const subject = subjectFrom(data.subjectKind, data.subjectId);
  if (!subject) return null;
  return ports.transaction(async (tx) => {
    const here = await conversationOf(tx, activity, await partnershipOf(tx, subjects, subject));
    const stands = here?.kind === 'channel' && (await standsIn(tx, here.id, subject));
    return stands ? cardFor(tx, kinds, subject, 'everyone', ports.clock.now()) : null;
  });
}

/** Who somebody is towards a subject, and from where he looks at it. */
interface Standing {
  readonly subject: Subject;
  /** What the card is about that was pressed: the brief, say, for an obligation's button on it. */
  readonly onCard: Subject | null;
  readonly person: Person | null;
  readonly access: Access | null;
  /** The partnership in whose channel he looks at its own subject: its owners may be named to him. */
  readonly channelOf: string | null;
  /** The partnership of the subject; null where it belongs to none yet. */
  readonly own: string | null;
  /** In the subject's own partner channel, or in one that belongs to no partnership yet; and a card of it stands there for everyone. */
  readonly forEveryone: () => Promise<boolean>;
  readonly now: Date;
}

async function standingOf(
  tx: Tx,
  { ports, kinds, subjects, admins }: BotParts,
  activity: TeamsActivity,
  subject: Subject,
  data: Press['data'],
): Promise<Standing> {
  const now = ports.clock.now();
  const own = await partnershipOf(tx, subjects, subject);
  const person = await personOf(tx, activity, admins);
  const access = person && (own === null ? unplaced(person, subject, data) : accessTo(person, own, 'card'));
  const conversation = await conversationOf(tx, activity, own);
  // Data that names another partnership's subject learns nothing about it by being pressed here, not even who its owners are.
  const inChannel = conversation?.kind === 'channel' && (own === null || conversation.partnershipId === own);
  const here = inChannel || conversation?.kind === 'personal';
  const held =
    access && here && conversation && activity.replyToId ? await adopt(tx, conversation, subject, activity.replyToId, now) : null;
  const onCard = held && kinds.has(held.kind) ? held : null;
  const forEveryone = async () => inChannel && (await standsIn(tx, conversation.id, subject));
  return { subject, onCard, person, access, own, channelOf: inChannel ? own : null, forEveryone, now };
}

/**
 * A channel that is not placed yet belongs to no partnership: which of his own somebody means, he says himself; else one in which he is an
 * owner, else any of his.
 */
function unplaced({ actors }: Person, subject: Subject, { partnershipId }: Press['data']): Access | null {
  if (subject.kind !== 'setup') return null;
  const named = typeof partnershipId === 'string' ? actors.find((actor) => actor.partnershipId === partnershipId) : undefined;
  const meant = typeof partnershipId === 'string' ? named : (actors.find((actor) => actor.owner) ?? actors[0]);
  return meant ? { ...meant, through: 'card' } : null;
}

/** What this person sees: his own view, or, unbound and in the channel, what everyone sees without its buttons. */
async function shown(tx: Tx, { kinds }: BotParts, { subject, access, forEveryone, now, channelOf }: Standing): Promise<CardJson | null> {
  if (access) return cardFor(tx, kinds, subject, access, now);
  const card = (await forEveryone()) ? await cardFor(tx, kinds, subject, 'everyone', now) : null;
  return card && noticed(readOnly(card), unknownPerson(await whoCanBind(tx, channelOf)));
}

/** The same standing towards the card that was pressed: it may be about another subject, of another partnership even, than the press. */
async function onCardOf(tx: Tx, parts: BotParts, standing: Standing, about: Subject): Promise<Standing> {
  const subject = standing.onCard ?? about;
  if (standing.own !== null && subjectKey(subject) === subjectKey(standing.subject)) return standing;
  const partnershipId = await partnershipOf(tx, parts.subjects, subject);
  const access = partnershipId && standing.person ? accessTo(standing.person, partnershipId, 'card') : standing.access;
  return { ...standing, subject, access };
}

/** The card that was pressed, as its presser sees it now. */
async function told(tx: Tx, parts: BotParts, standing: Standing, outcome: ActionOutcome): Promise<Pressed> {
  const here = await onCardOf(tx, parts, standing, outcome.subject);
  const { subject, access } = here;
  const undo = undoOf(parts.actions, outcome);
  if (access && isActor(access))
    await keepNotice(tx, subject, access.contactId, { sentence: outcome.message, ...(undo && { undo }) }, parts.ports.wall.now());
  const card = await shown(tx, parts, here);
  return { card: card && noticed(card, outcome.message, undo), sentence: outcome.message, done: true };
}
