import type { Tx } from '../store/database.ts';
import { loadThreads } from '../threads/index.ts';
import { obligationById } from './store.ts';

/** The contacts of the partnership who are on the mail: they see its subject, and they are asked. */
export async function peopleOn(tx: Tx, obligationId: string): Promise<readonly string[]> {
  const obligation = await obligationById(tx, obligationId);
  const [thread] = obligation ? await loadThreads(tx, [obligation.threadId]) : [];
  const addresses = new Set((thread?.messages ?? []).flatMap(({ from, to, cc }) => [from, ...to, ...cc].map(({ address }) => address)));
  if (!obligation || addresses.size === 0) return [];
  const rows = await tx
    .selectFrom('contactAddress')
    .select('contactId')
    .distinct()
    .where('partnershipId', '=', obligation.partnershipId)
    .where('address', 'in', [...addresses])
    .execute();
  return rows.map(({ contactId }) => contactId);
}
