import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import { appendEvent } from '../journal/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { formerPeople, syncContacts } from './contacts.ts';
import type { CharterDocument, PersonDocument } from './document.ts';
import { type CharterFile, charterFiles } from './files.ts';
import { formerOf, withoutFormer } from './former.ts';
import { extendHolidays, type HolidayList, importHolidays, runsOut } from './holidays.ts';
import { partnershipIdOf } from './ids.ts';
import { CharterProblems, type Problem } from './problems.ts';
import { readCharter } from './read.ts';
import type { StoredCharter } from './store.ts';
import { charterWritten } from './versions.ts';
import { instantOf } from './wallClock.ts';

export interface LoadResult {
  readonly loaded: readonly { readonly partnershipId: string; readonly version: number }[];
  /** What keeps changed files from being used. The versions that run go on. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the folder of charters: a new or changed file becomes the next version, an unchanged one nothing. A broken file never replaces the
 * version that runs.
 * @throws {BadInput} when the folder cannot be read; {@link CharterProblems} when a broken file has no earlier version and `start` is set
 */
export async function loadCharters(ports: Ports, folder: string, { start = true }: { start?: boolean } = {}): Promise<LoadResult> {
  const { files, problems } = await charterFiles(folder);
  const known = await latestHashes(ports.db);
  const loaded: { partnershipId: string; version: number }[] = [];
  const unusable: Problem[] = [...problems];
  for (const file of files) {
    const partnershipId = partnershipIdOf(file.slug);
    const latest = known.get(partnershipId);
    if (latest?.sourceHash === file.hash && !runsOut(latest, yearOf(ports))) continue;
    const read = await readCharter(file.text, file.file, await formerPeople(ports.db, partnershipId));
    if ('problems' in read) {
      problems.push(...read.problems);
      if (!latest) unusable.push(...read.problems);
      continue;
    }
    const version = await saveVersion(ports, partnershipId, file, read.document);
    if (version !== null) loaded.push({ partnershipId, version });
  }
  if (start && unusable.length) throw new CharterProblems(unusable);
  return { loaded, problems };
}

/** What keeps the files in the folder from being used now: those that are not the running version, read again. */
export async function charterProblems(ports: Ports, folder: string): Promise<readonly Problem[]> {
  const { files, problems } = await charterFiles(folder);
  const known = await latestHashes(ports.db);
  for (const file of files) {
    const partnershipId = partnershipIdOf(file.slug);
    if (known.get(partnershipId)?.sourceHash === file.hash) continue;
    const read = await readCharter(file.text, file.file, await formerPeople(ports.db, partnershipId));
    if ('problems' in read) problems.push(...read.problems);
  }
  return problems;
}

/** The version that the file became, or null when what it says is what the latest says already. */
async function saveVersion(ports: Ports, partnershipId: string, file: CharterFile, document: CharterDocument): Promise<number | null> {
  const year = yearOf(ports);
  const fresh = await imported(document, (calendar) => importHolidays(calendar, year));
  const now = ports.clock.now();
  return ports.transaction(async (tx) => {
    await lockSubject(tx, { kind: 'charter', id: partnershipId });
    const name = document.name ?? `${document.client.name} and ${document.provider.name}`;
    await tx
      .insertInto('partnership')
      .values({ id: partnershipId, slug: file.slug, name, createdAt: now, pausedAt: null })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ name }))
      .execute();
    const latest = await latestVersion(tx, partnershipId);
    const former = await formerOf(tx, partnershipId, document);
    const names = new Map(everybody(document).flatMap(({ key, name }) => (former.has(key) ? [] : [[key, name] as const])));
    const whole: StoredCharter = { format: 1, document: withoutNames(document), holidays: fresh, through: throughOf(fresh) };
    const stored = withoutFormer(whole, [...former.values()]);
    if (latest && sameText(latest.data.document, stored.document)) {
      await keepVersion(tx, partnershipId, latest, file.hash, year);
      await syncContacts(tx, partnershipId, now, names);
      return null;
    }
    const version = (latest?.version ?? 0) + 1;
    const given = effectiveOf(document);
    // An amendment never reaches back: what opened before it was loaded keeps the version it opened under.
    const effectiveAt = given && (version === 1 || given > now) ? given : now;
    await tx
      .insertInto('charterVersion')
      .values({ partnershipId, version, sourceHash: file.hash, data: JSON.stringify(stored), effectiveAt, loadedAt: now })
      .execute();
    charterWritten(tx);
    await syncContacts(tx, partnershipId, now, names);
    const subject = { kind: 'charter', id: partnershipId };
    await appendEvent(tx, { kind: 'charter.loaded', subject, partnershipId, at: now, by: null, through: 'charter', data: { version } });
    return version;
  });
}

/** Nothing that was agreed changed: the file's hash is noted, and holiday lists that run out are continued. */
async function keepVersion(tx: Tx, partnershipId: string, latest: Latest, sourceHash: string, year: number): Promise<void> {
  const { document, holidays, through } = latest.data;
  let data = latest.data;
  if (runsOut({ through }, year)) {
    const lists = await imported(document, (calendar, key) => extendHolidays(calendar, holidays[key] ?? { through: 0, days: {} }, year));
    data = { ...latest.data, holidays: lists, through: throughOf(lists) };
  }
  await tx
    .updateTable('charterVersion')
    .set({ sourceHash, data: JSON.stringify(data) })
    .where('partnershipId', '=', partnershipId)
    .where('version', '=', latest.version)
    .execute();
  charterWritten(tx);
}

async function imported(
  document: CharterDocument,
  list: (calendar: CharterDocument['calendars'][string], key: string) => Promise<HolidayList>,
): Promise<Record<string, HolidayList>> {
  const lists: Record<string, HolidayList> = {};
  for (const [key, calendar] of Object.entries(document.calendars)) lists[key] = await list(calendar, key);
  return lists;
}

const throughOf = (lists: Readonly<Record<string, HolidayList>>): number =>
  Math.min(9999, ...Object.values(lists).map((list) => list.through));
const yearOf = (ports: Ports): number => ports.clock.now().getUTCFullYear();

const everybody = (document: CharterDocument): PersonDocument[] => [...document.client.people, ...document.provider.people];

/** Names stand in `contact` alone. */
const withoutNames = (document: CharterDocument): CharterDocument => {
  const nameless = (side: CharterDocument['client']) => ({ ...side, people: side.people.map((person) => ({ ...person, name: '' })) });
  return { ...document, client: nameless(document.client), provider: nameless(document.provider) };
};

/** A date is the start of that day where the client works. */
function effectiveOf(document: CharterDocument): Date | null {
  if (document.effective === undefined) return null;
  if (document.effective.length > 10) return new Date(document.effective);
  return instantOf(document.calendars[document.client.calendar]!.zone, document.effective);
}

interface Latest {
  readonly version: number;
  readonly data: StoredCharter;
}
const latestVersion = (tx: Tx, partnershipId: string): Promise<Latest | undefined> =>
  tx
    .selectFrom('charterVersion')
    .select(['version', 'data'])
    .where('partnershipId', '=', partnershipId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();

async function latestHashes(db: Db): Promise<Map<string, { sourceHash: string; through: number }>> {
  const rows = await db
    .selectFrom('charterVersion')
    .distinctOn('partnershipId')
    .select(['partnershipId', 'sourceHash', sql<number>`(data->>'through')::int`.as('through')])
    .orderBy('partnershipId')
    .orderBy('version', 'desc')
    .execute();
  return new Map(rows.map(({ partnershipId, sourceHash, through }) => [partnershipId, { sourceHash, through }]));
}

/** Equal whatever the order of keys: jsonb keeps its own. */
const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, inOrder(part)]),
  );
}
