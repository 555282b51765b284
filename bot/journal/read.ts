import { sql } from 'kysely';
import type { JournalEvent, Subject } from '../capability.ts';
import type { Db, Tx } from '../store/database.ts';
import { EVENT_COLUMNS, type JournalRow } from './store.ts';

export const toEvent = (row: JournalRow): JournalEvent => ({
  id: row.id,
  kind: row.kind,
  subject: { kind: row.subjectKind, id: row.subjectId },
  partnershipId: row.partnershipId,
  at: row.at,
  by: row.byContactId && row.bySide ? { contactId: row.byContactId, side: row.bySide } : null,
  data: row.data,
});

/** The history of a subject, in the order in which it was recorded. */
export async function eventsOf(tx: Tx | Db, subject: Subject): Promise<JournalEvent[]> {
  const rows = await tx
    .selectFrom('journal')
    .select(EVENT_COLUMNS)
    .where('subjectKind', '=', subject.kind)
    .where('subjectId', '=', subject.id)
    .orderBy('seq')
    .execute();
  return rows.map(toEvent);
}

/** The histories of many subjects of one kind at once, oldest event first. */
export async function eventsOfAll(tx: Tx | Db, kind: string, ids: readonly string[]): Promise<JournalEvent[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .selectFrom('journal')
    .select(EVENT_COLUMNS)
    .where('subjectKind', '=', kind)
    .where('subjectId', '=', sql<string>`any(${[...ids]}::text[])`)
    .orderBy('id')
    .execute();
  return rows.map(toEvent);
}

/**
 * The same, with what people wrote, by event id; erased and empty ones are not there.
 * @param words - false: what people wrote is not read
 */
export async function eventsWithRemarks(
  tx: Tx | Db,
  kind: string,
  ids: readonly string[],
  words = true,
): Promise<{ events: JournalEvent[]; remarks: Map<string, string> }> {
  if (!words || ids.length === 0) return { events: await eventsOfAll(tx, kind, ids), remarks: new Map() };
  const rows = await tx
    .selectFrom('journal')
    .leftJoin('remark', 'remark.journalId', 'journal.id')
    .select([...EVENT_COLUMNS, 'remark.text'])
    .where('subjectKind', '=', kind)
    .where('subjectId', '=', sql<string>`any(${[...ids]}::text[])`)
    .orderBy('id')
    .execute();
  return { events: rows.map(toEvent), remarks: new Map(rows.flatMap(({ id, text }) => (text === null ? [] : [[id, text]]))) };
}

export async function eventById(tx: Tx | Db, id: string): Promise<JournalEvent | undefined> {
  const row = await tx.selectFrom('journal').select(EVENT_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row && toEvent(row);
}

/** What a person wrote with an event, unless it was erased. */
export async function remarkOf(tx: Tx | Db, eventId: string): Promise<string | null> {
  const row = await tx.selectFrom('remark').select('text').where('journalId', '=', eventId).executeTakeFirst();
  return row?.text ?? null;
}

/**
 * The position up to which a view read in this transaction is complete: opaque, for `eventsAfter`. Read it before (or with) what the view
 * shows; what commits later lies after it, whatever its number.
 */
export async function journalCursor(tx: Tx | Db): Promise<string> {
  const { rows } = await sql<{ cursor: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as cursor`.execute(tx);
  return rows[0]!.cursor;
}

/** Events of a partnership that a view with this cursor may not contain, oldest first; some it may contain already. */
export async function eventsAfter(tx: Tx | Db, partnershipId: string, cursor: string, limit: number): Promise<JournalEvent[]> {
  const rows = await tx
    .selectFrom('journal')
    .select(EVENT_COLUMNS)
    .where('partnershipId', '=', partnershipId)
    .where('transactionId', '>=', sql<string>`${/^\d{1,19}$/.test(cursor) ? cursor : '0'}::xid8`)
    .orderBy('transactionId')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

/** What people wrote with these events, by event id; erased and empty ones are not there. */
export async function remarksOf(tx: Tx | Db, eventIds: readonly string[]): Promise<Map<string, string>> {
  if (eventIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('remark')
    .selectAll()
    .where('journalId', 'in', [...eventIds])
    .execute();
  return new Map(rows.map((row) => [row.journalId, row.text]));
}
