import type { Placement } from '../capability.ts';
import { SIDES } from '../contract/sides.ts';
import { inChannel, inChatOf } from '../posts/places.ts';
import type { Tx } from '../store/database.ts';
import { allVersions } from './versions.ts';

/**
 * Where the card of what was agreed belongs: in the channel, where it stays. A later version changes that card, far up by then: so it also
 * comes to the owners who have to agree, in private, until both sides have.
 */
export async function charterPlacements(tx: Tx, partnershipId: string): Promise<Placement[]> {
  const versions = await allVersions(tx, partnershipId);
  const charter = versions.at(-1);
  if (!charter) return [];
  const agreed = charter.acknowledgedAt !== null;
  const channel = inChannel(partnershipId, agreed ? 'keep' : 'wanted');
  if (!versions.some((version) => version !== charter && version.acknowledgedAt)) return [channel];
  const owners = SIDES.flatMap((side) => charter.sides[side].contacts.filter((contact) => contact.owner && !contact.left));
  return [
    channel,
    ...owners.map((owner) => inChatOf(partnershipId, owner, agreed ? 'gone' : charter.acknowledged[owner.side] ? 'keep' : 'wanted')),
  ];
}
