import { charters } from '../charter/index.ts';
import { requestPosts } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import { partnershipsOfThreads } from '../threads/index.ts';

/**
 * People of another partnership take part in a mail now: what its cards said of the subject goes, though no wait has changed. What a card
 * shows is decided when it is made anew; one that shows the same stays as it is.
 */
export async function hideShared(tx: Tx, threads: readonly { threadId: string }[]): Promise<void> {
  const partnerships = await partnershipsOfThreads(
    tx,
    threads.map(({ threadId }) => threadId),
  );
  const shared = [...partnerships].flatMap(([threadId, ids]) => (ids.length > 1 ? [threadId] : []));
  if (!shared.length) return;
  const shown = await withCards(tx).where('obligation.threadId', 'in', shared).execute();
  await requestPosts(
    tx,
    shown.map(({ id }) => ({ kind: 'obligation', id })),
  );
}

/** Both sides agreed to show less: also the cards of what was answered long ago follow. */
export async function hideNarrowed(tx: Tx, partnershipId: string): Promise<void> {
  const details = new Set((await charters(tx, partnershipId)).map(({ channelDetail }) => channelDetail));
  if (details.size < 2) return;
  const shown = await withCards(tx).where('obligation.partnershipId', '=', partnershipId).execute();
  await requestPosts(
    tx,
    shown.map(({ id }) => ({ kind: 'obligation', id })),
  );
}

/** Obligations of which a card stands anywhere. */
const withCards = (tx: Tx) =>
  tx
    .selectFrom('obligation')
    .select('obligation.id')
    .where(({ exists, selectFrom, ref }) =>
      exists(
        selectFrom('post')
          .select('post.id')
          .where('post.subjectKind', '=', 'obligation')
          .whereRef('post.subjectId', '=', (eb) => eb.cast<string>(ref('obligation.id'), 'text'))
          .where('post.state', '<>', 'dead'),
      ),
    );
