import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CardJson, CardKind, Placement, Ports, Subject } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { leaseUntil, stillLeased } from './lease.ts';
import { backOffSeconds, restUntil } from './pace.ts';
import { refreshOf } from './parts.ts';
import { type FeedPort, GatewayGaveUp, PostGone, type TeamsPort, Tombstoned, TooLarge, Uncertain } from './port.ts';
import { removeArrived } from './remove.ts';
import { requestAlerts } from './request.ts';
import { appTurn, slot } from './slot.ts';
import { smaller } from './smaller.ts';
import { type Conversation, lockPost, type Post, refOf, spent, tombstone, wasDeleted } from './store.ts';
import { conversationOf, keepChat, unopened, viewersOf } from './targets.ts';
import { saysOnce } from './tell.ts';

export interface PostParts {
  readonly ports: Ports;
  readonly teams: TeamsPort;
  /** Where lines in people's activity feed are granted. */
  readonly feed?: FeedPort | null;
  readonly kinds: ReadonlyMap<string, CardKind>;
}

/**
 * Makes the cards of a subject true: posts what is wanted, updates what is there when it changed, removes what is gone.
 * @throws {Unavailable} when something is left to do, or the first error that no wait mends; what could be done was done
 */
export async function refresh(parts: PostParts, subject: Subject): Promise<void> {
  const kind = parts.kinds.get(subject.kind);
  if (!kind) return;
  const { ports } = parts;
  const placements = await ports.transaction((tx) => kind.placements(tx, subject.id, ports.clock.now()));
  const left: Unavailable[] = [];
  const bugs: unknown[] = [];
  for (const placement of placements) {
    try {
      await settle(parts, kind, subject, placement);
    } catch (error) {
      // one person's trouble is not the others': they are told all the same
      if (error instanceof Unavailable) left.push(error);
      else bugs.push(error);
    }
  }
  if (bugs.length) throw bugs[0];
  const [longest] = left.sort((a, b) => (b.retryAfterSeconds ?? 0) - (a.retryAfterSeconds ?? 0));
  if (longest) throw longest;
}

/** What is to be done about a card: `post` as it is leased for that, `before` as it was found. */
interface Claim {
  readonly post: Post;
  readonly before: Pick<Post, 'state' | 'possibleDouble'>;
  readonly waitMs: number;
}
type Step =
  | (Claim & { readonly act: 'send' | 'update'; readonly card: CardJson; readonly hash: string })
  | (Claim & { readonly act: 'remove' });

async function settle(parts: PostParts, kind: CardKind, subject: Subject, given: Placement): Promise<void> {
  const { ports } = parts;
  if (await saysOnce(parts, kind, subject, given)) return;
  const { where } = given;
  const placement: Placement = where.kind === 'person' ? { ...given, where: { kind: 'personal', contactId: where.contactId } } : given;
  const conversation = (await conversationOf(ports.db, placement)) ?? (await opened(parts, placement));
  if (!conversation) return;
  const step = await ports.transaction((tx) => claim(tx, parts, kind, subject, placement, conversation));
  if (!step) return;
  if (step.waitMs > 0) await sleep(step.waitMs);
  let done: Done;
  try {
    await appTurn(ports);
    if (!(await ports.transaction((tx) => stillSo(tx, placement, conversation, step)))) return;
    done = await actSmaller(parts.teams, conversation, step);
  } catch (error) {
    await ports.transaction((tx) => recordTrouble(tx, ports, conversation, step, error));
    if (error instanceof Tombstoned || error instanceof PostGone) return;
    if (mayStand(error) && step.post.possibleDouble) return;
    if (error instanceof Uncertain) throw new Unavailable('a send was cut off', { retryAfterSeconds: 5, cause: error });
    if (!(error instanceof Unavailable)) throw error;
    throw new Unavailable(error.message, { retryAfterSeconds: error.retryAfterSeconds ?? pauseAfter(error, step.post), cause: error });
  }
  // A database that is away now is no trouble of the send: the row stays as it was claimed, and whoever comes next knows that it may have arrived.
  await ports.transaction(async (tx) => {
    const kept = await record(tx, step, done, ports.clock.now());
    if (kept && step.act === 'send') await kind.arrived?.(tx, subject.id);
  });
}

/** The send may have arrived: it is made once more, as a possible double, and then not again by itself. */
const mayStand = (error: unknown): boolean => error instanceof Uncertain || error instanceof GatewayGaveUp;

/** The one repetition behind a gateway waits until a short outage is over. */
const GATEWAY_SECONDS = 60;
const pauseAfter = (error: Unavailable, { attempt }: Post): number =>
  error instanceof GatewayGaveUp ? GATEWAY_SECONDS * (0.75 + Math.random() / 2) : backOffSeconds(attempt, Math.random);

/** Opens the personal chat of a contact whom a card is wanted for and whom the bot can reach. */
async function opened({ ports, teams }: PostParts, { where, state }: Placement): Promise<Conversation | undefined> {
  if (where.kind !== 'personal' || state !== 'wanted') return undefined;
  const who = await unopened(ports.db, where.contactId);
  if (!who) return undefined;
  try {
    await appTurn(ports);
    const conversationId = await teams.openPersonal(who, who.userId);
    await ports.transaction((tx) => keepChat(tx, who, conversationId, ports.clock.now()));
  } catch (error) {
    if (error instanceof Tombstoned) return undefined; // that side's brief carries it
    throw error;
  }
  return conversationOf(ports.db, { where, state, viewer: 'everyone' });
}

/** Decides what to do about one card and takes its lease; null when there is nothing to do. */
async function claim(
  tx: Tx,
  { ports }: PostParts,
  kind: CardKind,
  subject: Subject,
  placement: Placement,
  conversation: Conversation,
): Promise<Step | null> {
  const found = await lockPost(tx, conversation.id, subject);
  const now = ports.wall.now();
  if (stillLeased(found?.leaseUntil, now)) throw new Unavailable('the card is being sent', { retryAfterSeconds: 1 });
  const post = found ?? (await intend(tx, subject, placement, conversation, ports.clock.now()));
  if (!post) return null;

  if (post.state === 'posted' && placement.state === 'gone')
    return { act: 'remove', before: post, post: await leased(tx, post, {}, now), waitMs: await slot(tx, conversation.id, now) };
  if (post.state !== 'posted' && placement.state !== 'wanted') {
    // Not sent, or nobody knows: a press on one that did arrive brings it back and removes it then.
    if (post.state === 'intended' || placement.state === 'gone') {
      if (post.state !== 'intended') await tx.updateTable('post').set({ possibleDouble: true }).where('id', '=', post.id).execute();
      await die(tx, post, 'notWanted', ports.clock.now());
    }
    return null;
  }
  // Cut off in a send: once more, as a possible double; then it waits for somebody to press it.
  const uncertain = post.state === 'unknown' || post.state === 'sending';
  if (uncertain && post.possibleDouble) return null;
  if (post.state === 'intended' && (await waitsForBudget(tx, post, placement, subject))) return null;

  const card = await cardOf(tx, kind, subject, placement, conversation, ports.clock.now());
  if (!card) return null;
  const hash = createHash('sha256').update(JSON.stringify(card)).digest('base64url');
  if (post.state === 'posted' && post.contentHash === hash) return null;
  const act = post.state === 'posted' ? 'update' : 'send';
  const change = act === 'update' ? {} : ({ state: 'sending', possibleDouble: post.possibleDouble || uncertain } as const);
  return { act, before: post, post: await leased(tx, post, change, now), card, hash, waitMs: await slot(tx, conversation.id, now) };
}

async function intend(tx: Tx, subject: Subject, placement: Placement, conversation: Conversation, at: Date): Promise<Post | null> {
  if (placement.state !== 'wanted' || (await wasDeleted(tx, conversation.id, subject))) return null;
  const inserted = await tx
    .insertInto('post')
    .values({
      id: randomUUID(),
      conversationId: conversation.id,
      subjectKind: subject.kind,
      subjectId: subject.id,
      state: 'intended',
      intendedAt: at,
      alertWeight: placement.alertWeight ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!inserted) throw new Unavailable('the card is being posted', { retryAfterSeconds: 1 });
  return inserted;
}

/** An alert card takes one of the day's places before it is sent; who gets one is decided over all that wait. */
async function waitsForBudget(tx: Tx, post: Post, { alertWeight, where }: Placement, subject: Subject): Promise<boolean> {
  if (alertWeight === undefined || where.kind !== 'channel' || (await spent(tx, where.partnershipId, subject))) return false;
  await tx.updateTable('post').set({ alertWeight }).where('id', '=', post.id).execute();
  await requestAlerts(tx, where.partnershipId);
  return true;
}

/** The card as everyone in the conversation sees it; in a channel it asks for the own view of those who are bound. */
async function cardOf(
  tx: Tx,
  kind: CardKind,
  subject: Subject,
  placement: Placement,
  conversation: Conversation,
  now: Date,
): Promise<CardJson | null> {
  const view = await kind.view(tx, subject.id, placement.viewer, now);
  if (view === null) return null;
  const userIds = kind.sameForAll ? [] : await viewersOf(tx, conversation, async () => (await kind.concerns?.(tx, subject.id)) ?? []);
  const card = kind.card(view);
  return userIds.length ? { ...card, refresh: refreshOf({ subjectKind: subject.kind, subjectId: subject.id }, userIds) } : card;
}

async function leased(tx: Tx, post: Post, change: { state?: 'sending'; possibleDouble?: boolean }, now: Date): Promise<Post> {
  return tx
    .updateTable('post')
    .set({ ...change, attempt: post.attempt + 1, leaseUntil: leaseUntil(now) })
    .where('id', '=', post.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Looks again after the waits, before the call: the card may have been taken away or brought back by a press since, and its place may be none
 * any more (paused, shared anew, another's). What was claimed is given back then, and whoever opens the place asks for its cards.
 */
async function stillSo(tx: Tx, placement: Placement, conversation: Conversation, { post, before }: Step): Promise<boolean> {
  const found = await tx
    .selectFrom('post')
    .select('id')
    .where('id', '=', post.id)
    .where('state', '=', post.state)
    .where('attempt', '=', post.attempt)
    .forUpdate()
    .executeTakeFirst();
  if (!found) return false;
  if ((await conversationOf(tx, placement))?.id === conversation.id) return true;
  const { state, possibleDouble } = before;
  await tx.updateTable('post').set({ state, possibleDouble, leaseUntil: null }).where('id', '=', post.id).execute();
  return false;
}

/** A card that Teams finds too large says where to look instead; the hash is the whole card's, so that it is not tried again until it changed. */
async function actSmaller(teams: TeamsPort, conversation: Conversation, step: Step): Promise<Done> {
  try {
    return await act(teams, conversation, step);
  } catch (error) {
    if (!(error instanceof TooLarge) || step.act === 'remove') throw error;
    return act(teams, conversation, { ...step, card: smaller(step.card) });
  }
}

type Done = { readonly state: 'posted'; readonly activityId: string; readonly hash: string } | { readonly state: 'dead' };

async function act(teams: TeamsPort, conversation: Conversation, step: Step): Promise<Done> {
  const to = refOf(conversation);
  const activityId = step.post.activityId ?? '';
  if (step.act === 'send') return { state: 'posted', activityId: await teams.send(to, { card: step.card }), hash: step.hash };
  if (step.act === 'remove') {
    await teams.remove(to, activityId);
    return { state: 'dead' };
  }
  await teams.update(to, activityId, step.card);
  return { state: 'posted', activityId, hash: step.hash };
}

/** @returns false for a card that died while it was sent: it goes from where it arrived */
async function record(tx: Tx, { act, post }: Step, done: Done, now: Date): Promise<boolean> {
  const change =
    done.state === 'dead'
      ? { state: 'dead' as const, deadAt: now, deadReason: 'gone' }
      : { state: 'posted' as const, activityId: done.activityId, contentHash: done.hash, postedAt: post.postedAt ?? now };
  const { numUpdatedRows } = await tx
    .updateTable('post')
    .set({ ...change, leaseUntil: null })
    .where('id', '=', post.id)
    .where('state', '<>', 'dead')
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return true;
  if (act === 'send' && done.state === 'posted') await removeArrived(tx, post, done.activityId);
  return false;
}

/** What an error leaves behind: a closed conversation, a deleted card, a send nobody knows the end of, or the state before it. */
async function recordTrouble(tx: Tx, ports: Ports, conversation: Conversation, { act, post }: Step, error: unknown): Promise<void> {
  const now = ports.clock.now();
  if (error instanceof Tombstoned) return tombstone(tx, conversation.id, error.reason, now);
  if (error instanceof PostGone) return die(tx, post, 'deleted', now);
  if (error instanceof Unavailable && error.retryAfterSeconds !== undefined) {
    const waitUntil = restUntil(error.retryAfterSeconds, ports.wall.now());
    await tx.updateTable('conversation').set({ waitUntil }).where('id', '=', conversation.id).execute();
  }
  const before = act === 'send' ? ({ state: mayStand(error) ? 'unknown' : 'intended' } as const) : {};
  await tx
    .updateTable('post')
    .set({ ...before, leaseUntil: null })
    .where('id', '=', post.id)
    .where('state', '<>', 'dead')
    .execute();
}

async function die(tx: Tx, post: Post, reason: string, at: Date): Promise<void> {
  await tx.updateTable('post').set({ state: 'dead', deadAt: at, deadReason: reason, leaseUntil: null }).where('id', '=', post.id).execute();
}
