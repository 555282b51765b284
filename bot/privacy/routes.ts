import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import { MyDataView } from '../contract/privacy.ts';
import { dataView } from './self.ts';
import { ownSelf } from './somebody.ts';

const MOST_ROWS = 1000;
/** It reads every table: rarely asked, and never long. */
const A_MINUTE = { rateLimit: { max: 6, timeWindow: 60_000 } };
const LONGEST = '20s';

/** What Rapport holds about whoever asks, by his own verified account and nobody else's. */
export const privacyRoutes =
  (ports: Ports): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/me/data', { schema: { response: { 200: MyDataView } }, config: A_MINUTE }, (request) =>
      ports.transaction(async (tx) => {
        await sql`select set_config('statement_timeout', ${LONGEST}, true)`.execute(tx);
        return dataView(tx, await ownSelf(tx, request.person), { most: MOST_ROWS, self: true }, ports.clock.now());
      }),
    );
  };
