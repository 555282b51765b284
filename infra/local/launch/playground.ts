import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import type { Entra } from '../entra/index.ts';
import { bodyOf } from '../serve.ts';
import type { Tenant } from '../tenant/tenant.ts';

export interface PlaygroundDoor {
  /** What the Playground is started with: `agentsplayground -e <url>`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Where the Playground takes what the bot sends. */
export const playgroundHost = (port: number): string => `localhost:${port}`;

/**
 * Lets Microsoft's 365 Agents Playground in as a Teams client. It signs nothing, and the service lets nobody in unsigned, so what it sends
 * passes here and is given the token that the Bot Connector's stand-in would give, for its own address and no other.
 */
export async function openPlaygroundDoor(given: {
  port: number;
  entra: Pick<Entra, 'botToken'>;
  /** Where the service listens. */
  service: string;
}): Promise<PlaygroundDoor> {
  const host = playgroundHost(given.port);
  const server = http.createServer(async (request, response) => {
    const answer = (status: number, body = ''): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    try {
      // a page in a browser names where it is from; the Playground does not
      if (request.headers.origin) return answer(403);
      if (request.method !== 'POST') return answer(200); // it looks whether somebody is there
      const body = await bodyOf(request);
      const { serviceUrl } = JSON.parse(body) as { serviceUrl?: unknown };
      if (typeof serviceUrl !== 'string' || !URL.canParse(serviceUrl) || new URL(serviceUrl).host !== host) return answer(403);
      const authorization = `Bearer ${await given.entra.botToken(serviceUrl)}`;
      const headers = { 'content-type': 'application/json; charset=utf-8', authorization };
      const passed = await fetch(`${given.service}/api/messages`, { method: 'POST', headers, body });
      answer(passed.status, await passed.text());
    } catch (error) {
      answer(502, JSON.stringify({ error: String(error) }));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/api/messages`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The Playground takes no more than this beside the one who types. */
const OTHERS = 5;

/** The Playground's own file of who is there: the client's people, the first as the one who types. */
export function writePlaygroundConfig(tenant: Tenant, file: string): void {
  const people = tenant.people
    .filter(({ tenantId, kind }) => tenantId === tenant.id && kind !== 'mailOnly')
    .map((person) => ({
      id: person.teamsUserId,
      name: person.name,
      userPrincipleName: person.userPrincipalName, // its own spelling
      aadObjectId: person.objectId,
      givenName: person.name.split(' ')[0],
      surname: person.name.split(' ').slice(1).join(' '),
      email: person.address,
    }));
  const [currentUser, ...users] = people;
  const config = {
    version: '0.1.1',
    tenantId: tenant.id,
    bot: { id: `28:${tenant.app.id}`, name: 'Rapport' },
    currentUser,
    users: users.slice(0, OTHERS),
    personalChat: { id: 'playground-personal-chat' },
    groupChat: { id: 'playground-group-chat', name: 'Group' },
    team: {
      id: '19:playground@thread.tacv2',
      name: 'Playground',
      aadGroupId: randomUUID(),
      channels: [{ id: '19:playground-2@thread.tacv2', name: 'Partners' }],
    },
  };
  writeFileSync(file, stringify(config));
}
