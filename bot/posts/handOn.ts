import type { Subject } from '../capability.ts';
import type { Tx } from '../store/database.ts';
import type {} from './store.ts';

/**
 * The cards that stand for one subject stand for another from now on, in their places: one thing goes on into the next, and no second card of
 * it appears. Whatever is being sent meanwhile is recorded where it goes. The caller asks for both to be made true.
 */
export async function handOnCards(tx: Tx, from: Subject, to: Subject): Promise<void> {
  await tx
    .updateTable('post')
    .set({ subjectKind: to.kind, subjectId: to.id })
    .where('subjectKind', '=', from.kind)
    .where('subjectId', '=', from.id)
    .where('state', '<>', 'dead')
    .execute();
}
