import type { AccessToken, TokenCredential } from '@azure/identity';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import { chain, type TokenSource } from './chain.ts';
import { Exchange, type GraphCall, GraphRefusal, NotServed } from './exchange.ts';
import { lanes } from './lanes.ts';
import { isThrottled, retryAfterSeconds } from './rules.ts';

/** Microsoft Graph v1.0, as far as this product asks it anything. */
export interface Graph {
  /** The only origin that is ever asked. */
  readonly origin: string;
  /**
   * @returns the parsed body; null when there is none
   * @throws {GraphRefusal} for 4xx; {Unavailable} when Graph asks to wait for long, is not well, or cannot be reached
   */
  call(call: GraphCall): Promise<unknown>;
  /**
   * GETs of one mailbox, at most 20, in one request. Items are throttled one by one: those that were not served are `null`, and the mailbox
   * is left alone for as long as they say.
   * @param urls - below the version
   * @param items - how many items each of the answers may hold
   */
  batch(mailbox: string, urls: readonly string[], items: number): Promise<BatchAnswers>;
}
export interface BatchAnswers {
  readonly answers: readonly (BatchAnswer | null)[];
  /** To be thrown when some were not served, once what was served has been worked in. */
  readonly unserved: Unavailable | null;
}
export interface BatchAnswer {
  readonly status: number;
  readonly body: unknown;
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

  const call = async (given: GraphCall): Promise<unknown> => {
    const exchange = new Exchange(given, /^https?:/.test(given.url) ? given.url : `${origin}/v1.0${given.url}`);
    const request = client.api('/').responseType(ResponseType.RAW).middlewareOptions([exchange]);
    const response = await send(request, given).catch((error: unknown) => {
      throw exchange.failure ?? error;
    });
    return bodyOf(response);
  };
  return {
    origin,
    call,
    async batch(mailbox, urls, items) {
      const headers = { Prefer: 'IdType="ImmutableId", odata.maxpagesize=100' };
      const requests = urls.map((url, index) => ({ id: String(index), method: 'GET', url, headers }));
      const answer = (await call({ method: 'POST', url: '/$batch', mailbox, body: { requests }, items: items * urls.length })) as {
        responses?: BatchItem[];
      };
      const byId = new Map(answer.responses?.map((one) => [one.id, one]));
      const served = (one: BatchItem | undefined) => (one && one.status < 500 && one.status !== 429 ? one : null);
      const refused = urls.flatMap((_, index) => (served(byId.get(String(index))) ? [] : [byId.get(String(index))]));
      // No client repeats the items of a batch, and asking on while throttled prolongs it.
      const waits = refused.flatMap((one) =>
        one && isThrottled(one.status) ? [retryAfterSeconds(retryAfterOf(one), 0, wall.now(), Math.random())] : [],
      );
      const seconds = waits.length > 0 ? Math.max(...waits) : undefined;
      if (seconds !== undefined) all.hold(mailbox, seconds);
      const answers = urls.map((_, index) => {
        const one = served(byId.get(String(index)));
        return one && { status: one.status, body: one.body ?? null };
      });
      const again = seconds === undefined ? {} : { retryAfterSeconds: seconds };
      return { answers, unserved: refused.length > 0 ? new Unavailable('Graph did not serve a part of a batch', again) : null };
    },
  };
}

interface BatchItem {
  readonly id: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
const retryAfterOf = ({ headers }: BatchItem): string | null =>
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? null;

function send(request: ReturnType<Client['api']>, { method = 'GET', body }: GraphCall): Promise<Response> {
  if (method === 'POST') return request.post(body) as Promise<Response>;
  if (method === 'PATCH') return request.patch(body) as Promise<Response>;
  if (method === 'DELETE') return request.delete() as Promise<Response>;
  return request.get() as Promise<Response>;
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw new Unavailable('Graph broke off', { cause });
  });
  if (response.status >= 500) throw new Unavailable(`Graph answered ${response.status}`);
  const body: unknown = text === '' ? null : parsed(text);
  if (response.ok) {
    if (body === undefined) throw new Unavailable('Graph answered something that is no JSON');
    return body;
  }
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code;
  throw new GraphRefusal(response.status, typeof code === 'string' ? code : 'unknown', response.headers.get('location'));
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's page; the caller says what that means
  }
}
