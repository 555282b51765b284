/** Keeps fetching and taking in step: what is fetched long before it can be taken only fills memory. */
export interface Pace {
  /** Runs what fetches so many items: at once while few wait, else when few do. */
  fetching<T>(items: number, work: () => Promise<T>): Promise<T>;
  /** Runs what takes so many items that were fetched. */
  taking<T>(items: number, work: () => Promise<T>): Promise<T>;
}

/** @param few - items that may wait to be taken, or be taken just now, while others are fetched */
export function pace(few: number): Pace {
  const held: { readonly items: number; readonly start: () => void }[] = [];
  let waiting = 0;
  /** Fetched now by those that were held back. */
  let coming = 0;
  const admit = (): void => {
    while (held.length > 0 && waiting + coming < few) {
      const next = held.shift()!;
      coming += next.items;
      next.start();
    }
  };
  return {
    async fetching(items, work) {
      const late = waiting + coming >= few;
      // others are taken or fetched then, and let in whoever is held back when they end
      if (late) await new Promise<void>((start) => held.push({ items, start }));
      try {
        return await work();
      } finally {
        if (late) coming -= items;
        // what was fetched is handed over first
        setImmediate(admit);
      }
    },
    async taking(items, work) {
      waiting += items;
      try {
        return await work();
      } finally {
        waiting -= items;
        admit();
      }
    },
  };
}
