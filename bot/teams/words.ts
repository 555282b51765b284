import { randomUUID } from 'node:crypto';
import { type Access, type Command, isActor, type Viewer } from '../capability.ts';
import { Refusal } from '../errors.ts';
import { accessesOf, accessTo, type Person, whoCanBind } from '../people/index.ts';
import { type ConversationRef, type Message, PostGone, Tombstoned } from '../posts/port.ts';
import type { Conversation } from '../posts/store.ts';
import type { Tx } from '../store/database.ts';
import { isPersonal, type TeamsActivity, wordsOf } from './activity.ts';
import { conversationOf } from './conversation.ts';
import { captured } from './installation.ts';
import type { BotParts } from './parts.ts';
import { personOf } from './person.ts';
import { once } from './seen.ts';
import { cardFor, unknownPerson } from './shown.ts';
import { meansAll, meantBy, together, whichOf } from './which.ts';

/** One person in many partnerships gets an answer for each, up to so many; the same sentence once. */
const ANSWERS = 5;

/** The command that was typed, and the rest of the line. What is not known asks for help. */
export function commandOf(
  words: string,
  commands: ReadonlyMap<string, Command>,
): { word: string; command: Command | undefined; text: string } {
  const [first = '', ...rest] = words.split(' ');
  const word = first.toLowerCase();
  const command = commands.get(word);
  return command ? { word, command, text: rest.join(' ') } : { word: 'help', command: commands.get('help'), text: words };
}

/**
 * Answers what somebody typed: in a channel for its partnership, in a personal chat for each of his; what changes a partnership for one, or for all that he names.
 * Answered once per activity.
 */
export async function answerWords(parts: BotParts, activity: TeamsActivity): Promise<void> {
  const { ports } = parts;
  const key = activity.id ? `${activity.conversation.id}|${activity.id}` : null;
  let fresh = false;
  const answers = await ports.transaction(async (tx) => {
    fresh = false;
    return once(tx, key, ports.wall.now(), async () => {
      fresh = true;
      return answersTo(tx, parts, activity);
    });
  });
  if (fresh) for (const answer of answers) await reply(parts, activity, answer);
}

async function answersTo(tx: Tx, parts: BotParts, activity: TeamsActivity): Promise<Message[]> {
  const { ports, commands, admins } = parts;
  const now = ports.clock.now();
  const conversation = (await captured(tx, parts, activity)) ?? (await conversationOf(tx, activity));
  const person = await personOf(tx, activity, admins);
  const partnershipId = conversation?.partnershipId ?? null;
  const personal = isPersonal(activity);
  if (!personal && !partnershipId) return notSetUp(tx, parts, conversation, now);
  const { word, command, text } = commandOf(wordsOf(activity), commands);
  if (!command) return [{ text: 'Rapport knows no such word.' }];
  const standings = person ? await standingsFor(tx, person, { word, command, text, partnershipId: personal ? null : partnershipId }) : [];
  if (typeof standings === 'string') return [{ text: standings }];
  if (!standings.length) return [{ text: unknownPerson(await whoCanBind(tx, partnershipId)) }];
  const answers: Message[] = [];
  for (const access of standings) {
    const said = await asked(parts, () => answerOf(command, { tx, now, access, viewer: personal ? access : 'everyone', text }));
    // What is told in a channel is a post as well: nothing before an owner looked at who will see it.
    if (!personal && 'card' in said && !conversation?.audienceConfirmedAt) return notSetUp(tx, parts, conversation, now);
    if (!answers.some((each) => 'text' in said && 'text' in each && each.text === said.text)) answers.push(said);
  }
  const sentences = answers.flatMap((answer) => ('text' in answer ? [answer.text] : []));
  return command.changes && sentences.length > 1 ? [{ text: together(sentences) }] : answers;
}

interface Typed {
  readonly word: string;
  readonly command: Command;
  readonly text: string;
  /** Of the channel; null in a personal chat. */
  readonly partnershipId: string | null;
}

/**
 * As whom somebody types: in a channel as he stands towards its partnership, in his own chat as each contact that he is, else by his role. What
 * changes a partnership he says there for one, or for all where he may; a sentence where it is not clear for which.
 */
async function standingsFor(tx: Tx, person: Person, { word, command, text, partnershipId }: Typed): Promise<Access[] | string> {
  /** What a contact may not say here, an admin who is one may by his role. */
  const standing = (access: Access): Access =>
    person.admin && command.changes?.(access) === false ? { partnershipId: access.partnershipId, as: 'admin' } : access;
  const here = partnershipId && accessTo(person, partnershipId, 'command');
  if (partnershipId) return here ? [standing(here)] : [];
  const all = (await accessesOf(tx, person, 'command')).map(standing);
  if (!command.changes) {
    const own = all.filter(isActor);
    return (own.length ? own : all).slice(0, ANSWERS);
  }
  const his = all.filter(command.changes);
  // where he may nowhere, he is told so once
  if (!his.length) return all.slice(0, 1);
  if (meansAll(text)) return his;
  const ids = his.map((access) => access.partnershipId);
  const choices = await tx.selectFrom('partnership').select(['id', 'name']).where('id', 'in', ids).orderBy('name').orderBy('id').execute();
  const meant = meantBy(text, choices);
  return meant ? his.filter((access) => access.partnershipId === meant.id) : whichOf(word, choices);
}

function answerOf(
  command: Command,
  { access, ...context }: { tx: Tx; now: Date; access: Access; viewer: Viewer; text: string },
): Promise<Message> {
  if (isActor(access)) return command.run({ ...context, actor: access });
  if (!command.forReader) throw new Refusal('access.look_only');
  return command.forReader({ ...context, reader: access });
}

/** In a channel without a partnership every word is answered with how to set it up. */
async function notSetUp(tx: Tx, { kinds }: BotParts, conversation: Conversation | undefined, now: Date): Promise<Message[]> {
  const card = conversation && (await cardFor(tx, kinds, { kind: 'setup', id: conversation.id }, 'everyone', now));
  return [card ? { card } : { text: 'Rapport is not part of this channel. Please add it first.' }];
}

/** A word that the rules say no to is answered with the reason; commands decide before they write. */
async function asked(parts: BotParts, run: () => Promise<Message>): Promise<Message> {
  try {
    return await run();
  } catch (error) {
    const sentence = parts.sentenceOf(error);
    if (sentence === null) throw error;
    return { text: sentence };
  }
}

/** Answers below what was said. A card is held as one of ours, so that a press on it is not taken for a lost one. */
export async function reply({ ports, teams, config, log }: BotParts, activity: TeamsActivity, message: Message): Promise<void> {
  const to: ConversationRef = {
    kind: isPersonal(activity) ? 'personal' : 'channel',
    serviceUrl: activity.serviceUrl,
    tenantId: config.TENANT_ID,
    conversationId: activity.conversation.id.split(';')[0] as string,
    botId: activity.recipient?.id ?? `28:${config.APP_ID}`,
  };
  try {
    const activityId = await teams.reply(to, activity.conversation.id, activity.id ?? '', message);
    if (!('card' in message)) return;
    const conversation = await conversationOf(ports.db, activity);
    if (conversation) await ports.transaction((tx) => holdReply(tx, conversation, activityId, ports.clock.now()));
  } catch (err) {
    // nobody is there to read it, or what was said is gone again
    if (!(err instanceof Tombstoned || err instanceof PostGone))
      log.warn({ err, conversation: activity.conversation.id }, 'an answer could not be sent');
  }
}

async function holdReply(tx: Tx, conversation: Conversation, activityId: string, at: Date): Promise<void> {
  const held = { state: 'posted' as const, activityId, intendedAt: at, postedAt: at };
  await tx
    .insertInto('post')
    .values({ id: randomUUID(), conversationId: conversation.id, subjectKind: 'reply', subjectId: activityId, ...held })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
