import { subscribe } from 'node:diagnostics_channel';
import type { Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Api, attributes, endSpan, SECONDS, stopwatch } from './instruments.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const methodOf = (method: string): string => (METHODS.has(method) ? method : '_OTHER');

/** Requests to the service, by the route's pattern: never by the address that was asked for, which holds ids. */
export function watchHttp(api: Api, app: FastifyInstance): void {
  const seconds = api.meter.createHistogram('http.server.request.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  const running = new WeakMap<FastifyRequest, { span: Span; elapsed: () => number }>();
  app.addHook('onRequest', (request, _reply, done) => {
    const labels = { 'http.request.method': methodOf(request.method), 'http.route': request.routeOptions.url ?? 'unmatched' };
    const span = api.tracer.startSpan(`${labels['http.request.method']} ${labels['http.route']}`, {
      kind: api.kinds.server,
      attributes: attributes(labels),
      root: true,
    });
    running.set(request, { span, elapsed: stopwatch() });
    api.with(api.setSpan(api.active(), span), done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const one = running.get(request);
    if (!one) return;
    const labels = {
      'http.request.method': methodOf(request.method),
      'http.route': request.routeOptions.url ?? 'unmatched',
      'http.response.status_code': reply.statusCode,
    };
    seconds.record(one.elapsed(), attributes(labels));
    endSpan(api, one.span, labels);
  });
}

/** Of what Node's own fetch tells on its diagnostics channels, the parts that are read. `path` is there, and is left alone. */
interface Fetched {
  readonly request: { readonly origin?: unknown; readonly method?: unknown };
  readonly response?: { readonly statusCode?: number };
  readonly error?: unknown;
}

/** Requests to Graph, each try of them, by status; `none` where no answer came. */
export function watchGraph(api: Api, origin: string): void {
  const requests = api.meter.createCounter('rapport.graph.requests', { description: 'requests to Graph, by status' });
  const seconds = api.meter.createHistogram('rapport.graph.duration', { unit: 's', advice: { explicitBucketBoundaries: SECONDS } });
  const running = new WeakMap<object, { span: Span; elapsed: () => number; method: string }>();
  const on = (channel: string, heard: (message: Fetched) => void): void =>
    subscribe(`undici:request:${channel}`, (message) => {
      const told = message as Fetched;
      if (String(told.request.origin) === origin) heard(told);
    });
  on('create', ({ request }) => {
    const method = methodOf(String(request.method));
    const span = api.tracer.startSpan(`graph ${method}`, { kind: api.kinds.client });
    running.set(request, { span, elapsed: stopwatch(), method });
  });
  const finish = ({ request, response, error }: Fetched): void => {
    const one = running.get(request);
    if (!one) return;
    running.delete(request);
    const status = response?.statusCode;
    const labels = {
      'http.request.method': one.method,
      ...(status === undefined ? { outcome: 'none' } : { 'http.response.status_code': status }),
    };
    requests.add(1, attributes(labels));
    seconds.record(one.elapsed(), attributes(labels));
    endSpan(api, one.span, labels, error);
  };
  on('headers', finish);
  on('error', finish);
}
