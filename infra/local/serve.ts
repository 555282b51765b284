import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ThrowAwayCa } from './certificates.ts';

export interface Serving {
  /** `https://localhost:PORT`, without a slash at its end. */
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** An https server on 127.0.0.1 under the throw-away authority. `port` 0 takes a free one. */
export async function serveHttps(certificates: ThrowAwayCa, listener: RequestListener, port = 0): Promise<Serving> {
  const server = createServer({ ...(await certificates.serverFor()), keepAlive: true }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${taken}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const BODY_LIMIT = 4_000_000;

/** The whole body as text. @throws {RangeError} beyond 4 MB: nothing that is sent to a stand-in is that long */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new RangeError('body too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
