export interface Gathering<Item> {
  /** How much of what is waiting shares a commit, at least one. */
  readonly most: number;
  /** Commits under way. */
  readonly atOnce: number;
  /** What one counts for of `most`; 1 without it. */
  readonly weight?: (item: Item) => number;
  /** What could not be committed together is tried one by one, so that nobody suffers from another's fault. */
  readonly apart?: boolean;
}

/**
 * Those who come while commits are under way share the next one: a commit costs much the same for one as for many. Whoever waits is told when
 * his has been committed, or that it was not.
 */
export function gathered<Item>(
  commit: (items: readonly Item[]) => Promise<void>,
  { most, atOnce, weight = () => 1, apart = false }: Gathering<Item>,
): (item: Item) => Promise<void> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let free = atOnce;

  function next(): Waiting[] {
    let [count, sum] = [0, 0];
    for (const { item } of waiting) {
      sum += weight(item);
      if (count > 0 && sum > most) break;
      count += 1;
    }
    return waiting.splice(0, count);
  }
  async function together(list: readonly Waiting[]): Promise<void> {
    try {
      await commit(list.map(({ item }) => item));
      for (const { resolve } of list) resolve();
    } catch (error) {
      if (apart && list.length > 1) for (const one of list) await together([one]);
      else for (const { reject } of list) reject(error);
    }
  }
  async function work(): Promise<void> {
    while (waiting.length > 0) await together(next());
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
