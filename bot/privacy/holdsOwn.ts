import { sql } from 'kysely';
import { readVersions, type StoredCharter } from '../charter/store.ts';
import type { HeldView } from '../contract/privacy.ts';
import type { Db, Tx } from '../store/database.ts';
import type { Somebody } from './somebody.ts';

type Shown = HeldView['rows'][number];
/** `self`: he reads it himself, of his own partnerships alone. */
type Reader = (tx: Tx | Db, person: Somebody, reading: { readonly self: boolean }) => Promise<Shown[]>;

/** Tables of whose rows only a part is somebody's, or whose rows say by another table that they are his. */
export const OWN: Readonly<Record<string, Reader>> = {
  charter_version: entries,
  journal: history,
  remark: remarks,
  message_copy: copies,
};

/** What each version of a charter says of him: his entry, and where else it names him, by key or by role. */
async function entries(tx: Tx | Db, { contacts }: Somebody): Promise<Shown[]> {
  const found: Shown[] = [];
  for (const { partnershipId, key } of contacts)
    for (const [version, { document }] of [...(await readVersions(tx, partnershipId))].sort(([a], [b]) => a - b)) {
      const shown = entryOf(document, key);
      if (shown) found.push({ partnership: document.name ?? `${document.client.name} and ${document.provider.name}`, version, ...shown });
    }
  return found;
}

function entryOf(document: StoredCharter['document'], key: string): Shown | null {
  const side = (['client', 'provider'] as const).find((each) => document[each].people.some((person) => person.key === key));
  const person = side && document[side].people.find((each) => each.key === key);
  if (!side || !person) return null;
  const names = (list: readonly string[]): boolean => list.includes(key) || (person.role !== undefined && list.includes(person.role));
  const levels = (document.escalation ?? []).filter((level) => names(level[side])).map(({ level }) => level);
  const scopes = document.decisions.filter((scope) => scope['decided by'] === side && names(scope.who)).map(({ scope }) => scope);
  const reviews = document.reviews.filter((review) => names([review['agenda by']].flatMap((one) => one ?? []))).map(({ name }) => name);
  return {
    side,
    key,
    addresses: person.address.join(', '),
    role: person.role ?? null,
    calendar: person.calendar ?? document[side].calendar,
    owner: person.owner,
    executive: person.executive,
    left: person.left,
    'stands in for somebody': document[side].people.some((each) => each['stand-in'] === key),
    ...(levels.length && { 'is asked for help at': levels.join(', ') }),
    ...(scopes.length && { decides: scopes.join(', ') }),
    ...(reviews.length && { prepares: reviews.join(', ') }),
  };
}

/** What he did, and what is told of him: that he was bound, has left, holds something. Of accounts his own alone. */
async function history(tx: Tx | Db, { contacts, accounts }: Somebody, { self }: { readonly self: boolean }): Promise<Shown[]> {
  const ids = contacts.map(({ id }) => id);
  const keys = accounts.map(({ tenantId, objectId }) => `${tenantId}/${objectId}`);
  const account = sql`coalesce(data ->> 'tenantId' || '/' || (data ->> 'objectId') = any(${keys}::text[]), false)`;
  const told = ids.length
    ? sql`(subject_kind = 'contact' and subject_id = any(${ids}::text[]) or data::text ~ ${ids.join('|')} or ${account})`
    : account;
  const partnerships = contacts.map(({ partnershipId }) => partnershipId);
  const here = self ? sql`(partnership_id = any(${partnerships}::uuid[]) or ${account})` : sql`true`;
  const { rows } = await sql<{ shown: Shown; by: boolean; told: boolean; account: boolean }>`
    select jsonb_build_object('subject kind', subject_kind, 'kind', kind, 'at', at, 'by side', by_side, 'through', through)
        || case when ${account} then jsonb_build_object('tenant', data -> 'tenantId', 'account', data -> 'objectId') else '{}' end as shown,
      coalesce(by_contact_id = any(${ids}::uuid[]), false) as by, ${told} as told
    from journal where (by_contact_id = any(${ids}::uuid[]) or ${told}) and ${here} order by id limit 100000`.execute(tx);
  return rows.map(({ shown, by, told: about }) => ({
    ...shown,
    you: [...(by ? ['by'] : []), ...(about ? ['whom it is about'] : [])].join(', '),
  }));
}

/** What he wrote with a press, by the history. */
async function remarks(tx: Tx | Db, { contacts }: Somebody): Promise<Shown[]> {
  const { rows } = await sql<{ shown: Shown }>`
    select jsonb_build_object('text', text, 'at', at, 'kind', kind) as shown from remark join journal on journal.id = journal_id
    where by_contact_id = any(${contacts.map(({ id }) => id)}::uuid[]) order by journal_id limit 100000`.execute(tx);
  return rows.map(({ shown }) => shown);
}

/** Copies of mail in his own mailbox, with the flags and categories that he gave them. What the mail is stands with the mail. */
async function copies(tx: Tx | Db, { contacts, addresses }: Somebody): Promise<Shown[]> {
  const { rows } = await sql<{ shown: Shown }>`
    select jsonb_strip_nulls(jsonb_build_object('received at', received_at, 'sent at', sent_at, 'sent copy', sent_copy, 'flag', flag,
      'flag due at', flag_due_at, 'categories', nullif(array_to_string(categories, ', '), ''), 'removed at', removed_at)) as shown
    from message_copy where mailbox_id in (
      select id from mailbox where address = any(${[...addresses]}::text[]) or addresses && ${[...addresses]}::text[]
        or id in (select mailbox_id from mailbox_partnership where contact_id = any(${contacts.map(({ id }) => id)}::uuid[])))
    order by received_at limit 100000`.execute(tx);
  return rows.map(({ shown }) => shown);
}
