import { sql } from 'kysely';
import type { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import { columnsOf } from './inventory.ts';

/** One person as the database knows him: everything by which he can be told. */
export interface Somebody {
  readonly contacts: readonly { readonly id: string; readonly partnershipId: string; readonly side: Side; readonly key: string }[];
  /** Lower case. */
  readonly addresses: readonly string[];
  readonly names: readonly string[];
  readonly accounts: readonly { readonly tenantId: string; readonly objectId: string; readonly userId: string | null }[];
}

export type Asked =
  | { readonly address: string }
  | { readonly contactId: string }
  | { readonly tenantId: string; readonly objectId: string };

/** Who somebody is over all partnerships: whoever has the address, and whoever shares an address or an account with him. */
export async function somebody(tx: Tx | Db, asked: Asked): Promise<Somebody> {
  const addresses = new Set<string>('address' in asked ? [asked.address.trim().toLowerCase()] : []);
  const contactIds = new Set<string>('contactId' in asked ? [asked.contactId] : []);
  const accounts = new Map<string, { tenantId: string; objectId: string; userId: string | null }>();
  if ('objectId' in asked) accounts.set(`${asked.tenantId}/${asked.objectId}`.toLowerCase(), { ...asked, userId: null });
  for (let known = -1; known !== addresses.size + contactIds.size + accounts.size; ) {
    known = addresses.size + contactIds.size + accounts.size;
    const { rows } = await sql<{ contactId: string; address: string }>`
      select contact_id, address from (
        select contact_id, address from contact_address
        union
        -- who is listed no more stands in earlier versions
        select contact.id, listed.address from charter_version as version
        cross join lateral jsonb_path_query(data, '$.document.*.people[*]') as person
        cross join lateral jsonb_array_elements_text(person -> 'address') as listed(address)
        join contact on contact.partnership_id = version.partnership_id and contact.key = person ->> 'key') as known
      where address = any(${[...addresses]}::text[]) or contact_id = any(${[...contactIds]}::uuid[])`.execute(tx);
    for (const row of rows) {
      addresses.add(row.address);
      contactIds.add(row.contactId);
    }
    const { rows: bound } = await sql<{ tenantId: string; objectId: string; contactId: string; userId: string | null }>`
      select tenant_id, object_id, contact_id, conversation_user_id as user_id from identity
      where contact_id = any(${[...contactIds]}::uuid[]) or tenant_id || '/' || object_id = any(${[...accounts.keys()]}::text[])`.execute(
      tx,
    );
    for (const { contactId, ...account } of bound) {
      contactIds.add(contactId);
      accounts.set(`${account.tenantId}/${account.objectId}`, account);
    }
  }
  // who is bound to nobody has an account in a channel all the same; whose contact that account was said to be is not asked
  for (const account of await inChannels(tx, [...addresses], [...accounts.keys()])) {
    const key = `${account.tenantId}/${account.objectId}`;
    accounts.set(key, { ...account, userId: accounts.get(key)?.userId ?? account.userId });
  }
  const { rows: contacts } = await sql<Somebody['contacts'][number] & { name: string }>`
    select id, partnership_id, side, key, name from contact where id = any(${[...contactIds]}::uuid[]) order by id`.execute(tx);
  const found = { contacts, addresses: [...addresses].sort(), accounts: [...accounts.values()] };
  const names = new Set([...contacts.map(({ name }) => name), ...(await namesAt(tx, found))]);
  return { ...found, names: [...names].filter(Boolean).sort() };
}

/** Accounts of members of channels that show one of these addresses, and what Teams calls them there. */
async function inChannels(tx: Tx | Db, addresses: readonly string[], keys: readonly string[]): Promise<Somebody['accounts'][number][]> {
  const { rows } = await sql<Somebody['accounts'][number]>`
    select distinct on (tenant_id, object_id) tenant_id, object_id, user_id from channel_member
    where tenant_id is not null and object_id is not null
      and (lower(address) = any(${[...addresses]}::text[]) or tenant_id || '/' || object_id = any(${[...keys]}::text[]))
    order by tenant_id, object_id, user_id`.execute(tx);
  return rows;
}

/** Who an account is, by what it is bound to and nothing beside: no other partnership in which the same address is listed. */
export async function ownSelf(tx: Tx | Db, { tenantId, objectId }: { tenantId: string; objectId: string }): Promise<Somebody> {
  const { rows: contacts } = await sql<Somebody['contacts'][number] & { name: string; userId: string | null }>`
    select contact.id, partnership_id, side, key, name, conversation_user_id as user_id from identity join contact on contact.id = contact_id
    where tenant_id = ${tenantId} and object_id = ${objectId} order by contact.id`.execute(tx);
  const ids = contacts.map(({ id }) => id);
  const { rows } = await sql<{ address: string }>`
    select distinct address from contact_address where contact_id = any(${ids}::uuid[]) order by 1`.execute(tx);
  return {
    contacts,
    addresses: rows.map(({ address }) => address),
    names: [...new Set(contacts.map(({ name }) => name))].filter(Boolean),
    accounts: [{ tenantId, objectId, userId: contacts[0]?.userId ?? null }],
  };
}

/** Names that stood beside his addresses and accounts. */
async function namesAt(tx: Tx | Db, { addresses, accounts }: Omit<Somebody, 'names'>): Promise<string[]> {
  const objectIds = accounts.map(({ objectId }) => objectId);
  const { rows } = await sql<{ name: string }>`
    select distinct from_name as name from message where from_address = any(${[...addresses]}::text[])
    union
    select distinct party ->> 'name' from message cross join lateral jsonb_array_elements(to_addresses || cc_addresses) as party
    where party ->> 'address' = any(${[...addresses]}::text[])
    union
    select name from channel_member where lower(address) = any(${[...addresses]}::text[]) or object_id = any(${objectIds}::uuid[])`.execute(
    tx,
  );
  return rows.map(({ name }) => name.trim());
}

/** Whether any of his addresses stands anywhere. */
export async function isKnown(tx: Tx | Db, { contacts, addresses, accounts }: Somebody): Promise<boolean> {
  if (contacts.length || accounts.some(({ userId }) => userId !== null)) return true;
  if (addresses.length === 0) return false;
  for (const { table, column } of columnsOf('address', 'people')) {
    const { rows } = await sql`
      select 1 from ${sql.table(table)} where lower(${sql.ref(column)}::text) ~ ${patternOf(addresses)} limit 1`.execute(tx);
    if (rows.length) return true;
  }
  return false;
}

/** Matches these texts where they stand by themselves: `joan@fabrikam.com` is no part of `sue-joan@fabrikam.com`. PostgreSQL, lower case. */
export function patternOf(texts: readonly string[]): string {
  const escaped = texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `(?<![[:alnum:]_.+-])(?:${escaped.join('|')})(?![[:alnum:]_]|[.-][[:alnum:]])`;
}
