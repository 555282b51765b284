import type { Ports, Subject } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import { addJob } from '../jobs/index.ts';
import type { Tx } from '../store/database.ts';
import { stillLeased } from './lease.ts';
import { type TeamsPort, Tombstoned } from './port.ts';
import { myTurn } from './slot.ts';
import { conversationById, type Post, refOf, tombstone } from './store.ts';

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
    .set({ state: 'dead', deadAt: at, deadReason: 'moved' }) // who is sending it keeps his lease
    .where('conversationId', '=', conversationId)
    .where('state', '<>', 'dead')
    .$if(kept !== null, (query) =>
      query.where(({ not, and, eb }) => not(and([eb('subjectKind', '=', kept!.kind), eb('subjectId', '=', kept!.id)]))),
    )
    .$if(kinds !== null, (query) => query.where('subjectKind', 'in', [...kinds!]))
    .returning('activityId')
    .execute();
  for (const { activityId } of gone) if (activityId) await requestRemoval(tx, conversationId, activityId);
}

/** Takes one activity out of a conversation, after the commit. */
export const requestRemoval = (tx: Tx, conversationId: string, activityId: string): Promise<void> =>
  addJob(tx, 'post.remove', { conversationId, activityId }, { key: `post.remove:${conversationId}:${activityId}` });

/** A card died while it was being sent, and arrived all the same: it is taken away, and held until then by what Teams calls it. */
export async function removeArrived(tx: Tx, { id, conversationId }: Post, activityId: string): Promise<void> {
  await tx.updateTable('post').set({ activityId, leaseUntil: null }).where('id', '=', id).execute();
  await requestRemoval(tx, conversationId, activityId);
}

/**
 * An account is not this contact any more: its chat with the bot stands for him no longer, what was written there as to him is taken away, and
 * with it the names by which Teams knows account and chat. Once it is known whose the account is, the chat is held anew.
 * @param userId - Teams' name for the account, where the bot has met it
 */
export async function leaveChat(tx: Tx, contactId: string, userId: string | null, at: Date): Promise<void> {
  const chats = await tx
    .selectFrom('conversation')
    .select('id')
    .where('kind', '=', 'personal')
    .where('contactId', '=', contactId)
    .$if(userId !== null, (query) => query.where(({ or, eb }) => or([eb('userId', '=', userId), eb('userId', 'is', null)])))
    .execute();
  for (const { id } of chats) {
    await removeCards(tx, id, null, at);
    await tx.updateTable('conversation').set({ contactId: null }).where('id', '=', id).execute();
    await requestLeave(tx, id);
  }
}

/** Asks that a chat which is nobody's any more be left for good. */
export const requestLeave = (tx: Tx, conversationId: string): Promise<void> =>
  addJob(tx, 'post.leave', { conversationId }, { key: `post.leave:${conversationId}` });

/**
 * Takes everything out of a chat that is nobody's any more that the bot ever posted there, then forgets by which names Teams knows chat and
 * account. What Teams takes no more is left to Teams, and so is everything where the bot was removed before.
 * @throws {Unavailable} while a card is being sent there: it would arrive after all had gone
 */
export async function leaveForGood({ ports, teams }: { ports: Ports; teams: TeamsPort }, conversationId: string): Promise<void> {
  const conversation = await conversationById(ports.db, conversationId);
  const posts = await ports.db
    .selectFrom('post')
    .select(['id', 'activityId', 'leaseUntil'])
    .where('conversationId', '=', conversationId)
    .where(({ or, eb }) => or([eb('activityId', 'is not', null), eb('leaseUntil', 'is not', null)]))
    .execute();
  if (posts.some(({ leaseUntil }) => stillLeased(leaseUntil, ports.wall.now())))
    throw new Unavailable('a card is being sent there', { retryAfterSeconds: 5 });
  for (const { id, activityId } of posts) {
    if (!activityId) continue;
    if (conversation) {
      await myTurn(ports, conversation.id);
      await teams.remove(refOf(conversation), activityId).catch((error) => {
        if (!(error instanceof Tombstoned)) throw error;
      });
    }
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
