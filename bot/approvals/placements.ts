import type { Placement } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { readMessageId, stateOfCall } from '../matters/index.ts';
import { contactIn } from '../people/index.ts';
import { inChannel, toldOnce } from '../posts/places.ts';
import type { Tx } from '../store/database.ts';
import { approvalById } from './store.ts';

/** One card in the channel, from its beginning on. */
export async function placements(tx: Tx, id: string): Promise<Placement[]> {
  const a = await approvalById(tx, id);
  if (!a) return [];
  const state = a.state === 'closed' ? 'keep' : 'wanted';
  return [inChannel(a.partnershipId, state)];
}

/**
 * The message to whoever is told in one asking: those who decide, or the asker. A later one takes the place of an earlier one, so that one
 * message about it stands in anybody's chat; what stands is kept true.
 * @param id - `<approval>/<asking>`
 */
export async function callPlacements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const { matterId, number } = readMessageId(id);
  const a = await approvalById(tx, matterId);
  if (!a) return [];
  const charter = await currentCharter(tx, a.partnershipId, now);
  return Object.keys(a.toldIn).flatMap((contactId) => {
    const contact = contactIn(charter, contactId);
    const state = stateOfCall(a, contactId, Number(number), now);
    // a card in his own chat is the proof that it reached him; whoever has none here is mentioned in the channel
    return contact ? [toldOnce(a.partnershipId, contact, { kind: 'approval', id: a.id }, 'chat', state)] : [];
  });
}
