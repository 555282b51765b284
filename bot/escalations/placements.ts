import type { Placement } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { readMessageId } from '../matters/index.ts';
import { contactIn } from '../people/index.ts';
import { inChannel, inChatOf, toldOnce } from '../posts/places.ts';
import type { Tx } from '../store/database.ts';
import type { Escalation } from './escalation.ts';
import { escalationById } from './store.ts';

/** One card in the channel once the other side is asked; a worry with the owners of its side and its author, in private. */
export async function placements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const e = await escalationById(tx, id);
  if (!e) return [];
  if (e.asking > 0) return [inChannel(e.partnershipId, e.state === 'closed' ? 'keep' : 'wanted'), ...(await worried(tx, e, now, 'keep'))];
  return worried(tx, e, now, e.state === 'worry' ? 'wanted' : 'keep');
}

async function worried(tx: Tx, e: Escalation, now: Date, state: Placement['state']): Promise<Placement[]> {
  const charter = await currentCharter(tx, e.partnershipId, now);
  const author = contactIn(charter, e.by);
  const owners = charter.sides[e.askingSide].contacts.filter((contact) => contact.owner && contact.id !== e.by);
  return [
    ...owners.map((owner) => inChatOf(e.partnershipId, owner, state)),
    ...(author ? [inChatOf(e.partnershipId, author, 'keep')] : []),
  ];
}

/**
 * Telling whoever is asked, once for each asking: when it may be told, and while it is his turn. A card that was sent is kept true.
 * @param id - `<escalation>/<asking>`
 */
export async function callPlacements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const { matterId, number } = readMessageId(id);
  const e = await escalationById(tx, matterId);
  if (!e) return [];
  const charter = await currentCharter(tx, e.partnershipId, now);
  const current = e.state === 'asking' && String(e.asking) === number;
  const called = new Map(current ? e.calls.map((call) => [call.contactId, call] as const) : []);
  return e.everAsked.flatMap((contactId) => {
    const call = called.get(contactId);
    const told = call && call.how === 'teams' && call.tellAt <= now;
    const contact = contactIn(charter, contactId);
    return contact ? [toldOnce(e.partnershipId, contact, { kind: 'escalation', id: e.id }, 'mention', told ? 'wanted' : 'keep')] : [];
  });
}
