import type { Ports, Subject } from '../capability.ts';
import { addJob } from '../jobs/index.ts';
import type { Tx } from '../store/database.ts';
import { type TeamsPort, Tombstoned } from './port.ts';
import { myTurn } from './slot.ts';
import { conversationById, refOf, tombstone } from './store.ts';

/**
 * Takes cards out of a conversation that is no place for them any more: all, but that of one subject, or those of some kinds alone.
 */
export async function removeCards(
  tx: Tx,
  conversationId: string,
  except: Subject | { readonly kinds: readonly string[] } | null,
  at: Date,
): Promise<void> {
  const kinds = except && 'kinds' in except ? except.kinds : null;
  const kept = except && 'id' in except ? except : null;
  const gone = await tx
    .updateTable('post')
    .set({ state: 'dead', deadAt: at, deadReason: 'moved', leaseUntil: null })
    .where('conversationId', '=', conversationId)
    .where('state', '<>', 'dead')
    .$if(kept !== null, (query) =>
      query.where(({ not, and, eb }) => not(and([eb('subjectKind', '=', kept!.kind), eb('subjectId', '=', kept!.id)]))),
    )
    .$if(kinds !== null, (query) => query.where('subjectKind', 'in', [...kinds!]))
    .returning('activityId')
    .execute();
  for (const { activityId } of gone)
    if (activityId) await addJob(tx, 'post.remove', { conversationId, activityId }, { key: `post.remove:${conversationId}:${activityId}` });
}

/**
 * An account is not this contact any more: its chat with the bot stands for him no longer, and what was written there as to him is taken
 * away. Once it is known whose the account is, the chat is held anew.
 * @param userId - Teams' name for the account, where the bot has met it
 */
export async function leaveChat(tx: Tx, contactId: string, userId: string | null, at: Date): Promise<void> {
  const chats = await tx
    .selectFrom('conversation')
    .select('id')
    .where('kind', '=', 'personal')
    .where('contactId', '=', contactId)
    .where('tombstonedAt', 'is', null)
    .$if(userId !== null, (query) => query.where(({ or, eb }) => or([eb('userId', '=', userId), eb('userId', 'is', null)])))
    .execute();
  for (const { id } of chats) {
    await removeCards(tx, id, null, at);
    await tx.updateTable('conversation').set({ contactId: null }).where('id', '=', id).execute();
  }
}

/**
 * Takes everything out of the chat of somebody who was erased that the bot ever posted there, then forgets by which name Teams knows the chat.
 * What Teams takes no more is left to Teams.
 */
export async function leaveForGood({ ports, teams }: { ports: Ports; teams: TeamsPort }, conversationId: string): Promise<void> {
  const conversation = await conversationById(ports.db, conversationId);
  if (!conversation) return;
  const posts = await ports.db
    .selectFrom('post')
    .select(['id', 'activityId'])
    .where('conversationId', '=', conversationId)
    .where('activityId', 'is not', null)
    .execute();
  for (const { id, activityId } of posts) {
    await myTurn(ports, conversation.id);
    await teams.remove(refOf(conversation), activityId!).catch((error) => {
      if (!(error instanceof Tombstoned)) throw error;
    });
    await ports.db.updateTable('post').set({ activityId: null }).where('id', '=', id).execute();
  }
  await ports.transaction(async (tx) => {
    const at = ports.clock.now();
    const none = { conversationId: `erased:${conversationId}`, userId: null };
    await tx.updateTable('conversation').set(none).where('id', '=', conversationId).execute();
    await tx.deleteFrom('post').where('conversationId', '=', conversationId).where('subjectKind', '=', 'reply').execute();
    await tombstone(tx, conversationId, 'erased', at);
  });
}
