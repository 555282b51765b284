import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readOptions } from '../../infra/local/launch/options.ts';
import { openPlaygroundDoor, type PlaygroundDoor, writePlaygroundConfig } from '../../infra/local/launch/playground.ts';
import { bodyOf } from '../../infra/local/serve.ts';
import { anna, aTenant, joan } from './stage.ts';

const PORT = 56_150;
const heard: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
let service: Server;
let door: PlaygroundDoor;
beforeAll(async () => {
  service = createServer(async (request, response) => {
    heard.push({ url: request.url, authorization: request.headers.authorization, body: await bodyOf(request) });
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"answered":true}');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  door = await openPlaygroundDoor({
    port: PORT,
    entra: { botToken: async (serviceUrl) => `for ${serviceUrl}` },
    service: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
  });
});
beforeEach(() => void heard.splice(0));
afterAll(async () => {
  await door.close();
  service.close();
  service.closeAllConnections();
});
const post = (activity: object, headers: Record<string, string> = {}) =>
  fetch(door.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(activity) });

describe('the door of the 365 Agents Playground', () => {
  it('passes what it sends with a token for its address, and hands the answer back', async () => {
    const activity = { type: 'message', serviceUrl: `http://localhost:${PORT}/_connector`, text: 'help' };
    const answer = await post(activity);
    expect([answer.status, await answer.json()]).toEqual([201, { answered: true }]);
    expect(heard).toEqual([{ url: '/api/messages', authorization: `Bearer for ${activity.serviceUrl}`, body: JSON.stringify(activity) }]);
  });

  it.each([
    ['another address', { serviceUrl: 'http://localhost:1/_connector' }, {}],
    ['a host that only begins alike', { serviceUrl: `http://localhost:${PORT}@evil.example/` }, {}],
    ['no address', {}, {}],
    ['a page in a browser', { serviceUrl: `http://localhost:${PORT}/_connector` }, { origin: 'https://evil.example' }],
  ])('signs nothing for %s', async (_who, activity, headers) => {
    expect((await post(activity, headers)).status).toBe(403);
    expect(heard).toEqual([]);
  });

  it('says that it is there', async () => {
    expect((await fetch(door.url, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('the file of who is there', () => {
  it('names people of the client as their tokens do, and no more than the Playground takes', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-playground-'));
    const file = path.join(folder, 'playground.yml');
    const many = Array.from({ length: 8 }, (_, index) => ({ ...anna, key: `one${index}`, objectId: `object-${index}` }));
    const tenant = { ...aTenant(), people: [anna, { ...joan, tenantId: 'elsewhere' }, ...many] };
    writePlaygroundConfig(tenant, file);
    const config = parse(readFileSync(file, 'utf8')) as { tenantId: string; currentUser: object; users: { aadObjectId: string }[] };
    rmSync(folder, { recursive: true });
    expect(config.tenantId).toBe(tenant.id);
    expect(config.currentUser).toMatchObject({ name: anna.name, aadObjectId: anna.objectId });
    expect(config.users.map(({ aadObjectId }) => aadObjectId)).toEqual(['object-0', 'object-1', 'object-2', 'object-3', 'object-4']);
  });

  it('is made where its port is told', () => {
    expect(readOptions(['--playground', '56150'])).toMatchObject({ playground: 56_150 });
    expect(readOptions([])).toMatchObject({ playground: null });
    expect(() => readOptions(['--playground', 'x'])).toThrow('--playground x is not a port');
  });
});
