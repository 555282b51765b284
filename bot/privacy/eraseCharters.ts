import { sql } from 'kysely';
import { syncContacts } from '../charter/contacts.ts';
import { type Former, withoutFormer } from '../charter/former.ts';
import type { StoredCharter } from '../charter/store.ts';
import { charterWritten } from '../charter/versions.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import type { Somebody } from './somebody.ts';

/**
 * Takes somebody out of every version of every charter that lists him: role and place in the ladder stand, as those of somebody who has left.
 * The file may go on listing him under the same key: he is not taken up again.
 * @returns how many entries there were
 */
export async function withoutInCharters(tx: Tx, { contacts }: Somebody, marks: ReadonlyMap<string, string>, now: Date): Promise<number> {
  const partnerships = [...new Set(contacts.map(({ partnershipId }) => partnershipId))].sort();
  for (const partnershipId of partnerships) {
    await lockSubject(tx, { kind: 'charter', id: partnershipId });
    const former = contacts
      .filter((contact) => contact.partnershipId === partnershipId)
      .map(({ id, key }): Former => ({ key, contactId: id, formerKey: formerKeyOf(id), marks }));
    const versions = await tx.selectFrom('charterVersion').select(['version', 'data']).where('partnershipId', '=', partnershipId).execute();
    for (const { version, data } of versions) await save(tx, partnershipId, version, withoutFormer(data, former));
    for (const { contactId, formerKey } of former)
      await sql`
        update contact set key = ${formerKey}, name = '', active = false, owner = false, executive = false,
          left_at = coalesce(left_at, ${now}), erased_at = coalesce(erased_at, ${now}) where id = ${contactId}`.execute(tx);
    charterWritten(tx);
    await syncContacts(tx, partnershipId, now);
  }
  return contacts.length;
}

const save = (tx: Tx, partnershipId: string, version: number, data: StoredCharter) =>
  tx
    .updateTable('charterVersion')
    .set({ data: JSON.stringify(data) })
    .where('partnershipId', '=', partnershipId)
    .where('version', '=', version)
    .execute();

/** In the place of a key, which is often a first name. */
const formerKeyOf = (contactId: string): string => `former-${contactId.slice(0, 8)}`;
