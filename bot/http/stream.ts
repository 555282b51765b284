import { PassThrough } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Ports, subjectKey } from '../capability.ts';
import type { Config } from '../config.ts';
import { toInstant } from '../contract/sides.ts';
import type { StreamLine } from '../contract/today.ts';
import { eventsAfter, journalCursor } from '../journal/index.ts';
import { accessTo, identify, mayLook } from '../people/index.ts';
import { adminsOf, through } from './access.ts';
import type { Change, Hub } from './hub.ts';

const HEARTBEAT_MS = 15_000;
/** More than that at once: the reader looks at everything again. */
const MOST_SUBJECTS = 200;

/**
 * `GET /partnerships/:id/stream?after=<cursor>`: one JSON line per change, resumed after what a view contained (its `cursor`; one that is not
 * ours counts as `everything`). Who reads is checked again before each line; `end` comes when the token ends or access does.
 */
export const streamRoutes: FastifyPluginAsyncZod<{ ports: Ports; hub: Hub; config: Config }> = async (app, { ports, hub, config }) => {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of open) end();
  });

  const Query = z.object({ after: z.string().max(40).optional() });
  app.get('/partnerships/:id/stream', { schema: { params: z.object({ id: z.guid() }), querystring: Query } }, async (request, reply) => {
    const { id } = request.params;
    mayLook(request.person, id, through(request));
    const lines = new PassThrough();
    let cursor = await journalCursor(ports.db);
    const write = (kind: StreamLine['kind'], { position, subjects }: Pick<Change, 'position' | 'subjects'> = {}): void => {
      const told = { ...(position !== undefined && { position }), ...(subjects && { subjects: [...subjects] }) };
      const line: StreamLine = { kind, now: toInstant(ports.clock.now()), cursor, ...told };
      if (!lines.writableEnded) lines.write(`${JSON.stringify(line)}\n`);
    };
    const end = (): void => {
      write('end');
      lines.end();
    };
    /** Access may have ended since: a contact left, a binding was taken back. */
    const still = async (): Promise<boolean> => {
      const person = await identify(ports.db, request.token, adminsOf(config)).catch(() => null); // who cannot be looked up sees nothing more
      const may = person !== null && accessTo(person, id, through(request)) !== null;
      if (!may) end();
      return may;
    };
    const changed = async (change: Change): Promise<void> => {
      if (!(await still())) return;
      cursor = change.cursor;
      write('changed', change);
    };
    const beat = async (): Promise<void> => {
      if (await still()) write('heartbeat');
    };
    const unsubscribe = hub.subscribe(id, { changed: (change) => void changed(change), moved: () => void beat() });
    const heartbeat = setInterval(() => void beat(), HEARTBEAT_MS);
    const expiry = setTimeout(end, Math.max(0, request.token.expiresAt.getTime() - ports.wall.now().getTime()));
    open.add(end);
    lines.once('close', () => {
      open.delete(end);
      unsubscribe();
      clearInterval(heartbeat);
      clearTimeout(expiry);
    });

    const { after } = request.query;
    if (after !== undefined) {
      const missed = await eventsAfter(ports.db, id, after, MOST_SUBJECTS + 1);
      const subjects = [...new Set(missed.map(({ subject }) => subjectKey(subject)))];
      if (missed.length) write('changed', missed.length > MOST_SUBJECTS ? {} : { subjects });
    }
    write('heartbeat');
    // one request per connection: a stream that ends while the service stops would keep it waiting for another
    reply.header('connection', 'close').header('cache-control', 'no-store').header('x-accel-buffering', 'no');
    return reply.type('application/x-ndjson').send(lines);
  });
};
