import type { Charter, Contact } from '../charter/charter.ts';
import { SIDES, type Side } from '../contract/sides.ts';

/** What an address is to a partnership. At most one of `contact` and `service` is set; neither where only its domain is known. */
export interface Party {
  readonly side: Side;
  readonly contact: Contact | null;
  readonly service: { readonly address: string; readonly name: string } | null;
  /** Its domain is another company's that answers for this side. */
  readonly actsFor: boolean;
}

interface Directory {
  readonly byAddress: ReadonlyMap<string, Party>;
  readonly byDomain: ReadonlyMap<string, Party>;
}

const directories = new WeakMap<Charter['sides'], Directory>();

/**
 * The side an address belongs to: as a contact's, else a service address, else by its domain or one above it, the side's own before those
 * that act for it. Null for an address outside both sides. A contact's address counts whatever its domain says: people of the provider may
 * have an address of the client.
 */
export function partyOf(charter: Charter, address: string): Party | null {
  const directory = directoryOf(charter);
  const plain = address.trim().toLowerCase();
  const known = directory.byAddress.get(plain);
  if (known) return known;
  let domain = plain.slice(plain.lastIndexOf('@') + 1);
  if (domain === plain) return null;
  // The nearest domain decides: contoso.com may be the client's and lab.contoso.com the provider's.
  for (;;) {
    const found = directory.byDomain.get(domain);
    if (found) return found;
    const dot = domain.indexOf('.');
    if (dot < 0) return null;
    domain = domain.slice(dot + 1);
  }
}

/** The privacy gate: only a listed contact or service address lets a thread in; then every address of that side's domains counts. */
export function listed(charter: Charter, address: string): boolean {
  return directoryOf(charter).byAddress.has(address.trim().toLowerCase());
}

function directoryOf({ sides }: Charter): Directory {
  const known = directories.get(sides);
  if (known) return known;
  const byAddress = new Map<string, Party>();
  const byDomain = new Map<string, Party>();
  const add = (into: Map<string, Party>, key: string, party: Party) => {
    if (!into.has(key)) into.set(key, Object.freeze(party));
  };
  const all = SIDES.map((side) => sides[side]);
  for (const { side, contacts } of all) {
    for (const contact of contacts) {
      for (const address of contact.addresses) add(byAddress, address, { side, contact, service: null, actsFor: false });
    }
  }
  for (const { side, serviceAddresses } of all) {
    for (const service of serviceAddresses) add(byAddress, service.address, { side, contact: null, service, actsFor: false });
  }
  for (const { side, domains } of all)
    for (const domain of domains) add(byDomain, domain, { side, contact: null, service: null, actsFor: false });
  for (const { side, actsFor } of all)
    for (const domain of actsFor) add(byDomain, domain, { side, contact: null, service: null, actsFor: true });
  const directory = { byAddress, byDomain };
  directories.set(sides, directory);
  return directory;
}
