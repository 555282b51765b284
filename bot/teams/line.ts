import http from 'node:http';
import https from 'node:https';
import { TLSSocket } from 'node:tls';

/** No connection came about (no address, refused, reset, its certificate not believed, too slow): nothing of the request has left this machine. */
export class NeverSent extends Error {
  override readonly name = 'NeverSent';
  readonly code: string;
  constructor(cause: Error & { code?: string }) {
    super('no connection came about', { cause });
    this.code = cause.code ?? cause.name;
  }
}

/** The connection that a request waits for. One that was kept open from an earlier request says nothing here: it may have been written to. */
interface Line {
  opening: boolean;
}
interface Request {
  readonly url: string;
  agent?: http.Agent;
  requestOverrides?: Record<string, unknown>;
}

/** A connection that lies idle for longer may be closed at the other end just when something is sent, which nobody can tell from one cut off. */
const AS_NODES_OWN = { keepAlive: true, scheduling: 'lifo', timeout: 5_000 } as const;

/**
 * A step in the pipeline of a client that tells what cannot have arrived: an error while the connection of a request is still opening is
 * `NeverSent`. Codes alone do not tell: a reset has the same one before the request is written and after. Through a proxy it tells nothing.
 */
export function knowsTheLine() {
  const [plain, secure] = [told(new http.Agent(AS_NODES_OWN)), told(new https.Agent(AS_NODES_OWN))];
  return {
    name: 'knowsTheLine',
    async sendRequest<Answer>(request: Request, next: (request: Request) => Promise<Answer>): Promise<Answer> {
      const line: Line = { opening: false };
      request.agent ??= request.url.startsWith('https:') ? secure : plain;
      request.requestOverrides = { ...request.requestOverrides, line };
      try {
        return await next(request);
      } catch (error) {
        throw line.opening ? new NeverSent(error as Error) : error;
      }
    },
  };
}

/** An agent that tells each request's line how far its connection is. */
function told<Agent extends http.Agent>(agent: Agent): Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const { line } = options as { line?: Line };
    if (line) line.opening = true;
    const socket = connect(options, callback);
    // nothing is written before a server's certificate is believed
    socket?.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
      if (line) line.opening = false;
    });
    return socket;
  };
  return agent;
}
