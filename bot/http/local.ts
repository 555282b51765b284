import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Ports } from '../capability.ts';
import { nextDeadlineAt, type Ticker } from '../deadlines/index.ts';
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

  /** Idle: no job is due or runs, and no deadline is due, one whose run was cut off and that is tried again in a moment among them. */
  const state = async () => {
    const jobsIdle = await idle(ports.db);
    if (jobsIdle) await ticker.sweepNow();
    const [now, next] = [ports.clock.now(), await nextDeadlineAt(ports.db)];
    const calm = jobsIdle && (next === null || next > now) && (await idle(ports.db));
    return { now: now.toISOString(), nextDeadlineAt: next?.toISOString() ?? null, idle: calm };
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
