import { EventEmitter } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ThrowAwayCa, throwAwayCa } from '../../infra/local/certificates.ts';
import { type Connector, startConnector } from '../../infra/local/connector/index.ts';
import { type Entra, startEntra } from '../../infra/local/entra/index.ts';
import type { Person } from '../../infra/local/tenant/person.ts';
import type { Tenant } from '../../infra/local/tenant/tenant.ts';

export const TENANT = '0f3b7a52-0000-4000-8000-000000000001';
export const OTHER_TENANT = '0f3b7a52-0000-4000-8000-000000000002';

export const aPerson = (key: string, more: Partial<Person> = {}): Person => ({
  key,
  name: `${key[0]?.toUpperCase()}${key.slice(1)} Example`,
  company: 'Contoso',
  title: 'Buyer',
  address: `${key}@contoso.example`,
  aliases: [],
  kind: 'member',
  tenantId: more.kind === 'external' ? OTHER_TENANT : TENANT,
  objectId: `0f3b7a52-0000-4000-8000-${Buffer.from(key).toString('hex').padStart(12, '0').slice(-12)}`,
  teamsUserId: `29:1${key}`,
  userPrincipalName: more.kind === 'guest' ? `${key}_fabrikam.example#EXT#@contoso.example` : `${key}@contoso.example`,
  zone: 'Europe/Amsterdam',
  admin: false,
  desk: '',
  ...more,
});
export const anna = aPerson('anna', { desk: 'answers for Fabrikam' });
export const joan = aPerson('joan', {
  kind: 'guest',
  company: 'Fabrikam',
  zone: 'Asia/Manila',
  address: 'joan@fabrikam.example',
  desk: 'service desk',
});
export const eve = aPerson('eve', { kind: 'external', company: 'Fabrikam', zone: 'Asia/Manila', address: 'eve@fabrikam.example' });
export const olga = aPerson('olga');

export const channel = {
  id: '19:partner1@thread.tacv2',
  name: 'Fabrikam',
  teamId: '19:team1@thread.tacv2',
  teamName: 'Partners',
  kind: 'shared' as const,
  slug: 'fabrikam',
  members: [anna, joan, eve],
};
export const aTenant = (): Tenant => ({
  folder: '',
  name: 'Contoso',
  id: TENANT,
  domain: 'contoso.example',
  app: { id: '0f3b7a52-0000-4000-8000-0000000000aa', secret: 'a secret', idUri: 'api://localhost/app', roles: [] },
  agreedAt: new Date('2026-11-03T08:00:00Z'),
  watchedAt: new Date('2026-11-03T08:00:00Z'),
  clockStartAt: new Date('2026-11-24T09:00:00Z'),
  about: 'A tenant for tests.',
  people: [anna, joan, eve, olga],
  firstLooking: anna,
  mailboxes: [],
  channels: [channel],
  charters: [],
  meetings: [],
  said: [],
  async *mail() {},
});

export const aCard = (words: string, more: object = {}) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: words, wrap: true }], ...more },
    },
  ],
});

export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: answers of several calls, read by assertions alone
  readonly body: any;
}
export interface Stage {
  readonly tenant: Tenant;
  readonly certificates: ThrowAwayCa;
  readonly entra: Entra;
  readonly connector: Connector;
  readonly bot: Bot;
  /** A call to one of the stand-ins, over TLS that trusts the throw-away authority alone. */
  call(method: string, url: string, token?: string, body?: unknown): Promise<Answered>;
  /** The bot's own token, as the service would get it. */
  botsToken(scope?: string): Promise<string>;
  /** Posts into the partner channel as the bot. Answers the message's id. */
  post(activity: unknown): Promise<string>;
  /** Closes the connector and starts it again; with a new file it starts empty. */
  restartConnector(stateFile?: string): Promise<void>;
  close(): Promise<void>;
}

/** A bot that notes what it is sent and answers invokes with what the test set. */
export interface Bot {
  readonly url: string;
  seen: { activity: Record<string, unknown>; authorization: string }[];
  answer: (activity: Record<string, unknown>) => unknown;
}

/** Entra ID and Bot Connector stand-ins around a tiny bot. */
export async function setStage(options: { stateFile?: string; wallMs?: () => number; now?: () => Date } = {}): Promise<Stage> {
  const tenant = aTenant();
  const certificates = await throwAwayCa();
  const entra = await startEntra({ tenant, certificates });
  const bot: Bot & { url: string } = {
    url: '',
    seen: [],
    answer: () => ({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'ok' }),
  };
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const activity = JSON.parse(text) as Record<string, unknown>;
    bot.seen.push({ activity, authorization: request.headers.authorization ?? '' });
    response.setHeader('content-type', 'application/json');
    response.end(activity.type === 'invoke' ? JSON.stringify(bot.answer(activity)) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bot.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`;
  const open = async (stateFile = options.stateFile) => {
    const started = await startConnector({ tenant, certificates, entra, ...options, ...(stateFile && { stateFile }) });
    started.attach(bot.url);
    return started;
  };
  let connector = await open();

  const send = (method: string, url: string, headers: Record<string, string>, body?: string): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const request = https.request(url, { method, headers, ca: certificates.caPem, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text ? JSON.parse(text) : undefined }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  const call: Stage['call'] = (method, url, token, body) =>
    send(
      method,
      url,
      { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
      body === undefined ? undefined : JSON.stringify(body),
    );
  const botsToken = async (scope = 'https://api.botframework.com/.default'): Promise<string> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: tenant.app.id,
      client_secret: tenant.app.secret,
      scope,
    });
    const { body } = await send(
      'POST',
      `${entra.url}/${TENANT}/oauth2/v2.0/token`,
      { 'content-type': 'application/x-www-form-urlencoded' },
      form.toString(),
    );
    return body.access_token;
  };
  return {
    tenant,
    certificates,
    entra,
    get connector() {
      return connector;
    },
    bot,
    call,
    botsToken,
    async post(activity) {
      const body = { isGroup: true, activity, channelData: { channel: { id: channel.id } }, tenantId: TENANT };
      return (await call('POST', `${connector.url}v3/conversations`, await botsToken(), body)).body.activityId;
    },
    async restartConnector(stateFile) {
      await connector.close();
      connector = await open(stateFile);
    },
    async close() {
      await connector.close();
      await entra.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the desk needs besides the stage; the mover does nothing but keep its time. */
export const quietService = (now: () => Date) => ({
  mover: () => ({
    now,
    moving: () => null,
    look: async () => {},
    moveTo: async () => {},
    jumpTo: async () => {},
    nextAt: async () => null,
    catchUp: async () => {},
    onChange: () => () => {},
  }),
  service: () => 'up' as const,
  serviceChanges: new EventEmitter(),
});
