import { sql } from 'kysely';
import type { AgreedCalendar, AgreedCharter, Charter, Contact } from '../charter/charter.ts';
import { currentCharter } from '../charter/versions.ts';
import type { Db, Tx } from '../store/database.ts';

/** People as they are now: what was agreed, who is there, and whom Rapport reaches. */
export interface World<Agreed extends Charter = Charter> {
  readonly charter: Agreed;
  /** Has left, or his mailbox is gone. */
  isGone(contact: Contact): boolean;
  /** Has an account here that is known. */
  isKnown(contactId: string): boolean;
}

export const contactIn = (charter: Charter, id: string | null): Contact | undefined =>
  [...charter.sides.client.contacts, ...charter.sides.provider.contacts].find((contact) => contact.id === id);

/** Whoever is asked for a contact: he, or his stand-in where he is gone; null for nobody. */
export function inPlaceOf(world: World, id: string): Contact | null {
  const contact = contactIn(world.charter, id);
  if (!contact) return null;
  if (!world.isGone(contact)) return contact;
  const standIn = contactIn(world.charter, contact.standIn);
  return standIn && !world.isGone(standIn) ? standIn : null;
}

/** His own working calendar, or his side's. */
export const calendarOf = (charter: Charter, contact: Contact): AgreedCalendar => contact.calendar ?? charter.sides[contact.side].calendar;

/** Ids of contacts who have left, or whose mailbox is not there any more. */
export async function goneContacts(tx: Tx | Db, partnershipId: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select contact.id from contact where contact.partnership_id = ${partnershipId} and ${IS_GONE}`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

const IS_GONE = sql<boolean>`(not contact.active or exists (
  select from contact_address as own
  join mailbox on mailbox.state = 'gone' and own.address = mailbox.address
  where own.contact_id = contact.id and own.partnership_id = contact.partnership_id))`;

/** @param charter - as it counts now */
export async function worldOf<Agreed extends Charter>(tx: Tx | Db, charter: Agreed): Promise<World<Agreed>> {
  const worlds = await worldsOf(tx, new Map([[charter.partnershipId, charter]]));
  return worlds.get(charter.partnershipId)!;
}

/** The world of a partnership now. */
export const worldNow = async (tx: Tx | Db, partnershipId: string, now: Date): Promise<World<AgreedCharter>> =>
  worldOf(tx, await currentCharter(tx, partnershipId, now));

/** The worlds of many partnerships at once, by id. */
export async function worldsOf<Agreed extends Charter>(
  tx: Tx | Db,
  charters: ReadonlyMap<string, Agreed>,
): Promise<ReadonlyMap<string, World<Agreed>>> {
  const { rows } = await sql<{ id: string; gone: boolean; known: boolean }>`
    select contact.id, ${IS_GONE} as gone, exists (select from identity where identity.contact_id = contact.id) as known
    from contact where contact.partnership_id = any(${[...charters.keys()]}::uuid[])`.execute(tx);
  const gone = new Set(rows.flatMap((row) => (row.gone ? [row.id] : [])));
  const known = new Set(rows.flatMap((row) => (row.known ? [row.id] : [])));
  return new Map(
    [...charters].map(([id, charter]) => [
      id,
      { charter, isGone: (contact) => contact.left || gone.has(contact.id), isKnown: (contactId) => known.has(contactId) },
    ]),
  );
}
