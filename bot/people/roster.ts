import { sql } from 'kysely';
import type { Actor } from '../capability.ts';
import type { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import { mayBind } from './bind.ts';
import { type Proposal, proposals } from './proposals.ts';
import { DIRECTORY, type Identity } from './store.ts';

/** An account that somebody said, or the directory says, is a contact. `name` as the channel knows it; null when it is not there. */
export interface BoundAccount extends Identity {
  readonly name: string | null;
  /** `directory`, or the id of the contact who said so. */
  readonly by: string;
  readonly at: Date;
}

/** A contact whom the reader may say who he is, with the accounts that are his. */
export interface KnownContact {
  readonly id: string;
  readonly name: string;
  readonly side: Side;
  readonly accounts: readonly BoundAccount[];
}

/** Who is who in a partnership, as far as an owner decides it: his own side's people, at the client those of both. Names are hostile text. */
export interface WhoIsWho {
  readonly contacts: readonly KnownContact[];
  /** Members of the channel who are nobody yet, those who are likely somebody first. */
  readonly unknown: readonly Proposal[];
}

export async function whoIsWho(tx: Tx | Db, by: Actor): Promise<WhoIsWho> {
  const { partnershipId } = by;
  const contacts = await tx
    .selectFrom('contact')
    .select(['id', 'name', 'side', 'partnershipId'])
    .where('partnershipId', '=', partnershipId)
    .where('active', '=', true)
    .orderBy('side')
    .orderBy('name')
    .execute();
  const mine = contacts.filter((contact) => mayBind(by, contact));
  const accounts = await accountsOf(tx, partnershipId);
  const ids = new Set(mine.map(({ id }) => id));
  const unknown = (await proposals(tx, partnershipId)).map((each) => (each.contact && ids.has(each.contact.id) ? each : nobody(each)));
  return {
    contacts: mine.map(({ id, name, side }) => ({ id, name, side, accounts: accounts.filter(({ contactId }) => contactId === id) })),
    unknown: mine.length ? unknown.sort((a, b) => Number(b.contact !== null) - Number(a.contact !== null) || compare(a.name, b.name)) : [],
  };
}

/** What an owner can take back: the directory's word is not his. */
export const saidByOwner = ({ by }: BoundAccount): boolean => by !== DIRECTORY;

const nobody = (proposal: Proposal): Proposal => ({ ...proposal, contact: null, because: null });
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function accountsOf(tx: Tx | Db, partnershipId: string): Promise<(BoundAccount & { contactId: string })[]> {
  const { rows } = await sql<BoundAccount & { contactId: string }>`
    select identity.tenant_id, identity.object_id, identity.contact_id, identity.bound_by as by, identity.bound_at as at,
      (select member.name from channel_member member
        join conversation on conversation.id = member.conversation_id and conversation.tombstoned_at is null
        where conversation.partnership_id = ${partnershipId} and member.tenant_id = identity.tenant_id and member.object_id = identity.object_id
        limit 1) as name
    from identity join contact on contact.id = identity.contact_id
    where contact.partnership_id = ${partnershipId} and contact.active
    order by identity.bound_at, identity.object_id`.execute(tx);
  return rows;
}
