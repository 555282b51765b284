import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Ports } from '../capability.ts';
import { nextDeadline, type Ticker } from '../deadlines/index.ts';
import { addJob, idle } from '../jobs/index.ts';
import { NotSignedIn } from './tokens.ts';

const Reading = z.object({ userIds: z.array(z.string()).max(1000).optional(), folderIds: z.array(z.string()).max(10_000).optional() });
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Moving product time, in local mode alone, for whoever holds the key. Instants here have milliseconds. */
export const localRoutes: FastifyPluginAsyncZod<{ ports: Ports; ticker: Ticker; key: string }> = async (app, { ports, ticker, key }) => {
  app.addHook('onRequest', async (request) => {
    const given = request.headers['x-local-key'];
    if (typeof given !== 'string' || !timingSafeEqual(digest(given), digest(key)))
      throw new NotSignedIn('local.key', 'This needs the local key.');
  });

  /** Jobs and deadlines as they stand at one instant: between two looks a deadline could turn into a job, or a job into a deadline, unseen. */
  const look = async () => {
    const { rows } = await sql<{ jobsIdle: boolean; nextAt: Date | null }>`
      select ${idle()} as jobs_idle, ${nextDeadline(ports.db)} as next_at`.execute(ports.db);
    const { jobsIdle, nextAt } = rows[0]!;
    return { jobsIdle, nextAt, due: nextAt !== null && nextAt <= ports.clock.now() };
  };
  /** Idle: no job is due or runs, and no deadline is due, one whose run was cut off and that is tried again in a moment among them. */
  const state = async () => {
    let seen = await look();
    if (seen.jobsIdle && seen.due) {
      await ticker.sweepNow();
      seen = await look();
    }
    const { jobsIdle, nextAt, due } = seen;
    return { now: ports.clock.now().toISOString(), nextDeadlineAt: nextAt?.toISOString() ?? null, idle: jobsIdle && !due };
  };

  app.get('/clock', state);
  app.post('/clock', { schema: { body: z.object({ to: z.iso.datetime() }) } }, async (request) => {
    await ticker.moveTo(new Date(request.body.to));
    return state();
  });
  /** Reads what is new: in the mailboxes of the users given, and there in the folders given (as a notification would have it), else everywhere. */
  app.post('/read', { schema: { body: Reading.nullish() } }, async (request) => {
    const { userIds, folderIds = null } = request.body ?? {};
    if (userIds) await addJob(ports.db, 'graph.notified', { userIds, folderIds });
    else await addJob(ports.db, 'graph.sweep', {}, { key: 'graph.sweep' });
    return state();
  });
};
