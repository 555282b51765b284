import type { Charter, Contact } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import type { Side } from '../contract/sides.ts';
import { goneContacts, partyOf } from '../people/index.ts';
import type { Tx } from '../store/database.ts';

/** People as they stand now, whatever the charter said when a wait opened. */
export interface Hands {
  readonly charter: Charter;
  /** Ids of contacts who have left, or whose mailbox is not there any more. */
  readonly gone: ReadonlySet<string>;
}

export async function handsOf(tx: Tx, partnershipId: string, now: Date): Promise<Hands> {
  return { charter: await currentCharter(tx, partnershipId, now), gone: await goneContacts(tx, partnershipId) };
}

/**
 * Who looks after what was written by or to an address: that person; once he has left or his mailbox is gone, his side's owner.
 * Null for an address that is no contact's.
 * @param opened - the charter under which the wait opened: it may know somebody whom the present one does not
 */
export function inHandsOf(hands: Hands, opened: Charter, address: string): Contact | null {
  const contact = partyOf(hands.charter, address)?.contact ?? partyOf(opened, address)?.contact;
  if (!contact) return null;
  return present(hands, contact) ? contact : ownerOf(hands, contact.side);
}

/** Who answers for a side. */
export const ownerOf = (hands: Hands, side: Side): Contact | null =>
  hands.charter.sides[side].contacts.find((contact) => contact.owner && present(hands, contact)) ?? null;

/** Who stands in for somebody, if that person is there. */
export const standInOf = (hands: Hands, contact: Contact): Contact | null =>
  hands.charter.sides[contact.side].contacts.find((each) => each.id === contact.standIn && present(hands, each)) ?? null;

const present = ({ gone }: Hands, contact: Contact): boolean => !contact.left && !gone.has(contact.id);
