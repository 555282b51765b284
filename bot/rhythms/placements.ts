import type { Placement } from '../capability.ts';
import { inChannel } from '../posts/places.ts';
import type { Tx } from '../store/database.ts';
import { dateById } from './store.ts';

/**
 * One card in the channel, once an update is past its time. It goes on as the card of the next date; what an old press brought back of a date
 * that was followed is taken away.
 */
export async function placements(tx: Tx, id: string): Promise<Placement[]> {
  const d = await dateById(tx, id);
  if (!d) return [];
  const state = d.nextId !== null ? 'gone' : d.state === 'open' && d.pastDueAt ? 'wanted' : 'keep';
  return [inChannel(d.partnershipId, state)];
}
