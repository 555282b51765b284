import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import { type Admins, identify, type Person } from '../people/index.ts';
import type { Db } from '../store/database.ts';
import { NotSignedIn, type TokenIdentity, tokenChecker } from './tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, by verified token; set below `/api`, except for the bot's own messages. */
    person: Person;
    token: TokenIdentity;
  }
}

/** Every request in this scope needs a person's token. */
export function requirePerson(app: FastifyInstance, { ports, config }: { ports: Ports; config: Config }): void {
  const check = tokenChecker({ config, wall: ports.wall, knowsTenant: (tenantId) => hasBound(ports.db, tenantId) });
  app.decorateRequest('person');
  app.decorateRequest('token');
  app.addHook('onRequest', async (request) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new NotSignedIn('token.missing', 'You are not signed in. Please open Rapport from Teams.');
    request.token = await check(token);
    request.person = await identify(ports.db, request.token, adminsOf(config));
  });
}

export const adminsOf = (config: Config): Admins => ({ tenantId: config.TENANT_ID, objectIds: config.ADMIN_OBJECT_IDS });

async function hasBound(db: Db, tenantId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from identity where tenant_id = ${tenantId} limit 1`.execute(db);
  return rows.length > 0;
}

/** The Outlook pane says so by a header; everything else that calls the API is the tab. It only colours the history. */
export const through = (request: FastifyRequest): 'tab' | 'outlook' =>
  request.headers['x-rapport-surface'] === 'outlook' ? 'outlook' : 'tab';
