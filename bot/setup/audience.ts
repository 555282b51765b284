import { createHash } from 'node:crypto';
import type { Charter } from '../charter/charter.ts';
import type { Side } from '../contract/sides.ts';
import { erasedMember, isErasedMember } from '../people/erased.ts';
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
  /** The outsiders by a short mark each: what an owner is shown. */
  readonly marks: string;
  /**
   * With them those who count for a side by their address alone, which they may do no longer when somebody else's binding ends: what he agrees
   * to. Whoever counts by his own binding is looked at anew when that ends.
   */
  readonly agreed: string;
}

/** The same before and after somebody was erased. */
const markOf = (member: Parameters<typeof erasedMember>[0]): string =>
  createHash('sha256').update(erasedMember(member)).digest('hex').slice(0, 10);
const marksOf = (members: readonly Parameters<typeof markOf>[0][]): string => members.map(markOf).sort().join(',');

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
  const outside: typeof members = [];
  const byAddress: typeof members = [];
  for (const member of members) {
    const { userId, address, tenantId, objectId } = member;
    const named = (charter && address && partyOf(charter, address)?.side) || null;
    // of somebody who was erased the mark in the place of his address is ours, where his account was known
    const ours = isErasedMember(userId) && tenantId === null;
    const vouched = named && (ours || vouchedFor(named, tenantId, { host: conversation.tenantId, providers: bound.providerTenants }));
    const own = bound.sides.get(`${tenantId} ${objectId}`);
    const side = own ?? (vouched ? named : null);
    if (side) sides[side] += 1;
    else outside.push(member);
    if (side && !own) byAddress.push(member);
  }
  return {
    known: members.length > 0,
    sides,
    outside: outside.map(({ userId, name }) => ({ userId, name })),
    marks: marksOf(outside),
    agreed: marksOf([...outside, ...byAddress]),
  };
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
