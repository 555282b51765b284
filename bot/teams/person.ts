import { sql } from 'kysely';
import { type Admins, identify, type Person } from '../people/index.ts';
import type { Tx } from '../store/database.ts';
import { senderOf, type TeamsActivity } from './activity.ts';

/** Who sent an activity, by bound identity alone; null for somebody without an account. His id in the bot's conversations is kept. */
export async function personOf(tx: Tx, activity: TeamsActivity, admins: Admins): Promise<Person | null> {
  const sender = senderOf(activity);
  if (!sender) return null;
  const person = await identify(tx, sender, admins);
  const userId = activity.from?.id;
  if (userId && person.actors.length && person.conversationUserId !== userId) await knowAs(tx, sender, userId);
  return person;
}

/** Keeps the name that Teams has for a bound person in the bot's conversations. */
export async function knowAs(tx: Tx, { tenantId, objectId }: { tenantId: string; objectId: string }, userId: string): Promise<void> {
  await sql`
    update identity set conversation_user_id = ${userId}
    where tenant_id = ${tenantId} and object_id = ${objectId} and conversation_user_id is distinct from ${userId}`.execute(tx);
}
