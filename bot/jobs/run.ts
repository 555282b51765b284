import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type Runner, run as runWorkers, type Task } from 'graphile-worker';
import type { JobHandler, Ports } from '../capability.ts';
import { nameOfError, Unavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Connection, openPool } from '../store/connection.ts';
import { openSessionLocks } from '../store/sessionLocks.ts';
import { callEarlier, holdsKey, KeyTaken, putBack, wake } from './delays.ts';
import { keyLock, releaseKilledWorkers, workerLock } from './locks.ts';
import { setBacks } from './setBack.ts';

const RELEASE_EVERY_MS = 20_000;
const RENEW_AFTER_MS = 1_000;
const USUAL = 8;
const POLL_MS = 1_000;
const KEY_TAKEN_SECONDS = 1;
const KEY_TAKEN_TRIES = 8;
const KEY_TAKEN_PAUSE_MS = 15;

export interface JobRunner {
  /** Takes no more jobs and waits for those that run. */
  stop(): Promise<void>;
}

/**
 * Runs jobs of this release's kinds, `concurrency` at once. A job's key is locked while it runs, over all instances: whoever finds it taken
 * for more than a moment comes back in a second. `connection` is to the database of `ports`.
 *
 * A worker of the library that cannot tell the database how a job ended stops for good and leaves the job taken. So when one has stopped,
 * its job is freed, and all workers are made anew.
 */
export async function startJobs(options: {
  connection: Connection;
  ports: Ports;
  handlers: Readonly<Record<string, JobHandler>>;
  log: Log;
  concurrency?: number;
  /** Connections of the workers, to take jobs and to give them back. */
  connections?: number;
}): Promise<JobRunner> {
  const { connection, ports, handlers, log, concurrency = USUAL, connections = concurrency + 2 } = options;
  const locks = await openSessionLocks(connection);
  await releaseKilledWorkers(ports);
  /** Keys that this instance found taken. */
  const waiting = new Set<string>();

  const task =
    (name: string, handler: JobHandler): Task =>
    async (payload, { job }) => {
      const began = performance.now();
      const again = async (seconds: number, reason: Error): Promise<void> => {
        if (await putBack(ports.db, job, (performance.now() - began) / 1000, seconds))
          throw new Error(nameOfError(reason), { cause: reason });
      };
      const { key } = job;
      if (key && !(await lockSoon(key))) {
        waiting.add(key);
        return again(KEY_TAKEN_SECONDS, new KeyTaken());
      }
      const free = async (): Promise<void> => {
        if (!key) return;
        await locks.unlock(keyLock(key));
        // whoever found it taken in this instance need not wait out the second; those of other instances do
        if (waiting.delete(key)) await wake(ports.db, key);
      };
      const work = async () => handler.run(handler.schema.parse(payload), { ports, lastAttempt: job.attempts >= job.max_attempts });
      try {
        const end = await work().finally(free);
        await end?.();
      } catch (error) {
        log.warn({ job: job.id, name, attempt: job.attempts, error: nameOfError(error) }, 'a job will be tried again');
        if (error instanceof Unavailable && error.retryAfterSeconds !== undefined) await again(error.retryAfterSeconds, error);
        // one that was added meanwhile has taken the key, and does the work anew; the worker stores the message
        else if (await holdsKey(ports.db, job)) throw new Error(nameOfError(error), { cause: error });
      }
    };

  /** A job that was added while another of its key was about to end: that is waited for. */
  const lockSoon = async (key: string): Promise<boolean> => {
    for (let tried = 0; tried < KEY_TAKEN_TRIES; tried++) {
      if (await locks.tryLock(keyLock(key))) return true;
      await sleep(KEY_TAKEN_PAUSE_MS);
    }
    return false;
  };

  const setBack = setBacks(ports.wall);
  const lookAround = async (): Promise<void> => {
    const backMs = setBack();
    if (backMs > 0) await callEarlier(ports.db, backMs, ports.wall.now());
    await releaseKilledWorkers(ports);
  };
  const looking = setInterval(() => {
    lookAround().catch((err) => log.warn({ err }, 'could not look for killed workers'));
  }, RELEASE_EVERY_MS);

  const pool = openPool(connection, { max: connections });
  let stopping = false;
  let renewing: Promise<void> = Promise.resolve();
  const started = async (): Promise<Runner> => {
    const fresh = await runWorkers({
      pgPool: pool,
      concurrency,
      noHandleSignals: true,
      // each worker looks by itself: together as often as ever, however many they are
      pollInterval: POLL_MS * Math.max(1, concurrency / USUAL),
      logger: new Logger(() => () => {}), // its messages quote errors; ours above hold ids
      taskList: Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, task(name, handler)])),
      crontab: '',
      preset: {
        plugins: [
          {
            name: 'rapport-worker-locks',
            version: '1.0.0',
            // awaited before the worker takes its first job
            worker: { hooks: { startWorker: async (_context, { worker }) => void (await locks.tryLock(workerLock(worker.workerId))) } },
          },
        ],
      },
    });
    let whole = true;
    fresh.events.on('worker:stop', ({ worker }) => {
      locks.unlock(workerLock(worker.workerId)).catch(() => {}); // a connection that is gone has given it back
      if (!whole || stopping) return;
      whole = false;
      log.warn({}, 'a worker stopped; the workers are made anew');
      renewing = renewed(fresh);
    });
    fresh.promise.catch((err) => log.error({ err }, 'the job runner stopped'));
    return fresh;
  };
  const renewed = async (old: Runner): Promise<void> => {
    old.stop().catch(() => {}); // what its other workers are at, they end
    while (!stopping) {
      try {
        runner = await started();
        return;
      } catch {
        await sleep(RENEW_AFTER_MS); // the database is away; whoever queries it says so
      }
    }
  };
  let runner = await started();

  return {
    async stop() {
      stopping = true;
      clearInterval(looking);
      await renewing;
      await runner.stop().catch(() => {}); // stopped already
      await pool.end();
      await locks.close();
    },
  };
}
