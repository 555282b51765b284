import { setTimeout as after } from 'node:timers/promises';
import { isPersonal, TeamsActivity } from './activity.ts';
import { type DialogAnswer, message, openDialog, sendDialog } from './dialog.ts';
import { lifecycle } from './installation.ts';
import { meetingEvent } from './meeting.ts';
import type { BotParts } from './parts.ts';
import { lastGood, type Press, type Pressed, press, pressOf } from './press.ts';
import { answerWords, reply } from './words.ts';

/** Teams gives up on an invoke after five seconds, and may send it again. */
const ANSWER_WITHIN_MS = 4_000;
const LATE = 'Rapport needs longer than usual. The card will show the result in a moment.';
const TROUBLE = 'Something went wrong in Rapport, and nothing was changed. Please try again.';

const CARD = 'application/vnd.microsoft.card.adaptive';
const SENTENCE = 'application/vnd.microsoft.activity.message';

/** Acts on one activity whose sender was checked; answers the body of an invoke. What the bot does not know is let pass. */
export async function turn(parts: BotParts, raw: unknown): Promise<unknown> {
  const activity = TeamsActivity.parse(raw);
  if (!ours(parts, activity)) {
    parts.log.warn({ activity: activity.id }, 'an activity from a tenant that is not served was left alone');
    return undefined;
  }
  if (activity.type === 'invoke') return invoked(parts, activity);
  if (activity.type === 'message') return spoken(parts, activity);
  if (activity.type === 'event') return meetingEvent(parts, activity);
  if (activity.type === 'installationUpdate' || activity.type === 'conversationUpdate') return lifecycle(parts, activity);
  return undefined;
}

/** One deployment serves one tenant: the one in which the conversation lives. An external member's own tenant is another matter. */
function ours({ config }: BotParts, { conversation, channelData }: TeamsActivity): boolean {
  return (conversation.tenantId ?? channelData?.tenant?.id)?.toLowerCase() === config.TENANT_ID.toLowerCase();
}

async function invoked(parts: BotParts, activity: TeamsActivity): Promise<unknown> {
  switch (activity.name) {
    case 'adaptiveCard/action': {
      const pressed = pressOf(activity);
      if (!pressed) return body({ card: null, sentence: TROUBLE, done: false });
      return body(await inTime(safely(parts, activity, pressed), { card: null, sentence: LATE, done: false }));
    }
    case 'composeExtension/fetchTask':
    case 'composeExtension/submitAction':
      return inTime(dialogSafely(parts, activity), message(LATE));
    default:
      return undefined;
  }
}

/** The answer, or another where it takes longer than Teams waits. */
async function inTime<Answer>(answer: Promise<Answer>, late: Answer): Promise<Answer> {
  const waited = new AbortController();
  const given = (): Answer => late;
  const tooLate = after(ANSWER_WITHIN_MS, undefined, { signal: waited.signal }).then(given, given);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    waited.abort();
  }
}

async function dialogSafely(parts: BotParts, activity: TeamsActivity): Promise<DialogAnswer> {
  try {
    return await (activity.name === 'composeExtension/fetchTask' ? openDialog(parts, activity) : sendDialog(parts, activity));
  } catch (err) {
    parts.log.error({ err }, 'a dialog could not be answered');
    return message(TROUBLE);
  }
}

/** On trouble the last card that holds for everyone: after one error a client may not ask for a person's view again. */
async function safely(parts: BotParts, activity: TeamsActivity, pressed: Press): Promise<Pressed> {
  try {
    return await press(parts, activity, pressed);
  } catch (err) {
    parts.log.error({ err, verb: parts.actions.has(pressed.verb) ? pressed.verb : 'unknown' }, 'a press could not be answered');
    const card = pressed.automatic ? await lastGood(parts, activity, pressed).catch(() => null) : null;
    return { card, sentence: TROUBLE, done: false };
  }
}

const body = ({ card, sentence }: Pressed) =>
  card ? { statusCode: 200, type: CARD, value: card } : { statusCode: 200, type: SENTENCE, value: sentence ?? TROUBLE };

/**
 * A message: a press of a client that sends Action.Submit, or words. A message cannot carry a card back; the living card follows by
 * itself, so only what was refused is answered, and in private what was done.
 */
async function spoken(parts: BotParts, activity: TeamsActivity): Promise<undefined> {
  const pressed = pressOf(activity);
  if (!pressed) {
    await answerWords(parts, activity);
    return undefined;
  }
  const { sentence, done } = await safely(parts, activity, pressed);
  if (sentence && (!done || isPersonal(activity))) await reply(parts, activity, { text: sentence });
  return undefined;
}
