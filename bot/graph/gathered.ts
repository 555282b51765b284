/**
 * Those who come while commits are under way share the next one: a commit costs much the same for one as for many. Whoever waits is told when
 * his has been committed, or that it was not.
 * @param most - that share a commit
 * @param atOnce - commits under way
 */
export function gathered<Item>(
  commit: (items: readonly Item[]) => Promise<void>,
  { most, atOnce }: { most: number; atOnce: number },
): (item: Item) => Promise<void> {
  let waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let free = atOnce;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const now = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        await commit(now.map(({ item }) => item));
        for (const { resolve } of now) resolve();
      } catch (error) {
        for (const { reject } of now) reject(error);
      }
    }
    free += 1;
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (free === 0) return;
      free -= 1;
      void work();
    });
}
