import type { Actor } from '../capability.ts';
import { appendEvent } from '../journal/index.ts';
import { leaveChat } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { DIRECTORY, type Identity } from './store.ts';

export interface Binding extends Identity {
  readonly contactId: string;
}
export interface BoundContact {
  readonly id: string;
  readonly partnershipId: string;
  readonly side: Actor['side'];
}

/** The contacts of one partnership that an identity is bound to; locks the identity until the commit. */
export async function boundIn(tx: Tx, { tenantId, objectId }: Identity, partnershipId: string): Promise<string[]> {
  await lockSubject(tx, { kind: 'identity', id: `${tenantId}:${objectId}` });
  const rows = await tx
    .selectFrom('identity')
    .innerJoin('contact', 'contact.id', 'identity.contactId')
    .select('contact.id')
    .where('identity.tenantId', '=', tenantId)
    .where('identity.objectId', '=', objectId)
    .where('contact.partnershipId', '=', partnershipId)
    .execute();
  return rows.map((row) => row.id);
}

export async function insert(
  tx: Tx,
  binding: Binding,
  { by, userId, now }: { by: string; userId: string | null; now: Date },
): Promise<void> {
  await tx
    .insertInto('identity')
    .values({ ...pick(binding), conversationUserId: userId, boundBy: by, boundAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Who said that this account is this contact; null when nobody did. */
export async function boundBy(tx: Tx, { tenantId, objectId, contactId }: Binding): Promise<string | null> {
  const row = await tx
    .selectFrom('identity')
    .select('boundBy')
    .where('tenantId', '=', tenantId)
    .where('objectId', '=', objectId)
    .where('contactId', '=', contactId)
    .executeTakeFirst();
  return row?.boundBy ?? null;
}

export async function remove(tx: Tx, { tenantId, objectId, contactId }: Binding, now: Date): Promise<void> {
  const gone = await tx
    .deleteFrom('identity')
    .where('tenantId', '=', tenantId)
    .where('objectId', '=', objectId)
    .where('contactId', '=', contactId)
    .returning('conversationUserId')
    .executeTakeFirst();
  if (gone) await leaveChat(tx, contactId, gone.conversationUserId, now);
}

const pick = ({ tenantId, objectId, contactId }: Binding): Binding => ({ tenantId, objectId, contactId });

/** Into the history: who said so (null: the directory), of which account. Ids alone. */
export async function record(
  tx: Tx,
  kind: 'people.bound' | 'people.unbound',
  contact: BoundContact,
  { tenantId, objectId }: Identity,
  by: Actor | null,
  now: Date,
): Promise<void> {
  const subject = { kind: 'contact', id: contact.id };
  const data = { how: by ? 'owner' : DIRECTORY, side: contact.side, tenantId, objectId };
  const who = by ? { by } : { by: null, through: DIRECTORY };
  await appendEvent(tx, { kind, subject, partnershipId: contact.partnershipId, at: now, data, ...who });
}
