import { z } from 'zod';
import type { Db } from '../store/database.ts';
import type { Gate } from '../threads/index.ts';
import type { Graph } from './client.ts';
import { GraphRefusal } from './exchange.ts';
import { quoted } from './rules.ts';

const AT_ONCE = 50;
/** Of the basic profile, which is all that User.ReadBasic.All lets be read or filtered by. */
const USER = '$select=id,mail,userPrincipalName';
const User = z.object({
  id: z.string(),
  mail: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
});
export type User = z.infer<typeof User>;

/** Accounts of other companies carry their own address in their name: `joan_fabrikam.com#EXT#@contoso.onmicrosoft.com`. */
const isGuest = ({ userPrincipalName }: User): boolean => userPrincipalName?.toLowerCase().includes('#ext#') ?? false;

/** The users of the own directory who have these addresses; guests are left out, their address is what somebody invited. */
export async function usersAt(graph: Graph, addresses: readonly string[]): Promise<{ address: string; user: User }[]> {
  const found: { address: string; user: User }[] = [];
  const aliases = { readable: true };
  for (let at = 0; at < addresses.length; at += AT_ONCE) {
    const some = addresses.slice(at, at + AT_ONCE);
    const users = await Promise.all(some.map((address) => userAt(graph, address, aliases)));
    for (const [index, user] of users.entries()) if (user && !isGuest(user)) found.push({ address: some[index]!, user });
  }
  return found;
}

/**
 * The directory takes the principal name as a key; the main address is found by a filter. Further addresses of an account are no part of the
 * basic profile: they are looked for until the tenant refuses it, and nobody is known by one of them then.
 */
async function userAt(graph: Graph, address: string, aliases: { readable: boolean }): Promise<User | null> {
  try {
    return User.parse(await graph.call({ url: `/users/${encodeURIComponent(address)}?${USER}` }));
  } catch (error) {
    if (!(error instanceof GraphRefusal) || error.status !== 404) throw error;
  }
  const byMail = await userWhere(graph, `mail eq ${quoted(address)}`);
  if (byMail || !aliases.readable) return byMail;
  try {
    return await userWhere(graph, `proxyAddresses/any(p:p eq ${quoted(`smtp:${address}`)})`);
  } catch (error) {
    if (!(error instanceof GraphRefusal) || error.status !== 403) throw error;
    aliases.readable = false;
    return null;
  }
}

async function userWhere(graph: Graph, filter: string): Promise<User | null> {
  const page = await graph.call({ url: `/users?$filter=${filter.replaceAll(' ', '%20')}&${USER}` });
  return z.object({ value: z.array(User) }).parse(page).value[0] ?? null;
}

/**
 * Addresses of contacts that lie in the client's own domains, beside those that are looked up anyhow: who they are the directory knows, also
 * where their mailboxes are not read, and of people of the provider who have an account of the client.
 */
export async function contactsBeside(db: Db, gate: Gate, known: ReadonlySet<string>): Promise<string[]> {
  const domains = new Set(gate.clientAddresses.filter(({ contactId }) => contactId).map(({ address }) => domainOf(address)));
  const rows = await db
    .selectFrom('contactAddress')
    .innerJoin('contact', 'contact.id', 'contactAddress.contactId')
    .select('contactAddress.address')
    .distinct()
    .where('contact.active', '=', true)
    .orderBy('contactAddress.address')
    .execute();
  return rows.map(({ address }) => address).filter((address) => domains.has(domainOf(address)) && !known.has(address));
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
