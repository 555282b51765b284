import type { Placement } from '../capability.ts';
import type { Charter, Contact } from '../charter/charter.ts';
import { charters } from '../charter/index.ts';
import { partyOf } from '../people/index.ts';
import { inChannel, inChatOf } from '../posts/places.ts';
import type { Tx } from '../store/database.ts';
import { type Hands, handsOf, inHandsOf, standInOf } from './hands.ts';
import { obligationById, type PutQuestion, questionsOf, type StoredObligation, TOLD_MS } from './store.ts';

const HOUR_MS = 3600_000;

/**
 * Where an obligation's card belongs: in the channel once the agreed time is past; before that, as a warning, with the people asked alone;
 * with whoever has a private question about it. What was posted is kept true. History and what may not need an answer never reach the channel.
 */
export async function placements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const o = await obligationById(tx, id);
  if (!o) return [];
  const charter = (await charters(tx, o.partnershipId)).find((version) => version.version === o.charterVersion);
  if (!charter) return [];
  const found: Placement[] = [{ ...inChannel(o.partnershipId, 'keep'), ...channelState(o, now) }];
  const hands = await handsOf(tx, o.partnershipId, now);
  const told = warned(o, now) || toldAtOnce(o) ? 'wanted' : 'keep';
  for (const contact of askedNow(hands, charter, o)) add(found, inChatOf(o.partnershipId, contact, told));
  for (const address of o.asked) {
    const contact = partyOf(charter, address)?.contact;
    if (contact) add(found, inChatOf(o.partnershipId, contact, 'keep'));
  }
  const people = [hands.charter, charter].flatMap(({ sides }) => [...sides.client.contacts, ...sides.provider.contacts]);
  for (const question of await questionsOf(tx, [id])) {
    const contact = people.find((each) => each.id === question.contactId);
    if (contact) add(found, inChatOf(o.partnershipId, contact, worthAChat(o, question, now) ? 'wanted' : 'keep'));
  }
  return found;
}

function channelState(o: StoredObligation, now: Date): Pick<Placement, 'state' | 'alertWeight'> {
  if (o.retired) return { state: 'gone' };
  const wanted = o.state === 'open' && o.pastDueAt !== null && o.alertAt !== null && o.alertAt <= now;
  if (!wanted) return { state: 'keep' };
  const hoursPast = (now.getTime() - o.alertAt!.getTime()) / HOUR_MS;
  return { state: 'wanted', alertWeight: (o.priority === 'high' ? 1000 : 0) + hoursPast };
}

/** Between three quarters of the agreed time and its end: the side asked is told, nobody else. */
export const warned = (o: StoredObligation, now: Date): boolean =>
  o.state === 'open' && !o.history && o.warnAt !== null && o.warnAt <= now && o.alertAt !== null && now < o.alertAt;

/** The other side asked by a press what was meant, or said that it goes on: those asked cannot know it from mail. */
const toldAtOnce = (o: StoredObligation): boolean =>
  o.state === 'open' && !o.history && (o.openingKey.startsWith('press:') || o.goesOnAt !== null);

/** Whom the side asked would look to now: those written to, or whoever looks after what is theirs; beside somebody away, his stand-in. */
function askedNow(hands: Hands, charter: Charter, o: StoredObligation): Contact[] {
  return o.asked.flatMap((address) => {
    const contact = inHandsOf(hands, charter, address);
    const standIn = contact && o.away.includes(address) ? standInOf(hands, contact) : null;
    return [contact, standIn].filter((each) => each !== null);
  });
}

/**
 * Whether a question brings a message of its own. Whether an answer is expected to a mail that only carries a conversation on is asked on
 * Mine and in the pane alone.
 */
function worthAChat(o: StoredObligation, { kind, answeredAt, askedAt }: PutQuestion, now: Date): boolean {
  if (answeredAt !== null) return false;
  if (kind === 'hasLeft') return true;
  if (kind === 'told') return now.getTime() - askedAt.getTime() < TOLD_MS;
  return o.state === 'open' && !(kind === 'expected' && (o.verdict.why === 'settles' || o.verdict.why === 'unclear'));
}

/** One card per person: wanted for one reason is wanted. */
function add(found: Placement[], next: Placement): void {
  const { where } = next;
  const index = found.findIndex(
    (each) => where.kind === 'personal' && each.where.kind === 'personal' && each.where.contactId === where.contactId,
  );
  if (index < 0) found.push(next);
  else if (next.state === 'wanted') found[index] = next;
}
