import { type RawBuilder, sql } from 'kysely';
import type { HeldView } from '../contract/privacy.ts';
import type { Db, Tx } from '../store/database.ts';
import { OWN } from './holdsOwn.ts';
import { type Entry, INVENTORY, KEEPS } from './inventory.ts';
import type { Somebody } from './somebody.ts';

type Row = Readonly<Record<string, unknown>>;
type Shown = HeldView['rows'][number];

export interface Reading {
  /** Rows of one kind at most. */
  readonly most: number;
  /** The person reads it himself: of his own partnerships alone, and of mail what he may read on cards. */
  readonly self: boolean;
}

/** Everything that is held about somebody, by kind, with why, where from and how long; kinds of which there is nothing are left out. */
export async function heldAbout(tx: Tx | Db, person: Somebody, reading: Reading): Promise<HeldView[]> {
  const held: HeldView[] = [];
  for (const [table, entry] of Object.entries(INVENTORY)) {
    if (entry.shown === false) continue;
    const rows = await rowsOf(tx, table, entry, person, reading);
    if (rows.length === 0) continue;
    const shown = rows.slice(0, reading.most);
    const { howLong } = KEEPS[entry.keep];
    const [what, why, from, kept] = [entry.row, entry.why, entry.from, howLong].map(sentence) as [string, string, string, string];
    held.push({ what, why, from, howLong: kept, count: rows.length, rows: shown });
  }
  return held;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const columns = (text = ''): string[] => text.split(' ').filter(Boolean);

/** What tells that a row is about somebody. */
function conditions(table: string, entry: Entry, person: Somebody): RawBuilder<unknown>[] {
  const { contacts, addresses, accounts } = person;
  const ids = contacts.map(({ id }) => id);
  const keys = accounts.map(({ tenantId, objectId }) => `${tenantId}/${objectId}`);
  const found: RawBuilder<unknown>[] = [];
  for (const column of columns(entry.columns.contact)) found.push(sql`${sql.ref(column)}::text = any(${ids}::text[])`);
  for (const column of columns(entry.columns.address))
    found.push(
      LISTS.has(`${table}.${column}`)
        ? sql`${sql.ref(column)} && ${[...addresses]}::text[]`
        : sql`lower(${sql.ref(column)}) = any(${[...addresses]}::text[])`,
    );
  for (const column of columns(entry.columns.people))
    found.push(sql`${sql.ref(column)} @> any(${addresses.map((address) => JSON.stringify([{ address }]))}::jsonb[])`);
  if (columns(entry.columns.account).includes('object_id')) found.push(sql`tenant_id || '/' || object_id = any(${keys}::text[])`);
  else if (columns(entry.columns.account).includes('user_id'))
    found.push(sql`user_id = any(${accounts.flatMap(({ objectId, userId }) => [objectId, userId ?? objectId])}::text[])`);
  // whoever was asked, or holds it, stands in its details by id
  if (entry.columns.facts && entry.matter && ids.length) found.push(sql`facts::text ~ ${ids.join('|')}`);
  return found;
}
const LISTS: ReadonlySet<string> = new Set(['mailbox.addresses', 'obligation.asked_addresses']);

async function rowsOf(tx: Tx | Db, table: string, entry: Entry, person: Somebody, reading: Reading): Promise<Shown[]> {
  const { self } = reading;
  const own = OWN[table];
  if (own) return own(tx, person, reading);
  const about = conditions(table, entry, person);
  if (about.length === 0) return [];
  const mine = [sql`(${sql.join(about, sql` or `)})`];
  const partnerships = person.contacts.map(({ partnershipId }) => partnershipId);
  if (self && columns(entry.columns.plain).includes('partnership_id') && table !== 'conversation')
    mine.push(sql`partnership_id = any(${partnerships}::uuid[])`);
  if (self && table === 'message')
    mine.push(
      sql`exists (select 1 from thread_partnership as link where link.thread_id = held.thread_id and partnership_id = any(${partnerships}::uuid[]))`,
    );
  const shared =
    table === 'message' ? sql`(select count(*) > 1 from thread_partnership as link where link.thread_id = held.thread_id)` : sql`false`;
  const { rows } = await sql<{ row: Row }>`
    select to_jsonb(held) || jsonb_build_object('shared', ${shared}) as row from ${sql.table(table)} as held
    where ${sql.join(mine, sql` and `)} limit 100000`.execute(tx);
  return rows.map(({ row }) => shownRow(table, entry, row, person, reading));
}

/** Numbers and ids by which tables are tied say nothing to a person. */
const INNER = /^(id|.*_id|key|seq|revision|round|.*_rank|transaction_id|bare_subject|facts|data|pace_.*|press_id|worked_seconds|counted)$/;

function shownRow(table: string, entry: Entry, row: Row, person: Somebody, { self }: Reading): Shown {
  const shown: Shown = {};
  const put = (column: string, value: unknown): void => {
    if (INNER.test(column) || value === null || value === undefined) return;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') shown[column.replaceAll('_', ' ')] = value;
  };
  for (const column of columns(entry.columns.plain)) put(column, row[column]);
  if (hasOwnAccount(row, person))
    for (const column of columns(entry.columns.account))
      if (typeof row[column] === 'string') shown[column.replaceAll('_', ' ')] = row[column];
  if (table === 'review') Object.assign(shown, takenIn(row.facts, person));
  for (const column of columns(entry.columns.name)) if (isHis(table, row, person)) put(column, row[column]);
  for (const column of [...columns(entry.columns.address), ...columns(entry.columns.people)])
    put(column, ownOf(row[column], person.addresses));
  for (const column of columns(entry.columns.words)) if (mayRead(table, entry, row, person, self)) put(column, row[column]);
  const roles = columns(entry.columns.contact).filter((column) => person.contacts.some(({ id }) => id === row[column]) && column !== 'id');
  const named = roles.map((column) => column.replace(/_?contact_id$|_id$/, '').replaceAll('_', ' ') || 'the person');
  // whoever was asked, or holds it
  if (entry.matter && person.contacts.some(({ id }) => JSON.stringify(row.facts ?? null).includes(id))) named.push('named in its details');
  if (named.length) shown.you = named.join(', ');
  return shown;
}

/** Whether the account of a row is his: of whom he bound, or in whose chat he agreed to something, it is not. */
function hasOwnAccount(row: Row, { contacts, addresses, accounts }: Somebody): boolean {
  if (typeof row.object_id === 'string')
    return accounts.some(({ tenantId, objectId }) => tenantId === row.tenant_id && objectId === row.object_id);
  const own = accounts.some(({ objectId, userId }) => row.user_id !== null && (row.user_id === userId || row.user_id === objectId));
  return (
    own || contacts.some(({ id }) => id === row.contact_id) || [row.address, row.addresses].some((each) => ownOf(each, addresses) !== null)
  );
}

/** When he is taken, as the calendars told it while a review had no date: of all who were asked about, in one. */
function takenIn(facts: unknown, { contacts }: Somebody): Shown {
  const { busy } = (facts ?? {}) as { busy?: { of: readonly string[]; times: readonly { from: string; to: string }[] } | null };
  if (!busy?.of.some((each) => contacts.some(({ id }) => id === each))) return {};
  return { taken: busy.times.map(({ from, to }) => `${from} to ${to}`).join(', '), 'taken, of how many people': busy.of.length };
}

const isHis = (table: string, row: Row, { addresses }: Somebody): boolean =>
  table !== 'message' || addresses.includes(String(row.from_address));

/** His own addresses among those of a row. */
function ownOf(value: unknown, addresses: readonly string[]): string | null {
  const all = Array.isArray(value)
    ? value.map((each) => (typeof each === 'string' ? each : (each as { address?: string }).address))
    : [value];
  const own = all.filter((address): address is string => typeof address === 'string' && addresses.includes(address.toLowerCase()));
  return own.length ? own.join(', ') : null;
}

/** What he wrote; and subjects of mail that he is on, as far as a card would show them to him. */
function mayRead(table: string, entry: Entry, row: Row, { contacts, addresses }: Somebody, self: boolean): boolean {
  if (entry.by) return contacts.some(({ id }) => id === row[entry.by!]);
  if (table === 'calendar_event') return !self || addresses.includes(String(row.organizer));
  // of mail to people of two partnerships, those of the client alone
  const client = contacts.every(({ side }) => side === 'client');
  return table === 'message' ? !self || client || row.shared !== true : !self;
}
