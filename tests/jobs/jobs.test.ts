import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { build } from 'esbuild';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Capability, JobHandler } from '../../bot/capability.ts';
import { wall } from '../../bot/clock.ts';
import { Unavailable } from '../../bot/errors.ts';
import { addJob, type JobRunner, releaseKilledWorkers, startJobs, stuckJobs } from '../../bot/jobs/index.ts';
import { reactionJob } from '../../bot/jobs/reaction.ts';
import { appendEvent, registerReactions } from '../../bot/journal/index.ts';
import { createLog } from '../../bot/log.ts';
import { portsOf } from '../../bot/store/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { isIdle } from '../support/idle.ts';
import { until as waitUntil } from '../support/until.ts';

let test: TestDatabase;
let runners: JobRunner[] = [];
beforeAll(async () => {
  test = await testDatabase();
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  runners = [];
  await sql`delete from graphile_worker._private_jobs`.execute(test.db);
});
afterAll(() => test.close());

const handler = (run: JobHandler['run']): JobHandler => ({ schema: z.object({}).loose(), run });
const ports = () => portsOf(test.db, wall, () => 0); // the worker's time is the database's, which is the wall's
async function start(handlers: Record<string, JobHandler>): Promise<void> {
  runners.push(await startJobs({ connection: test.url, ports: ports(), handlers, log: createLog('silent'), concurrency: 3 }));
}
const until = (holds: () => boolean | Promise<boolean>): Promise<void> => waitUntil(test.db, holds);

// Two instances race on a loaded machine: seen once in dozens of runs to wait for ever, cause not found. The first error says what went on.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

describe('jobs', () => {
  it('commit with what asked for them', async () => {
    const done: string[] = [];
    await start({ note: handler(async ({ id }) => void done.push(id)) });
    const failing = test.ports.transaction(async (tx) => {
      await addJob(tx, 'note', { id: 'undone' });
      throw new Error('gives up');
    });
    await expect(failing).rejects.toThrow('gives up');
    await test.ports.transaction((tx) => addJob(tx, 'note', { id: 'done' }));
    await until(() => done.length > 0);
    expect(done).toEqual(['done']);
    await until(() => isIdle(test.db));
  });

  it('of one key never run at once, over two instances, and one added while it runs is followed by another', async () => {
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const work = handler(async ({ id }) => {
      most = Math.max(most, ++running);
      seen.push(id);
      await sleep(60);
      running--;
    });
    await start({ work });
    await start({ work });
    await addJob(test.db, 'work', { id: 'first' }, { key: 'folder:1' });
    await until(() => seen.length === 1);
    await addJob(test.db, 'work', { id: 'replaced' }, { key: 'folder:1' });
    await addJob(test.db, 'work', { id: 'last' }, { key: 'folder:1' });
    await until(() => seen.includes('last'));
    await until(() => isIdle(test.db));
    expect(most).toBe(1);
    expect(await stuckJobs(test.db)).toEqual([]);
  });

  it('are not added where one of their key is under way, if that is said', async () => {
    const seen: string[] = [];
    let leave!: () => void;
    const door = new Promise<void>((resolve) => (leave = resolve));
    await start({
      work: handler(async ({ id }) => {
        seen.push(id);
        await door;
      }),
    });
    const add = (id: string, unlessRunning = true) => addJob(test.db, 'work', { id }, { key: 'search', unlessRunning });
    await add('first');
    await until(() => seen.length === 1);
    await add('as good as the first');
    await add('in any case', false);
    leave();
    await until(() => seen.length === 2);
    await until(() => isIdle(test.db));
    await add('last');
    await until(() => seen.length === 3);
    expect(seen).toEqual(['first', 'in any case', 'last']);
    await until(() => isIdle(test.db));
  });

  it('that go on by themselves replace nothing that was called for meanwhile', async () => {
    await addJob(test.db, 'work', { id: 'urgent' }, { key: 'turn' });
    await addJob(test.db, 'work', { id: 'goes on' }, { key: 'turn', priority: 10, unlessWaiting: true });
    await addJob(test.db, 'work', { id: 'alone' }, { key: 'other', priority: 10, unlessWaiting: true });
    const { rows } = await sql`select key, priority from graphile_worker.jobs order by key`.execute(test.db);
    expect(rows).toEqual([
      { key: 'other', priority: 10 },
      { key: 'turn', priority: 0 },
    ]);
    await sql`delete from graphile_worker._private_jobs`.execute(test.db);
  });

  it('that call for themselves at their end find their key free', async () => {
    const errors: (string | null)[] = [];
    const work: JobHandler = handler(async () => {
      const { rows } = await sql<{ lastError: string | null }>`select last_error from graphile_worker.jobs where key = 'turn'`.execute(
        test.db,
      );
      errors.push(...rows.map(({ lastError }) => lastError));
      await sleep(20);
      if (errors.length < 10) return () => addJob(test.db, 'work', {}, { key: 'turn' });
    });
    await start({ work });
    await addJob(test.db, 'work', {}, { key: 'turn' });
    await until(() => errors.length === 10);
    await until(() => isIdle(test.db));
    expect(errors).toEqual(Array.from({ length: 10 }, () => null));
  });

  it('wait as long as the outside says, without using up an attempt', async () => {
    const waits: { attempt: number }[] = [];
    const before = wall.now().getTime();
    await start({
      fetch: handler(async () => {
        waits.push({ attempt: waits.length });
        if (waits.length === 1) throw new Unavailable('slow down', { retryAfterSeconds: 3600 });
      }),
    });
    await addJob(test.db, 'fetch', {}, { key: 'fetch' });
    const job = async () =>
      (
        await sql<{
          attempts: number;
          runAt: Date;
          lockedAt: Date | null;
        }>`select attempts, run_at, locked_at from graphile_worker.jobs`.execute(test.db)
      ).rows[0];
    await until(async () => waits.length === 1 && (await job())?.lockedAt === null);
    const waiting = (await job())!;
    expect(waiting.attempts).toBe(0);
    expect(waiting.runAt.getTime()).toBeGreaterThanOrEqual(before + 3600_000);
    expect(waiting.runAt.getTime()).toBeLessThan(wall.now().getTime() + 3602_000);
    expect(await isIdle(test.db)).toBe(true);
  });

  it('that fail for good stand still, told apart from those that a later one replaced', async () => {
    let lastAttempt: boolean | undefined;
    await start({
      fail: handler(async (_payload, context) => {
        lastAttempt = context.lastAttempt;
        throw new Error('secret of a customer');
      }),
    });
    await addJob(test.db, 'fail', {}, { key: 'fail', runAt: new Date(wall.now().getTime() + 60_000) });
    await sql`update graphile_worker._private_jobs set attempts = max_attempts - 1, run_at = ${wall.now()} where key = 'fail'`.execute(
      test.db,
    );
    await until(async () => (await stuckJobs(test.db)).length === 1);
    const [stuck] = await stuckJobs(test.db);
    expect(stuck).toMatchObject({ name: 'fail', attempts: 25, lastError: expect.stringMatching(/^Error at jobs\/jobs\.test\.ts:\d+$/) });
    expect(lastAttempt).toBe(true);
    await addJob(test.db, 'fail', {}, { key: 'fail', runAt: new Date(wall.now().getTime() + 60_000) });
    expect(await stuckJobs(test.db)).toEqual([]);
    await releaseKilledWorkers(ports());
    expect((await sql`select 1 from graphile_worker.jobs`.execute(test.db)).rows).toHaveLength(1);
  });

  it('of a killed instance start again, and those of a living one are left alone', async () => {
    const outfile = path.join(process.cwd(), 'dist', `tests-hanging-worker-${process.pid}.js`);
    await build({
      entryPoints: ['tests/jobs/hangingWorker.ts'],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
    });
    const child = spawn(process.execPath, [outfile, test.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    await addJob(test.db, 'hang', {}, { key: 'hang' });
    await once(child.stdout, 'data');
    expect(await releaseKilledWorkers(ports())).toBe(0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    rmSync(outfile);
    let restarted = false;
    // the server notices the cut connection at once; the next look, at the latest, finds the lock free
    await start({
      hang: handler(async () => {
        restarted = true;
      }),
    });
    await until(async () => restarted || (await releaseKilledWorkers(ports())) > 0);
    await until(() => restarted);
    await until(() => isIdle(test.db));
  });

  it('carry reactions to events, to the capability that asked for them', async () => {
    const seen: string[] = [];
    const capability: Capability = { name: 'minutes', reactions: { 'review.held': async (event) => void seen.push(event.subject.id) } };
    await test.ports.transaction((tx) => registerReactions(tx, [capability]));
    await start({ reaction: reactionJob([capability]) });
    await test.ports.transaction((tx) =>
      appendEvent(tx, { kind: 'review.held', subject: { kind: 'review', id: 'r1' }, partnershipId: null, at: test.clock.now(), by: null }),
    );
    await until(() => seen.length > 0);
    expect(seen).toEqual(['r1']);
  });
});
