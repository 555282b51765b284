import type { Subject } from '../capability.ts';
import { currentCharters } from '../charter/index.ts';
import { addJobs } from '../jobs/index.ts';
import { messageOf, messagesOf } from '../matters/index.ts';
import { worldsOf } from '../people/index.ts';
import { requestPosts, standingOf } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import type { Escalation } from './escalation.ts';
import { isCrisis, treeAfter } from './tree.ts';

/** One change of the list of people in a crisis. */
export const treeSubject = (id: string, change: number): Subject => messageOf('escalationTree', id, change);

/** What was decided, with the list of people as it is after it. */
export async function withTrees(tx: Tx, list: readonly Escalation[], now: Date): Promise<Escalation[]> {
  const ids = [...new Set(list.filter(isCrisis).map(({ partnershipId }) => partnershipId))];
  if (!ids.length) return [...list];
  const worlds = await worldsOf(tx, await currentCharters(tx, ids, now));
  return list.map((e) => (isCrisis(e) ? { ...e, tree: treeAfter(e, worlds.get(e.partnershipId)!) } : e));
}

/** In a crisis whoever answers for a side is told once of each change of who is to be called: by card, and by mail where that is set. */
export async function tellTrees(tx: Tx, list: readonly Escalation[]): Promise<void> {
  if (!list.length) return;
  const all = list.flatMap(({ id, tree }) => messagesOf('escalationTree', id, tree!.change));
  const standing = await standingOf(
    tx,
    'escalationTree',
    all.map(({ id }) => id),
  );
  const current = new Set(list.map(({ id, tree }) => treeSubject(id, tree!.change).id));
  await requestPosts(
    tx,
    all.filter(({ id }) => current.has(id) || standing.has(id)),
  );
  const unmailed = list.filter(({ tree }) => tree!.mail?.change !== tree!.change);
  await addJobs(
    tx,
    'crisis.mail',
    unmailed.map(({ id }) => ({ key: `crisis.mail:${id}`, payload: { id } })),
  );
}
