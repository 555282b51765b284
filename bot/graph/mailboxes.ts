import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import { maskFor } from '../people/erased.ts';
import { bindByDirectory } from '../people/index.ts';
import type { Tx } from '../store/database.ts';
import type { Gate } from '../threads/index.ts';
import type { Graph } from './client.ts';
import { contactsBeside, type User, usersAt } from './directory.ts';
import { readAgainEverywhere } from './passing.ts';

type Reason = Gate['clientAddresses'][number];

/**
 * Brings the list of mailboxes in line with the charters (or the setting): those that the directory knows are enrolled, and those that nobody
 * asks for any more are left alone; `enrolled` calls for them in the transaction that says so. Contacts whom the directory knows are bound by object id, whether their mailbox is read or not.
 */
export async function findMailboxes(
  graph: Graph,
  config: Pick<Config, 'MAILBOXES' | 'TENANT_ID'>,
  gate: Gate,
  ports: Ports,
  enrolled: (tx: Tx) => Promise<void>,
): Promise<void> {
  const wanted = wantedBy(config.MAILBOXES, gate);
  const mask = await maskFor(ports.db, wanted.keys());
  for (const address of [...wanted.keys()]) if (mask(address) !== null) wanted.delete(address); // whoever was erased is read no more
  const byUser = new Map<string, { user: User; reasons: Reason[] }>();
  for (const { address, user } of await usersAt(graph, [...wanted.keys()]))
    byUser.set(user.id, { user, reasons: [...(byUser.get(user.id)?.reasons ?? []), ...wanted.get(address)!] });
  const now = ports.clock.now();
  await ports.transaction(async (tx) => {
    await enrol(tx, [...byUser.values()]);
    await readAgainEverywhere(tx, gate);
    await enrolled(tx);
  });
  // Their mailboxes are not read, and nobody's mail waits until the directory has been asked for them.
  const addresses = new Map([...byUser].map(([id, { reasons }]) => [id, reasons.map(({ address }) => address)]));
  for (const { address, user } of await usersAt(graph, await contactsBeside(ports.db, gate, new Set(wanted.keys()))))
    addresses.set(user.id, [...(addresses.get(user.id) ?? []), address]);
  const users = [...addresses].map(([objectId, own]) => ({ objectId, addresses: own }));
  await ports.transaction((tx) => bindByDirectory(tx, { tenantId: config.TENANT_ID, users, now }));
}

/** `contacts`: everybody of the client whom a charter lists. Else the addresses of the setting, for every partnership in which they are listed, or all. */
function wantedBy(setting: string, gate: Gate): Map<string, Reason[]> {
  const wanted = new Map<string, Reason[]>();
  const add = (reason: Reason): void => void wanted.set(reason.address, [...(wanted.get(reason.address) ?? []), reason]);
  if (setting === 'contacts') {
    for (const reason of gate.clientAddresses) add(reason);
    return wanted;
  }
  for (const address of setting
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter(Boolean)) {
    const listed = gate.clientAddresses.filter((one) => one.address === address);
    for (const reason of listed.length > 0
      ? listed
      : gate.partnerships.map((partnershipId) => ({ address, partnershipId, contactId: null })))
      add(reason);
  }
  return wanted;
}

/** Brings mailboxes, and for which partnerships they are read, in line with these users; what is read for nobody any more stays without a partnership. */
async function enrol(tx: Tx, users: readonly { readonly user: User; readonly reasons: readonly Reason[] }[]): Promise<void> {
  const taken = new Set<string>();
  const rows = users.map(({ user, reasons }) => {
    const own = [user.mail, user.userPrincipalName, ...reasons.map(({ address }) => address)].flatMap((one) => one?.toLowerCase() ?? []);
    const addresses = [...new Set(own)].sort();
    const wanted = user.mail?.toLowerCase() ?? addresses[0]!;
    const address = taken.has(wanted) ? user.id : wanted;
    taken.add(address);
    return { id: randomUUID(), user_id: user.id, address, addresses };
  });
  // An address is one account's, here and when it passes to another: the other mailbox keeps what was read of it, under no address.
  await sql`
    update mailbox set address = mailbox.id::text, addresses = '{}'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as found (user_id text, address text)
    where mailbox.address = found.address and mailbox.user_id is distinct from found.user_id`.execute(tx);
  // Two statements: one that might change the address of each would hold every mailbox locked against those who read it.
  await sql`
    update mailbox set address = found.address, addresses = found.addresses
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as found (address text, user_id text, addresses text[])
    where mailbox.user_id = found.user_id and (mailbox.address, mailbox.addresses) is distinct from (found.address, found.addresses)`.execute(
    tx,
  );
  await sql`
    insert into mailbox (id, address, user_id, addresses)
    select id, address, user_id, addresses from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as found (id uuid, address text, user_id text, addresses text[])
    order by user_id
    on conflict (user_id) do nothing`.execute(tx);
  const read = users.flatMap(({ user, reasons }) =>
    [...new Set(reasons.map(({ partnershipId }) => partnershipId))].map((partnershipId) => ({
      user_id: user.id,
      partnership_id: partnershipId,
      contact_id: reasons.find((reason) => reason.partnershipId === partnershipId && reason.contactId)?.contactId ?? null,
    })),
  );
  await sql`
    with read as (
      select mailbox.id as mailbox_id, found.partnership_id, found.contact_id
      from jsonb_to_recordset(${JSON.stringify(read)}::jsonb) as found (user_id text, partnership_id uuid, contact_id uuid)
      join mailbox on mailbox.user_id = found.user_id
    ), left_alone as (
      delete from mailbox_partnership as link
      where not exists (select 1 from read where read.mailbox_id = link.mailbox_id and read.partnership_id = link.partnership_id)
    )
    insert into mailbox_partnership (mailbox_id, partnership_id, contact_id) select mailbox_id, partnership_id, contact_id from read
    order by mailbox_id, partnership_id
    on conflict (mailbox_id, partnership_id) do update set contact_id = excluded.contact_id`.execute(tx);
}
