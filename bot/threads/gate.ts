import type { Charter } from '../charter/charter.ts';
import type { Side } from '../contract/sides.ts';

interface Standing {
  readonly partnershipId: string;
  readonly side: Side;
}

/**
 * The privacy gate: which mail Rapport may know of. Mail in which nobody listed takes part is nobody's business here, and neither is mail
 * that a listed contact of the client exchanges with the rest of the world.
 */
export interface Gate {
  /**
   * Partnerships to which mail between these addresses belongs by itself: a listed contact or service address of the provider takes part,
   * or one of the client together with any address of the provider's domains. The client's side is always there: it is his mailbox.
   */
  partnershipsOf(addresses: Iterable<string>): ReadonlySet<string>;
  /** Whether mail from this address is mail from the client: then its own clock says when it was sent. */
  isClient(address: string): boolean;
  /** Zone of the calendar that the owner of this address works by; null for addresses that nobody lists. */
  zoneOf(address: string): string | null;
  /** Listed addresses of the client: whose mailboxes are worth reading, and for which contact. */
  readonly clientAddresses: readonly { readonly address: string; readonly partnershipId: string; readonly contactId: string | null }[];
  /**
   * The first instant since when both sides of any partnership have agreed; null where none have. Mail from before holds no alert up, so nobody
   * looks for it by whom it was written to.
   */
  readonly agreedAt: Date | null;
  /** All partnerships that are read at all. */
  readonly partnerships: readonly string[];
  /** Everything that decides who passes, sorted: when it grows, mail that was forgotten has to be read again. */
  readonly entries: readonly string[];
}

const MOST_JUDGED = 20_000;
const NOBODY: readonly Standing[] = [];

/**
 * @param charters - the version in force of each partnership that is not paused
 * @param agreed - when both sides agreed to a version of each, as far as they have
 */
export function gateOf(
  charters: readonly Charter[],
  agreed: readonly Date[] = charters.flatMap(({ acknowledgedAt }) => acknowledgedAt ?? []),
): Gate {
  const listed = new Map<string, Standing[]>();
  const domains = new Map<string, Standing[]>();
  const zones = new Map<string, string>();
  const clientAddresses: { address: string; partnershipId: string; contactId: string | null }[] = [];
  const entries: string[] = [];

  for (const { partnershipId, sides } of charters) {
    for (const side of [sides.client, sides.provider]) {
      const standing = { partnershipId, side: side.side };
      const list = (address: string, contactId: string | null, zone: string): void => {
        push(listed, address, standing);
        if (!zones.has(address)) zones.set(address, zone);
        if (side.side === 'client') clientAddresses.push({ address, partnershipId, contactId });
        entries.push(`${partnershipId} ${side.side} ${address}`);
      };
      for (const contact of side.contacts) {
        for (const address of contact.addresses) list(address, contact.id, (contact.calendar ?? side.calendar).work.zone);
      }
      for (const { address } of side.serviceAddresses) list(address, null, side.calendar.work.zone);
      for (const domain of side.domains) {
        push(domains, domain, standing);
        entries.push(`${partnershipId} ${side.side} @${domain}`);
      }
    }
  }
  // A mailbox writes with the same people again and again.
  const judged = new Map<string, Standing[]>();
  const byDomain = (address: string): Standing[] => {
    const known = judged.get(address);
    if (known) return known;
    const found = domainsOf(address).flatMap((domain) => domains.get(domain) ?? []);
    if (judged.size >= MOST_JUDGED) judged.clear();
    judged.set(address, found);
    return found;
  };

  return {
    partnershipsOf(addresses) {
      const passing = new Set<string>();
      const withClient: string[] = [];
      const withProvider: string[] = [];
      for (const address of addresses) {
        for (const { partnershipId, side } of listed.get(address) ?? NOBODY)
          if (side === 'provider') passing.add(partnershipId);
          else withClient.push(partnershipId);
        for (const { partnershipId, side } of byDomain(address)) if (side === 'provider') withProvider.push(partnershipId);
      }
      for (const partnershipId of withClient) if (withProvider.includes(partnershipId)) passing.add(partnershipId);
      return passing;
    },
    isClient(address) {
      const standings = listed.get(address) ?? byDomain(address);
      return standings.length > 0 && standings.every(({ side }) => side === 'client');
    },
    zoneOf: (address) => zones.get(address) ?? null,
    clientAddresses,
    agreedAt: agreed.length > 0 ? new Date(Math.min(...agreed.map((at) => at.getTime()))) : null,
    partnerships: charters.map(({ partnershipId }) => partnershipId),
    entries: entries.sort(),
  };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

/** `a@x.fabrikam.com` lies under `x.fabrikam.com` and `fabrikam.com`. */
function domainsOf(address: string): string[] {
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.');
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
}
