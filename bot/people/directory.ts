import type { Tx } from '../store/database.ts';
import { type Binding, type BoundContact, boundIn, insert, record, remove } from './bindings.ts';
import { DIRECTORY } from './store.ts';

/** A user of the client's own directory, found by looking up contacts' addresses. */
export interface DirectoryUser {
  readonly objectId: string;
  readonly addresses: readonly string[];
  /** Guests are bound by an owner's click: their address in the directory is what somebody invited. */
  readonly guest?: boolean;
}

/**
 * Binds the contacts whose address is that of a user of the client's own directory. The directory has the last word about its own users:
 * it replaces what it said before, and what was said of that user in the same partnership.
 * @returns how many bindings are new
 */
export async function bindByDirectory(
  tx: Tx,
  { tenantId, users, now }: { tenantId: string; users: readonly DirectoryUser[]; now: Date },
): Promise<number> {
  let bound = 0;
  for (const user of users.filter((each) => !each.guest)) {
    const addresses = user.addresses.map((address) => address.trim().toLowerCase());
    if (addresses.length === 0) continue;
    const contacts = await tx
      .selectFrom('contactAddress')
      .innerJoin('contact', 'contact.id', 'contactAddress.contactId')
      .select(['contact.id', 'contact.partnershipId', 'contact.side', 'contactAddress.address'])
      .where('contactAddress.address', 'in', addresses)
      .where('contact.active', '=', true)
      .execute();
    // Where two contacts of one partnership share him, the address that comes first decides.
    const first = [...contacts].sort((a, b) => addresses.indexOf(a.address) - addresses.indexOf(b.address));
    for (const contact of first.filter((each, index) => first.findIndex((other) => other.partnershipId === each.partnershipId) === index)) {
      if (await bindUser(tx, { tenantId, objectId: user.objectId, contactId: contact.id }, contact, now)) bound += 1;
    }
  }
  return bound;
}

async function bindUser(tx: Tx, binding: Binding, contact: BoundContact, now: Date): Promise<boolean> {
  const { tenantId, objectId, contactId } = binding;
  const held = await boundIn(tx, binding, contact.partnershipId);
  const stale = await tx
    .selectFrom('identity')
    .select('objectId')
    .where('contactId', '=', contactId)
    .where('tenantId', '=', tenantId)
    .where('boundBy', '=', DIRECTORY)
    .where('objectId', '<>', objectId)
    .execute();
  for (const other of stale) {
    const former = { tenantId, objectId: other.objectId, contactId };
    await remove(tx, former, now);
    await record(tx, 'people.unbound', contact, former, null, now);
  }
  for (const other of held.filter((id) => id !== contactId)) {
    await remove(tx, { tenantId, objectId, contactId: other }, now);
    await record(tx, 'people.unbound', { ...contact, id: other }, binding, null, now);
  }
  if (held.includes(contactId)) return false;
  await insert(tx, binding, { by: DIRECTORY, userId: null, now });
  await record(tx, 'people.bound', contact, binding, null, now);
  return true;
}
