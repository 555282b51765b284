import { randomUUID } from 'node:crypto';
import type { Subject } from '../capability.ts';
import { addJob } from '../jobs/index.ts';
import { appendEvent } from '../journal/index.ts';
import type { Person } from '../people/index.ts';
import { requestPost } from '../posts/index.ts';
import { type Conversation, tombstone } from '../posts/store.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { channelOf, isPersonal, mentionsBot, type TeamsActivity } from './activity.ts';
import { conversationOf } from './conversation.ts';
import type { BotParts } from './parts.ts';
import { personOf } from './person.ts';

const setupOf = (conversation: Pick<Conversation, 'id'>): Subject => ({ kind: 'setup', id: conversation.id });

/** Reads who is in a channel, after the commit. */
export const requestRoster = (tx: Tx, conversationId: string): Promise<void> =>
  addJob(tx, 'teams.roster', { conversationId }, { key: `roster:${conversationId}` });

/**
 * What Teams tells about where the bot is and who is there: conversations are captured when it is added and closed when it is removed;
 * a channel whose people change is read again. Anything else is none of its business. All of it may come twice.
 */
export async function lifecycle(parts: BotParts, activity: TeamsActivity): Promise<void> {
  const { ports } = parts;
  await ports.transaction(async (tx) => {
    const added =
      activity.type === 'installationUpdate' ? activity.action?.startsWith('add') : mentionsBot(activity.membersAdded, activity);
    const removed =
      activity.type === 'installationUpdate' ? activity.action?.startsWith('remove') : mentionsBot(activity.membersRemoved, activity);
    const eventType = activity.channelData?.eventType ?? '';
    if (removed) return close(tx, parts, activity, activity.action ?? 'removed');
    if (added) return void (await captured(tx, parts, activity));
    if (eventType === 'channelDeleted') return closeOne(tx, parts, await conversationOf(tx, activity), eventType);
    if (eventType === 'channelShared') await doubt(tx, parts, await conversationOf(tx, activity), eventType);
    if (/member/i.test(eventType) || /share/i.test(eventType) || activity.membersAdded?.length || activity.membersRemoved?.length)
      for (const channel of await channelsOf(tx, activity)) await requestRoster(tx, channel.id);
  });
}

/**
 * Holds the conversation that an activity names, when the bot is not holding it yet. A channel goes to the one partnership that has none, where
 * an owner of it or an admin brought the bot; else an owner chooses. Undefined for a place that cannot be held.
 */
export async function captured(tx: Tx, parts: BotParts, activity: TeamsActivity): Promise<Conversation | undefined> {
  if (isPersonal(activity)) return capturedChat(tx, parts, activity);
  const channelId = channelOf(activity);
  const teamId = activity.channelData?.team?.id ?? null;
  if (!channelId || (activity.type === 'conversationUpdate' && !activity.channelData?.channel?.id)) return undefined;
  // Teams tells of an installation twice at once, perhaps to two instances.
  await lockSubject(tx, { kind: 'place', id: channelId });
  const known = await conversationOf(tx, activity);
  if (known) return moved(tx, known, activity);
  const { config, ports } = parts;
  const at = ports.clock.now();
  const partnershipId = await placedBySender(tx, await personOf(tx, activity, parts.admins));
  const row = await tx
    .insertInto('conversation')
    .values({
      id: randomUUID(),
      kind: 'channel',
      partnershipId,
      serviceUrl: activity.serviceUrl,
      tenantId: config.TENANT_ID,
      conversationId: channelId,
      teamId,
      botId: activity.recipient?.id ?? `28:${config.APP_ID}`,
      installedAt: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await appendEvent(tx, { kind: 'setup.captured', subject: setupOf(row), partnershipId, at, by: null, through: 'teams' });
  await requestRoster(tx, row.id);
  await requestPost(tx, setupOf(row));
  return row;
}

/** The bot's addresses for a place may change; a stored one is what proactive messages go by. */
async function moved(tx: Tx, known: Conversation, activity: TeamsActivity): Promise<Conversation> {
  if (known.serviceUrl === activity.serviceUrl) return known;
  await tx
    .updateTable('conversation')
    .set({ serviceUrl: activity.serviceUrl })
    .where('conversationId', '=', known.conversationId)
    .execute();
  return { ...known, serviceUrl: activity.serviceUrl };
}

/** A personal chat stands for each partnership in which the person is a contact. Somebody unknown is met again when he is bound. */
async function capturedChat(tx: Tx, { config, ports, admins }: BotParts, activity: TeamsActivity): Promise<Conversation | undefined> {
  const person = await personOf(tx, activity, admins);
  for (const { contactId } of person?.actors ?? []) {
    await tx
      .insertInto('conversation')
      .values({
        id: randomUUID(),
        kind: 'personal',
        contactId,
        serviceUrl: activity.serviceUrl,
        tenantId: config.TENANT_ID,
        conversationId: activity.conversation.id,
        botId: activity.recipient?.id ?? `28:${config.APP_ID}`,
        userId: activity.from?.id ?? null,
        installedAt: ports.clock.now(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const known = await conversationOf(tx, activity);
  return known && moved(tx, known, activity);
}

/**
 * The partnership that a new channel must be for: the only one without a channel, where whoever brought the bot may say so. Anybody of a team may
 * add an app to it.
 */
async function placedBySender(tx: Tx, person: Person | null): Promise<string | null> {
  const [only, ...others] = await unplacedPartnerships(tx);
  if (!person || !only || others.length) return null;
  const owns = person.actors.some(({ partnershipId, owner }) => owner && partnershipId === only.id);
  return owns || person.admin ? only.id : null;
}

const unplacedPartnerships = (tx: Tx): Promise<{ id: string }[]> =>
  tx
    .selectFrom('partnership')
    .select('id')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('conversation')
            .select('conversation.id')
            .whereRef('conversation.partnershipId', '=', 'partnership.id')
            .where('conversation.kind', '=', 'channel')
            .where('conversation.tombstonedAt', 'is', null),
        ),
      ),
    )
    .limit(2)
    .execute();

/** The channels that an activity is about: its own, or all of its team. */
function channelsOf(tx: Tx, activity: TeamsActivity): Promise<Conversation[]> {
  const channelId = activity.channelData?.channel?.id;
  const teamId = activity.channelData?.team?.id;
  const live = tx.selectFrom('conversation').selectAll().where('tombstonedAt', 'is', null).where('kind', '=', 'channel');
  if (channelId) return live.where('conversationId', '=', channelId).execute();
  return teamId ? live.where('teamId', '=', teamId).execute() : Promise.resolve([]);
}

/** The bot was taken away: from a chat, a channel, or a team with all its channels. */
async function close(tx: Tx, parts: BotParts, activity: TeamsActivity, reason: string): Promise<void> {
  if (!isPersonal(activity)) {
    for (const channel of await channelsOf(tx, activity)) await closeOne(tx, parts, channel, reason);
    return;
  }
  const chats = await tx
    .selectFrom('conversation')
    .selectAll()
    .where('conversationId', '=', activity.conversation.id)
    .where('tombstonedAt', 'is', null)
    .execute();
  for (const chat of chats) await tombstone(tx, chat.id, reason, parts.ports.clock.now());
}

async function closeOne(tx: Tx, { ports }: BotParts, conversation: Conversation | undefined, reason: string): Promise<void> {
  if (!conversation) return;
  const at = ports.clock.now();
  await tombstone(tx, conversation.id, reason, at);
  await appendEvent(tx, {
    kind: 'setup.removed',
    subject: setupOf(conversation),
    partnershipId: conversation.partnershipId,
    at,
    by: null,
    through: 'teams',
  });
}

/** The audience is not what the owner agreed to any more: nothing is posted until he looks again. */
async function doubt(tx: Tx, { ports }: BotParts, conversation: Conversation | undefined, reason: string): Promise<void> {
  if (!conversation?.audienceConfirmedAt) return;
  await tx.updateTable('conversation').set({ audienceConfirmedAt: null, audienceHash: null }).where('id', '=', conversation.id).execute();
  await appendEvent(tx, {
    kind: 'setup.audienceChanged',
    subject: setupOf(conversation),
    partnershipId: conversation.partnershipId,
    at: ports.clock.now(),
    by: null,
    through: 'teams',
    data: { reason },
  });
  await requestPost(tx, setupOf(conversation));
}
