import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Ports } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import type { Db, Tx } from '../store/database.ts';
import type { Graph } from './client.ts';
import { GraphRefusal } from './exchange.ts';
import { type Mailbox, readableMailbox } from './store.ts';

interface GraphSubscriptionTable {
  id: string;
  mailboxId: string;
  clientStateHash: string;
  expiresAt: Date;
}
declare module '../store/database.ts' {
  interface Database {
    graphSubscription: GraphSubscriptionTable;
  }
}

/** Below Graph's most of seven days. */
const LIFE_MS = 6.5 * 86_400_000;
const RENEW_BEFORE_MS = 2 * 86_400_000;
const REFUSED_SECONDS = 3600;

/** Where Graph sends its notifications, below the address at which it reaches the service. */
export const NOTIFICATIONS_PATH = '/notifications/graph';

const Subscription = z.object({ id: z.string(), expirationDateTime: z.iso.datetime({ offset: true }) });
const hashOf = (clientState: string): string => createHash('sha256').update(clientState).digest('base64url');

/** Which of these mailboxes nobody wakes, or not for long any more; and which are woken though nobody reads them. */
export async function mailboxesToWatch(tx: Tx, mailboxIds: readonly string[], wallNow: Date): Promise<string[]> {
  const soon = new Date(wallNow.getTime() + RENEW_BEFORE_MS);
  const { rows } = await sql<{ id: string }>`
    select mailbox.id from mailbox left join graph_subscription on mailbox_id = mailbox.id
    where mailbox.id = any(${mailboxIds}::uuid[]) and (expires_at is null or expires_at < ${soon} or not exists (
      select from mailbox_partnership join partnership on partnership.id = partnership_id where mailbox_id = mailbox.id and paused_at is null))
    order by 1`.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * Makes or renews the subscription of a mailbox; ends it when the mailbox is not read any more. Graph checks the address while it is made.
 * @param publicUrl - where Graph reaches the service
 */
export async function watch(graph: Graph, ports: Ports, publicUrl: string, mailboxId: string): Promise<void> {
  const { db, wall } = ports;
  const mailbox = await readableMailbox(db, mailboxId);
  const known = await db.selectFrom('graphSubscription').selectAll().where('mailboxId', '=', mailboxId).executeTakeFirst();
  const now = wall.now().getTime();
  if (!mailbox) return known ? end(graph, db, known.id) : undefined;
  if (known && known.expiresAt.getTime() - now >= RENEW_BEFORE_MS) return;
  const expiresAt = new Date(now + LIFE_MS);
  if (!known || !(await renewed(graph, db, mailbox, known.id, expiresAt))) await create(graph, db, mailbox, publicUrl, expiresAt);
}

async function create(graph: Graph, db: Db, mailbox: Mailbox, publicUrl: string, expiresAt: Date): Promise<void> {
  const clientState = randomBytes(32).toString('base64url');
  const url = new URL(NOTIFICATIONS_PATH, publicUrl).href;
  const body = {
    changeType: 'created,updated,deleted',
    notificationUrl: url,
    lifecycleNotificationUrl: url,
    resource: `/users/${mailbox.userId}/messages`,
    expirationDateTime: expiresAt.toISOString(),
    clientState,
  };
  const answer = await graph.call({ method: 'POST', url: '/subscriptions', mailbox: mailbox.userId!, body }).catch((cause: unknown) => {
    // Most often Graph cannot reach the address. Sweeps read on meanwhile; asking again soon changes nothing.
    if (cause instanceof GraphRefusal) throw new Unavailable('Graph refused a subscription', { retryAfterSeconds: REFUSED_SECONDS, cause });
    throw cause;
  });
  const made = Subscription.parse(answer);
  await sql`
    insert into graph_subscription (id, mailbox_id, client_state_hash, expires_at)
    values (${made.id}, ${mailbox.id}, ${hashOf(clientState)}, ${new Date(made.expirationDateTime)})
    on conflict (mailbox_id) do update set id = excluded.id, client_state_hash = excluded.client_state_hash, expires_at = excluded.expires_at`.execute(
    db,
  );
}

/** @returns false when Graph does not know it any more */
async function renewed(graph: Graph, db: Db, mailbox: Mailbox, id: string, expiresAt: Date): Promise<boolean> {
  try {
    const body = { expirationDateTime: expiresAt.toISOString() };
    const answer = await graph.call({ method: 'PATCH', url: `/subscriptions/${id}`, mailbox: mailbox.userId!, body });
    const until = new Date(Subscription.parse(answer).expirationDateTime);
    await db.updateTable('graphSubscription').set({ expiresAt: until }).where('id', '=', id).execute();
    return true;
  } catch (error) {
    if (error instanceof GraphRefusal && error.status === 404) return false;
    throw error;
  }
}

async function end(graph: Graph, db: Db, id: string): Promise<void> {
  await graph.call({ method: 'DELETE', url: `/subscriptions/${id}` }).catch((error: unknown) => {
    if (!(error instanceof GraphRefusal && error.status === 404)) throw error;
  });
  await db.deleteFrom('graphSubscription').where('id', '=', id).execute();
}

/** One item of a notification, as far as it counts. */
export interface Notified {
  readonly subscriptionId: string;
  readonly clientState: string;
  readonly lifecycleEvent: string | null;
}

const shows = ({ clientStateHash }: { clientStateHash: string }, { clientState }: Notified): boolean =>
  timingSafeEqual(Buffer.from(hashOf(clientState)), Buffer.from(clientStateHash));

/** Subscriptions that are kept in mind; beyond it all are forgotten and asked for again. */
const MOST_KNOWN = 50_000;

/**
 * The mailboxes that plain notifications wake, told without the database where the subscription has been seen. One that was replaced since
 * still wakes its mailbox, which does no harm.
 */
export function wakers(db: Db) {
  const known = new Map<string, { mailboxId: string; clientStateHash: string }>();
  return async (items: readonly Notified[]): Promise<string[]> => {
    const strange = items.filter((item) => {
      const one = known.get(item.subscriptionId);
      return !one || !shows(one, item);
    });
    if (strange.length > 0) {
      const ids = [...new Set(strange.map(({ subscriptionId }) => subscriptionId))];
      if (known.size > MOST_KNOWN) known.clear();
      for (const { id, mailboxId, clientStateHash } of await db
        .selectFrom('graphSubscription')
        .selectAll()
        .where('id', 'in', ids)
        .execute())
        known.set(id, { mailboxId, clientStateHash });
    }
    const read = items.flatMap((item) => {
      const one = known.get(item.subscriptionId);
      return one && shows(one, item) ? [one.mailboxId] : [];
    });
    return [...new Set(read)].sort();
  };
}

/**
 * The mailboxes that these notifications wake; items that do not show the secret of their subscription are passed over.
 * A removed subscription is forgotten, so that it is made anew.
 * @returns mailbox ids to read, and those to watch anew
 */
export async function woken(tx: Tx, items: readonly Notified[]): Promise<{ read: string[]; watch: string[] }> {
  const ids = [...new Set(items.map(({ subscriptionId }) => subscriptionId))];
  if (ids.length === 0) return { read: [], watch: [] };
  const rows = await tx.selectFrom('graphSubscription').selectAll().where('id', 'in', ids).execute();
  const known = new Map(rows.map((row) => [row.id, row]));
  const read = new Set<string>();
  const again = new Set<string>();
  for (const item of items) {
    const { subscriptionId, lifecycleEvent } = item;
    const row = known.get(subscriptionId);
    if (!row || !shows(row, item)) continue;
    if (lifecycleEvent !== 'reauthorizationRequired') read.add(row.mailboxId);
    if (lifecycleEvent === 'subscriptionRemoved') await tx.deleteFrom('graphSubscription').where('id', '=', subscriptionId).execute();
    // A renewal is an authorization too.
    if (lifecycleEvent === 'reauthorizationRequired')
      await tx
        .updateTable('graphSubscription')
        .set({ expiresAt: new Date(0) })
        .where('id', '=', subscriptionId)
        .execute();
    if (lifecycleEvent === 'subscriptionRemoved' || lifecycleEvent === 'reauthorizationRequired') again.add(row.mailboxId);
  }
  return { read: [...read].sort(), watch: [...again].sort() };
}
