import type { FastifyInstance } from 'fastify';
import type { DeadlineHandler, JobHandler, Ports } from '../capability.ts';
import type { TeamsPort } from '../posts/port.ts';

/** What watches the service work. It changes nothing: what it is handed comes back, wrapped or as it was. */
export interface Observer {
  jobs(handlers: Record<string, JobHandler>): Record<string, JobHandler>;
  deadlines(handlers: Record<string, DeadlineHandler>): Record<string, DeadlineHandler>;
  posts(port: TeamsPort): TeamsPort;
  /** Follows requests to the service; called before any route is added. */
  http(app: FastifyInstance): void;
  /** Follows requests to the origin of Graph, whoever sends them. */
  graph(origin: string): void;
  /** Reads what waits in the database, each time figures are sent. */
  backlog(ports: Pick<Ports, 'db' | 'clock' | 'wall'>): void;
  /** What a log entry carries so that it can be found from a trace. */
  here(): Readonly<Record<string, string>>;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
}

/** Telemetry is off: nothing is loaded, nothing is wrapped. */
export const noObserver: Observer = {
  jobs: (handlers) => handlers,
  deadlines: (handlers) => handlers,
  posts: (port) => port,
  http: () => {},
  graph: () => {},
  backlog: () => {},
  here: () => ({}),
  close: async () => {},
};
