import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { notificationContract } from './support/contract.ts';
import { aBench, type Bench } from './support/graph.ts';
import { aMail, aTenant, START } from './support/tenant.ts';

const ANNA = 'anna@contoso.example';
const RESOURCE = `users/${ANNA}/mailFolders('inbox')/messages`;

let bench: Bench;
let receiver: Server;
let url: string;
/** What was posted to us; `answer` decides what we say to it. */
let posted: {
  value: { subscriptionId: string; changeType?: string; lifecycleEvent?: string; clientState: string; resourceData?: { id: string } }[];
}[];
let answer: () => number;
let handshakes: number;
const nowAt = { now: () => START };

beforeEach(async () => {
  posted = [];
  handshakes = 0;
  answer = () => 202;
  receiver = createServer((request: IncomingMessage, response) => {
    const token = new URL(request.url!, 'http://x').searchParams.get('validationToken');
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      if (token !== null) {
        handshakes += 1;
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.end(request.url!.includes('wrong') ? 'no' : token);
        return;
      }
      posted.push(JSON.parse(text));
      response.writeHead(answer());
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://localhost:${(receiver.address() as AddressInfo).port}`;
  bench = await aBench(aTenant(), { httpNotifications: true });
});
afterEach(async () => {
  await bench.close();
  await new Promise((resolve) => receiver.close(resolve));
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const subscribe = (given: Record<string, unknown> = {}, prefer?: string) =>
  bench.ask('/subscriptions', {
    method: 'POST',
    ...(prefer !== undefined && { prefer }),
    body: {
      changeType: 'created,updated',
      notificationUrl: `${url}/mail`,
      resource: RESOURCE,
      expirationDateTime: inMinutes(1000),
      clientState: 'known',
      ...given,
    },
  });
const arrive = () =>
  bench.graph.addMail(aMail({ from: 'joan@fabrikam.example', to: ANNA, sentAt: new Date(nowAt.now().getTime() - 60_000) }));

describe('creating', () => {
  it('shakes hands with both addresses, and answers with what was made', async () => {
    const { status, body } = await subscribe({ lifecycleNotificationUrl: `${url}/life` });
    expect(status).toBe(201);
    expect(handshakes).toBe(2);
    expect((await bench.ask(`/subscriptions/${body.id}`)).body).toMatchObject({
      id: body.id,
      resource: RESOURCE,
      changeType: 'created,updated',
    });
    expect((await bench.ask('/subscriptions')).body.value).toHaveLength(1);
    expect((await bench.ask(`/subscriptions/${body.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await bench.ask(`/subscriptions/${body.id}`)).status).toBe(404);
  });

  it.each([
    ['a handshake that fails', () => ({ notificationUrl: `${url}/wrong` })],
    ['more than seven days', () => ({ expirationDateTime: inMinutes(10_090) })],
    ['the past', () => ({ expirationDateTime: inMinutes(-1) })],
    ['a long clientState', () => ({ clientState: 'x'.repeat(129) })],
    ['another resource', () => ({ resource: 'teams/all' })],
    ['another kind of change', () => ({ changeType: 'seen' })],
  ])('refuses %s', async (_what, given) => {
    expect((await subscribe(given())).status).toBe(400);
  });

  it('lasts 45 minutes at least, and can be renewed, not given another lifecycle address', async () => {
    const { body } = await subscribe({ expirationDateTime: inMinutes(5) });
    expect(Date.parse(body.expirationDateTime)).toBeGreaterThan(Date.now() + 44 * 60_000);
    const path = `/subscriptions/${body.id}`;
    const renewed = await bench.ask(path, { method: 'PATCH', body: { expirationDateTime: inMinutes(5000) } });
    expect(Date.parse(renewed.body.expirationDateTime)).toBeGreaterThan(Date.now() + 4900 * 60_000);
    expect(
      (await bench.ask(path, { method: 'PATCH', body: { expirationDateTime: inMinutes(5000), lifecycleNotificationUrl: url } })).status,
    ).toBe(400);
  });

  it('to messages of Teams: three days at most, and over an hour only with an address for lifecycle notices', async () => {
    const chat = (minutes: number, more: object = {}) =>
      subscribe({
        resource: 'teams/1/channels/19:x@thread.tacv2/messages',
        changeType: 'created',
        expirationDateTime: inMinutes(minutes),
        ...more,
      });
    expect((await chat(59)).status).toBe(201);
    const refused = await chat(120);
    expect([refused.status, refused.body.error.message]).toEqual([400, expect.stringContaining('lifecycleNotificationUrl')]);
    expect((await chat(120, { lifecycleNotificationUrl: `${url}/life` })).status).toBe(201);
    expect((await chat(4_400, { lifecycleNotificationUrl: `${url}/life` })).status).toBe(400);
  });

  it('over http only where that was allowed', async () => {
    await bench.close();
    bench = await aBench(aTenant());
    expect((await subscribe()).body.error.message).toContain('https');
  });
});

describe('notifying', () => {
  it('tells of new mail in that folder, with the kind of id that was asked for', async () => {
    await subscribe({}, 'IdType="ImmutableId"');
    arrive();
    bench.graph.addMail(aMail({ from: ANNA, to: 'joan@fabrikam.example' }));
    await bench.graph.notified();
    expect(posted).toHaveLength(1);
    expect(notificationContract(posted[0])).toBeNull();
    const [item] = posted[0]!.value;
    expect(posted[0]!.value).toHaveLength(1);
    expect(item).toMatchObject({ changeType: 'created', clientState: 'known' });
    expect((await bench.ask(`/users/${ANNA}/messages/${item!.resourceData!.id}`, { prefer: 'IdType="ImmutableId"' })).status).toBe(200);
  });

  it('tries again when it is not taken, and can come twice, or never', async () => {
    await subscribe();
    let tries = 0;
    answer = () => (++tries < 2 ? 503 : 202);
    arrive();
    await bench.graph.notified();
    expect(posted).toHaveLength(2);
    bench.graph.faults.notifications = 'doubled';
    arrive();
    await bench.graph.notified();
    expect(posted[2]!.value).toHaveLength(2);
    bench.graph.faults.notifications = 'lost';
    arrive();
    await bench.graph.notified();
    expect(posted).toHaveLength(3);
  });

  it('tells of what is sent under the id of the Outbox first, when switched on', async () => {
    await subscribe({ resource: `/users/${ANNA}/messages` });
    bench.graph.faults.transientIds = true;
    bench.graph.addMail(aMail({ from: ANNA, to: 'joan@fabrikam.example', sentAt: new Date(nowAt.now().getTime() - 60_000) }));
    await bench.graph.notified();
    const ids = (posted[0] as { value: { resourceData: { id: string } }[] }).value.map(({ resourceData }) => resourceData.id);
    expect(ids).toHaveLength(2);
    expect((await bench.ask(`/users/${ANNA}/messages/${ids[0]}`)).status).toBe(404);
    expect((await bench.ask(`/users/${ANNA}/messages/${ids[1]}`)).status).toBe(200);
  });

  it('lifecycle notices go to their own address; a removed subscription is gone', async () => {
    const { body } = await subscribe({ lifecycleNotificationUrl: `${url}/life` });
    await bench.graph.lifecycle('missed');
    await bench.graph.lifecycle('subscriptionRemoved');
    expect(posted.map(({ value }) => [value[0]!.subscriptionId, value[0]!.lifecycleEvent])).toEqual([
      [body.id, 'missed'],
      [body.id, 'subscriptionRemoved'],
    ]);
    expect(posted.map(notificationContract)).toEqual([null, null]);
    arrive();
    await bench.graph.notified();
    expect(posted).toHaveLength(2);
  });
});
