import { channel } from 'node:diagnostics_channel';

/**
 * What goes over the wire, for whoever listens in this process: each request with its answer (`method`, `url`, `request`, `status`,
 * `answer`), and each delivery of notifications (`notified`). Tests hold all of it against Graph's published contract.
 */
const wire = channel('rapport.local.graph');

export interface WireExchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly request: unknown;
  readonly status: number;
  readonly answer: unknown;
}

export function toWire(message: WireExchange | { readonly notified: unknown }): void {
  if (wire.hasSubscribers) wire.publish(message);
}
