import { randomUUID } from 'node:crypto';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Config } from '../config.ts';
import type { Api } from './instruments.ts';

export type TelemetrySettings = Pick<Config, 'APPLICATIONINSIGHTS_CONNECTION_STRING' | 'OTEL_EXPORTER_OTLP_ENDPOINT'>;

const SEND_EVERY_MS = 60_000;
const CLOSE_MS = 5_000;

interface Exporters {
  readonly spans: SpanExporter;
  readonly metrics: PushMetricExporter;
}

/** One pair per place that is named. */
async function exporters(settings: TelemetrySettings): Promise<Exporters[]> {
  const all: Exporters[] = [];
  const otlp = settings.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, '');
  if (otlp) {
    const [{ OTLPTraceExporter }, { OTLPMetricExporter }] = await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
    ]);
    all.push({
      spans: new OTLPTraceExporter({ url: `${otlp}/v1/traces` }),
      metrics: new OTLPMetricExporter({ url: `${otlp}/v1/metrics` }),
    });
  }
  const connectionString = settings.APPLICATIONINSIGHTS_CONNECTION_STRING;
  if (connectionString) {
    process.env.APPLICATION_INSIGHTS_NO_STATSBEAT ??= 'true'; // the exporter's own reports to Microsoft, about this host
    const { AzureMonitorMetricExporter, AzureMonitorTraceExporter } = await import('@azure/monitor-opentelemetry-exporter');
    const options = { connectionString, disableOfflineStorage: true };
    all.push({ spans: new AzureMonitorTraceExporter(options), metrics: new AzureMonitorMetricExporter(options) });
  }
  return all;
}

/**
 * Loads OpenTelemetry and starts sending to what the settings name. Nothing is found out about the host and nothing is instrumented by
 * itself: what is sent is what `Labels` admits.
 */
export async function startSdk(settings: TelemetrySettings): Promise<{ api: Api; close(): Promise<void> }> {
  const [otel, { MeterProvider, PeriodicExportingMetricReader }, { BatchSpanProcessor, TracerProvider }, resources, contexts, targets] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
      exporters(settings),
    ]);
  const resource = resources.resourceFromAttributes({ 'service.name': 'rapport', 'service.instance.id': randomUUID() });
  const readers = targets.map(
    ({ metrics }) => new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: SEND_EVERY_MS }),
  );
  const meters = new MeterProvider({ resource, readers });
  const traces = new TracerProvider({ resource, spanProcessors: targets.map(({ spans }) => new BatchSpanProcessor({ exporter: spans })) });
  otel.context.setGlobalContextManager(new contexts.AsyncLocalStorageContextManager().enable());
  return {
    api: {
      tracer: traces.getTracer('rapport'),
      meter: meters.getMeter('rapport'),
      active: () => otel.context.active(),
      with: (context, run) => otel.context.with(context, run),
      setSpan: otel.trace.setSpan,
      spanOf: otel.trace.getSpan,
      kinds: { internal: otel.SpanKind.INTERNAL, server: otel.SpanKind.SERVER, client: otel.SpanKind.CLIENT },
      errorStatus: otel.SpanStatusCode.ERROR,
    },
    async close() {
      // A place that does not answer must not keep the service from ending.
      const sent = Promise.allSettled([meters.shutdown(), traces.shutdown()]);
      const late = new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([sent, late]);
      otel.context.disable();
    },
  };
}
