import { performance } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';

/** Smaller steps are those of a clock that is being kept right. */
const STEP_MS = 5_000;

/** Notices that the wall was set back, by a clock that only counts. @returns asked again and again, by how much since the last time (ms), else 0 */
export function setBacks(wall: Clock, counted: () => number = () => performance.now()): () => number {
  let ahead = wall.now().getTime() - counted();
  return () => {
    const now = wall.now().getTime() - counted();
    const back = ahead - now;
    ahead = now;
    return back > STEP_MS ? back : 0;
  };
}
