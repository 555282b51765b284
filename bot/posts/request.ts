import { type Subject, subjectKey } from '../capability.ts';
import { addJob, addJobs } from '../jobs/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { firstTimeIn } from '../store/firstTime.ts';
import type {} from './store.ts';

const notAsked = firstTimeIn();

/** Asks that the cards of a subject be made true after the commit: one job waits per subject, however often it is asked. */
export const requestPost = (tx: Tx | Db, subject: Subject): Promise<void> => requestPosts(tx, [subject]);

/** The same for many. */
export async function requestPosts(tx: Tx | Db, subjects: readonly Subject[]): Promise<void> {
  const byKey = new Map(subjects.map(({ kind, id }) => [`post:${subjectKey({ kind, id })}`, { kind, id }]));
  const fresh = notAsked(tx, [...byKey.keys()]);
  await addJobs(
    tx,
    'post.refresh',
    fresh.map((key) => ({ key, payload: byKey.get(key)! })),
  );
}

/** Gives the day's room for new alert cards to those that wait for it. After the refreshes that are due, so that all of them are weighed. */
export const requestAlerts = (tx: Tx, partnershipId: string): Promise<void> =>
  addJob(tx, 'post.alerts', { partnershipId }, { key: `alerts:${partnershipId}`, priority: 5 });

/** Asks that every card of a conversation be made true. */
export async function refreshCards(tx: Tx, conversationId: string): Promise<void> {
  const cards = await tx
    .selectFrom('post')
    .select(['subjectKind as kind', 'subjectId as id'])
    .where('conversationId', '=', conversationId)
    .where('state', '<>', 'dead')
    .where('subjectKind', '<>', 'reply')
    .execute();
  await requestPosts(tx, cards);
}

/**
 * The same, and each card is written again though it says what it said: then every client asks anew for its reader's own view. For when it is
 * another who he is, not what is told.
 */
export async function renewCards(tx: Tx, conversationId: string): Promise<void> {
  await tx
    .updateTable('post')
    .set({ contentHash: null })
    .where('conversationId', '=', conversationId)
    .where('state', '=', 'posted')
    .execute();
  await refreshCards(tx, conversationId);
}
