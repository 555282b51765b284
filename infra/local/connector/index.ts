import { EventEmitter } from 'node:events';
import Fastify from 'fastify';
import { wall } from '../../../bot/clock.ts';
import type { ThrowAwayCa } from '../certificates.ts';
import type { Entra } from '../entra/index.ts';
import { connectorRoutes } from './api.ts';
import { type Delivered, type TeamsClient, teamsClient } from './client.ts';
import type { ChannelChange, Core } from './core.ts';
import { Faults } from './errors.ts';
import { History, type StoredMessage } from './history.ts';
import { Limiter } from './limits.ts';
import { type Roster, rosterOf, type TeamsTenant } from './roster.ts';

export interface ConnectorOptions {
  readonly tenant: TeamsTenant;
  readonly certificates: ThrowAwayCa;
  /** Signs what goes to the bot and checks what comes from it. */
  readonly entra: Pick<Entra, 'botToken' | 'verify'>;
  /** JSON lines with all messages; without it they live as long as the process. */
  readonly stateFile?: string;
  /** The port of an earlier start, so that stored conversation references stay good; a free one when it is taken or 0. */
  readonly port?: number;
  /** Product time, shown beside messages. */
  readonly now?: () => Date;
  /** Wall time in milliseconds, for ids and times of activities; tests set their own. */
  readonly wallMs?: () => number;
  /** The time by which the limits are counted; the wall by default. */
  readonly limitMs?: () => number;
}

/** The Bot Connector of Teams with its channels, and the Teams clients of all people. */
export interface Connector {
  /** The service URL that activities carry, with the ending slash. */
  readonly url: string;
  readonly roster: Roster;
  readonly client: TeamsClient;
  readonly faults: Faults;
  /** Where the bot listens: `https://host/api/messages`. Activities before it are refused. */
  attach(messagesUrl: string): void;
  isInstalled(conversationId: string): boolean;
  messagesIn(conversationId: string): StoredMessage[];
  onChange(listener: (change: ChannelChange) => void): () => void;
  close(): Promise<void>;
}

const BOT_FRAMEWORK = 'https://api.botframework.com';

/** Starts the connector on https. Teams' own limits, errors, ids and activity shapes; see `api.ts` and `client.ts`. */
export async function startConnector(options: ConnectorOptions): Promise<Connector> {
  const wallMs = options.wallMs ?? (() => wall.now().getTime());
  const core: Core = {
    roster: rosterOf(options.tenant),
    history: new History(options.stateFile),
    limiter: new Limiter(options.limitMs ?? wallMs),
    faults: new Faults(),
    now: options.now ?? (() => new Date(wallMs())),
    wallMs,
    changes: new EventEmitter<{ change: [ChannelChange] }>().setMaxListeners(0),
  };
  const app = Fastify({
    https: await options.certificates.serverFor(),
    bodyLimit: 1_048_576,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: true,
  });
  await app.register(async (scope) =>
    connectorRoutes(scope, core, async (token) => {
      const claims = await options.entra.verify(token, [BOT_FRAMEWORK]);
      if ((claims.appid ?? claims.azp) !== core.roster.appId) throw new Error('issued to another application');
    }),
  );
  const listen = (port: number) => app.listen({ host: '127.0.0.1', port });
  const url = `https://localhost:${new URL(await listen(options.port ?? 0).catch(() => listen(0))).port}/`;

  let messagesUrl: string | undefined;
  const deliver = async (activity: Record<string, unknown>): Promise<Delivered> => {
    if (!messagesUrl) throw new Error('the bot is not there yet');
    const response = await fetch(messagesUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${await options.entra.botToken(url)}` },
      body: JSON.stringify({ ...activity, serviceUrl: url }),
    });
    const body = await response.text();
    return { status: response.status, body: parse(body) };
  };
  return {
    url,
    roster: core.roster,
    client: teamsClient(core, deliver),
    faults: core.faults,
    attach(target) {
      messagesUrl = target;
    },
    isInstalled: (conversationId) => core.history.isInstalled(conversationId),
    messagesIn: (conversationId) => core.history.messagesIn(conversationId),
    onChange(listener) {
      core.changes.on('change', listener);
      return () => core.changes.off('change', listener);
    },
    close: () => app.close(),
  };
}

function parse(body: string): unknown {
  try {
    return body ? JSON.parse(body) : undefined;
  } catch {
    return body;
  }
}
