import type { Actor, Placement, Subject } from '../capability.ts';
import type { Contact } from '../charter/charter.ts';

type State = Placement['state'];

/** The card for everyone, in the channel of both sides. */
export const inChannel = (partnershipId: string, state: State): Placement => ({
  where: { kind: 'channel', partnershipId },
  viewer: 'everyone',
  state,
});

/** A card in somebody's own chat, as he may see it. */
export const inChatOf = (partnershipId: string, contact: Contact, state: State): Placement => ({
  where: { kind: 'personal', contactId: contact.id },
  viewer: readerOf(partnershipId, contact),
  state,
});

/** Somebody who is told once, by whichever way reaches him. @param below - whose card in the channel a mention of him stands below */
export const toldOnce = (partnershipId: string, contact: Contact, below: Subject, first: 'mention' | 'chat', state: State): Placement => ({
  where: { kind: 'person', contactId: contact.id, role: contact.role, partnershipId, below, first },
  viewer: readerOf(partnershipId, contact),
  state,
});

const readerOf = (partnershipId: string, { id, side, owner }: Contact): Actor => ({
  partnershipId,
  contactId: id,
  side,
  owner,
  through: 'card',
});
