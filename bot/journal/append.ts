import { sql } from 'kysely';
import { type Actor, type JournalEvent, type Subject, subjectKey } from '../capability.ts';
import { addJobs } from '../jobs/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubjects } from '../store/lock.ts';
import { tableOf } from '../store/tableOf.ts';
import { toEvent } from './read.ts';
import type { JournalRow } from './store.ts';

/** PostgreSQL channel on which the ids of committed events are announced, with commas between them. */
export const JOURNAL_CHANNEL = 'journal';

export interface NewEvent {
  kind: string;
  subject: Subject;
  partnershipId: string | null;
  /** The instant it counts from: a deadline's due time, else product time. */
  at: Date;
  /** Who did it; null when time or mail did. */
  by: Actor | null;
  /** `card`, `tab`, `mail`, `deadline`, `charter` ...: without it what the actor came through, else `system`. */
  through?: string;
  /** Ids, kinds and numbers only. */
  data?: Readonly<Record<string, unknown>>;
  /** What a person wrote: kept apart, so that erasure can empty it. */
  remark?: string | null;
}

/**
 * Records a change in the transaction that makes it. Numbers are gapless per subject: the subject is locked until the commit. Enqueues a
 * `reaction` job for each capability that reacts to the kind, and tells the listeners after the commit.
 */
export async function appendEvent(tx: Tx, event: NewEvent): Promise<JournalEvent> {
  const [appended] = await appendEvents(tx, [event]);
  return appended!;
}

/** Records many changes at once, in their order; as {@link appendEvent}. Subjects are locked in one order, so that writers cannot wait in a circle. */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<JournalEvent[]> {
  if (events.length === 0) return [];
  const keys = [...new Set(events.map((event) => subjectKey(event.subject)))].sort();
  await lockSubjects(tx, keys);
  const rows = events.map((event, n) => ({
    n,
    subject_kind: event.subject.kind,
    subject_id: event.subject.id,
    kind: event.kind,
    partnership_id: event.partnershipId,
    at: event.at,
    by_contact_id: event.by?.contactId ?? null,
    by_side: event.by?.side ?? null,
    through: event.through ?? event.by?.through ?? 'system',
    data: event.data ?? {},
  }));
  const { rows: written } = await sql<JournalRow & { reacting: string[] | null }>`
    insert into journal (subject_kind, subject_id, seq, kind, partnership_id, at, by_contact_id, by_side, through, data)
    select e.subject_kind, e.subject_id,
      (select coalesce(max(j.seq), 0) from journal j where j.subject_kind = e.subject_kind and j.subject_id = e.subject_id)
        + row_number() over (partition by e.subject_kind, e.subject_id order by e.n),
      e.kind, e.partnership_id, e.at, e.by_contact_id, e.by_side, e.through, e.data
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e(
      n int, subject_kind text, subject_id text, kind text, partnership_id uuid, at timestamptz, by_contact_id uuid, by_side text, through text, data jsonb)
    order by e.n
    returning id, subject_kind, subject_id, kind, partnership_id, at, by_contact_id, by_side, data,
      (select array_agg(capability) from reaction where event_kind = journal.kind) as reacting`.execute(tx);
  await addJobs(
    tx,
    'reaction',
    written.flatMap(({ id, reacting }) =>
      (reacting ?? []).map((capability) => ({ key: `event:${id}:${capability}`, payload: { eventId: id, capability } })),
    ),
  );
  const remarks = events.flatMap(({ remark }, n) => (remark ? [{ id: written[n]!.id, text: remark }] : []));
  await keepAndTell(
    tx,
    remarks,
    written.map((row) => row.id),
  );
  return written.map(toEvent);
}

/** A notification carries at most 8,000 bytes, and each one costs every commit that waits behind it. */
const IDS_TOLD_AT_ONCE = 350;

/** Keeps what people wrote, and has the listeners told after the commit. */
async function keepAndTell(tx: Tx, remarks: readonly { id: string; text: string }[], ids: readonly string[]): Promise<void> {
  const told = Array.from({ length: Math.ceil(ids.length / IDS_TOLD_AT_ONCE) }, (_, n) =>
    ids.slice(n * IDS_TOLD_AT_ONCE, (n + 1) * IDS_TOLD_AT_ONCE).join(','),
  );
  await sql`
    with kept as (
      insert into remark (journal_id, text)
      select * from ${tableOf(remarks, { id: ['bigint', ({ id }) => id], text: ['text', ({ text }) => text] })})
    select pg_notify(${JOURNAL_CHANNEL}, ids) from unnest(${told}::text[]) as told (ids)`.execute(tx);
}
