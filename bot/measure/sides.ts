import { underDomain } from '../charter/domains.ts';
import type { Address, MailFileMessage } from '../mailfile/index.ts';

export type Side = 'client' | 'provider';
export const SIDES = ['client', 'provider'] as const;
export const otherSide = (side: Side): Side => (side === 'client' ? 'provider' : 'client');

/** Domains and whole addresses, in lower case. */
export type SideEntries = Readonly<Record<Side, readonly string[]>>;

/**
 * Which side an address belongs to. A whole address counts before a domain, a longer domain before a shorter one: a freelancer may stand
 * for the provider with an address of the client's, and a daughter company under its mother's domain.
 */
export function sideFinder(entries: SideEntries): (address: string) => Side | undefined {
  const all = SIDES.flatMap((side) => entries[side].map((entry) => ({ side, entry }))).sort(
    (a, b) => Number(b.entry.includes('@')) - Number(a.entry.includes('@')) || b.entry.length - a.entry.length,
  );
  const known = new Map<string, Side | undefined>();
  return (address) => {
    let side = known.get(address);
    if (side === undefined && !known.has(address)) {
      side = all.find(({ entry }) => (entry.includes('@') ? entry === address : underDomain(address, entry)))?.side;
      if (known.size >= 20_000) known.clear();
      known.set(address, side);
    }
    return side;
  };
}

/** `Ana Pilar via builders`, `'Ana Pilar' via Builders`: what a list puts in place of its writer's name. */
const VIA = /[\s'")]via\s/;

/**
 * Who wrote a message. A list that puts its own address into From leaves the writer in X-Original-From or Reply-To.
 * Undefined where nobody stands in From.
 */
export function authorOf(
  message: Pick<MailFileMessage, 'from' | 'replyTo' | 'headers'>,
  parse: (header: string) => Address[],
): Address | undefined {
  const from = message.from[0];
  if (!from || !VIA.test(from.name)) return from;
  const originals = (message.headers.get('x-original-from') ?? []).flatMap(parse);
  return [...originals, ...message.replyTo].find(({ address }) => address !== from.address) ?? from;
}

/** People of both sides in one From sign for both: such a message is no side's. */
export function authorSide(message: MailFileMessage, author: Address | undefined, sideOf: (address: string) => Side | undefined) {
  if (!author) return undefined;
  const sides = new Set(author === message.from[0] ? message.from.map(({ address }) => sideOf(address)) : [sideOf(author.address)]);
  sides.delete(undefined);
  return sides.size === 1 ? [...sides][0] : undefined;
}
