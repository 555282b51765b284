import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../bot/clock.ts';
import { badRequest, GraphError } from './errors.ts';
import type { Faults } from './faults.ts';
import { idOf } from './ids.ts';
import { type Json, messageId } from './message-json.ts';
import type { Copy, MailboxStore } from './model.ts';
import { type Resource, readResource } from './resources.ts';
import { post } from './webhook.ts';
import { toWire } from './wire.ts';

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed';

interface Subscription {
  readonly id: string;
  readonly appId: string;
  readonly resource: string;
  readonly about: Resource;
  readonly changeTypes: readonly string[];
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly clientState: string | null;
  readonly immutableIds: boolean;
  expiresMs: number;
}
export interface Subscriptions {
  list(appId: string): Json[];
  get(id: string): Json;
  create(body: unknown, how: { appId: string; immutableIds: boolean }): Promise<Json>;
  renew(id: string, body: unknown): Json;
  remove(id: string): void;
  /** Something happened to a copy: tells whoever subscribed to it. */
  tell(copy: Copy, kind: 'created' | 'updated' | 'deleted'): void;
  /** Sends a lifecycle notice to all subscriptions; `subscriptionRemoved` ends them. */
  lifecycle(event: LifecycleEvent): Promise<void>;
  /** Until every notification under way was taken or given up. */
  settled(): Promise<void>;
}

const HANDSHAKE_MS = 10_000;
const DELIVERY_MS = 3_000;
/** Graph tries for four hours; here the gaps are short, so that tests see the second try. */
const RETRY_AFTER_MS = [500, 2_000, 5_000];
const SHORTEST_MS = 45 * 60_000;
const PER_MAILBOX = 1_000;

export function subscriptions(given: {
  tenantId: string;
  storeOf: (userKey: string) => MailboxStore;
  wall: Clock;
  caPem: string;
  faults: Faults;
  /** Graph refuses http; a service on this machine may have nothing else. */
  allowHttp: boolean;
}): Subscriptions {
  const { tenantId, wall, faults } = given;
  const known = new Map<string, Subscription>();
  const underWay = new Set<Promise<void>>();
  const pending = new Map<string, Json[]>();

  const alive = (one: Subscription) => one.expiresMs > wall.now().getTime();
  const find = (id: string): Subscription => {
    const one = known.get(id);
    if (!one || !alive(one)) throw new GraphError(404, 'ResourceNotFound', 'The object was not found.');
    return one;
  };
  const json = (one: Subscription): Json => ({
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#subscriptions/$entity',
    id: one.id,
    resource: one.resource,
    applicationId: one.appId,
    changeType: one.changeTypes.join(','),
    clientState: null,
    notificationUrl: one.notificationUrl,
    lifecycleNotificationUrl: one.lifecycleNotificationUrl,
    expirationDateTime: new Date(one.expiresMs).toISOString(),
    creatorId: one.appId,
  });
  const run = (work: Promise<void>) => {
    const done = work.finally(() => underWay.delete(done));
    underWay.add(done);
  };
  const expiry = (value: unknown, { longestMinutes, lifecycleBeyondMinutes }: Resource, lifecycleUrl: string | null): number => {
    const asked = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    const now = wall.now().getTime();
    if (Number.isNaN(asked) || asked <= now) throw badRequest('ExtensionError', 'Subscription expiration can only be in the future.');
    if (asked > now + longestMinutes * 60_000 + 60_000)
      throw badRequest('ExtensionError', `Subscription expiration can only be ${longestMinutes} minutes in the future.`);
    if (lifecycleBeyondMinutes !== null && !lifecycleUrl && asked > now + lifecycleBeyondMinutes * 60_000)
      throw badRequest(
        'InvalidRequest',
        'lifecycleNotificationUrl is a required property for subscription creation when expiration is over 1 hour.',
      );
    return Math.max(asked, now + SHORTEST_MS);
  };

  async function validate(url: string): Promise<void> {
    const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
    const target = new URL(url);
    target.searchParams.set('validationToken', token);
    const answer = await post(target, 'text/plain; charset=utf-8', '', HANDSHAKE_MS, given.caPem).catch((cause: Error) => ({
      status: 0,
      type: '',
      body: cause.message,
    }));
    if (answer.status !== 200 || !answer.type.startsWith('text/plain') || answer.body !== token) {
      throw badRequest(
        'ValidationError',
        `Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request (answered ${answer.status}).`,
      );
    }
  }

  /** Everything of one tick to one address goes in one request, whatever the subscriptions. */
  function notify(url: string, item: Json): void {
    const waiting = pending.get(url);
    if (waiting) {
      waiting.push(item);
      return;
    }
    pending.set(url, [item]);
    run(
      (async () => {
        await sleep(5);
        const items = pending.get(url) ?? [];
        pending.delete(url);
        if (faults.notifications === 'lost') return;
        const all = faults.notifications === 'doubled' ? [...items, ...[...items].reverse()] : items;
        toWire({ notified: { value: all } });
        for (const wait of [0, ...RETRY_AFTER_MS]) {
          if (wait > 0) await sleep(wait);
          const answer = await post(new URL(url), 'application/json', JSON.stringify({ value: all }), DELIVERY_MS, given.caPem).catch(
            () => null,
          );
          if (answer && answer.status >= 200 && answer.status < 300) return;
        }
      })(),
    );
  }

  return {
    list: (appId) => [...known.values()].filter((one) => one.appId === appId && alive(one)).map(json),
    get: (id) => json(find(id)),
    async create(body, { appId, immutableIds }) {
      const asked = (body ?? {}) as Readonly<Record<string, unknown>>;
      const about = readResource(String(asked.resource ?? ''), given.storeOf);
      const changeTypes = String(asked.changeType ?? '')
        .split(',')
        .map((type) => type.trim());
      if (!changeTypes.every((type) => ['created', 'updated', 'deleted'].includes(type)))
        throw badRequest('InvalidRequest', 'changeType is not valid.');
      const lifecycleUrl = typeof asked.lifecycleNotificationUrl === 'string' ? asked.lifecycleNotificationUrl : null;
      for (const url of [String(asked.notificationUrl ?? ''), ...(lifecycleUrl ? [lifecycleUrl] : [])]) {
        if (!URL.canParse(url) || !(url.startsWith('https:') || (given.allowHttp && url.startsWith('http:'))))
          throw badRequest('InvalidRequest', 'The notification URL must be an https address.');
      }
      if (typeof asked.clientState === 'string' && asked.clientState.length > 128)
        throw badRequest('InvalidRequest', 'clientState exceeds 128 characters.');
      const expiresMs = expiry(asked.expirationDateTime, about, lifecycleUrl);
      const { store } = about;
      if (store && [...known.values()].filter((one) => one.about.store === store && alive(one)).length >= PER_MAILBOX)
        throw new GraphError(403, 'ExtensionError', 'Too many active subscriptions for this mailbox.');
      await validate(String(asked.notificationUrl));
      if (lifecycleUrl) await validate(lifecycleUrl);
      const one: Subscription = {
        id: randomUUID(),
        appId,
        resource: String(asked.resource),
        about,
        changeTypes,
        notificationUrl: String(asked.notificationUrl),
        lifecycleNotificationUrl: lifecycleUrl,
        clientState: typeof asked.clientState === 'string' ? asked.clientState : null,
        immutableIds,
        expiresMs,
      };
      known.set(one.id, one);
      return json(one);
    },
    renew(id, body) {
      const one = find(id);
      const asked = (body ?? {}) as Readonly<Record<string, unknown>>;
      if ('lifecycleNotificationUrl' in asked) throw badRequest('InvalidRequest', 'lifecycleNotificationUrl cannot be changed.');
      one.expiresMs = expiry(asked.expirationDateTime, one.about, one.lifecycleNotificationUrl);
      return json(one);
    },
    remove(id) {
      find(id);
      known.delete(id);
    },
    tell(copy, kind) {
      if (known.size === 0) return;
      for (const one of known.values()) {
        const { store, what, folder } = one.about;
        if (store !== copy.mailbox || what !== 'messages' || !one.changeTypes.includes(kind) || !alive(one)) continue;
        if (folder !== null && copy.folder?.number !== folder) continue;
        const passing = faults.transientIds && copy.sent && kind === 'created';
        const ids = [
          ...(passing ? [idOf(one.immutableIds ? 'immutable' : 'default', store.mark, (copy.number + 1) % 2 ** 48)] : []),
          messageId(copy, one),
        ];
        for (const id of ids) {
          const path = `Users/${store.settings.objectId}/Messages/${id}`;
          notify(one.notificationUrl, {
            subscriptionId: one.id,
            subscriptionExpirationDateTime: new Date(one.expiresMs).toISOString(),
            changeType: kind,
            resource: path,
            resourceData: { '@odata.type': '#Microsoft.Graph.Message', '@odata.id': path, '@odata.etag': `W/"${copy.changes}"`, id },
            clientState: one.clientState,
            tenantId,
          });
        }
      }
    },
    async lifecycle(event) {
      for (const one of [...known.values()].filter(alive)) {
        if (event === 'subscriptionRemoved') known.delete(one.id);
        if (!one.lifecycleNotificationUrl) continue;
        notify(one.lifecycleNotificationUrl, {
          lifecycleEvent: event,
          subscriptionId: one.id,
          subscriptionExpirationDateTime: new Date(one.expiresMs).toISOString(),
          clientState: one.clientState,
          tenantId,
        });
      }
      await this.settled();
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
