import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { wall } from '../../bot/clock.ts';
import { type Graph, graphClient } from '../../bot/graph/index.ts';

/** Of a server that begins an answer and goes on when it is told. */
let server: Server;
let begun: ServerResponse[];
let graph: Graph;
beforeEach(async () => {
  begun = [];
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"value":[');
    begun.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credential = { getToken: async () => ({ token: 'a', expiresOnTimestamp: wall.now().getTime() + 3_600_000 }) };
  graph = graphClient({ GRAPH_URL: url, GRAPH_AT_ONCE: 4 }, wall, credential);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it('hands an answer over when it begins, to be read when there is room for it', async () => {
  const answer = await graph.ask({ url: '/users/a/messages', mailbox: 'a' });
  const body = answer.read();
  begun[0]!.end('1]}');
  expect(await body).toEqual({ value: [1] });
});

it('lets an answer go that nobody reads: its connection ends', async () => {
  const answer = await graph.ask({ url: '/users/a/messages', mailbox: 'a' });
  answer.drop();
  await once(begun[0]!, 'close');
  expect(begun[0]!.writableFinished).toBe(false);
});

it('says so when an answer breaks off', async () => {
  const answer = await graph.ask({ url: '/users/a/messages', mailbox: 'a' });
  begun[0]!.destroy();
  await expect(answer.read()).rejects.toThrow('Graph broke off');
});
