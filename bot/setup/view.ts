import { isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { audienceLine, currentCharter } from '../charter/index.ts';
import { type WhoIsWho, whoIsWho } from '../people/index.ts';
import { type Conversation, conversationById } from '../posts/store.ts';
import type { Db, Tx } from '../store/database.ts';
import { isUuid } from '../store/uuid.ts';
import { type Audience, audienceOf } from './audience.ts';

interface Placed {
  readonly partnershipId: string;
  readonly names: { readonly client: string; readonly provider: string };
  readonly audience: Audience;
  /** What everyone there reads on the cards, by the charter. */
  readonly shown: string;
  /** Who agreed to the audience: `Contoso (Vendor manager)`; null until somebody does. */
  readonly confirmedBy: string | null;
  readonly paused: boolean;
  /** For an owner alone: who belongs to neither side, and who is who. */
  readonly forOwner: { readonly outside: readonly string[]; readonly who: WhoIsWho } | null;
}

/** A channel's set-up as one reader may see it. `choices` are the reader's own partnerships that have no channel yet. */
export interface SetupView {
  readonly conversationId: string;
  readonly placed: Placed | null;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  /** The reader is known, so that the choices are his. */
  readonly own: boolean;
}

/** Null when the bot is not in the channel any more, or the reader belongs to another partnership. */
export async function setupView(tx: Tx, id: string, viewer: Viewer, now: Date): Promise<SetupView | null> {
  const conversation = await conversationById(tx, id);
  if (conversation?.kind !== 'channel') return null;
  const own = isActor(viewer);
  if (!conversation.partnershipId)
    return { conversationId: id, placed: null, choices: own ? await unplacedOf(tx, viewer.contactId) : [], own };
  if (viewer !== 'everyone' && viewer.partnershipId !== conversation.partnershipId) return null;
  return { conversationId: id, placed: await placed(tx, conversation, conversation.partnershipId, viewer, now), choices: [], own };
}

async function placed(tx: Tx, conversation: Conversation, partnershipId: string, viewer: Viewer, now: Date): Promise<Placed> {
  const charter = await currentCharter(tx, partnershipId, now);
  const audience = await audienceOf(tx, conversation, charter);
  const { pausedAt } = await tx.selectFrom('partnership').select('pausedAt').where('id', '=', partnershipId).executeTakeFirstOrThrow();
  const { audienceConfirmedAt, audienceConfirmedBy } = conversation;
  const owner = isActor(viewer) && viewer.owner;
  return {
    partnershipId,
    names: { client: charter.sides.client.name, provider: charter.sides.provider.name },
    audience,
    shown: audienceLine(charter),
    confirmedBy: audienceConfirmedAt ? roleOf(charter, audienceConfirmedBy) : null,
    paused: pausedAt !== null,
    forOwner: owner ? { outside: audience.outside.map(({ name }) => name), who: await whoIsWho(tx, viewer) } : null,
  };
}

/** The partnership that a channel is for; null while that is not said. */
export async function setupPartnership(tx: Tx | Db, conversationId: string): Promise<string | null> {
  const conversation = isUuid(conversationId) ? await conversationById(tx, conversationId) : undefined;
  return conversation?.partnershipId ?? null;
}

/** A person as everyone reads him: his side and role. */
function roleOf({ sides }: AgreedCharter, contactId: string | null): string {
  for (const side of [sides.client, sides.provider]) {
    const contact = side.contacts.find(({ id }) => id === contactId);
    if (contact) return `${side.name} (${contact.role})`;
  }
  return 'an owner';
}

/** Partnerships without a channel in which the person behind a contact is an owner. */
export function unplacedOf(tx: Tx, contactId: string): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('identity as mine')
    .innerJoin('identity as same', (join) => join.onRef('same.tenantId', '=', 'mine.tenantId').onRef('same.objectId', '=', 'mine.objectId'))
    .innerJoin('contact', 'contact.id', 'same.contactId')
    .innerJoin('partnership', 'partnership.id', 'contact.partnershipId')
    .select(['partnership.id', 'partnership.name'])
    .distinct()
    .where('mine.contactId', '=', contactId)
    .where('contact.owner', '=', true)
    .where('contact.active', '=', true)
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
    .orderBy('partnership.name')
    .execute();
}
