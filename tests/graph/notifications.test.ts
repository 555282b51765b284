import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { graphNotifications } from '../../bot/graph/index.ts';
import { watch } from '../../bot/graph/subscriptions.ts';
import { aMail, aMailbox, aPerson, aTenant, START } from '../local/support/tenant.ts';
import { Service } from './service.ts';

const anna = aPerson({ address: 'anna@contoso.example' });
const joan = 'joan@fabrikam.example';
const tenant = aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails: [aMail({ from: joan, to: anna.address, subject: 'First' })] });

let service: Service;
let app: FastifyInstance;
let url = '';
afterEach(async () => {
  await app?.close();
  await service?.close();
});

/** A mailbox that has been read, and the door at which Graph knocks. */
async function reading(): Promise<string> {
  service = await Service.start(tenant, { httpNotifications: true });
  app = Fastify();
  await app.register(graphNotifications({ ports: service.ports, config: { TENANT_ID: service.tenant.id } }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  await service.sweep();
  const { id } = await service.database.db.selectFrom('mailbox').select('id').executeTakeFirstOrThrow();
  return id;
}
const subscriptions = () => service.database.db.selectFrom('graphSubscription').selectAll().execute();
/** How many mailboxes have been woken. */
const woken = async (): Promise<number> =>
  (await service.database.db.selectFrom('graphWake').select('mailboxId').distinct().execute()).length;
const notify = (item: Record<string, unknown>) => app.inject({ method: 'POST', url: '/notifications/graph', payload: { value: [item] } });

it('wakes the reader when something comes into a mailbox, by a subscription that Graph checked', async () => {
  const mailboxId = await reading();
  await watch(service.graph, service.ports, url, mailboxId);
  expect(await subscriptions()).toMatchObject([{ mailboxId }]);
  service.bench.graph.send({ from: joan, to: [anna.address], subject: 'Second', at: new Date(START.getTime() - 60_000) });
  await service.bench.graph.notified();
  expect(await woken()).toBe(1);
  await service.settle();
  expect(await service.subjects()).toEqual(['First', 'Second']);
});

it('says with every subscription that it wants ids that last', async () => {
  const mailboxId = await reading();
  await watch(service.graph, service.ports, url, mailboxId);
  expect(service.wire.find(({ url: asked }) => asked.endsWith('/subscriptions'))?.headers.Prefer).toContain('ImmutableId');
});

it('renews before the end, makes it anew when Graph has lost it, and ends it with the reading', async () => {
  const mailboxId = await reading();
  await watch(service.graph, service.ports, url, mailboxId);
  const [first] = await subscriptions();
  await watch(service.graph, service.ports, url, mailboxId);
  expect(await subscriptions()).toEqual([first]);
  await sql`update graph_subscription set expires_at = ${new Date(service.ports.wall.now().getTime() + 3_600_000)}`.execute(
    service.database.db,
  );
  await watch(service.graph, service.ports, url, mailboxId);
  const [renewed] = await subscriptions();
  expect(renewed).toMatchObject({ id: first!.id });
  expect(renewed!.expiresAt.getTime()).toBeGreaterThan(service.ports.wall.now().getTime() + 6 * 86_400_000);
  await sql`update graph_subscription set id = 'lost', expires_at = ${new Date(0)}`.execute(service.database.db);
  await watch(service.graph, service.ports, url, mailboxId);
  expect((await subscriptions()).map(({ id }) => id)).not.toContain('lost');
  service.publicUrl = 'https://rapport.example';
  await sql`update partnership set paused_at = ${START}`.execute(service.database.db);
  await service.sweep();
  expect(await subscriptions()).toEqual([]);
});

it('comes back later when Graph cannot reach the address', async () => {
  const mailboxId = await reading();
  await expect(watch(service.graph, service.ports, 'http://127.0.0.1:1', mailboxId)).rejects.toMatchObject({
    name: 'Unavailable',
    retryAfterSeconds: 3600,
  });
  expect(await subscriptions()).toEqual([]);
});

describe('what Graph does on bad days', () => {
  it.each(['doubled', 'lost'] as const)('notices that come %s: all mail is read once, by the sweep at the latest', async (how) => {
    const mailboxId = await reading();
    await watch(service.graph, service.ports, url, mailboxId);
    service.bench.graph.faults.notifications = how;
    for (const subject of ['Second', 'Third'])
      service.bench.graph.send({ from: joan, to: [anna.address], subject, at: new Date(START.getTime() - 60_000) });
    await service.bench.graph.notified();
    expect(await woken()).toBe(how === 'lost' ? 0 : 1);
    await service.settle();
    expect(await service.subjects()).toHaveLength(how === 'lost' ? 1 : 3);
    await service.sweep();
    expect((await service.subjects()).sort()).toEqual(['First', 'Second', 'Third']);
  });

  it('a notice of what is not there any more (its id in the Outbox) is a wake-up like any other', async () => {
    const mailboxId = await reading();
    await watch(service.graph, service.ports, url, mailboxId);
    service.bench.graph.faults.transientIds = true;
    service.bench.graph.send({ from: anna.address, to: [joan], subject: 'Ours', at: new Date(START.getTime() - 60_000) });
    await service.bench.graph.notified();
    await service.settle();
    expect(await service.subjects()).toEqual(['First', 'Ours']);
    expect(service.wire.filter(({ url }) => /\/messages\/(?!delta)/.test(url))).toEqual([]);
  });

  it('what cannot be stored is refused, and comes again: nothing is acknowledged before it is committed', async () => {
    const mailboxId = await reading();
    await watch(service.graph, service.ports, url, mailboxId);
    const [{ id } = { id: '' }] = await subscriptions();
    await sql`alter table graph_subscription rename to away`.execute(service.database.db);
    service.bench.graph.send({ from: joan, to: [anna.address], subject: 'Second', at: new Date(START.getTime() - 60_000) });
    expect((await notify({ subscriptionId: id, clientState: 'x' })).statusCode).toBe(500);
    await sql`alter table away rename to graph_subscription`.execute(service.database.db);
    await service.bench.graph.notified();
    expect(await woken()).toBe(1);
    await service.settle();
    expect(await service.subjects()).toEqual(['First', 'Second']);
  });

  it('items of several subscriptions and tenants in one request are each looked at for themselves', async () => {
    await reading();
    const secret = 'K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols';
    const mailboxes = await service.database.db.selectFrom('mailbox').select('id').execute();
    await sql`insert into graph_subscription (id, mailbox_id, client_state_hash, expires_at)
      select 'ours', ${mailboxes[0]!.id}, ${secret}, ${START}`.execute(service.database.db);
    const value = [
      { subscriptionId: 'theirs', clientState: 'x', tenantId: '99999999-0000-4000-8000-000000000000' },
      { subscriptionId: 'nobody', clientState: 'secret' },
      { subscriptionId: 'ours', clientState: 'guessed' },
      { subscriptionId: 'ours', clientState: 'secret', tenantId: service.tenant.id },
    ];
    expect((await app.inject({ method: 'POST', url: '/notifications/graph', payload: { value: value.slice(0, 3) } })).statusCode).toBe(202);
    expect(await woken()).toBe(0);
    expect((await app.inject({ method: 'POST', url: '/notifications/graph', payload: { value } })).statusCode).toBe(202);
    expect(await woken()).toBe(1);
  });
});

describe('what comes to the door', () => {
  it('gives the handshake back as text, whatever it is', async () => {
    await reading();
    const answer = await app.inject({
      method: 'POST',
      url: `/notifications/graph?validationToken=${encodeURIComponent('<script>&+é')}`,
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.body).toBe('<script>&+é');
  });

  it.each([
    ['an unknown subscription', (id: string) => ({ subscriptionId: `${id}x`, clientState: 'secret' })],
    ['a wrong secret', (id: string) => ({ subscriptionId: id, clientState: 'wrong' })],
    ['no secret', (id: string) => ({ subscriptionId: id })],
    ['another tenant', (id: string) => ({ subscriptionId: id, clientState: 'secret', tenantId: '99999999-0000-4000-8000-000000000000' })],
    ['nonsense', () => ({ value: 7 })],
  ])('answers 202 and does nothing: %s', async (_what, item) => {
    const mailboxId = await reading();
    await watch(service.graph, service.ports, url, mailboxId);
    await sql`update graph_subscription set client_state_hash = ${'K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols'}`.execute(
      service.database.db,
    );
    const [{ id } = { id: '' }] = await subscriptions();
    expect((await notify(item(id))).statusCode).toBe(202);
    expect(await woken()).toBe(0);
    expect((await notify({ subscriptionId: id, clientState: 'secret' })).statusCode).toBe(202);
    expect(await woken()).toBe(1);
  });

  it('hears that a subscription ended, has to be renewed, or missed something', async () => {
    const mailboxId = await reading();
    await watch(service.graph, service.ports, url, mailboxId);
    await service.bench.graph.lifecycle('missed');
    await service.bench.graph.notified();
    expect(await woken()).toBe(1);
    await service.settle();
    await service.bench.graph.lifecycle('reauthorizationRequired');
    await service.bench.graph.notified();
    service.publicUrl = url;
    await service.settle();
    expect((await subscriptions())[0]!.expiresAt.getTime()).toBeGreaterThan(service.ports.wall.now().getTime());
    const [before] = await subscriptions();
    await service.bench.graph.lifecycle('subscriptionRemoved');
    await service.bench.graph.notified();
    await service.settle();
    expect((await subscriptions())[0]!.id).not.toBe(before!.id);
  });
});
