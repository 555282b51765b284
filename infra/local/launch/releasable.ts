import type { Graph } from '../graph/index.ts';
import type { Releasable } from '../mover.ts';

/** What came into mailboxes since the last release, also by other ways (mail written on the desk). */
export function releasable(graph: Graph): Releasable {
  const changed = new Map<string, readonly string[]>();
  let folderIds: readonly string[] = [];
  graph.onMailboxChange((userId, folders) => changed.set(userId, [...(changed.get(userId) ?? []), ...folders]));
  return {
    nextReleaseAt: () => graph.nextReleaseAt(),
    release(upTo) {
      graph.release(upTo);
      const userIds = [...changed.keys()];
      folderIds = [...new Set([...changed.values()].flat())];
      changed.clear();
      return userIds;
    },
    folderIds: () => folderIds,
  };
}
