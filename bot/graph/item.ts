import { Unavailable } from '../errors.ts';
import { type Address, headersByName, type ItemFlag, type MailHeaders, type MailItem } from '../threads/index.ts';

/** What is asked of each mail: all of it is within Mail.ReadBasic. */
const PROPERTIES = [
  'id',
  'internetMessageId',
  'conversationId',
  'subject',
  'from',
  'sender',
  'toRecipients',
  'ccRecipients',
  'receivedDateTime',
  'sentDateTime',
  'flag',
  'categories',
  'importance',
  'isDraft',
  'parentFolderId',
  'webLink',
];
/** @param headers - whether the tenant lets reply headers be read (they are never there on sent copies) */
export const selectMail = (headers: boolean): string =>
  `$select=${[...PROPERTIES, ...(headers ? ['internetMessageHeaders'] : [])].join(',')}`;

/** A message as Graph gives it, hostile and partial. */
type Given = Readonly<Record<string, unknown>> & { readonly id: string };

/** A page of messages; exactly one of the links. */
export interface MessagePage {
  readonly value: readonly GraphMessage[];
  readonly nextLink: string | undefined;
  readonly deltaLink: string | undefined;
}

/** @throws {Unavailable} for what is no page: something on the way answered in Graph's place */
export function messagePage(body: unknown): MessagePage {
  const { value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = record(body) ?? {};
  if (!Array.isArray(value)) throw new Unavailable('Graph answered something that is no page of messages');
  return {
    value: value.filter((one): one is Given => typeof record(one)?.id === 'string').map(graphMessage),
    nextLink: text(nextLink),
    deltaLink: text(deltaLink),
  };
}

const record = (given: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Record<string, unknown>) : undefined;
const text = (given: unknown): string | undefined => (typeof given === 'string' ? given : undefined);
const textOrNull = (given: unknown): string | null | undefined => (given === null ? null : text(given));
const list = (given: unknown): readonly unknown[] | undefined => (Array.isArray(given) ? given : undefined);
function instant(given: unknown): Date | undefined {
  const at = typeof given === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(given) ? new Date(given) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at : undefined;
}
function party(given: unknown): Address | null {
  const { address, name } = record(record(given)?.emailAddress) ?? {};
  return typeof address === 'string' && address !== '' ? { address, name: text(name) ?? '' } : null;
}
const parties = (given: unknown): Address[] | undefined => list(given)?.flatMap((one) => party(one) ?? []);
const texts = (given: unknown): string[] | undefined => list(given)?.filter((one): one is string => typeof one === 'string');

function flagOf(given: unknown): ItemFlag | undefined {
  const flag = record(given);
  if (!flag) return undefined;
  const { flagStatus } = flag;
  const { dateTime, timeZone } = record(flag.dueDateTime) ?? {};
  return {
    status: flagStatus === 'flagged' || flagStatus === 'complete' ? flagStatus : 'none',
    due: typeof dateTime === 'string' ? { wallTime: dateTime, zone: text(timeZone) ?? 'UTC' } : null,
  };
}

function headersOf(given: unknown): MailHeaders | undefined {
  const named = list(given)?.map((one) => ({ name: text(record(one)?.name), value: text(record(one)?.value) }));
  return named && headersByName(named);
}

export const graphMessage = (given: Given): GraphMessage => new GraphMessage(given);

/**
 * What a message says, read at once: pages wait for their turn, and what Graph gave takes several times the memory. Read by hand: a page has
 * hundreds of them, most of which are forgotten. What has the wrong type counts as not told; a subject of null is an empty one.
 */
export class GraphMessage implements MailItem {
  readonly id: string;
  readonly messageId: MailItem['messageId'];
  readonly conversationId: MailItem['conversationId'];
  readonly subject: MailItem['subject'];
  readonly from: MailItem['from'];
  readonly sender: MailItem['sender'];
  readonly to: MailItem['to'];
  readonly cc: MailItem['cc'];
  readonly receivedAt: MailItem['receivedAt'];
  readonly sentAt: MailItem['sentAt'];
  readonly flag: MailItem['flag'];
  readonly categories: MailItem['categories'];
  readonly importance: MailItem['importance'];
  readonly draft: MailItem['draft'];
  readonly webLink: MailItem['webLink'];
  readonly type: MailItem['type'];
  /** The folder in which it lies. */
  readonly folderId: string | undefined;
  /** It is not in the folder that was read any more. */
  readonly removed: boolean;
  readonly #given: unknown;
  #headers: MailHeaders | undefined;

  constructor(given: Given) {
    const { importance, from, sender, isDraft, subject } = given;
    this.id = given.id;
    this.messageId = textOrNull(given.internetMessageId);
    this.conversationId = textOrNull(given.conversationId);
    this.subject = subject === null ? '' : text(subject);
    this.from = from === undefined ? undefined : party(from);
    this.sender = sender === undefined ? undefined : party(sender);
    this.to = parties(given.toRecipients);
    this.cc = parties(given.ccRecipients);
    this.receivedAt = instant(given.receivedDateTime);
    this.sentAt = instant(given.sentDateTime);
    this.flag = flagOf(given.flag);
    this.categories = texts(given.categories);
    this.importance = importance === 'low' || importance === 'normal' || importance === 'high' ? importance : undefined;
    this.draft = typeof isDraft === 'boolean' ? isDraft : undefined;
    this.webLink = textOrNull(given.webLink);
    this.type = text(given['@odata.type']);
    this.folderId = text(given.parentFolderId);
    this.removed = given['@removed'] !== undefined;
    this.#given = given.internetMessageHeaders;
  }

  /** Read only when the mail passes. */
  get headers(): MailHeaders | undefined {
    this.#headers ??= headersOf(this.#given);
    return this.#headers;
  }
}
