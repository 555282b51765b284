import { sql } from 'kysely';
import { SIDES } from '../contract/sides.ts';
import { setDeadline } from '../deadlines/index.ts';
import type { Db, Tx } from '../store/database.ts';
import type { AgreedCharter, Contact } from './charter.ts';
import type { FormerPerson } from './check.ts';
import { contactIdOf } from './ids.ts';
import { charters, charterWritten, currentCharter, latestCharter } from './versions.ts';

/** The deadline at which a dated version comes into force. */
export const IN_FORCE = 'charter.inForce';

/**
 * Brings the contacts of a partnership to what its charter says: those of the version in force and of the newest one, so that people who
 * are to agree on an amendment can be known before it counts. Ids follow the keys; nobody is ever deleted.
 * @param names - by key, from the file just read
 */
export async function syncContacts(
  tx: Tx,
  partnershipId: string,
  now: Date,
  names: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const current = await currentCharter(tx, partnershipId, now);
  const latest = await latestCharter(tx, partnershipId);
  const versions = current.version === latest.version ? [latest] : [current, latest];
  const contactsOf = (charter: AgreedCharter): Contact[] => SIDES.flatMap((side) => charter.sides[side].contacts);
  // The newest version has the last word about a person or an address that stands in both.
  const people = new Map(versions.flatMap(contactsOf).map((contact) => [contact.key, contact]));
  const holders = new Map(versions.flatMap(contactsOf).flatMap(({ id, addresses }) => addresses.map((address) => [address, id])));
  const standing = new Map(contactsOf(current).map((contact) => [contact.key, contact]));
  const rows = [...people.values()].map(({ id, key, side, left }) => ({
    id,
    partnershipId,
    side,
    key,
    name: names.get(key) ?? '',
    active: !left,
    owner: standing.get(key)?.owner ?? false,
    executive: standing.get(key)?.executive ?? false,
  }));
  await tx
    .updateTable('contact')
    .set({ active: false, owner: false, executive: false })
    .where('partnershipId', '=', partnershipId)
    .execute();
  await tx
    .insertInto('contact')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((row) => ({
        side: row.ref('excluded.side'),
        active: sql<boolean>`excluded.active and contact.left_at is null`,
        owner: row.ref('excluded.owner'),
        executive: row.ref('excluded.executive'),
      })),
    )
    .execute();
  for (const [key, name] of names)
    await tx.updateTable('contact').set({ name }).where('id', '=', contactIdOf(partnershipId, key)).where('name', '<>', name).execute();
  charterWritten(tx);
  const coming = (await charters(tx, partnershipId)).find((version) => version.effectiveAt > now);
  if (coming) await setDeadline(tx, { kind: IN_FORCE, subject: { kind: 'charter', id: partnershipId }, at: coming.effectiveAt });
  await tx.deleteFrom('contactAddress').where('partnershipId', '=', partnershipId).execute();
  const addresses = [...holders].map(([address, contactId]) => ({ partnershipId, address, contactId }));
  if (addresses.length) await tx.insertInto('contactAddress').values(addresses).execute();
}

/** Who held the keys of a partnership so far. */
export async function formerPeople(tx: Tx | Db, partnershipId: string): Promise<Map<string, FormerPerson>> {
  const rows = await tx.selectFrom('contact').select(['id', 'key', 'side', 'name']).where('partnershipId', '=', partnershipId).execute();
  const addresses = await tx
    .selectFrom('contactAddress')
    .select(['contactId', 'address'])
    .where('partnershipId', '=', partnershipId)
    .execute();
  return new Map(
    rows.map(({ id, key, side, name }) => [
      key,
      { side, name, addresses: addresses.filter((each) => each.contactId === id).map((each) => each.address) },
    ]),
  );
}
