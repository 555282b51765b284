import { type Context, HTTPMessageHandler, type Middleware } from '@microsoft/microsoft-graph-client';
import type { Clock } from '../clock.ts';
import { Unavailable } from '../errors.ts';
import { Exchange, NotServed } from './exchange.ts';
import type { Lanes } from './lanes.ts';
import { claimsChallenge, isThrottled, retryAfterSeconds, SHORT_WAIT_SECONDS } from './rules.ts';

/** An access token for Graph; with `claims`, one that answers a challenge. */
export type TokenSource = (claims?: string) => Promise<string>;

/** How often a request that Graph refuses shortly is sent. */
export const ATTEMPTS = 3;
const DEFAULT_PAGE_SIZE = 100;

const exchangeOf = (context: Context): Exchange => context.middlewareControl!.getMiddlewareOptions(Exchange) as Exchange;

/** The chain a request goes through: its exact address and preferences, the token, the mailbox's lane, the wire. */
export function chain(parts: { origin: string; token: TokenSource; lanes: Lanes; wall: Clock; random?: () => number }): Middleware {
  const links: Middleware[] = [
    addressed(),
    authentication(parts.origin, parts.token),
    lane(parts.lanes, parts.wall, parts.random ?? Math.random),
    new HTTPMessageHandler(),
  ];
  for (const [index, link] of links.entries()) link.setNext?.(links[index + 1]!);
  return links[0]!;
}

type Step = (context: Context, next: (context: Context) => Promise<void>) => Promise<void>;
function middleware(step: Step): Middleware {
  let following: Middleware | undefined;
  return {
    setNext(next) {
      following = next;
    },
    async execute(context) {
      try {
        await step(context, (passed) => following!.execute(passed));
      } catch (error) {
        exchangeOf(context).failure ??= error;
        throw error;
      }
    },
  };
}

/** Immutable ids, and pages of at most so many items. */
export const preferences = (pageSize: number): string => `IdType="ImmutableId", odata.maxpagesize=${pageSize}`;

/** Links are opaque, so the client may not take them apart; and preferences hold for one request, next links included. */
const addressed = (): Middleware =>
  middleware((context, next) => {
    const { url, call } = exchangeOf(context);
    context.request = url;
    const prefer = preferences(call.pageSize ?? DEFAULT_PAGE_SIZE);
    context.options = {
      ...context.options,
      headers: { ...(context.options?.headers as Record<string, string>), Prefer: prefer },
      redirect: 'error',
    };
    return next(context);
  });

/** The token goes to the configured origin and nowhere else. A revoked one is replaced once. */
const authentication = (origin: string, token: TokenSource): Middleware =>
  middleware(async (context, next) => {
    if (new URL(context.request as string).origin !== origin) throw new Error('a link of another origin was refused');
    const send = async (claims?: string): Promise<void> => {
      const bearer = await token(claims);
      context.options = {
        ...context.options,
        headers: { ...(context.options?.headers as Record<string, string>), Authorization: `Bearer ${bearer}` },
      };
      await next(context);
    };
    await send();
    const claims = context.response?.status === 401 ? claimsChallenge(context.response.headers.get('www-authenticate')) : null;
    if (claims) {
      await context.response!.body?.cancel();
      await send(claims);
    }
  });

/** At most four under way in a mailbox; when Graph asks to wait, the whole mailbox does. A long wait is the job's, not the request's. */
const lane = (all: Lanes, wall: Clock, random: () => number): Middleware =>
  middleware(async (context, next) => {
    const exchange = exchangeOf(context);
    const { call } = exchange;
    const mailbox = call.mailbox ?? '';
    // 429 was not served; a POST that ended in 503 or 504 may have been.
    const repeatable = (status: number): boolean => status === 429 || (call.method ?? 'GET') === 'GET';
    for (let attempt = 0; ; attempt += 1) {
      await all.run(mailbox, call.places ?? 1, async () => {
        context.options = { ...context.options, signal: exchange.signal() };
        try {
          await exchange.inTime(() => next(context));
        } catch (cause) {
          throw new Unavailable('Graph cannot be reached', { cause });
        }
      });
      const response = context.response!;
      if (!isThrottled(response.status)) {
        if (call.places === undefined) all.served(mailbox); // of a batch its items say so
        return;
      }
      const header = response.headers.get('retry-after');
      const seconds = all.hold(mailbox, (refusals) => retryAfterSeconds(header, refusals, wall.now(), random()));
      await response.body?.cancel();
      if (attempt + 1 >= ATTEMPTS || seconds > SHORT_WAIT_SECONDS || !repeatable(response.status)) {
        const Kind = response.status === 429 ? NotServed : Unavailable;
        throw new Kind(`Graph answered ${response.status}`, { retryAfterSeconds: seconds });
      }
    }
  });
