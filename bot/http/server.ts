import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Capability, Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import type { Ticker } from '../deadlines/index.ts';
import type { Log } from '../log.ts';
import type { Room } from '../store/index.ts';
import type { Listener } from '../store/listener.ts';
import { requirePerson } from './access.ts';
import { apiRoutes, type Views } from './api.ts';
import { description } from './description.ts';
import { handleErrors } from './errors.ts';
import { securityHeaders } from './headers.ts';
import { healthRoutes } from './health.ts';
import { openHub } from './hub.ts';
import { localRoutes } from './local.ts';
import { streamRoutes } from './stream.ts';
import { tabFiles } from './tab.ts';

const REQUESTS_A_MINUTE = 600;
/** Longer than any answer takes. A connection on which nothing was asked yet counts as busy, and would keep the service from ending. */
const GRACE_MS = 5_000;

export interface ServerParts {
  readonly ports: Ports;
  readonly config: Config;
  readonly capabilities: readonly Capability[];
  readonly views: Views;
  readonly ticker: Ticker;
  readonly listener: Listener;
  readonly log: Log;
  readonly room?: Room;
  /** Doors of the outside, each with its own checks: the bot's messages, Graph's notifications. */
  readonly doors?: readonly FastifyPluginAsync[];
  /** Follows requests; called before any route is there. */
  readonly observe?: (app: FastifyInstance) => void;
  /** Folder of the built tab; `dist/tab` without it. */
  readonly tabFolder?: string;
}

/** The whole HTTP side of one instance, not yet listening. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { ports, config, capabilities, log } = parts;
  const app = Fastify({ bodyLimit: 1_048_576, forceCloseConnections: 'idle' });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  parts.observe?.(app);
  handleErrors(app, capabilities, log);
  app.addHook('onResponse', async (request, reply) => {
    const ms = Math.round(reply.elapsedTime);
    log.debug({ request: request.id, method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms }, 'answered');
  });
  await securityHeaders(app, { local: config.LOCAL_CLOCK });
  await app.register(swagger, description);

  const hub = await openHub(ports.db, parts.listener);
  app.addHook('onClose', async () => hub.close());
  app.addHook('preClose', async () => {
    const grace = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
    app.server.once('close', () => clearTimeout(grace));
  });
  await app.register(healthRoutes, { ports, config, ticker: parts.ticker, room: parts.room });
  for (const door of parts.doors ?? []) await app.register(door);
  await app.register(
    async (api) => {
      requirePerson(api, { ports, config });
      // after the token was checked, so that a budget is a person's and not that of the proxy before us
      await api.register(rateLimit, {
        max: REQUESTS_A_MINUTE,
        timeWindow: 60_000,
        keyGenerator: (request) => `${request.token.tenantId}:${request.token.objectId}`,
      });
      await api.register(apiRoutes, { ports, capabilities, views: parts.views });
      await api.register(streamRoutes, { ports, hub, config });
      for (const { routes } of capabilities) if (routes) await api.register(routes(ports));
    },
    { prefix: '/api' },
  );
  if (config.LOCAL_CLOCK) await app.register(localRoutes, { prefix: '/local', ports, ticker: parts.ticker, key: config.LOCAL_KEY! });
  await app.register(tabFiles, { prefix: '/tab', folder: parts.tabFolder });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  return app;
}
