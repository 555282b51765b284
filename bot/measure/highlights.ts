import type { Run } from './rules.ts';
import { otherSide, type Side } from './sides.ts';

/** A run with the subject of its thread. */
export type ThreadRun = Run & { readonly title: string };
export type AnsweredRun = ThreadRun & { readonly answeredAtMs: number };

export type Highlights = {
  /** By the side that is waited for: the longest waits first, how many more there are and since when at the earliest. */
  readonly open: Readonly<Record<Side, { readonly listed: readonly ThreadRun[]; readonly more: number; readonly moreSinceMs: number }>>;
  /** The longest wait of each of the slowest threads, from the first message of the run. */
  readonly slowest: readonly AnsweredRun[];
};

const LISTED_OPEN = 10;
const LISTED_SLOW = 5;

/** Takes the runs thread by thread and keeps only those that will be shown. */
export function highlighter(): { add(runs: readonly Run[], title: string): void; highlights(): Highlights } {
  const open: Record<Side, ThreadRun[]> = { client: [], provider: [] };
  const openCount: Record<Side, number> = { client: 0, provider: 0 };
  const slowest: AnsweredRun[] = [];
  return {
    add(runs, title) {
      let longest: AnsweredRun | undefined;
      for (const run of runs) {
        if (run.answeredAtMs === undefined) {
          const side = otherSide(run.asker);
          openCount[side]++;
          // One more than is listed: it says since when the others wait.
          insert(open[side], { ...run, title }, bySince, LISTED_OPEN + 1);
        } else if (!longest || run.answeredAtMs - run.firstAtMs > waited(longest)) {
          longest = { ...run, title, answeredAtMs: run.answeredAtMs };
        }
      }
      if (longest) insert(slowest, longest, byWait, LISTED_SLOW);
    },
    highlights() {
      const of = (side: Side) => ({
        listed: open[side].slice(0, LISTED_OPEN),
        more: Math.max(0, openCount[side] - LISTED_OPEN),
        moreSinceMs: open[side][LISTED_OPEN]?.firstAtMs ?? 0,
      });
      return { open: { client: of('client'), provider: of('provider') }, slowest };
    },
  };
}

const waited = (run: AnsweredRun): number => run.answeredAtMs - run.firstAtMs;
const byTitle = (a: ThreadRun, b: ThreadRun): number => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0);
const bySince = (a: ThreadRun, b: ThreadRun): number => a.firstAtMs - b.firstAtMs || byTitle(a, b);
const byWait = (a: AnsweredRun, b: AnsweredRun): number => waited(b) - waited(a) || bySince(a, b);

function insert<T>(sorted: T[], item: T, order: (a: T, b: T) => number, limit: number): void {
  const last = sorted.at(-1);
  if (sorted.length >= limit && last !== undefined && order(last, item) <= 0) return;
  sorted.push(item);
  sorted.sort(order);
  sorted.length = Math.min(sorted.length, limit);
}
