import { watchBacklog } from './backlog.ts';
import { noObserver, type Observer } from './observer.ts';
import { watchGraph, watchHttp } from './requests.ts';
import { startSdk, type TelemetrySettings } from './sdk.ts';
import { watchedDeadlines, watchedJobs, watchedPosts } from './work.ts';

export { noObserver, type Observer } from './observer.ts';

/** Starts telemetry where a setting names a place for it; without one nothing is loaded. */
export async function openTelemetry(settings: TelemetrySettings): Promise<Observer> {
  if (!settings.APPLICATIONINSIGHTS_CONNECTION_STRING && !settings.OTEL_EXPORTER_OTLP_ENDPOINT) return noObserver;
  const { api, close } = await startSdk(settings);
  return {
    jobs: (handlers) => watchedJobs(api, handlers),
    deadlines: (handlers) => watchedDeadlines(api, handlers),
    posts: (port) => watchedPosts(api, port),
    http: (app) => watchHttp(api, app),
    graph: (origin) => watchGraph(api, new URL(origin).origin),
    backlog: (ports) => watchBacklog(api, ports),
    here(): Readonly<Record<string, string>> {
      const span = api.spanOf(api.active())?.spanContext();
      return span ? { traceId: span.traceId, spanId: span.spanId } : {};
    },
    close,
  };
}
