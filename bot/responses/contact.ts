import type { Actor } from '../capability.ts';
import type { Charter, Contact } from '../charter/charter.ts';

/** The contact that a person acts as, in this version of the charter. */
export const contactOf = (charter: Charter, actor: Pick<Actor, 'contactId' | 'side'>): Contact | null =>
  charter.sides[actor.side].contacts.find((contact) => contact.id === actor.contactId) ?? null;
