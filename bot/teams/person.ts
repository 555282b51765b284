import { sql } from 'kysely';
import { type Admins, identify, type Person } from '../people/index.ts';
import type { Tx } from '../store/database.ts';
import { senderOf, type TeamsActivity } from './activity.ts';

/**
 * Who sent an activity, by bound identity alone; null for somebody without an account. His id in the bot's conversations is kept. Nobody wrote
 * down whether an activity out of a shared channel names the tenant of the channel or of the member: where it names the channel's, and nobody is
 * bound by that, the one counts that the roster has for this account.
 */
export async function personOf(tx: Tx, activity: TeamsActivity, admins: Admins): Promise<Person | null> {
  const sender = senderOf(activity);
  if (!sender) return null;
  const userId = activity.from?.id;
  const named = await identify(tx, sender, admins);
  const ofTheChannel = sender.tenantId === activity.conversation.tenantId;
  const unknown = named.actors.length === 0 && !named.admin;
  const home = unknown && ofTheChannel && userId ? await homeTenant(tx, userId, sender.objectId) : null;
  const person = home && home !== sender.tenantId ? await identify(tx, { ...sender, tenantId: home }, admins) : named;
  if (userId && person.actors.length && person.conversationUserId !== userId) await knowAs(tx, person, userId);
  return person;
}

/** The tenant of an account by the rosters of the channels in which it is; null where they say nothing, or not the same. */
async function homeTenant(tx: Tx, userId: string, objectId: string): Promise<string | null> {
  const rows = await tx
    .selectFrom('channelMember')
    .select('tenantId')
    .distinct()
    .where('userId', '=', userId)
    .where('objectId', '=', objectId)
    .limit(2)
    .execute();
  return rows.length === 1 ? rows[0]!.tenantId : null;
}

/** Keeps the name that Teams has for a bound person in the bot's conversations. */
export async function knowAs(tx: Tx, { tenantId, objectId }: { tenantId: string; objectId: string }, userId: string): Promise<void> {
  await sql`
    update identity set conversation_user_id = ${userId}
    where tenant_id = ${tenantId} and object_id = ${objectId} and conversation_user_id is distinct from ${userId}`.execute(tx);
}
