import { sql } from 'kysely';
import type { Conversation } from '../posts/store.ts';
import type { Db, Tx } from '../store/database.ts';
import { channelOf, isPersonal, type TeamsActivity } from './activity.ts';

/**
 * The live conversation that an activity came from; undefined when the bot does not hold it. A personal chat stands once for each of the
 * person's partnerships: that of `partnershipId` comes first.
 */
export function conversationOf(
  tx: Tx | Db,
  activity: TeamsActivity,
  partnershipId: string | null = null,
): Promise<Conversation | undefined> {
  const id = isPersonal(activity) ? activity.conversation.id : channelOf(activity);
  return tx
    .selectFrom('conversation')
    .leftJoin('contact', 'contact.id', 'conversation.contactId')
    .selectAll('conversation')
    .where('conversationId', '=', id ?? '')
    .where('kind', '=', isPersonal(activity) ? 'personal' : 'channel')
    .where('tombstonedAt', 'is', null)
    .orderBy(sql`contact.partnership_id is not distinct from ${partnershipId} desc`)
    .orderBy('installedAt')
    .limit(1)
    .executeTakeFirst();
}
