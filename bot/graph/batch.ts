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
  /** Of what was not served, by its place, that which Graph has trouble with (5xx): the others it has not looked at. */
  readonly failed: ReadonlySet<number>;
  /** To be thrown when some were not served, once what was served has been worked in. */
  readonly unserved: Unavailable | null;
}

/**
 * GETs of one mailbox, in requests of four: more than Graph works on at once have been seen refused instead of worked on one after another. They
 * are throttled one by one, and the mailbox is left alone for as long as they say: shortly, and they are asked for again; for long, and they are
 * not served. What Graph fails with holds up no other.
 * @param urls - below the version
 */
export type Batching = (mailbox: string, urls: readonly string[]) => Promise<BatchAnswers>;

export function batching(parts: { call(call: GraphCall): Promise<unknown>; lanes: Lanes; wall: Clock }): Batching {
  const { call, lanes, wall } = parts;

  /** @returns by place in the request; `waitSeconds`: for how long Graph wants the mailbox left alone */
  async function four(mailbox: string, urls: readonly string[]) {
    const headers = { Prefer: preferences(PAGE_SIZE) };
    const requests = urls.map((url, index) => ({ id: String(index), method: 'GET', url, headers }));
    const { responses = [] } = (await call({ method: 'POST', url: '/$batch', mailbox, body: { requests }, places: urls.length })) as Answer;
    const served = new Map<number, BatchAnswer>();
    const failed = new Set<number>();
    let waitSeconds: number | undefined;
    for (const { id, status, headers, body } of responses) {
      const place = requests.findIndex((request) => request.id === id);
      if (place < 0) continue;
      if (status < 500 && status !== 429) served.set(place, { status, body: body ?? null });
      else if (status >= 500) failed.add(place);
      if (!isThrottled(status)) continue;
      const header = retryAfterOf(headers);
      const seconds = lanes.hold(mailbox, (refusals) => retryAfterSeconds(header, refusals, wall.now(), Math.random()));
      waitSeconds = Math.max(waitSeconds ?? 0, seconds);
    }
    return { served, failed, waitSeconds };
  }

  return async (mailbox, urls) => {
    const answers = new Map<number, BatchAnswer>();
    const failed = new Set<number>();
    let left = urls.map((_, index) => index);
    let unserved: Unavailable | null = null;
    let refusals = 0;
    while (left.length > 0) {
      const some = left.slice(0, PER_MAILBOX);
      const asked = some.map((index) => urls[index]!);
      try {
        const now = await four(mailbox, asked);
        for (const [place, answer] of now.served) answers.set(some[place]!, answer);
        for (const place of now.failed) failed.add(some[place]!);
        const passes = now.waitSeconds === undefined;
        if (passes) lanes.served(mailbox);
        refusals = passes ? 0 : refusals + 1;
        // No client repeats the items of a batch. Asking on while throttled prolongs it, so the mailbox waits as a whole.
        const again = !passes && now.waitSeconds! <= SHORT_WAIT_SECONDS && refusals < ATTEMPTS;
        left = left.filter((index) => !answers.has(index) && (again || !some.includes(index)));
        if (now.served.size < some.length && !again)
          unserved = new Unavailable('Graph did not serve a part of a batch', { retryAfterSeconds: now.waitSeconds });
        if (!passes && !again) break;
      } catch (error) {
        if (answers.size === 0 || !(error instanceof Unavailable)) throw error;
        unserved = error; // what was served before counts
        break;
      }
    }
    for (const index of answers.keys()) failed.delete(index);
    return { answers: urls.map((_, index) => answers.get(index) ?? null), failed, unserved };
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
