import type { Placement } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { readMessageId, stateOfCall } from '../matters/index.ts';
import { contactIn } from '../people/index.ts';
import { inChatOf } from '../posts/places.ts';
import type { Tx } from '../store/database.ts';
import { actionItemById } from './store.ts';

/**
 * The message to whoever is told: a reminder to him who does it, what became of it to him who noted it. A later one takes the place of an
 * earlier one in the same chat; what stands is kept true. In the channel no card of it stands: it is told of in reviews and in the brief.
 * @param id - `<action item>/<asking>`
 */
export async function callPlacements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const { matterId, number } = readMessageId(id);
  const a = await actionItemById(tx, matterId);
  if (!a) return [];
  const charter = await currentCharter(tx, a.partnershipId, now);
  return Object.keys(a.toldIn).flatMap((contactId) => {
    const contact = contactIn(charter, contactId);
    return contact ? [inChatOf(a.partnershipId, contact, stateOfCall(a, contactId, Number(number), now))] : [];
  });
}
