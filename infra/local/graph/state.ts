import type { Clock } from '../../../bot/clock.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { Rights } from './access.ts';
import type { Faults, TokenEpoch } from './faults.ts';
import type { Lanes } from './lanes.ts';
import type { Calendars } from './meetings.ts';
import type { PostOffice } from './post-office.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { DirectoryUser } from './users.ts';

/** Everything that an answer may depend on. */
export interface GraphState {
  readonly tenant: Tenant;
  readonly directory: readonly DirectoryUser[];
  readonly mail: PostOffice;
  readonly calendars: Calendars;
  readonly subscriptions: Subscriptions;
  readonly lanes: Lanes;
  readonly faults: Faults;
  readonly epoch: TokenEpoch;
  /** Of this process: tokens of another one are no longer known. */
  readonly process: string;
  readonly wall: Clock;
  readonly latencyMs: number;
  readonly itemMs: number;
  readonly log: RequestLog;
  baseUrl: string;
}

/** One request as Graph sees it, from the wire or out of a batch. */
export interface Call {
  readonly method: string;
  /** Below `/v1.0`, parts decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly rights: Rights;
}
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was asked of the stand-in. `recent` holds the last 2,000, batch items one by one. */
export interface RequestLog {
  total: number;
  readonly recent: { readonly method: string; readonly path: string; readonly status: number; readonly atMs: number }[];
  /** The most that were ever under way in one mailbox at once. */
  readonly mostAtOnce: number;
}
