import { type Generated, type Selectable, sql } from 'kysely';
import { ERASED_WORDS, type Mask, maskFor } from '../people/erased.ts';
import type { Db, Tx } from '../store/database.ts';
import { type Meeting, peopleIn } from './rules.ts';

interface CalendarEventTable {
  mailboxId: string;
  graphId: string;
  icalUid: string | null;
  seriesMasterId: string | null;
  kind: Meeting['kind'];
  subject: string | null;
  organizer: string | null;
  attendees: Meeting['attendees'];
  startAt: Date;
  endAt: Date;
  cancelled: boolean;
  data: { zone: string | null; joinUrl: string | null; originalAt?: string | null };
  seenRound: Generated<number>;
}
declare module '../store/database.ts' {
  interface Database {
    calendarEvent: CalendarEventTable;
  }
}

/**
 * Puts meetings into the record as they are now.
 * @param round - of the calendar: it counts up whenever its window begins anew
 */
export async function saveMeetings(tx: Tx, mailboxId: string, meetings: readonly Meeting[], round = 0): Promise<void> {
  if (meetings.length === 0) return;
  const mask = await maskFor(tx, meetings.flatMap(peopleIn));
  const rows = meetings
    .map((meeting) => masked(meeting, mask))
    .map((one) => ({
      mailbox_id: mailboxId,
      graph_id: one.id,
      ical_uid: one.icalUid,
      series_master_id: one.seriesMasterId,
      kind: one.kind,
      subject: one.subject,
      organizer: one.organizer,
      attendees: one.attendees,
      start_at: one.startAt,
      end_at: one.endAt,
      cancelled: one.cancelled,
      data: { zone: one.zone, joinUrl: one.joinUrl, originalAt: one.originalAt },
      seen_round: round,
    }));
  await sql`
    insert into calendar_event select * from jsonb_populate_recordset(null::calendar_event, ${JSON.stringify(rows)}::jsonb)
    on conflict (mailbox_id, graph_id) do update set ical_uid = excluded.ical_uid, series_master_id = excluded.series_master_id,
      kind = excluded.kind, subject = excluded.subject, organizer = excluded.organizer, attendees = excluded.attendees,
      start_at = excluded.start_at, end_at = excluded.end_at, cancelled = excluded.cancelled, data = excluded.data, seen_round = excluded.seen_round`.execute(
    tx,
  );
}

/** Without anybody who was erased. */
const masked = (meeting: Meeting, mask: Mask): Meeting => ({
  ...meeting,
  subject: mask(meeting.organizer) === null ? meeting.subject : ERASED_WORDS,
  organizer: mask(meeting.organizer) ?? meeting.organizer,
  attendees: meeting.attendees.map((each) => ({ ...each, address: mask(each.address) ?? each.address })),
});

export async function removeMeetings(tx: Tx, mailboxId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    delete from calendar_event
    where mailbox_id = ${mailboxId} and (graph_id = any(${ids}::text[]) or series_master_id = any(${ids}::text[]))`.execute(tx);
}

/**
 * After a window was read to its end: what lies in it and was not seen since it began was taken out of the calendar. A series goes with the
 * last of its dates.
 * @returns how many dates
 */
export async function removeMeetingsUnseen(
  tx: Tx,
  mailboxId: string,
  { round, from, until }: { round: number; from: Date; until: Date },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from calendar_event
    where mailbox_id = ${mailboxId} and seen_round < ${round} and kind <> 'seriesMaster' and end_at > ${from} and start_at < ${until}`.execute(
    tx,
  );
  await sql`
    delete from calendar_event as series
    where mailbox_id = ${mailboxId} and seen_round < ${round} and kind = 'seriesMaster' and not exists (
      select 1 from calendar_event as one where one.mailbox_id = series.mailbox_id and one.series_master_id = series.graph_id)`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Meetings of one calendar by id. */
export async function meetingsById(tx: Tx | Db, mailboxId: string, ids: readonly string[]): Promise<Map<string, Meeting>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('calendarEvent')
    .selectAll()
    .where('mailboxId', '=', mailboxId)
    .where(sql<boolean>`graph_id = any(${ids}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.graphId, meetingOf(row)]));
}

/** What is on in any calendar that is read, series taken apart; the same meeting in two calendars comes twice, with one `icalUid`. */
export async function meetingsBetween(tx: Tx | Db, from: Date, to: Date): Promise<Meeting[]> {
  const rows = await tx
    .selectFrom('calendarEvent')
    .selectAll()
    .where('kind', '<>', 'seriesMaster')
    .where('startAt', '<', to)
    .where('endAt', '>', from)
    .orderBy('startAt')
    .orderBy('graphId')
    .execute();
  return rows.map(meetingOf);
}

/** A meeting as one calendar has it, with what its series says of all its dates. */
export interface CalendarCopy {
  readonly meeting: Meeting;
  /** The calendar is that of whoever called the meeting. */
  readonly own: boolean;
  readonly series: { readonly icalUid: string; readonly subject: string; readonly cancelled: boolean } | null;
}

/** What is on in the calendars that are read for a partnership, a copy for each calendar, series taken apart; cancelled ones too. */
export async function copiesBetween(tx: Tx | Db, partnershipId: string, from: Date, to: Date): Promise<CalendarCopy[]> {
  const rows = await tx
    .selectFrom('calendarEvent as one')
    .innerJoin('mailboxPartnership as link', 'link.mailboxId', 'one.mailboxId')
    .innerJoin('mailbox', 'mailbox.id', 'one.mailboxId')
    .leftJoin('calendarEvent as series', (join) =>
      join.onRef('series.mailboxId', '=', 'one.mailboxId').onRef('series.graphId', '=', 'one.seriesMasterId'),
    )
    .selectAll('one')
    .select(['series.icalUid as seriesUid', 'series.subject as seriesSubject', 'series.cancelled as seriesCancelled', 'mailbox.addresses'])
    .where('link.partnershipId', '=', partnershipId)
    .where('mailbox.state', 'not in', ['gone', 'off', 'outOfScope'])
    .where('one.kind', '<>', 'seriesMaster')
    .where('one.startAt', '<', to)
    .where('one.endAt', '>', from)
    .orderBy('one.startAt')
    .orderBy('one.mailboxId')
    .orderBy('one.graphId')
    .execute();
  return rows.map((row) => ({
    meeting: meetingOf(row),
    own: row.addresses.includes(row.organizer ?? ''),
    series:
      row.seriesUid === null ? null : { icalUid: row.seriesUid, subject: row.seriesSubject ?? '', cancelled: row.seriesCancelled ?? false },
  }));
}

/** Whether some calendar of a partnership was read to its end: only then does a date that is not there mean something. */
export async function calendarsRead(tx: Tx | Db, partnershipId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from mailbox join mailbox_partnership as link on link.mailbox_id = mailbox.id
    where link.partnership_id = ${partnershipId} and mailbox.state = 'reading' and calendar_link is not null and calendar_until is not null
    limit 1`.execute(tx);
  return rows.length > 0;
}

/** Meetings to which one of these people (lower-case addresses) invited, that are not over before `after` and not cancelled. */
export async function meetingsCalledBy(tx: Tx | Db, organizers: readonly string[], after: Date): Promise<Meeting[]> {
  const rows = await tx
    .selectFrom('calendarEvent')
    .selectAll()
    .where('kind', '<>', 'seriesMaster')
    .where('cancelled', '=', false)
    .where('endAt', '>', after)
    .where(sql<boolean>`organizer = any(${[...organizers]}::text[])`)
    .orderBy('startAt')
    .orderBy('graphId')
    .limit(500)
    .execute();
  return rows.map(meetingOf);
}

const meetingOf = (row: Selectable<CalendarEventTable>): Meeting => ({
  id: row.graphId,
  kind: row.kind,
  seriesMasterId: row.seriesMasterId,
  startAt: row.startAt,
  endAt: row.endAt,
  icalUid: row.icalUid ?? '',
  subject: row.subject ?? '',
  organizer: row.organizer ?? '',
  attendees: row.attendees,
  cancelled: row.cancelled,
  zone: row.data.zone,
  joinUrl: row.data.joinUrl,
  originalAt: row.data.originalAt ? new Date(row.data.originalAt) : null,
});
