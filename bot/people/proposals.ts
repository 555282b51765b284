import { sql } from 'kysely';
import type { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import type { Identity } from './store.ts';

/** Somebody of the channel's roster who is nobody yet, and who he most likely is. */
export interface Proposal extends Identity {
  readonly name: string;
  readonly contact: { readonly id: string; readonly name: string; readonly side: Side } | null;
  readonly because: 'address' | 'name' | null;
}

interface Member extends Identity {
  readonly name: string;
  readonly address: string | null;
}
interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly side: Side;
  readonly addresses: readonly string[];
}

/** Roster members without a contact in this partnership. Nothing is bound by a proposal: an owner's click does that. */
export async function proposals(tx: Tx | Db, partnershipId: string): Promise<Proposal[]> {
  const { rows: members } = await sql<Member>`
    select distinct on (member.tenant_id, member.object_id) member.tenant_id, member.object_id, member.name, member.address
    from channel_member member
    join conversation on conversation.id = member.conversation_id and conversation.tombstoned_at is null
    where conversation.partnership_id = ${partnershipId} and member.tenant_id is not null and member.object_id is not null
      and not exists (
        select 1 from identity join contact on contact.id = identity.contact_id
        where identity.tenant_id = member.tenant_id and identity.object_id = member.object_id and contact.partnership_id = ${partnershipId})
    order by member.tenant_id, member.object_id`.execute(tx);
  const { rows: candidates } = await sql<Candidate>`
    select contact.id, contact.name, contact.side,
      array(select address from contact_address where contact_id = contact.id order by address) as addresses
    from contact
    where contact.partnership_id = ${partnershipId} and contact.active
      and not exists (select 1 from identity where identity.contact_id = contact.id)
    order by contact.id`.execute(tx);
  return members.map((member) => propose(member, candidates));
}

/** By address, else by a name that only one contact has. */
export function propose({ tenantId, objectId, name, address }: Member, candidates: readonly Candidate[]): Proposal {
  const plain = address?.trim().toLowerCase();
  const byAddress = plain ? candidates.find((candidate) => candidate.addresses.includes(plain)) : undefined;
  const sameName = candidates.filter((candidate) => candidate.name && bareName(candidate.name) === bareName(name));
  const found = byAddress ?? (sameName.length === 1 ? sameName[0] : undefined);
  return {
    tenantId,
    objectId,
    name,
    contact: found ? { id: found.id, name: found.name, side: found.side } : null,
    because: byAddress ? 'address' : found ? 'name' : null,
  };
}

/** `Santos, Joan (Fabrikam)` and `Joan Santos` are one name: letters without accents, words in any order, what stands in brackets aside. */
const bareName = (name: string): string =>
  name
    .replace(/[([].*?[)\]]/g, ' ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .sort()
    .join(' ');
