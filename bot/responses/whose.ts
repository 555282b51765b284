import type { AgreedCalendar, Charter } from '../charter/charter.ts';
import type { Side } from '../contract/sides.ts';
import { partyOf } from '../people/index.ts';
import type { Obligation } from './obligation.ts';

/** The calendar an obligation is counted in: a named contact's own, else the side's. */
export function calendarOf(charter: Charter, o: Pick<Obligation, 'debtor' | 'calendarKey' | 'asked'>): AgreedCalendar {
  const side = charter.sides[o.debtor];
  return (
    side.contacts.find((contact) => contact.calendar?.key === o.calendarKey && contact.addresses.includes(o.asked[0] ?? ''))?.calendar ??
    side.calendar
  );
}

/** A role in place of a name: the one contact or service address that was written to. */
export function roleOf(charter: Charter, side: Side, addresses: readonly string[]): string | null {
  const roles = new Set(
    addresses
      .map((address) => partyOf(charter, address))
      .map((party) => (party?.side === side ? (party.contact?.role ?? party.service?.name ?? null) : null)),
  );
  const [role] = roles;
  return roles.size === 1 ? (role ?? null) : null;
}

/** `Fabrikam (Service desk)`. */
export function named(charter: Charter, side: Side, addresses: readonly string[]): string {
  const role = roleOf(charter, side, addresses);
  return role ? `${charter.sides[side].name} (${role})` : charter.sides[side].name;
}

/** The same for a contact by id. */
export const namedContact = (charter: Charter, side: Side, contactId: string): string =>
  named(charter, side, charter.sides[side].contacts.find((each) => each.id === contactId)?.addresses ?? []);
