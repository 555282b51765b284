import { z } from 'zod';

/** What is longer than anybody types is cut, not refused: whoever sent it would get no answer at all. */
const text = z.string().transform((given) => given.slice(0, 40_000));
const id = z.string().max(1_000);
const account = z.looseObject({
  id: id.optional(),
  name: text.nullish(),
  aadObjectId: z.guid().nullish().catch(null),
  tenantId: z.guid().nullish().catch(null),
});
const named = z.looseObject({ id: id.nullish() }).nullish().catch(null);

/** An activity as far as the bot reads it. Teams adds fields and members over time: what is not known is let through unread. */
export const TeamsActivity = z.looseObject({
  type: id,
  id: id.nullish(),
  name: id.nullish(),
  action: id.nullish().catch(null),
  channelId: id,
  serviceUrl: id,
  text: text.nullish(),
  value: z.unknown().optional(),
  replyToId: id.nullish(),
  from: account.nullish(),
  recipient: account.nullish(),
  conversation: z.looseObject({ id, tenantId: z.guid().nullish().catch(null), conversationType: id.nullish() }),
  channelData: z
    .looseObject({
      eventType: id.nullish(),
      tenant: named,
      team: named,
      channel: named,
      settings: z.looseObject({ selectedChannel: named }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  membersAdded: z.array(account).nullish().catch(null),
  membersRemoved: z.array(account).nullish().catch(null),
  entities: z
    .array(z.looseObject({ type: id.nullish() }))
    .nullish()
    .catch(null),
});
export type TeamsActivity = z.infer<typeof TeamsActivity>;

/** Who sent it: his object id in the tenant of his account (an external member's is his own company's); null for an unknown account. */
export function senderOf({ from, channelData, conversation }: TeamsActivity): { tenantId: string; objectId: string } | null {
  const tenantId = from?.tenantId ?? channelData?.tenant?.id ?? conversation.tenantId;
  return from?.aadObjectId && tenantId && z.guid().safeParse(tenantId).success ? { tenantId, objectId: from.aadObjectId } : null;
}

export const isPersonal = ({ conversation, channelData }: TeamsActivity): boolean =>
  conversation.conversationType === 'personal' ||
  (!conversation.conversationType && !channelData?.team && !conversation.id.startsWith('19:'));

/** The channel it came from, without a message; the one an installation chose goes before the conversation. */
export function channelOf({ conversation, channelData }: TeamsActivity): string | null {
  const chosen = channelData?.settings?.selectedChannel?.id ?? channelData?.channel?.id;
  if (chosen) return chosen;
  return conversation.conversationType === 'channel' || channelData?.team ? (conversation.id.split(';')[0] ?? null) : null;
}

export const mentionsBot = (members: TeamsActivity['membersAdded'], { recipient }: TeamsActivity): boolean =>
  members?.some((member) => member.id !== undefined && member.id === recipient?.id) ?? false;

/** What was typed, without the bot's own mention. */
export function wordsOf({ text: typed, entities, recipient }: TeamsActivity): string {
  const mentions = (entities ?? []).flatMap((entity) => {
    const { type, mentioned, text: shown } = entity as { type?: string; mentioned?: { id?: string }; text?: string };
    return type === 'mention' && mentioned?.id === recipient?.id && shown ? [shown] : [];
  });
  return mentions
    .reduce((left, mention) => left.replaceAll(mention, ' '), typed ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}
