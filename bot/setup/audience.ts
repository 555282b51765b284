import { createHash } from 'node:crypto';
import type { Charter } from '../charter/charter.ts';
import type { Side } from '../contract/sides.ts';
import { partyOf } from '../people/index.ts';
import type { Conversation } from '../posts/store.ts';
import type { Db, Tx } from '../store/database.ts';

/** Somebody in the channel who belongs to neither side. His name is for owners alone. */
export interface Outsider {
  readonly userId: string;
  readonly name: string;
}

/** Who will see what is posted in a channel. */
export interface Audience {
  /** False until Teams has said who is there. */
  readonly known: boolean;
  readonly sides: Readonly<Record<Side, number>>;
  readonly outside: readonly Outsider[];
  /** The outsiders by a short mark each: what an owner agrees to. */
  readonly marks: string;
}

const mark = (userId: string): string => createHash('sha256').update(userId).digest('hex').slice(0, 10);

/** Sorts the members of a channel to the sides: by who they are bound to, else by an address that somebody vouches for. */
export async function audienceOf(tx: Tx | Db, conversation: Conversation, charter: Charter | null): Promise<Audience> {
  const members = await tx
    .selectFrom('channelMember')
    .select(['userId', 'name', 'address', 'tenantId', 'objectId'])
    .where('conversationId', '=', conversation.id)
    .orderBy('name')
    .orderBy('userId')
    .execute();
  const bound = await boundTo(tx, conversation);
  const sides = { client: 0, provider: 0 };
  const outside: Outsider[] = [];
  for (const { userId, name, address, tenantId, objectId } of members) {
    const byAddress = (charter && address && partyOf(charter, address)?.side) || null;
    const vouched = byAddress && vouchedFor(byAddress, tenantId, { host: conversation.tenantId, providers: bound.providerTenants });
    const side = bound.sides.get(`${tenantId} ${objectId}`) ?? (vouched ? byAddress : null);
    if (side) sides[side] += 1;
    else outside.push({ userId, name });
  }
  const marks = outside
    .map(({ userId }) => mark(userId))
    .sort()
    .join(',');
  return { known: members.length > 0, sides, outside, marks };
}

/**
 * Whether the address of a member says whose he is. Each tenant writes what it likes into the addresses of its people: those of the client's own
 * tenant count, its guests among them, whom it invited by that address; those of another one for the provider alone, once somebody of the
 * provider is bound there.
 * @see docs/decisions/0009-who-sees-what.md
 */
export function vouchedFor(
  side: Side,
  tenantId: string | null,
  { host, providers }: { readonly host: string; readonly providers: ReadonlySet<string> },
): boolean {
  return tenantId !== null && (tenantId === host || (side === 'provider' && providers.has(tenantId)));
}

interface Bound {
  /** By `<tenant id> <object id>`. */
  readonly sides: ReadonlyMap<string, Side>;
  /** In which somebody of the provider has his account. */
  readonly providerTenants: ReadonlySet<string>;
}

async function boundTo(tx: Tx | Db, { partnershipId }: Conversation): Promise<Bound> {
  if (!partnershipId) return { sides: new Map(), providerTenants: new Set() };
  const rows = await tx
    .selectFrom('identity')
    .innerJoin('contact', 'contact.id', 'identity.contactId')
    .select(['identity.tenantId', 'identity.objectId', 'contact.side'])
    .where('contact.partnershipId', '=', partnershipId)
    .where('contact.active', '=', true)
    .execute();
  return {
    sides: new Map(rows.map(({ tenantId, objectId, side }) => [`${tenantId} ${objectId}`, side])),
    providerTenants: new Set(rows.filter(({ side }) => side === 'provider').map(({ tenantId }) => tenantId)),
  };
}

/** True when somebody outside both sides is there whom the owner did not agree to. */
export function grew(agreed: string, now: string): boolean {
  const known = new Set(agreed.split(','));
  return now !== '' && now.split(',').some((each) => !known.has(each));
}
