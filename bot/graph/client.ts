import type { AccessToken, TokenCredential } from '@azure/identity';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import { type Batching, batching } from './batch.ts';
import { chain, type TokenSource } from './chain.ts';
import { Exchange, type GraphCall, type GraphRefusal, NotServed, refused } from './exchange.ts';
import { lanes } from './lanes.ts';

/** Microsoft Graph v1.0, as far as this product asks it anything. */
export interface Graph {
  /** The only origin that is ever asked. */
  readonly origin: string;
  /**
   * @returns the parsed body; null when there is none
   * @throws {GraphRefusal} for 4xx; {Unavailable} when Graph asks to wait for long, is not well, or cannot be reached
   */
  call(call: GraphCall): Promise<unknown>;
  /** The same for what takes memory: whoever asks reads the body when there is room for it. Until then most of it stays on the way. */
  ask(call: GraphCall): Promise<Unread<unknown>>;
  batch: Batching;
}
/** An answer that has begun to come. It holds its connection until it is read, or the call's signal ends it. */
export interface Unread<Body> {
  /** @throws {Unavailable} when it breaks off */
  read(): Promise<Body>;
}

/**
 * Signs in, so that the first request need not wait for it, and whoever has to mend a credential hears of it at once.
 * @throws {NotServed} when there is no token
 */
export async function signIn(config: Pick<Config, 'GRAPH_URL'>, credential: Pick<TokenCredential, 'getToken'>): Promise<void> {
  await tokenFor(new URL(config.GRAPH_URL).origin, credential);
}

async function tokenFor(origin: string, credential: Pick<TokenCredential, 'getToken'>, claims?: string): Promise<AccessToken> {
  const answer = await credential.getToken(`${origin}/.default`, claims ? { claims } : {}).catch((cause: unknown) => {
    throw new NotServed('no token for Graph', { cause });
  });
  if (!answer) throw new NotServed('no token for Graph');
  return answer;
}

const RENEWED_BEFORE_MS = 5 * 60_000;

/** A token is used until it ends soon: a look into the credential's own cache costs as much as the rest of a request. */
function tokenSource(origin: string, wall: Clock, credential: Pick<TokenCredential, 'getToken'>): TokenSource {
  let known: AccessToken | null = null;
  return async (claims) => {
    if (claims || !known || known.expiresOnTimestamp - wall.now().getTime() < RENEWED_BEFORE_MS)
      known = await tokenFor(origin, credential, claims);
    return known.token;
  };
}

/** @param credential - shared with the Bot Connector, and so is its token cache; only `token` is given in tests */
export function graphClient(
  config: Pick<Config, 'GRAPH_URL' | 'GRAPH_AT_ONCE'>,
  wall: Clock,
  credential: Pick<TokenCredential, 'getToken'>,
): Graph {
  const origin = new URL(config.GRAPH_URL).origin;
  const token = tokenSource(origin, wall, credential);
  const all = lanes(wall, config.GRAPH_AT_ONCE);
  const client = Client.initWithMiddleware({
    baseUrl: origin,
    defaultVersion: 'v1.0',
    middleware: chain({ origin, token, lanes: all, wall }),
  });

  const ask = async (given: GraphCall): Promise<Unread<unknown>> => {
    const exchange = new Exchange(given, /^https?:/.test(given.url) ? given.url : `${origin}/v1.0${given.url}`);
    const request = client.api('/').responseType(ResponseType.RAW).middlewareOptions([exchange]);
    const response = await send(request, given).catch((error: unknown) => {
      throw exchange.failure ?? error;
    });
    if (!response.ok) throw await exchange.inTime(() => refusalOf(response));
    return { read: () => exchange.inTime(() => bodyOf(response)) };
  };
  const call = async (given: GraphCall): Promise<unknown> => (await ask(given)).read();

  return {
    origin,
    call,
    ask,
    batch: batching({ call, lanes: all, wall }),
  };
}

function send(request: ReturnType<Client['api']>, { method = 'GET', body }: GraphCall): Promise<Response> {
  if (method === 'POST') return request.post(body) as Promise<Response>;
  if (method === 'PATCH') return request.patch(body) as Promise<Response>;
  if (method === 'DELETE') return request.delete() as Promise<Response>;
  return request.get() as Promise<Response>;
}

async function textOf(response: Response): Promise<string> {
  return response.text().catch((cause: unknown) => {
    throw new Unavailable('Graph broke off', { cause });
  });
}
async function bodyOf(response: Response): Promise<unknown> {
  const text = await textOf(response);
  const body: unknown = text === '' ? null : parsed(text);
  if (body === undefined) throw new Unavailable('Graph answered something that is no JSON');
  return body;
}
async function refusalOf(response: Response): Promise<GraphRefusal | Unavailable> {
  const text = await textOf(response);
  if (response.status >= 500) return new Unavailable(`Graph answered ${response.status}`);
  return refused({ status: response.status, body: parsed(text) }, response.headers.get('location'));
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's page; the caller says what that means
  }
}
