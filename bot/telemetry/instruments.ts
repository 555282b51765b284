import type { Attributes, Context, Meter, Span, Tracer } from '@opentelemetry/api';
import { nameOfError } from '../errors.ts';

/**
 * All that leaves the process besides instants and figures: words of the product's own lists. No ids, addresses, subjects or URLs; the type
 * admits no other name, and a value is one that code wrote.
 */
export interface Labels {
  readonly job?: string;
  readonly deadline?: string;
  readonly act?: string;
  readonly outcome?: string;
  readonly state?: string;
  readonly 'http.request.method'?: string;
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
}

/** The parts of OpenTelemetry's API that are used, loaded where telemetry is on. */
export interface Api {
  readonly tracer: Tracer;
  readonly meter: Meter;
  active(): Context;
  with<T>(context: Context, run: () => T): T;
  setSpan(context: Context, span: Span): Context;
  spanOf(context: Context): Span | undefined;
  readonly kinds: { readonly internal: number; readonly server: number; readonly client: number };
  readonly errorStatus: number;
}

/** Seconds that passed since `start` did, on a clock that is never set. */
export const stopwatch = (): (() => number) => {
  const startedMs = performance.now();
  return () => (performance.now() - startedMs) / 1000;
};

export const attributes = (labels: Labels): Attributes => ({ ...labels });

/** Ends a span; an error is told by its name and its place, never by its message. */
export function endSpan(api: Api, span: Span, labels: Labels, error?: unknown): void {
  span.setAttributes(attributes(labels));
  if (error !== undefined) span.setStatus({ code: api.errorStatus, message: nameOfError(error) });
  span.end();
}

/** Bounds of durations in seconds, as the semantic conventions for HTTP advise. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30];
