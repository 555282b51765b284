/** How Graph says that a delta token is no longer good: three shapes were seen. */
export type ExpiredShape = 'goneWithLocation' | 'syncStateNotFound' | 'resyncRequired';

/** An answer in place of the real one. */
export interface FaultRule {
  /** How many requests it still meets. */
  times: number;
  /** 400: it does not take what was asked; 401: access was revoked, a token with the claims of the challenge is wanted. */
  readonly status: 400 | 401 | 403 | 429 | 500 | 502 | 503 | 504;
  /** Seconds, decimals allowed; null leaves the header out (503 and 504 often have none). */
  readonly retryAfterSeconds?: number | null;
  /** Met by method and path with query, such as `GET /users/...`; default: all. */
  readonly matching?: RegExp;
}

/** What the stand-in does wrong or awkwardly; tests and the desk change it while it runs. */
export interface Faults {
  /** First rule that matches and has times left answers. */
  readonly rules: FaultRule[];
  /** Every delta round begins with an empty page that has a next link. */
  emptyPages: boolean;
  /** Each page of a delta round holds an item twice. */
  replays: boolean;
  /** Later rounds give whole items after a change, where Graph gives the changed properties alone. */
  wholeItems: boolean;
  /** internetMessageHeaders are left out although selected. */
  headersHidden: boolean;
  /** What matches is done, and its answer is cut off: whoever asked cannot know. By method and path. */
  cut: RegExp | null;
  /** Every request takes so long besides. */
  slowMs: number;
  /** Notifications: `lost` are never sent, `doubled` sent twice, in reverse order. */
  notifications: 'right' | 'lost' | 'doubled';
  /** Of a batch, what goes beyond the four that are worked on at once is refused with 429, as has been seen, instead of worked on after them. */
  fullBatches: boolean;
  /** What is sent is first told of under the id that it has in the Outbox, which is not there any more when somebody looks. */
  transientIds: boolean;
  /** Ends the life of all delta tokens given so far. */
  expireTokens(shape: ExpiredShape): void;
}

export interface TokenEpoch {
  /** Part of every token; older ones are answered in `shape`. */
  current: number;
  shape: ExpiredShape;
}

export function faultSwitches(epoch: TokenEpoch): Faults {
  return {
    rules: [],
    emptyPages: false,
    replays: false,
    wholeItems: false,
    headersHidden: false,
    cut: null,
    slowMs: 0,
    notifications: 'right',
    fullBatches: false,
    transientIds: false,
    expireTokens(shape) {
      epoch.current += 1;
      epoch.shape = shape;
    },
  };
}
