import type { Clock } from '../clock.ts';
import { Unavailable } from '../errors.ts';
import { ATTEMPTS, preferences } from './chain.ts';
import type { GraphCall } from './exchange.ts';
import { type Lanes, PER_MAILBOX } from './lanes.ts';
import { isThrottled, retryAfterSeconds, SHORT_WAIT_SECONDS } from './rules.ts';

/** Lists of folders are what is long in a batch. */
const PAGE_SIZE = 250;

export interface BatchAnswer {
  readonly status: number;
  readonly body: unknown;
}
export interface BatchAnswers {
  /** In the order of the questions; null for what was not served. */
  readonly answers: readonly (BatchAnswer | null)[];
  /** To be thrown when some were not served, once what was served has been worked in. */
  readonly unserved: Unavailable | null;
}

/**
 * GETs of one mailbox, in requests of four: more than Graph works on at once have been seen refused instead of worked on one after another. They
 * are throttled one by one, and the mailbox is left alone for as long as they say: shortly, and they are asked for again; for long, and they are
 * not served.
 * @param urls - below the version
 */
export type Batching = (mailbox: string, urls: readonly string[]) => Promise<BatchAnswers>;

export function batching(parts: { call(call: GraphCall): Promise<unknown>; lanes: Lanes; wall: Clock }): Batching {
  const { call, lanes, wall } = parts;

  /** @returns by place, without what was not served; `waitSeconds`: for how long that was refused, where Graph said so or is not well */
  async function four(mailbox: string, urls: readonly string[], attempt: number) {
    const headers = { Prefer: preferences(PAGE_SIZE) };
    const requests = urls.map((url, index) => ({ id: String(index), method: 'GET', url, headers }));
    const { responses = [] } = (await call({ method: 'POST', url: '/$batch', mailbox, body: { requests }, places: urls.length })) as Answer;
    const served = new Map<number, BatchAnswer>();
    const waits: number[] = [];
    for (const { id, status, headers, body } of responses) {
      const place = requests.findIndex((request) => request.id === id);
      if (place >= 0 && status < 500 && status !== 429) served.set(place, { status, body: body ?? null });
      else if (isThrottled(status)) waits.push(retryAfterSeconds(retryAfterOf(headers), attempt, wall.now(), Math.random()));
    }
    return { served, waitSeconds: waits.length > 0 ? Math.max(...waits) : undefined };
  }

  return async (mailbox, urls) => {
    const answers = new Map<number, BatchAnswer>();
    let left = urls.map((_, index) => index);
    let refusals = 0;
    let unserved: Unavailable | null = null;
    while (left.length > 0 && !unserved) {
      const some = left.slice(0, PER_MAILBOX);
      const asked = some.map((index) => urls[index]!);
      try {
        const { served, waitSeconds } = await four(mailbox, asked, refusals);
        for (const [place, answer] of served) answers.set(some[place]!, answer);
        left = left.filter((index) => !answers.has(index));
        if (served.size === some.length) continue;
        // No client repeats the items of a batch. Asking on while throttled prolongs it, so the mailbox waits as a whole.
        refusals += 1;
        if (waitSeconds !== undefined) lanes.hold(mailbox, waitSeconds);
        if (waitSeconds === undefined || waitSeconds > SHORT_WAIT_SECONDS || refusals === ATTEMPTS)
          unserved = new Unavailable('Graph did not serve a part of a batch', { retryAfterSeconds: waitSeconds });
      } catch (error) {
        if (answers.size === 0 || !(error instanceof Unavailable)) throw error;
        unserved = error; // what was served before counts
      }
    }
    return { answers: urls.map((_, index) => answers.get(index) ?? null), unserved };
  };
}

interface Answer {
  readonly responses?: readonly {
    readonly id: string;
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  }[];
}
const retryAfterOf = (headers: Readonly<Record<string, string>> = {}): string | null =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? null;
