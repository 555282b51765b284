import { Logger, runOnce, type TaskList } from 'graphile-worker';
import pg from 'pg';

/** Runs the jobs that are due, one after the other, until none is. Its connections stay between two runs; `end` gives them back. */
export function drainer(url: string, taskList: TaskList): { drain(): Promise<void>; end(): Promise<void> } {
  const pgPool = new pg.Pool({ connectionString: url, max: 3 });
  return {
    drain: () => runOnce({ pgPool, taskList, logger: new Logger(() => () => {}), concurrency: 1 }),
    end: () => pgPool.end(),
  };
}
