import type { Actor } from '../capability.ts';
import { appendEvent } from '../journal/index.ts';
import type { Tx } from '../store/database.ts';
import { syncContacts } from './contacts.ts';

interface Said {
  readonly partnershipId: string;
  readonly contactId: string;
  readonly by: Actor;
  readonly now: Date;
}

/** The owner of his side says that somebody has left: he is nobody's party any more, and what is his goes to the owner (story 26). */
export const contactLeft = (tx: Tx, said: Said): Promise<void> => mark(tx, said, 'charter.contactLeft', said.now);

/** Takes that back. */
export const contactBack = (tx: Tx, said: Said): Promise<void> => mark(tx, said, 'charter.contactBack', null);

async function mark(
  tx: Tx,
  { partnershipId, contactId, by, now }: Said,
  kind: 'charter.contactLeft' | 'charter.contactBack',
  leftAt: Date | null,
): Promise<void> {
  await tx.updateTable('contact').set({ leftAt }).where('id', '=', contactId).where('partnershipId', '=', partnershipId).execute();
  await syncContacts(tx, partnershipId, now);
  await appendEvent(tx, { kind, subject: { kind: 'charter', id: partnershipId }, partnershipId, at: now, by, data: { contactId } });
}
