import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import Fastify, { type FastifyReply } from 'fastify';
import { type DeskParts, deskRoutes } from './api.ts';

export interface Front {
  /** `http://localhost:PORT` */
  readonly url: string;
  readonly port: number;
  readonly parts: DeskParts;
  close(): Promise<void>;
}

/** So many ports after the wanted one are tried when it is taken. */
const TRIES = 20;
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'card.css': 'text/css; charset=utf-8',
  'mail.css': 'text/css; charset=utf-8',
};
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/**
 * The one origin of the browser: `/` is the desk, `/desk/*` its answers, everything else goes to the service as it is and comes back as it
 * comes, line by line. Listens on this machine alone; other host names and other sites are turned away, for the desk hands out tokens.
 * @param folder - the built page
 * @param service - where the service listens, once it does
 */
export async function startFront(options: {
  port: number;
  folder: string;
  service: () => string | null;
  parts: DeskParts;
}): Promise<Front> {
  const desk = Fastify({ forceCloseConnections: true, bodyLimit: 1_048_576 });
  deskRoutes(desk, options.parts);
  const file = (name: string) => async (_request: unknown, reply: FastifyReply) => {
    const found = path.join(options.folder, name);
    if (!existsSync(found))
      return reply.code(503).type('text/plain').send('The page of the desk is still being built. Reload in a moment.');
    return reply
      .headers({ 'content-type': FILES[name], 'cache-control': 'no-cache', 'content-security-policy': POLICY })
      .send(readFileSync(found));
  };
  desk.get('/', file('index.html'));
  for (const name of Object.keys(FILES)) desk.get(`/desk/${name}`, file(name));
  await desk.ready();

  const server = http.createServer((request, response) => {
    const refused = foreign(request);
    if (refused) {
      response.writeHead(403, { 'content-type': 'text/plain' });
      response.end(refused);
    } else if (ofDesk(request.url ?? '/')) desk.routing(request, response);
    else forward(request, response, options.service());
  });
  server.on('connection', (socket) => socket.setNoDelay(true));
  const port = await listen(server, options.port);
  return {
    url: `http://localhost:${port}`,
    port,
    parts: options.parts,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await desk.close();
    },
  };
}

const ofDesk = (url: string) => {
  const { pathname } = new URL(url, 'http://localhost');
  return pathname === '/' || pathname.startsWith('/desk/');
};

/** Why a request is turned away: a name that is not this machine's (a page elsewhere that points its name here), or another site's page. */
function foreign(request: http.IncomingMessage): string | undefined {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!['localhost', '127.0.0.1', '[::1]'].includes(host)) return 'Only http://localhost is answered here.';
  const { origin } = request.headers;
  if (origin && origin !== `http://${request.headers.host}`) return 'Only the desk itself is answered here.';
  return undefined;
}

function forward(request: http.IncomingMessage, response: http.ServerResponse, service: string | null): void {
  const unanswered = () => {
    if (response.headersSent) return response.destroy();
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' });
    response.end('The service does not answer at the moment.');
  };
  if (!service) return void unanswered();
  const { hostname, port } = new URL(service);
  const outgoing = http.request(
    { hostname, port, method: request.method, path: request.url, headers: { ...request.headers, 'x-forwarded-proto': 'http' } },
    (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, incoming.rawHeaders);
      response.flushHeaders();
      incoming.pipe(response);
      incoming.on('error', () => response.destroy());
    },
  );
  outgoing.on('error', unanswered);
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}

async function listen(server: http.Server, wanted: number): Promise<number> {
  for (let port = wanted; ; port++) {
    try {
      if (port !== 0 && (await answersOnIpv6(port))) throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port === 0 || port >= wanted + TRIES) throw error;
    }
  }
}

/** `localhost` is looked up as ::1 first: somebody who listens there alone would get our browser. */
const answersOnIpv6 = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '::1', timeout: 300 });
    const end = (answers: boolean) => () => {
      socket.destroy();
      resolve(answers);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
