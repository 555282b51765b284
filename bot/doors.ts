import type { FastifyPluginAsync } from 'fastify';
import { graphNotifications } from './graph/index.ts';
import { botRoutes } from './teams/index.ts';

/** What knocks from outside with proofs of its own instead of a person's token: Teams, and Graph. */
export const outsideDoors = (parts: Parameters<typeof botRoutes>[0]): FastifyPluginAsync[] => [botRoutes(parts), graphNotifications(parts)];
