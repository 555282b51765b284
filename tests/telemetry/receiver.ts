import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Attribute {
  readonly key: string;
  readonly value: { stringValue?: string; intValue?: number };
}
interface Point {
  readonly attributes?: Attribute[];
  readonly asInt?: string | number;
  readonly asDouble?: number;
  readonly count?: string | number;
}
interface Metric {
  readonly name: string;
  readonly sum?: { dataPoints: Point[] };
  readonly gauge?: { dataPoints: Point[] };
  readonly histogram?: { dataPoints: Point[] };
}
interface Body {
  readonly resourceMetrics?: { scopeMetrics: { metrics: Metric[] }[] }[];
  readonly resourceSpans?: {
    scopeSpans: { spans: { name: string; traceId: string; parentSpanId?: string; attributes: Attribute[] }[] }[];
  }[];
}

/** An OTLP collector that keeps what it is sent. */
export interface Receiver {
  readonly url: string;
  /** Everything, as it came over the wire. */
  text(): string;
  spans(): { name: string; traceId: string; child: boolean; labels: Record<string, unknown> }[];
  /** The latest value of a figure with these labels. */
  value(name: string, labels?: Record<string, unknown>): number | undefined;
  close(): Promise<void>;
}

const labelsOf = (attributes: readonly Attribute[] = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

export async function otlpReceiver(): Promise<Receiver> {
  const bodies: string[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const parsed = (): Body[] => bodies.map((body) => JSON.parse(body) as Body);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => bodies.join('\n'),
    spans: () =>
      parsed()
        .flatMap(({ resourceSpans = [] }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
        .map(({ name, traceId, parentSpanId, attributes }) => ({ name, traceId, child: !!parentSpanId, labels: labelsOf(attributes) })),
    value(name, labels = {}) {
      const points = parsed()
        .flatMap(({ resourceMetrics = [] }) =>
          resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
        )
        .filter((metric) => metric.name === name)
        .flatMap(({ sum, gauge, histogram }) => (sum ?? gauge ?? histogram)?.dataPoints ?? [])
        .filter((point) => Object.entries(labels).every(([key, value]) => labelsOf(point.attributes)[key] === value));
      const last = points.at(-1);
      return last && Number(last.asInt ?? last.asDouble ?? last.count);
    },
    close: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}
