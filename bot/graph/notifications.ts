import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import { callWatch } from './calls.ts';
import { gathered } from './gathered.ts';
import { NOTIFICATIONS_PATH, type Notified, wakers, woken } from './subscriptions.ts';
import { noteWakes } from './waking.ts';

const BODY_BYTES = 1_048_576;
/** Requests that share a commit, and commits at once. */
const TOGETHER = { most: 500, atOnce: 4 };
const Notification = z.object({
  subscriptionId: z.string(),
  clientState: z.string().max(128).nullish(),
  tenantId: z.string().nullish(),
  lifecycleEvent: z.string().nullish(),
});
const Notifications = z.object({ value: z.array(z.unknown()).max(5_000) });

/**
 * POST /notifications/graph: Graph says that something happened in a mailbox. A wake-up and nothing else: what happened is read by delta.
 * Answered 202 once that has been committed, also for what is not ours; only what could not be stored is refused, and comes again.
 * Requests that come while a commit is under way share the next one; a mailbox that is being read is left to the job, so that nobody waits
 * for its rows here.
 */
export const graphNotifications =
  ({ ports, config }: { ports: Ports; config: Pick<Config, 'TENANT_ID'> }): FastifyPluginAsync =>
  async (app) => {
    const wakes = wakers(ports.db);
    const commit = gathered<readonly Notified[]>(async (requests) => {
      const items = requests.flat();
      if (items.every(({ lifecycleEvent }) => lifecycleEvent === null)) return noteWakes(ports.db, await wakes(items)); // one statement, committed by itself
      await ports.transaction(async (tx) => {
        const { read, watch } = await woken(tx, items);
        await noteWakes(tx, read);
        for (const mailboxId of watch) await callWatch(tx, mailboxId);
      });
    }, TOGETHER);
    app.post<{ Querystring: { validationToken?: unknown } }>(
      NOTIFICATIONS_PATH,
      { bodyLimit: BODY_BYTES, schema: { hide: true } as object },
      async (request, reply) => {
        const { validationToken } = request.query;
        // The handshake: text that anybody may send is given back as text that no browser takes for a page.
        if (typeof validationToken === 'string')
          return reply.code(200).type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff').send(validationToken);
        const body = Notifications.safeParse(request.body);
        const items = (body.data?.value ?? []).flatMap((one) => Notification.safeParse(one).data ?? []);
        const ours = items.filter(({ tenantId }) => !tenantId || tenantId === config.TENANT_ID);
        if (ours.length > 0)
          await commit(
            ours.map(({ subscriptionId, clientState, lifecycleEvent }) => ({
              subscriptionId,
              clientState: clientState ?? '',
              lifecycleEvent: lifecycleEvent ?? null,
            })),
          );
        return reply.code(202).send();
      },
    );
  };
