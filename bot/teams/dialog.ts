import { z } from 'zod';
import { type Actor, type CardJson, isActor, type Origin } from '../capability.ts';
import type { ActionView } from '../contract/obligation.ts';
import { Refusal } from '../errors.ts';
import { accessTo, type Person, whoCanBind } from '../people/index.ts';
import { formCard, inputsOf } from '../posts/actionView.ts';
import { isMessageLink } from '../posts/messageLink.ts';
import { card, plain, textBlock } from '../posts/parts.ts';
import type { Tx } from '../store/database.ts';
import type { TeamsActivity } from './activity.ts';
import { conversationOf } from './conversation.ts';
import type { BotParts } from './parts.ts';
import { personOf } from './person.ts';
import { press } from './press.ts';
import { noticed, unknownPerson } from './shown.ts';

const CARD = 'application/vnd.microsoft.card.adaptive';
/** Chooses the partnership where a message stands in none of their channels. */
const CHOOSE = 'dialog.choose';
const UNKNOWN = 'Rapport does not know this dialog any more.';

/** What Teams is answered: another page of the dialog, or a sentence that ends it. */
export interface DialogAnswer {
  readonly task:
    | { readonly type: 'message'; readonly value: string }
    | {
        readonly type: 'continue';
        readonly value: {
          readonly title: string;
          readonly height: 'medium';
          readonly width: 'medium';
          readonly card: { readonly contentType: typeof CARD; readonly content: CardJson };
        };
      };
}
export const message = (value: string): DialogAnswer => ({ task: { type: 'message', value } });
const page = (title: string, content: CardJson): DialogAnswer => ({
  task: { type: 'continue', value: { title, height: 'medium', width: 'medium', card: { contentType: CARD, content } } },
});

const text = z.string().max(100_000).catch('');
/** The message a command was called on, as Teams hands it over: nobody checked it. */
const Value = z.looseObject({
  commandId: z.string().max(64),
  messagePayload: z
    .looseObject({ linkToMessage: text, body: z.looseObject({ content: text }).nullish().catch(null) })
    .nullish()
    .catch(null),
  data: z.record(z.string(), z.unknown()).catch({}),
});
type Value = z.infer<typeof Value>;

function originOf({ messagePayload, data }: Value): Origin | null {
  if (messagePayload) {
    const { linkToMessage: url, body } = messagePayload;
    return { url: isMessageLink(url) ? url : '', words: wordsIn(body?.content ?? '') };
  }
  // on the second page what the first one was called on
  const { url, words } = data;
  return typeof url === 'string' && typeof words === 'string' ? { url: isMessageLink(url) ? url : '', words: words.slice(0, 400) } : null;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };
/** The words of a message that is HTML: for a field that reads no markup. */
export const wordsIn = (html: string): string =>
  html
    .slice(0, 20_000)
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_all, name: string) => ENTITIES[name] ?? ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);

/** *composeExtension/fetchTask*: the form of a command, for whoever called it. */
export async function openDialog(parts: BotParts, activity: TeamsActivity): Promise<DialogAnswer> {
  const value = Value.parse(activity.value);
  return parts.ports.transaction((tx) => opened(tx, parts, activity, value, null));
}

/**
 * *composeExtension/submitAction*: what was sent is pressed as on a card, once per activity. What the rules say no to comes back over the form
 * with everything that was written.
 */
export async function sendDialog(parts: BotParts, activity: TeamsActivity): Promise<DialogAnswer> {
  const value = Value.parse(activity.value);
  const { verb, subjectId, partnershipId } = value.data;
  if (typeof verb !== 'string') return message(UNKNOWN);
  if (verb === CHOOSE && typeof partnershipId === 'string')
    return parts.ports.transaction((tx) => opened(tx, parts, activity, value, partnershipId));
  // the message that it was called on is no card of ours
  const { sentence, done } = await press(parts, { ...activity, replyToId: null }, { verb, data: value.data, automatic: false });
  if (done || typeof subjectId !== 'string') return message(sentence ?? UNKNOWN);
  const written = inputsOf(verb, value.data);
  return parts.ports.transaction(async (tx) => {
    const again = await opened(tx, parts, activity, value, subjectId, written);
    if (again.task.type === 'message' || !sentence) return message(sentence ?? UNKNOWN);
    const { title, card: shown } = again.task.value;
    return page(title, noticed(shown.content, sentence));
  });
}

/** The form of a command about a partnership; where that is not clear yet, which one of his. */
async function opened(
  tx: Tx,
  parts: BotParts,
  activity: TeamsActivity,
  value: Value,
  chosen: string | null,
  written: Readonly<Record<string, unknown>> = {},
): Promise<DialogAnswer> {
  const dialog = parts.dialogs.get(value.commandId);
  if (!dialog) return message(UNKNOWN);
  const person = await personOf(tx, activity, parts.admins);
  const conversation = await conversationOf(tx, activity);
  const here = conversation?.kind === 'channel' ? conversation.partnershipId : null;
  const actors = person ? await actorsOf(person, chosen ?? here) : [];
  const [actor] = actors;
  if (!actor) return message(await whyNot(tx, parts, person, { chosen, here }));
  const origin = originOf(value);
  if (actors.length > 1) return page(dialog.title, await whichOne(tx, actors, origin));
  const form = await dialog.form({ tx, now: parts.ports.clock.now(), actor, origin });
  return typeof form === 'string' ? message(form) : page(dialog.title, formCard(withWritten(form, written), actor.partnershipId));
}

/** As whom somebody begins something: in a partnership's channel for that one, elsewhere for one of his own. */
const actorsOf = async ({ actors }: Person, partnershipId: string | null): Promise<Actor[]> =>
  actors.filter((actor) => partnershipId === null || actor.partnershipId === partnershipId).map((actor) => ({ ...actor, through: 'card' }));

/**
 * Why somebody gets no form. Whoever sent it wrote `chosen`: it is compared and never looked up, so that no id is told from another. Owners are
 * named for the partnership in whose channel he is, as on its cards.
 */
async function whyNot(
  tx: Tx,
  parts: BotParts,
  person: Person | null,
  { chosen, here }: { chosen: string | null; here: string | null },
): Promise<string> {
  const partnershipId = chosen ?? here;
  const access = person && partnershipId ? accessTo(person, partnershipId, 'card') : null;
  const looks = access ? !isActor(access) : partnershipId === null && (person?.admin || person?.executive);
  if (looks) return parts.sentenceOf(new Refusal('access.look_only')) ?? UNKNOWN;
  return unknownPerson(await whoCanBind(tx, partnershipId === here ? here : null));
}

/** As many as a person may choose from. */
const CHOICES = 100;

async function whichOne(tx: Tx, actors: readonly Actor[], origin: Origin | null): Promise<CardJson> {
  const ids = actors.slice(0, CHOICES).map(({ partnershipId }) => partnershipId);
  const named = await tx.selectFrom('partnership').select(['id', 'name']).where('id', 'in', ids).orderBy('name').orderBy('id').execute();
  const choices = named.map(({ id, name }) => ({ value: id, title: plain(name, 80) }));
  const data = { verb: CHOOSE, ...(origin && { url: origin.url, words: origin.words }) };
  return card([
    textBlock('Which partnership is it about?', { weight: 'Bolder' }),
    { type: 'Input.ChoiceSet', id: 'partnershipId', label: 'Partnership', isRequired: true, value: choices[0]?.value, choices },
    { type: 'ActionSet', actions: [{ type: 'Action.Submit', title: 'Go on', data }] },
  ]);
}

/** The form with what was written into it before. */
const withWritten = (form: ActionView, written: Readonly<Record<string, unknown>>): ActionView => ({
  ...form,
  inputs: form.inputs.map((input) => {
    const before = written[input.id];
    return typeof before === 'string' ? { ...input, value: before } : input;
  }),
});
