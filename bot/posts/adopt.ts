import { randomUUID } from 'node:crypto';
import { type Subject, subjectKey } from '../capability.ts';
import { addJob } from '../jobs/index.ts';
import type { Tx } from '../store/database.ts';
import { requestPost } from './request.ts';
import { type Conversation, lockPost } from './store.ts';

/**
 * A press came from a card that we do not hold, for a subject that we do: a send whose end nobody saw. It becomes the subject's card, or
 * is removed where another is live.
 * @returns what the pressed card is about: the brief, say, for an obligation's button on it
 */
export async function adopt(tx: Tx, conversation: Conversation, subject: Subject, activityId: string, at: Date): Promise<Subject> {
  const held = await heldSubject(tx, conversation, activityId);
  if (held) return held;
  const live = await lockPost(tx, conversation.id, subject);
  if (live?.state === 'posted' && live.activityId !== activityId) {
    await addJob(
      tx,
      'post.remove',
      { conversationId: conversation.id, activityId },
      { key: `post.remove:${subjectKey(subject)}:${activityId}` },
    );
    return subject;
  }
  const known = { state: 'posted' as const, activityId, contentHash: null, postedAt: at, leaseUntil: null };
  if (live) await tx.updateTable('post').set(known).where('id', '=', live.id).execute();
  else
    await tx
      .insertInto('post')
      .values({
        id: randomUUID(),
        conversationId: conversation.id,
        subjectKind: subject.kind,
        subjectId: subject.id,
        intendedAt: at,
        ...known,
      })
      .execute();
  await requestPost(tx, subject);
  return subject;
}

/** What a card of ours is about, by its activity; null for one that we do not hold. */
async function heldSubject(tx: Tx, { conversationId }: Conversation, activityId: string): Promise<Subject | null> {
  const held = await tx
    .selectFrom('post')
    .innerJoin('conversation', 'conversation.id', 'post.conversationId')
    .select(['post.subjectKind as kind', 'post.subjectId as id'])
    .where('conversation.conversationId', '=', conversationId)
    .where('post.activityId', '=', activityId)
    .where('post.state', '<>', 'dead')
    .executeTakeFirst();
  return held ?? null;
}
