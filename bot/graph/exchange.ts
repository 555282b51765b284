import type { MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import { Unavailable } from '../errors.ts';

/** A request that Graph understood and does not serve; `location` is where a 410 points. Codes are Graph's. */
export class GraphRefusal extends Error {
  override readonly name = 'GraphRefusal';
  readonly status: number;
  readonly code: string;
  readonly location: string | null;
  constructor(status: number, code: string, location: string | null = null) {
    super(`Graph answered ${status} ${code}`);
    this.status = status;
    this.code = code;
    this.location = location;
  }
}

/** What an answer refuses. `body`: Graph's, or of whatever answered in its place. */
export function refused(
  { status, body }: { readonly status: number; readonly body: unknown },
  location: string | null = null,
): GraphRefusal {
  const code = (body as { error?: { code?: unknown } } | null | undefined)?.error?.code;
  return new GraphRefusal(status, typeof code === 'string' ? code : 'unknown', location);
}

/** Graph did not look at it, and says when to come again; or nothing was sent for want of a token. To ask again repeats nothing. */
export class NotServed extends Unavailable {}

export interface GraphCall {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version, query encoded: `/users/1/mailFolders?$top=100`; or a link of Graph's, opaque and whole. */
  readonly url: string;
  /** Whose lane: object id of the mailbox's user. Absent for the directory. */
  readonly mailbox?: string;
  readonly pageSize?: number;
  /** How many of the mailbox's places it takes, where that is more than one. */
  readonly places?: number;
  readonly body?: unknown;
  /** Ends the request, whether it is answered or not. */
  readonly over?: AbortSignal;
}

const TIMEOUT_MS = 60_000;

/** One call on its way through the chain. The client wraps what its middleware throws, so the error itself is kept here. */
export class Exchange implements MiddlewareOptions {
  readonly call: GraphCall;
  readonly url: string;
  failure: unknown;
  #given: AbortController = new AbortController();
  constructor(call: GraphCall, url: string) {
    this.call = call;
    this.url = url;
  }

  /** The request's signal, anew for each time it is sent. */
  signal(): AbortSignal {
    this.#given = new AbortController();
    const { over } = this.call;
    return over ? AbortSignal.any([this.#given.signal, over]) : this.#given.signal;
  }

  /** Ends the request when `part` of it takes longer than a minute: what waits between two parts does not count. */
  async inTime<T>(part: () => Promise<T>): Promise<T> {
    const given = this.#given;
    const timer = setTimeout(() => given.abort(), TIMEOUT_MS);
    try {
      return await part();
    } finally {
      clearTimeout(timer);
    }
  }
}
