import { createHash } from 'node:crypto';
import { classify, type MailHeaders } from './automatic.ts';
import type { ItemFlag, MailItem } from './item.ts';
import type { Address, MailKind, Message } from './message.ts';
import { parseSubject } from './subject.ts';

/** The category by which anyone on a mail takes its whole thread out of the record. */
export const LEAVE_OUT = 'rapport: leave out';

/** What the copies seen so far say of a message. Merging copies in any order and number gives the same facts. */
export interface MessageFacts {
  readonly key: string;
  readonly kind: MailKind;
  /** How sure the copy is of `kind`: 3 its type says so, 2 its headers were read, 1 sender or nothing, 0 the wording of the subject. */
  readonly kindRank: number;
  /** 1 for the author's own copy: gateways on the way may write into subject and addresses. */
  readonly contentRank: number;
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly subject: string;
  readonly bareSubject: string;
  readonly prefix: Message['prefix'];
  readonly isReply: boolean;
  readonly importance: Message['importance'];
}

/** Which mails belong together. `own` and `references` name messages (seen or not), `conversation` groups within one mailbox. */
export interface Ties {
  readonly own: string;
  readonly references: readonly string[];
  readonly conversation: string | null;
}

const MAX_KEY = 400;
const MAX_REFERENCES = 60;
const KIND_ORDER: readonly MailKind[] = ['meeting', 'nonDelivery', 'automatic', 'robot', 'list', 'human'];

/** Lower case, without what no database and no screen can hold. */
export function cleanAddress(address: string): string {
  const known = cleaned.get(address);
  if (known !== undefined) return known;
  const clear = clean(address, 320).toLowerCase();
  if (cleaned.size >= MOST_CLEANED) cleaned.clear();
  cleaned.set(address, clear);
  return clear;
}
/** Mailboxes write with the same people again and again, and each copy is asked several times who stands on it. In memory alone. */
const cleaned = new Map<string, string>();
const MOST_CLEANED = 10_000;
const cleanAddresses = (addresses: readonly Address[]): Address[] =>
  addresses
    .map(({ address, name }) => ({ address: cleanAddress(address), name: clean(name, 200) }))
    .filter(({ address }) => address !== '');

const UNSTORABLE = /[\0\p{Surrogate}]/u;
function clean(text: string, max: number): string {
  const storable = UNSTORABLE.test(text) ? text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd') : text;
  return storable.trim().slice(0, max);
}

/** A copy that says enough to be judged: who wrote it, and when. Anything less is a change to a known copy. */
export const isWhole = (item: MailItem): boolean => Boolean(item.from ?? item.sender) && (item.receivedAt ?? item.sentAt) !== undefined;

/** Addresses that take part in a copy, for the gate. Reply-To and Bcc name nobody who was there. */
export const participants = ({ from, sender, to = [], cc = [] }: MailItem): string[] =>
  [from, sender, ...to, ...cc].flatMap((party) => (party ? cleanAddress(party.address) : []));

/** The internetMessageId; where there is none, a hash of what every copy says alike. */
export function messageKey(item: MailItem): string {
  const id = messageIds(item.messageId ?? '')[0];
  if (id) return id;
  const from = item.from ?? item.sender;
  const alike = [
    cleanAddress(from?.address ?? ''),
    item.sentAt?.toISOString() ?? '',
    item.subject ?? '',
    (item.to ?? []).map((to) => cleanAddress(to.address)).sort(),
  ];
  return hashed(JSON.stringify(alike));
}

/** The ids in a Message-ID, In-Reply-To or References value, in order. Bare ones (some programs leave the brackets out) count when alone. */
export function messageIds(value: string): string[] {
  const found = value.match(/<[^<>\s]+>/g);
  const ids = found ?? (/^[^<>\s]+$/.test(value.trim()) ? [`<${value.trim()}>`] : []);
  return ids.map((id) => (id.length > MAX_KEY ? hashed(id) : clean(id, MAX_KEY)));
}
const hashed = (text: string): string => `hash:${createHash('sha256').update(text).digest('base64url')}`;

export function tiesOf(item: MailItem, mailboxId: string): Omit<Ties, 'references'> {
  return { own: messageTie(messageKey(item)), conversation: item.conversationId ? conversationTie(mailboxId, item.conversationId) : null };
}

/** Long threads name all their ancestors; the first and the latest tie as well as all of them. */
export function referencesOf({ headers }: MailItem): string[] {
  const named = ['references', 'in-reply-to'].flatMap((name) => (headers?.get(name) ?? []).flatMap(messageIds));
  const references = [...new Set(named)];
  const kept = references.length > MAX_REFERENCES ? [references[0]!, ...references.slice(1 - MAX_REFERENCES)] : references;
  return kept.map(messageTie);
}
export const messageTie = (key: string): string => `m:${key}`;
export const conversationTie = (mailboxId: string, conversationId: string): string =>
  `c:${mailboxId}:${conversationId.length > MAX_KEY ? hashed(conversationId) : conversationId}`;

/**
 * Union-find: the groups of things that share a tie, directly or over others.
 * @returns for each thing the number of its group; numbers ascend by first appearance
 */
export function grouped(things: readonly (readonly string[])[]): number[] {
  const parent = things.map((_, index) => index);
  const root = (index: number): number => {
    let top = index;
    while (parent[top] !== top) top = parent[top]!;
    for (let at = index; parent[at] !== top; ) [at, parent[at]] = [parent[at]!, top];
    return top;
  };
  const holder = new Map<string, number>();
  for (const [index, ties] of things.entries()) {
    for (const tie of ties) {
      const other = holder.get(tie);
      if (other === undefined) holder.set(tie, index);
      else {
        const [a, b] = [root(index), root(other)];
        parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  const numbers = new Map<number, number>();
  return things.map((_, index) => {
    const top = root(index);
    if (!numbers.has(top)) numbers.set(top, numbers.size);
    return numbers.get(top)!;
  });
}

/**
 * Whether a copy is the author's own (or his delegate's), not one that was delivered to him: it lies in his mailbox, and in Sent Items or he
 * did not write to himself. A user may file it elsewhere later; once known as sent, it stays so.
 */
export function isSentCopy(item: MailItem, owner: readonly string[], role: 'mail' | 'sent'): boolean {
  const owned = (party: Address | null | undefined): boolean => Boolean(party) && owner.includes(cleanAddress(party!.address));
  if (!owned(item.from) && !owned(item.sender)) return false;
  return role === 'sent' || ![...(item.to ?? []), ...(item.cc ?? [])].some(owned);
}

/** What one whole copy says of its message. */
export function factsOf(item: MailItem, sentCopy: boolean): MessageFacts {
  const from = cleanAddresses([(item.from ?? item.sender)!])[0] ?? { address: '', name: '' };
  const subject = clean(item.subject ?? '', 500);
  const parsed = parseSubject(subject);
  const { kind, certain } = classify({ subject, parsed, from: from.address, odataType: item.type, headers: item.headers });
  const prefix = parsed.kind === 'reply' || parsed.kind === 'forward' ? parsed.kind : parsed.kind === 'fresh' ? 'none' : 'automatic';
  const typed = item.type?.toLowerCase().startsWith('#microsoft.graph.eventmessage') ?? false;
  return {
    key: messageKey(item),
    kind,
    kindRank: typed ? 3 : item.headers ? 2 : certain ? 1 : 0,
    contentRank: sentCopy ? 1 : 0,
    from,
    to: cleanAddresses(item.to ?? []),
    cc: cleanAddresses(item.cc ?? []),
    subject,
    bareSubject: clean(parsed.bare, 300),
    prefix,
    isReply: prefix === 'reply' || hasReplyHeader(item.headers),
    importance: item.importance ?? 'normal',
  };
}
const hasReplyHeader = (headers: MailHeaders | undefined): boolean =>
  ['in-reply-to', 'references'].some((name) => headers?.get(name)?.some((value) => value.trim() !== '') ?? false);

/** Joins what two copies say. Commutative, associative and idempotent, so the order and number of copies change nothing. */
export function mergedFacts(a: MessageFacts, b: MessageFacts): MessageFacts {
  const content = compareContent(a, b) <= 0 ? a : b;
  const sure = compareKind(a, b) <= 0 ? a : b;
  return {
    ...content,
    kind: sure.kind,
    kindRank: sure.kindRank,
    isReply: a.isReply || b.isReply,
  };
}
const compareKind = (a: MessageFacts, b: MessageFacts): number =>
  b.kindRank - a.kindRank || KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind);
function compareContent(a: MessageFacts, b: MessageFacts): number {
  if (a.contentRank !== b.contentRank) return b.contentRank - a.contentRank;
  const [left, right] = [contentOf(a), contentOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
const contentOf = ({ subject, from, to, cc, importance }: MessageFacts): string =>
  JSON.stringify([subject, [from, ...to, ...cc].map(({ address, name }) => [address, name]), to.length, importance]);
export const sameFacts = (a: MessageFacts, b: MessageFacts): boolean =>
  a.kind === b.kind &&
  a.kindRank === b.kindRank &&
  a.contentRank === b.contentRank &&
  a.isReply === b.isReply &&
  contentOf(a) === contentOf(b);

/** Earliest times over the copies of one message. */
export interface CopyTimes {
  readonly receivedAt: Date | null;
  readonly sentAt: Date | null;
  /** Over the author's own copies alone. */
  readonly ownSentAt: Date | null;
}

/** The times of one more copy. */
export function mergedTimes(
  times: CopyTimes = { receivedAt: null, sentAt: null, ownSentAt: null },
  copy: { receivedAt: Date | null; sentAt: Date | null; sentCopy: boolean },
): CopyTimes {
  return {
    receivedAt: earliest(times.receivedAt, copy.receivedAt),
    sentAt: earliest(times.sentAt, copy.sentAt),
    ownSentAt: copy.sentCopy ? earliest(times.ownSentAt, copy.sentAt) : times.ownSentAt,
  };
}

/**
 * When a message happened (design.md, clocks). Mail to the client: when the first of his mailboxes had it; the sender's clock may be wrong.
 * Mail from the client: when it was sent, by the author's own copy where there is one; never after it was received.
 * @returns UTC, whole seconds; null when no copy says any time
 */
export function instantOf({ receivedAt, sentAt, ownSentAt }: CopyTimes, fromClient: boolean): Date | null {
  const sent = ownSentAt ?? sentAt;
  const at = fromClient ? earliest(sent, receivedAt) : (receivedAt ?? sentAt);
  return at && new Date(Math.floor(at.getTime() / 1000) * 1000);
}
const earliest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : (a ?? b));

/**
 * The day for which an author flagged his mail: the first instant after it in his zone. Outlook writes his midnight, in UTC or in his own
 * zone; midnight is a date whatever zone it claims.
 */
export function flagDueAt(flag: ItemFlag, zone: string | null): Date | null {
  const due = flag.due;
  if (!due) return null;
  const parts = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}))?/.exec(due.wallTime);
  if (!parts) return null;
  const day = parts[1]!;
  const time = parts[2] ?? '00:00:00';
  const on = time === '00:00:00' || !/^(utc|etc\/(utc|gmt)|z)?$/i.test(due.zone) ? day : dateIn(zone ?? 'UTC', new Date(`${day}T${time}Z`));
  const next = new Date(`${on}T00:00:00Z`);
  if (Number.isNaN(next.getTime())) return null;
  next.setUTCDate(next.getUTCDate() + 1);
  return startOfDate(next.toISOString().slice(0, 10), zone ?? 'UTC');
}
const dateIn = (zone: string, at: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at);
function startOfDate(on: string, zone: string): Date {
  const midnight = new Date(`${on}T00:00:00Z`);
  // Two looks: the offset at the guess may differ from that at local midnight when clocks change in between.
  const first = new Date(midnight.getTime() - offsetMs(zone, midnight));
  return new Date(midnight.getTime() - offsetMs(zone, first));
}
function offsetMs(zone: string, at: Date): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')!.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return hours ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
}

/** Categories without case, each once, in a fixed order: Outlook keeps them in the order of clicks. */
export const cleanCategories = (categories: readonly string[]): string[] =>
  [...new Set(categories.map((name) => clean(name, 100)))].filter(Boolean).sort();
export const leavesOut = (categories: readonly string[]): boolean => categories.some((name) => name.toLowerCase() === LEAVE_OUT);
