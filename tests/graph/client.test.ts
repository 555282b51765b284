import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
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
  jest.useRealTimers();
  server.closeAllConnections();
  server.close();
});

it('hands an answer over when it begins, to be read when there is room for it', async () => {
  const answer = await graph.ask({ url: '/users/a/messages', mailbox: 'a' });
  const body = answer.read();
  begun[0]!.end('1]}');
  expect(await body).toEqual({ value: [1] });
});

it('ends an answer that nobody will read', async () => {
  const over = new AbortController();
  const answer = await graph.ask({ url: '/users/a/messages', mailbox: 'a', over: over.signal });
  over.abort();
  await once(begun[0]!, 'close');
  expect(begun[0]!.writableFinished).toBe(false);
  await expect(answer.read()).rejects.toThrow('Graph broke off');
});

it('says so when an answer breaks off', async () => {
  const answer = await graph.ask({ url: '/users/a/messages', mailbox: 'a' });
  begun[0]!.destroy();
  await expect(answer.read()).rejects.toThrow('Graph broke off');
});

it('gives up what takes longer than a minute; what waits to be read may', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'] });
  const [patient, slow] = await Promise.all(['a', 'b'].map((mailbox) => graph.ask({ url: `/users/${mailbox}/messages`, mailbox })));
  jest.advanceTimersByTime(600_000);
  begun[0]!.end('1]}');
  expect(await patient!.read()).toEqual({ value: [1] });
  const body = slow!.read();
  const broken = expect(body).rejects.toThrow('Graph broke off');
  await turn();
  jest.advanceTimersByTime(61_000);
  await broken;
});
