import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import { BadInput, Unavailable } from '../errors.ts';
import { appendEvent } from '../journal/index.ts';
import { hashOfAccount, hashOfAddress, marksOf } from '../people/erased.ts';
import type { Db, Tx } from '../store/database.ts';
import { withoutInCharters } from './eraseCharters.ts';
import { emptyChats, withoutMember } from './eraseChats.ts';
import { markMail, withoutMailbox } from './eraseMail.ts';
import { dropBusyTimes, emptyWords } from './eraseWords.ts';
import { type Covered, countMentions, coverMentions } from './mentions.ts';
import { type Asked, isKnown, type Somebody, somebody } from './somebody.ts';

/** What was done, in counts alone. */
export interface Erased {
  readonly addresses: number;
  /** Entries in charters, over all partnerships. */
  readonly people: number;
  readonly accounts: number;
  readonly chats: number;
  readonly mails: number;
  readonly conversations: number;
  readonly texts: number;
  readonly mentions: number;
  /** Rows that still name him: mail whose own id holds his address. */
  readonly left: number;
  /** Partnerships that he answered for. */
  readonly owned: number;
}

/**
 * Erases a person: what he wrote, his names, addresses, accounts and chats. What remains of him is a mark, so that order, times and figures stay.
 * Safe to run twice, and while the service runs; the cards in Teams follow by its jobs.
 * @throws {BadInput} for somebody who is not known
 */
export async function erase({ db, clock, transaction }: Pick<Ports, 'db' | 'clock' | 'transaction'>, asked: Asked): Promise<Erased> {
  const before = await known(db, asked);
  const now = clock.now();
  const { person, marks, xid, counts } = await transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('privacy.erase', 0))`.execute(tx);
    const found = await somebody(tx, asked);
    const marked = await remember(tx, found, now);
    const owned = await ownedBy(tx, found);
    const charters = await withoutInCharters(tx, found, marked, now);
    const done = {
      owned,
      people: charters,
      chats: await emptyChats(tx, found, now),
      texts: await emptyWords(tx, found, now),
      ...(await markMail(tx, found, marked, now)),
    };
    await withoutMailbox(tx, found);
    await dropBusyTimes(tx, found);
    for (const { id, partnershipId } of found.contacts)
      await appendEvent(tx, {
        kind: 'privacy.erased',
        subject: { kind: 'contact', id },
        partnershipId,
        at: now,
        by: null,
        through: 'command',
      });
    const { rows } = await sql<{ xid: string }>`select pg_current_xact_id()::text as xid`.execute(tx);
    return { person: found, marks: marked, xid: rows[0]!.xid, counts: done };
  });
  const covered: Covered = { marks, names: await ownNames(db, person.names.length ? person.names : before.names, marks) };
  let mentions = await coverMentions(db, covered);
  await untilOthersEnded(db, xid);
  // whoever began before may have written what he had read before
  await transaction(async (tx) => {
    await markMail(tx, person, marks, now);
    await dropBusyTimes(tx, person);
    await withoutMember(tx, person);
  });
  mentions += await coverMentions(db, covered);
  return {
    ...counts,
    addresses: person.addresses.length,
    accounts: person.accounts.length,
    mentions,
    left: await countMentions(db, covered),
  };
}

async function known(db: Db, asked: Asked): Promise<Somebody> {
  const person = await somebody(db, asked);
  const again = await marksOf(db, person.addresses.map(hashOfAddress));
  if (again.size === 0 && !(await isKnown(db, person)))
    throw new BadInput(
      'address' in asked
        ? `Nothing is held about ${asked.address}: it stands in no charter, no mail, no meeting and no channel.`
        : 'There is no such person. Give an address, the id of a contact as the table `contact` has it, or an account: <tenant id>/<object id>.',
    );
  return person;
}

/** Hashes by which he is known again, and the mark of each address. Who was erased before keeps his marks. */
async function remember(tx: Tx, { addresses, accounts }: Somebody, now: Date): Promise<Map<string, string>> {
  const before = await marksOf(tx, addresses.map(hashOfAddress));
  const { rows } = await sql<{ domain: string }>`
    select distinct jsonb_array_elements_text(data -> 'document' -> side -> list) as domain
    from charter_version, unnest(array['client', 'provider']) as side, unnest(array['domains', 'acts for']) as list`.execute(tx);
  const domains = rows.map(({ domain }) => domain);
  const name = `former-${randomBytes(5).toString('hex')}`;
  const marks = new Map<string, string>();
  for (const [n, address] of addresses.entries()) {
    // under the domain of its side, so that his mail stays his side's
    const host = address.slice(address.lastIndexOf('@') + 1);
    const domain = domains.some((each) => host === each || host.endsWith(`.${each}`)) ? host : 'erased.invalid';
    marks.set(address, before.get(hashOfAddress(address)) ?? `${name}${n ? `-${n + 1}` : ''}@${domain}`);
  }
  const hashes = [
    ...[...marks].map(([address, mark]) => ({ hash: hashOfAddress(address), mark })),
    ...accounts.map(({ tenantId, objectId }) => ({
      hash: hashOfAccount(tenantId, objectId),
      mark: [...marks.values()][0] ?? `${name}@erased.invalid`,
    })),
  ];
  if (hashes.length)
    await tx
      .insertInto('erased')
      .values(hashes.map((each) => ({ ...each, at: now })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  return marks;
}

async function ownedBy(tx: Tx, { contacts }: Somebody): Promise<number> {
  const { rows } = await sql`select 1 from contact where id = any(${contacts.map(({ id }) => id)}::uuid[]) and owner`.execute(tx);
  return rows.length;
}

/** Names that can be told from other words: of two words or more, and nobody else's. */
async function ownNames(db: Db, names: readonly string[], marks: ReadonlyMap<string, string>): Promise<string[]> {
  const clear = names.filter((name) => /\S\s+\S/.test(name) && !name.includes('@') && name.length <= 100);
  const { rows } = await sql<{ name: string }>`
    select distinct from_name as name from message where from_name = any(${clear}::text[]) and from_address <> all(${[...marks.values(), ...marks.keys()]}::text[])
    union select name from contact where name = any(${clear}::text[]) and erased_at is null
    union select data -> 'document' -> side ->> 'name' from charter_version, unnest(array['client', 'provider']) as side`.execute(db);
  const others = new Set(rows.map((row) => row.name));
  return clear.filter((name) => !others.has(name)).flatMap((name) => [name, lastFirst(name)]);
}

/** `Joan Santos` is `Santos, Joan` elsewhere. */
const lastFirst = (name: string): string => name.replace(/^(.*)\s(\S+)$/, '$2, $1');

const PATIENCE_TRIES = 300;
const PAUSE_MS = 200;
/** Waits until every transaction that began before ours was committed has ended: none of them knows of the erasure. */
async function untilOthersEnded(db: Db, xid: string): Promise<void> {
  for (let tried = 0; tried < PATIENCE_TRIES; tried += 1) {
    const { rows } = await sql<{ past: boolean }>`select pg_snapshot_xmin(pg_current_snapshot()) > ${xid}::xid8 as past`.execute(db);
    if (rows[0]!.past) return;
    await sleep(PAUSE_MS);
  }
  throw new Unavailable(
    'Something else has been writing to the database for a minute. What was erased is erased; please run it once more.',
  );
}
