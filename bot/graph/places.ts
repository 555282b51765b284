/** So many places. */
export interface Places {
  /** Runs `work` in so many of them (in all, where it asks for more) when they are free: first come, first served. */
  run<T>(count: number, work: () => Promise<T>): Promise<T>;
  /** Nobody is in, and nobody waits. */
  idle(): boolean;
}

export function places(all: number): Places {
  const waiting: { readonly count: number; readonly start: () => void }[] = [];
  let free = all;
  const admit = (): void => {
    for (let next = waiting[0]; next && free >= next.count; next = waiting[0]) {
      waiting.shift();
      free -= next.count;
      next.start();
    }
  };
  return {
    async run(asked, work) {
      const count = Math.min(asked, all);
      await new Promise<void>((start) => {
        waiting.push({ count, start });
        admit();
      });
      try {
        return await work();
      } finally {
        free += count;
        admit();
      }
    },
    idle: () => free === all && waiting.length === 0,
  };
}
