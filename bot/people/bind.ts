import type { Actor } from '../capability.ts';
import { Refusal } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { type Binding, type BoundContact, boundBy, boundIn, insert, record, remove } from './bindings.ts';
import { DIRECTORY, type Identity } from './store.ts';

export type PeopleRefusal =
  | 'people.not_allowed'
  | 'people.contact_not_found'
  | 'people.bound_already'
  | 'people.not_bound'
  | 'people.by_directory'
  | 'people.not_in_channel';

/** Who may say who somebody is: an owner of the contact's side, or an owner of the client. */
export const mayBind = (by: Actor, contact: Pick<BoundContact, 'partnershipId' | 'side'>): boolean =>
  by.owner && by.partnershipId === contact.partnershipId && (by.side === contact.side || by.side === 'client');

/**
 * An owner says who somebody of the channel's roster is (*this is Joan*). Saying it again changes nothing.
 * @throws {Refusal} `people.not_allowed`, `people.contact_not_found`, `people.not_in_channel`, `people.bound_already` (he is somebody else
 *   in this partnership: that has to be taken back first)
 */
export async function bind(tx: Tx, { by, now, ...binding }: Binding & { by: Actor; now: Date }): Promise<void> {
  const contact = await contactIn(tx, binding.contactId, by.partnershipId);
  if (!mayBind(by, contact)) throw new Refusal<PeopleRefusal>('people.not_allowed');
  const member = await rosterMember(tx, contact.partnershipId, binding);
  if (!member) throw new Refusal<PeopleRefusal>('people.not_in_channel');
  const others = await boundIn(tx, binding, contact.partnershipId);
  if (others.some((id) => id === contact.id)) return;
  if (others.length) throw new Refusal<PeopleRefusal>('people.bound_already');
  await insert(tx, binding, { by: by.contactId, userId: member.userId, now });
  await record(tx, 'people.bound', contact, binding, by, now);
}

/**
 * Takes a binding back: the account is nobody in this partnership again. What the directory said stands until the address in the charter is
 * another: it would say it again.
 * @throws {Refusal} `people.not_allowed`, `people.contact_not_found`, `people.not_bound`, `people.by_directory`
 */
export async function unbind(tx: Tx, { by, now, ...binding }: Binding & { by: Actor; now: Date }): Promise<void> {
  const contact = await contactIn(tx, binding.contactId, by.partnershipId);
  if (!mayBind(by, contact)) throw new Refusal<PeopleRefusal>('people.not_allowed');
  const held = await boundBy(tx, binding);
  if (held === null) throw new Refusal<PeopleRefusal>('people.not_bound');
  if (held === DIRECTORY) throw new Refusal<PeopleRefusal>('people.by_directory');
  await remove(tx, binding, now);
  await record(tx, 'people.unbound', contact, binding, by, now);
}

async function contactIn(tx: Tx, contactId: string, partnershipId: string): Promise<BoundContact> {
  const contact = await tx.selectFrom('contact').select(['id', 'partnershipId', 'side']).where('id', '=', contactId).executeTakeFirst();
  if (!contact || contact.partnershipId !== partnershipId) throw new Refusal<PeopleRefusal>('people.contact_not_found');
  return contact;
}

const rosterMember = (tx: Tx, partnershipId: string, { tenantId, objectId }: Identity): Promise<{ userId: string } | undefined> =>
  tx
    .selectFrom('channelMember')
    .innerJoin('conversation', 'conversation.id', 'channelMember.conversationId')
    .select('channelMember.userId')
    .where('conversation.partnershipId', '=', partnershipId)
    .where('conversation.tombstonedAt', 'is', null)
    .where('channelMember.tenantId', '=', tenantId)
    .where('channelMember.objectId', '=', objectId)
    .executeTakeFirst();
