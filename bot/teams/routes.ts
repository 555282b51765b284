import type { FastifyPluginAsync } from 'fastify';
import type { Capability, Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import { addJob } from '../jobs/index.ts';
import type { Log } from '../log.ts';
import { TeamsActivity } from './activity.ts';
import type { TeamsAdapter } from './adapter.ts';
import type { Teams } from './connect.ts';
import { DAILY } from './jobs.ts';
import { botParts } from './parts.ts';
import { Unauthorized } from './tokens.ts';
import { turn } from './turn.ts';

const ACTIVITY_BYTES = 262_144;

interface BotRoutes {
  readonly ports: Ports;
  readonly config: Config;
  readonly capabilities: readonly Capability[];
  readonly teams: Teams;
  readonly log: Log;
}

/** POST /api/messages: what Teams sends to the bot. The sender learns no more than that it was refused. */
export const botRoutes = ({ teams, log, ...given }: BotRoutes): FastifyPluginAsync => {
  const parts = botParts({ ...given, log, teams: teams.port });
  type Activity = Parameters<TeamsAdapter['handle']>[1];
  return async (app) => {
    app.addHook('onReady', () => addJob(given.ports.db, DAILY, {}, { key: DAILY, priority: 10 }));
    app.post('/api/messages', { bodyLimit: ACTIVITY_BYTES, schema: { hide: true } as object }, async (request, reply) => {
      const header = request.headers.authorization ?? '';
      if (!header) return reply.code(401).send({ code: 'token.missing', message: 'Only Teams speaks to this address.' });
      const activity = TeamsActivity.safeParse(request.body);
      if (!activity.success) return reply.code(400).send({ code: 'request.unusable', message: 'This is not an activity.' });
      try {
        const answer = await teams.adapter.handle(header, activity.data as unknown as Activity, (checked) => turn(parts, checked));
        return reply.code(answer.status).send(answer.body);
      } catch (error) {
        if (error instanceof Unauthorized) {
          log.info({ request: request.id, reason: error.message }, 'an activity was refused');
          return reply
            .code(401)
            .header('www-authenticate', 'Bearer')
            .send({ code: 'token.refused', message: 'Only Teams speaks to this address.' });
        }
        const away = error instanceof Unavailable;
        log.error({ err: error, request: request.id, type: activity.data.type }, 'an activity could not be handled');
        return reply
          .code(away ? 503 : 500)
          .headers(away ? { 'retry-after': String(Math.ceil(error.retryAfterSeconds ?? 5)) } : {})
          .send({ code: away ? 'unavailable' : 'internal', message: 'Please try again.' });
      }
    });
  };
};
