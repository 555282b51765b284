import { setTimeout as sleep } from 'node:timers/promises';
import type { Rights } from './access.ts';
import { badRequest, GraphError } from './errors.ts';
import { mailboxOf, route } from './routes.ts';
import type { Answer, Call, GraphState } from './state.ts';

const REMEMBERED = 2_000;

/** One request through faults, lanes and routes. Never throws for what Graph answers with an error. */
export async function dispatch(state: GraphState, call: Call): Promise<Answer> {
  const path = `/${call.path.join('/')}${call.query.size > 0 ? `?${decodeURIComponent(call.query.toString())}` : ''}`;
  const answer = await attempt(state, call, path).catch((error: unknown) => failure(error));
  state.log.total += 1;
  state.log.recent.push({ method: call.method, path, status: answer.status, atMs: state.wall.now().getTime() });
  if (state.log.recent.length > REMEMBERED) state.log.recent.splice(0, REMEMBERED / 2);
  return answer;
}

async function attempt(state: GraphState, call: Call, path: string): Promise<Answer> {
  const mailbox = mailboxOf(state, call);
  const place = mailbox ? state.lanes.enter(call.rights.appId, mailbox) : null;
  try {
    const waitMs = state.latencyMs + state.faults.slowMs;
    if (waitMs > 0) await sleep(waitMs);
    const fault = state.faults.rules.find(({ times, matching }) => times > 0 && (matching?.test(`${call.method} ${path}`) ?? true));
    if (fault) {
      fault.times -= 1;
      const headers: Record<string, string> = {
        ...(fault.retryAfterSeconds != null && { 'retry-after': String(fault.retryAfterSeconds) }),
        ...(fault.status === 401 && { 'www-authenticate': CHALLENGE }),
      };
      throw new GraphError(fault.status, CODES[fault.status], 'The request was not served.', headers);
    }
    const answer = await route(state, call);
    const listed = (answer.body as { value?: unknown } | undefined)?.value;
    if (state.itemMs > 0 && Array.isArray(listed)) await sleep(state.itemMs * listed.length);
    return answer;
  } finally {
    place?.leave();
  }
}

/** Continuous access evaluation: the token was good, and is no longer. */
const CHALLENGE = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}').toString('base64')}"`;

const CODES = {
  400: 'BadRequest',
  401: 'InvalidAuthenticationToken',
  403: 'ErrorAccessDenied',
  429: 'ApplicationThrottled',
  500: 'ErrorInternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
} as const;

export function failure(error: unknown): Answer {
  const known =
    error instanceof GraphError
      ? error
      : new GraphError(500, 'ErrorInternalServerError', error instanceof Error ? (error.stack ?? error.message) : String(error));
  const requestId = crypto.randomUUID();
  return {
    status: known.status,
    headers: known.headers,
    body: {
      error: {
        code: known.code,
        message: known.message,
        innerError: { 'request-id': requestId, 'client-request-id': requestId },
      },
    },
  };
}

/** A URL below `/v1.0` as parts and query; `users('a')` is another spelling of `users/a`. */
export function readUrl(relative: string): Pick<Call, 'path' | 'query'> {
  const url = new URL(relative, 'https://graph.invalid');
  const path = url.pathname
    .replace(/\(\)(?=\/|$)/g, '')
    .replace(/\('([^']*)'\)/g, '/$1')
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  return { path, query: url.searchParams };
}

const MOST_IN_BATCH = 20;
const AT_ONCE = 4;
const TOO_MANY = 'Application is over its MailboxConcurrency limit.';
interface BatchItem {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly dependsOn?: readonly string[];
}

/** POST /$batch: at most 20, each answered for itself; Outlook works on four of a mailbox at once, and one after the other where they depend. */
export async function batch(state: GraphState, body: unknown, rights: Rights): Promise<Answer> {
  const items = (body as { requests?: readonly BatchItem[] } | null)?.requests;
  if (!Array.isArray(items)) throw badRequest('BadRequest', 'Invalid batch payload format.');
  if (items.length > MOST_IN_BATCH)
    throw badRequest('BadRequest', `Number of batch request steps exceeds the maximum value of ${MOST_IN_BATCH}.`);
  if (new Set(items.map(({ id }) => id)).size !== items.length) throw badRequest('BadRequest', 'Request Id needs to be unique.');
  for (const item of items) {
    if (typeof item.id !== 'string' || typeof item.url !== 'string' || /^https?:/i.test(item.url))
      throw badRequest('BadRequest', 'Every request of a batch needs an id and a relative url.');
    if (item.body !== undefined && !item.headers) throw badRequest('BadRequest', 'Write request with a body needs a Content-Type header.');
  }
  const statuses = new Map<string, number>();
  const run = async (item: BatchItem) => {
    if (item.dependsOn?.some((id) => (statuses.get(id) ?? 424) >= 400)) {
      statuses.set(item.id, 424);
      return {
        id: item.id,
        status: 424,
        headers: {},
        body: { error: { code: 'FailedDependency', message: 'A request that this one depends on was not served.' } },
      };
    }
    const headers = Object.fromEntries(Object.entries(item.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const answer = await dispatch(state, {
      method: item.method.toUpperCase(),
      ...readUrl(item.url.replace(/^\/?(v1\.0\/)?/, '/')),
      headers,
      body: item.body,
      rights,
    });
    statuses.set(item.id, answer.status);
    return {
      id: item.id,
      status: answer.status,
      headers: { 'Content-Type': 'application/json', ...answer.headers },
      ...(answer.body !== undefined && { body: answer.body }),
    };
  };
  const responses: Awaited<ReturnType<typeof run>>[] = [];
  if (state.faults.fullBatches) {
    for (const { id } of items.splice(AT_ONCE)) {
      const { status, headers, body: refusal } = failure(new GraphError(429, CODES[429], TOO_MANY, { 'retry-after': '10' }));
      responses.push({ id, status, headers: { 'Content-Type': 'application/json', ...headers }, body: refusal });
    }
  }
  const atOnce = items.some(({ dependsOn }) => dependsOn) ? 1 : AT_ONCE;
  for (let at = 0; at < items.length; at += atOnce) responses.push(...(await Promise.all(items.slice(at, at + atOnce).map(run))));
  // Graph promises no order.
  return { status: 200, body: { responses: atOnce === 1 ? responses : responses.reverse() } };
}
