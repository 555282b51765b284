/** A task that never runs twice at once; asked for while it runs, it runs once more after. */
export interface Coalesced {
  /** Resolves when a run that started after this call is over. */
  run(): Promise<void>;
  /** True while a newer run was asked for: what the running one brings is old already. */
  superseded(): boolean;
}

export function coalesced(task: () => Promise<void>): Coalesced {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    running = task().finally(() => {
      running = null;
    });
    return running;
  };
  return {
    run() {
      if (next) return next;
      if (!running) return start();
      next = running
        .catch(() => undefined)
        .then(() => {
          next = null;
          return start();
        });
      return next;
    },
    superseded: () => next !== null,
  };
}
