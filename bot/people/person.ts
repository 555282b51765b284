import type { Actor } from '../capability.ts';
import type { Db, Tx } from '../store/database.ts';
import type { Identity } from './store.ts';

/** Rapport's admins: people of the client's own tenant, by the setting ADMIN_OBJECT_IDS. */
export interface Admins {
  readonly tenantId: string;
  readonly objectIds: readonly string[];
}

/**
 * Somebody whose identity was verified, and who he is in each partnership. The side follows the contact he was bound to, never the tenant:
 * a guest comes with the client's tenant id. Without an actor he is unbound and sees a read-only page.
 */
export interface Person extends Identity {
  readonly admin: boolean;
  /** An executive of the client in at least one partnership. */
  readonly executive: boolean;
  readonly name: string | null;
  readonly actors: readonly Omit<Actor, 'through'>[];
  /** His id in the bot's conversations, where all of his bindings hold the same; else null. */
  readonly conversationUserId: string | null;
}

/** Who an identity is. Contacts that left, or whose partnership has no charter with them any more, are nobody. */
export async function identify(tx: Tx | Db, { tenantId, objectId }: Identity, admins?: Admins): Promise<Person> {
  const rows = await tx
    .selectFrom('identity')
    .innerJoin('contact', 'contact.id', 'identity.contactId')
    .select([
      'contact.id',
      'contact.partnershipId',
      'contact.side',
      'contact.owner',
      'contact.executive',
      'contact.name',
      'identity.conversationUserId',
    ])
    .where('identity.tenantId', '=', tenantId)
    .where('identity.objectId', '=', objectId)
    .where('contact.active', '=', true)
    .orderBy('contact.partnershipId')
    .execute();
  const userIds = new Set(rows.map((row) => row.conversationUserId));
  return {
    tenantId,
    objectId,
    admin: admins !== undefined && same(admins.tenantId, tenantId) && admins.objectIds.some((id) => same(id, objectId)),
    executive: rows.some((row) => row.side === 'client' && row.executive),
    name: rows.find((row) => row.name)?.name ?? null,
    conversationUserId: userIds.size === 1 ? (rows[0]?.conversationUserId ?? null) : null,
    actors: rows.map(({ id, partnershipId, side, owner }) => ({ partnershipId, contactId: id, side, owner })),
  };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
