import type { Actor, Capability, Subject } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { Refusal } from '../errors.ts';
import { appendEvent } from '../journal/index.ts';
import { bind, type Identity, unbind } from '../people/index.ts';
import { removeCards, requestPost } from '../posts/index.ts';
import { type Conversation, conversationById } from '../posts/store.ts';
import type { Tx } from '../store/database.ts';
import { audienceOf, grew } from './audience.ts';
import { unplacedOf } from './view.ts';

export type SetupRefusal =
  | 'setup.not_there'
  | 'setup.owner_only'
  | 'setup.placed'
  | 'setup.has_channel'
  | 'setup.not_placed'
  | 'setup.audience_changed';
const refuse = (code: SetupRefusal) => new Refusal<SetupRefusal>(code);

export const setupSubject = (conversationId: string): Subject => ({ kind: 'setup', id: conversationId });

interface Command {
  readonly conversationId: string;
  readonly actor: Actor;
  readonly now: Date;
}

/** An owner says which of his partnerships a channel is for. @throws {Refusal} {@link SetupRefusal} */
export async function chooseIn(tx: Tx, { conversationId, actor, now }: Command): Promise<string> {
  const conversation = await locked(tx, conversationId);
  if (conversation.partnershipId === actor.partnershipId) return 'This channel is for that partnership already.';
  if (conversation.partnershipId) throw refuse('setup.placed');
  if (!actor.owner) throw refuse('setup.owner_only');
  if (!(await unplacedOf(tx, actor.contactId)).some(({ id }) => id === actor.partnershipId)) throw refuse('setup.has_channel');
  const { partnershipId } = actor;
  await tx.updateTable('conversation').set({ partnershipId }).where('id', '=', conversationId).execute();
  await appendEvent(tx, { kind: 'setup.chosen', subject: setupSubject(conversationId), partnershipId, at: now, by: actor });
  return 'This channel is now for this partnership. Please look at who will see the cards.';
}

/**
 * An owner agrees to who will see the cards; from now on they are posted. `marks` names the outsiders that he was shown: somebody who
 * came since is shown first.
 * @throws {Refusal} {@link SetupRefusal}
 */
export async function confirmIn(
  tx: Tx,
  { conversationId, actor, now, marks }: Command & { marks: string },
  capabilities: readonly Capability[],
): Promise<string> {
  const conversation = await ofActor(tx, conversationId, actor);
  if (!actor.owner) throw refuse('setup.owner_only');
  if (conversation.audienceConfirmedAt) return 'Rapport posts here already.';
  const audience = await audienceOf(tx, conversation, await currentCharter(tx, actor.partnershipId, now));
  if (!audience.known || grew(marks, audience.marks)) throw refuse('setup.audience_changed');
  await tx
    .updateTable('conversation')
    .set({ audienceConfirmedAt: now, audienceConfirmedBy: actor.contactId, audienceHash: audience.agreed })
    .where('id', '=', conversationId)
    .execute();
  const data = { ...audience.sides, outside: audience.outside.length };
  await appendEvent(tx, {
    kind: 'setup.confirmed',
    subject: setupSubject(conversationId),
    partnershipId: actor.partnershipId,
    at: now,
    by: actor,
    data,
  });
  for (const { on } of capabilities) {
    await on?.charter?.(tx, actor.partnershipId, now);
    await on?.installed?.(tx, actor.partnershipId, now);
  }
  return 'Agreed. Rapport posts here from now on.';
}

/**
 * An owner wants another channel: this one is free again, and what was posted here about the partnership goes.
 * @throws {Refusal} {@link SetupRefusal}
 */
export async function releaseIn(tx: Tx, { conversationId, actor, now }: Command): Promise<string> {
  await ofActor(tx, conversationId, actor);
  if (!actor.owner) throw refuse('setup.owner_only');
  await removeCards(tx, conversationId, setupSubject(conversationId), now);
  const free = { partnershipId: null, audienceConfirmedAt: null, audienceConfirmedBy: null, audienceHash: null };
  await tx.updateTable('conversation').set(free).where('id', '=', conversationId).execute();
  await appendEvent(tx, {
    kind: 'setup.released',
    subject: setupSubject(conversationId),
    partnershipId: actor.partnershipId,
    at: now,
    by: actor,
  });
  return 'This channel is free again. Write to Rapport in the channel that you want instead.';
}

/** An owner says who a member of the channel is. @throws {Refusal} of people/ and {@link SetupRefusal} */
export async function bindIn(tx: Tx, { conversationId, actor, now, account, contactId }: Command & Who): Promise<string> {
  await ofActor(tx, conversationId, actor);
  await bind(tx, { ...account, contactId, by: actor, now });
  return 'Recorded: this account can press buttons as this person now.';
}

/** An owner takes back who somebody is. @throws {Refusal} of people/ and {@link SetupRefusal} */
export async function unbindIn(tx: Tx, { conversationId, actor, now, account, contactId }: Command & Who): Promise<string> {
  await ofActor(tx, conversationId, actor);
  await unbind(tx, { ...account, contactId, by: actor, now });
  return 'Taken back: this account presses nothing as this person any more.';
}

interface Who {
  readonly account: Identity;
  readonly contactId: string;
}

/**
 * The people of a channel were read again. When somebody outside both sides came whom the owner has not agreed to, nothing is posted
 * until he looks again.
 */
export async function conversationChanged(tx: Tx, conversationId: string, now: Date): Promise<void> {
  const conversation = await conversationById(tx, conversationId);
  if (!conversation) return;
  const { partnershipId, audienceConfirmedAt } = conversation;
  if (partnershipId && audienceConfirmedAt) {
    const { marks, outside } = await audienceOf(tx, conversation, await currentCharter(tx, partnershipId, now));
    if (grew(conversation.audienceHash ?? '', marks)) {
      await tx.updateTable('conversation').set({ audienceConfirmedAt: null }).where('id', '=', conversationId).execute();
      await appendEvent(tx, {
        kind: 'setup.audienceChanged',
        subject: setupSubject(conversationId),
        partnershipId,
        at: now,
        by: null,
        through: 'teams',
        data: { outside: outside.length },
      });
    }
  }
  await requestPost(tx, setupSubject(conversationId));
}

async function locked(tx: Tx, conversationId: string): Promise<Conversation> {
  const row = await tx
    .selectFrom('conversation')
    .selectAll()
    .where('id', '=', conversationId)
    .where('tombstonedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (row?.kind !== 'channel') throw refuse('setup.not_there');
  return row;
}

async function ofActor(tx: Tx, conversationId: string, actor: Actor): Promise<Conversation> {
  const conversation = await locked(tx, conversationId);
  if (!conversation.partnershipId) throw refuse('setup.not_placed');
  if (conversation.partnershipId !== actor.partnershipId) throw refuse('setup.not_there');
  return conversation;
}
