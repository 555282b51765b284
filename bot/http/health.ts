import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import { parkedDeadlines, type Ticker } from '../deadlines/index.ts';
import { type Scope, scopeOf } from '../graph/index.ts';
import { stuckJobs } from '../jobs/index.ts';
import type { Room } from '../store/index.ts';

/** Without a sweep for so long this instance does not do its work. */
const SWEEP_AGE_MS = 120_000;
const MAKE_ROOM = 'The disk of the database is full. Make room on it, or make it larger: Rapport goes on by itself within a minute.';

const ALWAYS: Room = { full: async () => false };

/** `/healthz`: the process answers. `/readyz`: it works; and what waits for somebody to look, by id. */
interface HealthParts {
  readonly ports: Ports;
  readonly ticker: Ticker;
  readonly config: Pick<Config, 'OUT_OF_SCOPE_MAILBOX'>;
  /** Of the database's disk; without it there is always room. */
  readonly room?: Room | undefined;
}

export const healthRoutes: FastifyPluginAsyncZod<HealthParts> = async (app, { ports, ticker, config, room = ALWAYS }) => {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const lastSweepAt = ticker.lastSweepAt();
    const sweeping = lastSweepAt !== null && ports.wall.now().getTime() - lastSweepAt.getTime() < SWEEP_AGE_MS;
    // what can still be read is no use where nothing that is said can be kept
    const full = async () => reply.code(503).send({ status: 'notReady', database: 'full', advice: MAKE_ROOM, lastSweepAt });
    if (await room.full()) return full();
    try {
      await sql`select 1`.execute(ports.db);
      const [parked, stuck] = [await parkedDeadlines(ports.db), await stuckJobs(ports.db)];
      const scope: Scope | 'notAsked' = config.OUT_OF_SCOPE_MAILBOX ? await scopeOf(ports.db) : 'notAsked';
      const works = sweeping && (scope === 'proven' || scope === 'notAsked');
      const status = !works ? 'notReady' : parked.length || stuck.length ? 'attention' : 'ready';
      return reply.code(works ? 200 : 503).send({ status, database: 'ok', scope, lastSweepAt, parkedDeadlines: parked, stuckJobs: stuck });
    } catch {
      if (await room.full()) return full();
      return reply.code(503).send({ status: 'notReady', database: 'away', lastSweepAt });
    }
  });
};
