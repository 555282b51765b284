import { z } from 'zod';

/** Where Teams is at home: the public cloud and the others. */
const HOSTS = new Set([
  'teams.microsoft.com',
  'teams.cloud.microsoft',
  'gov.teams.microsoft.us',
  'dod.teams.microsoft.us',
  'teams.microsoftonline.cn',
]);
const LONGEST = 1_000;

/** Whether a text is a link to one message in Teams, and to nothing else. */
export const isMessageLink = (link: string): boolean => conversationIn(link) !== null;

/** The conversation that a message's link names; null for anything that is no such link. */
export function conversationIn(link: string): string | null {
  if (link.length > LONGEST || !URL.canParse(link)) return null;
  const { protocol, host, pathname, username } = new URL(link);
  if (protocol !== 'https:' || !HOSTS.has(host) || username) return null;
  const [, l, kind, conversation, id, ...rest] = pathname.split('/');
  if (l !== 'l' || kind !== 'message' || !conversation || !id || rest.length) return null;
  try {
    return decodeURIComponent(conversation);
  } catch {
    return null;
  }
}

/** As an input of an action: the message from which it was begun, or nothing. */
export const MessageLink = z.union([z.literal(''), z.string().max(LONGEST).refine(isMessageLink)]).default('');
