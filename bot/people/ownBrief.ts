import type { Actor } from '../capability.ts';
import type { Db, Tx } from '../store/database.ts';

/**
 * Somebody wishes his side's brief in his own chat, or not any more (null). The wish is that of the account: it goes with the binding.
 * @returns whether that changed anything
 */
export async function wishOwnBrief(tx: Tx, contactId: string, since: Date | null): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('identity')
    .set({ ownBriefSince: since })
    .where('contactId', '=', contactId)
    .where('ownBriefSince', since ? 'is' : 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Contacts of a partnership who wish it. */
export async function wishingOwnBrief(tx: Tx | Db, partnershipId: string): Promise<string[]> {
  const rows = await wishing(tx).where('contact.partnershipId', '=', partnershipId).execute();
  return rows.map(({ id }) => id);
}

/** The contact as whoever reads his own brief; undefined when he does not wish it, has left, or is not bound. */
export async function ownBriefReader(tx: Tx | Db, contactId: string): Promise<Actor | undefined> {
  const row = await wishing(tx).where('contact.id', '=', contactId).executeTakeFirst();
  return row && { partnershipId: row.partnershipId, contactId: row.id, side: row.side, owner: row.owner, through: 'card' };
}

const wishing = (tx: Tx | Db) =>
  tx
    .selectFrom('contact')
    .select(['contact.id', 'contact.partnershipId', 'contact.side', 'contact.owner'])
    .where('contact.active', '=', true)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('identity')
          .select('identity.contactId')
          .whereRef('identity.contactId', '=', 'contact.id')
          .where('identity.ownBriefSince', 'is not', null),
      ),
    );
