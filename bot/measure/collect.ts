import { type Address, type MailFileMessage, parseAddresses } from '../mailfile/index.ts';
import { classify } from '../threads/automatic.ts';
import { parseSubject } from '../threads/subject.ts';
import { happenedAt } from './rules.ts';
import { authorOf, authorSide, type Side } from './sides.ts';
import { Threads } from './threads.ts';

/** What was read, for the line that says what the figures rest on. */
export type Coverage = {
  messages: number;
  automatic: number;
  undated: number;
  later: number;
  duplicates: number;
  firstAtMs: number;
  lastAtMs: number;
  /** Messages by side. */
  bySide: Record<Side, number>;
  /** Domains that wrote, with how many messages; the first few thousand. */
  domains: Map<string, number>;
};

const DOMAINS_KEPT = 5000;

/** Reads all mail into threads. Messages later than `asOf` are as if they were not there. */
export async function collect(
  mail: AsyncIterable<MailFileMessage>,
  sideOf: (address: string) => Side | undefined,
  asOf: Date,
): Promise<{ threads: Threads; coverage: Coverage }> {
  const threads = new Threads();
  const coverage: Coverage = {
    messages: 0,
    automatic: 0,
    undated: 0,
    later: 0,
    duplicates: 0,
    firstAtMs: Number.POSITIVE_INFINITY,
    lastAtMs: Number.NEGATIVE_INFINITY,
    bySide: { client: 0, provider: 0 },
    domains: new Map(),
  };
  const sides = (addresses: readonly Address[]) => addresses.map(({ address }) => sideOf(address));
  for await (const message of mail) {
    coverage.messages++;
    const atMs = happenedAt(message.sentAt, message.receivedAt)?.getTime();
    if (atMs !== undefined && atMs > asOf.getTime()) {
      coverage.later++;
      continue;
    }
    const author = authorOf(message, parseAddresses);
    const side = authorSide(message, author, sideOf);
    const subject = parseSubject(message.subject);
    const { kind } = classify({ subject: message.subject, from: author?.address ?? '', headers: message.headers });
    const automatic = kind !== 'human' && kind !== 'list';
    threads.add({
      messageId: message.messageId,
      references: [...message.references, ...message.inReplyTo],
      atMs,
      side,
      to: sides(message.to),
      cc: sides(message.cc),
      participants: [...(author ? [author] : []), ...message.to, ...message.cc].map(({ address }) => address),
      bareSubject: subject.bare,
      title: subject.title,
      reply: subject.kind === 'reply',
      automatic,
    });
    if (threads.duplicates > coverage.duplicates) {
      coverage.duplicates = threads.duplicates;
      continue;
    }
    if (atMs === undefined) coverage.undated++;
    else {
      coverage.firstAtMs = Math.min(coverage.firstAtMs, atMs);
      coverage.lastAtMs = Math.max(coverage.lastAtMs, atMs);
    }
    if (automatic) coverage.automatic++;
    if (side) coverage.bySide[side]++;
    const domain = author?.address.slice(author.address.lastIndexOf('@') + 1) ?? '';
    const known = coverage.domains.get(domain);
    if (known !== undefined || coverage.domains.size < DOMAINS_KEPT) coverage.domains.set(domain, (known ?? 0) + 1);
  }
  return { threads, coverage };
}
