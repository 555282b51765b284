import { randomUUID } from 'node:crypto';
import type { Actor } from '../capability.ts';
import type { Side } from '../contract/sides.ts';
import { Refusal } from '../errors.ts';
import { appendEvent } from '../journal/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { type Interval, localDate } from '../worktime/index.ts';
import type { AgreedCharter } from './charter.ts';
import type { CharterRefusal } from './events.ts';
import type { ExceptionHours } from './store.ts';
import { charterWritten, latestCharter } from './versions.ts';
import { readDates, readHours, Unreadable } from './words.ts';

/** A correction of one date of a calendar. `hours` as in a charter file (`09:00-12:00`, `closed`). */
export type CalendarEdit =
  | { readonly kind: 'holiday'; readonly onDate: string; readonly reason: string }
  | { readonly kind: 'notHoliday'; readonly onDate: string; readonly reason?: string | undefined }
  | { readonly kind: 'exception'; readonly onDate: string; readonly hours: string; readonly reason: string };

interface EditRequest {
  readonly partnershipId: string;
  readonly calendarKey: string;
  readonly by: Actor;
  readonly now: Date;
}

/**
 * Corrects one date on top of every version. Open waits are worked out again, what is settled stays.
 * @returns the id that undoes it
 * @throws {Refusal} `charter.owner_only`, `charter.other_side`, `calendar.not_found`, `calendar.bad_date`, `calendar.bad_hours`
 */
export async function editCalendar(tx: Tx, { edit, ...request }: EditRequest & { readonly edit: CalendarEdit }): Promise<string> {
  await ownCalendar(tx, request);
  const [onDate, ...more] = read(readDates, edit.onDate, 'calendar.bad_date');
  if (!onDate || more.length) throw new Refusal<CharterRefusal>('calendar.bad_date');
  const intervals = edit.kind === 'exception' ? read(readHours, edit.hours, 'calendar.bad_hours') : null;
  const editId = await insertEdit(tx, request, { kind: edit.kind, onDate, intervals, reason: edit.reason ?? null });
  await record(tx, request, 'charter.calendarEdited', { editId, calendarKey: request.calendarKey, kind: edit.kind, onDate }, edit.reason);
  return editId;
}

/**
 * The side says that the list of holidays is right: explanations no longer call it assumed.
 * @throws {Refusal} as {@link editCalendar}
 */
export async function confirmHolidays(tx: Tx, request: EditRequest): Promise<string> {
  await ownCalendar(tx, request);
  const editId = await insertEdit(tx, request, { kind: 'confirmed', onDate: null, intervals: null, reason: null });
  await record(tx, request, 'charter.holidaysConfirmed', { editId, calendarKey: request.calendarKey });
  return editId;
}

/** The longest that a site is closed in one go. */
const MOST_CLOSED_MS = 31 * 86_400_000;

/**
 * "Our site is closed": takes the time from `from` until `to` out of the side's own calendar, whatever would be open then.
 * @param reason - what people read: `Typhoon`
 * @returns the ids that undo it, one for each date of that zone
 * @throws {Refusal} `calendar.bad_date` unless `from` lies before `to`, within a month; else as {@link editCalendar}
 */
export async function siteClosed(
  tx: Tx,
  { side, from, to, reason, ...who }: { partnershipId: string; side: Side; from: Date; to: Date; reason: string; by: Actor; now: Date },
): Promise<string[]> {
  const charter = await latestCharter(tx, who.partnershipId);
  const calendarKey = charter.sides[side].calendar.key;
  const request = { ...who, calendarKey };
  const { zone } = (await ownCalendar(tx, request)).calendars[calendarKey]!.work;
  if (!(from < to) || to.getTime() - from.getTime() > MOST_CLOSED_MS) throw new Refusal<CharterRefusal>('calendar.bad_date');
  const editIds: string[] = [];
  for (const { onDate, closed } of closedByDate(zone, from, to)) {
    editIds.push(await insertEdit(tx, request, { kind: 'exception', onDate, intervals: { closed: [closed] }, reason }));
  }
  const data = { editIds, side, calendarKey, fromAt: from.toISOString(), toAt: to.toISOString() };
  await record(tx, request, 'charter.siteClosed', data, reason);
  return editIds;
}

/** The stretch as wall-clock intervals, one for each local date. Whole minutes: the first is rounded down, the last up. */
export function closedByDate(zone: string, from: Date, to: Date): { onDate: string; closed: Interval }[] {
  const last = new Date(to.getTime() - 1);
  const dates = read(readDates, `${localDate(zone, from)} to ${localDate(zone, last)}`, 'calendar.bad_date');
  return dates.map((onDate, index) => {
    const start = index === 0 ? wallTime(zone, from) : '00:00';
    const end = index === dates.length - 1 ? wallTime(zone, new Date(Math.ceil(to.getTime() / 60_000) * 60_000)) : '24:00';
    return { onDate, closed: [start, end === '00:00' ? '24:00' : end] };
  });
}

const wallTime = (zone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/**
 * Takes corrections back, all of them or none.
 * @throws {Refusal} `calendar.edit_not_found` when one is not there or was taken back already; else as {@link editCalendar}
 */
export async function undoCalendarEdits(
  tx: Tx,
  { editIds, ...request }: { partnershipId: string; editIds: readonly string[]; by: Actor; now: Date },
): Promise<void> {
  if (!editIds.length) throw new Refusal<CharterRefusal>('calendar.edit_not_found');
  const rows = await tx
    .selectFrom('calendarEdit')
    .select(['id', 'calendarKey'])
    .where('partnershipId', '=', request.partnershipId)
    .where('id', 'in', editIds)
    .where('undoneAt', 'is', null)
    .forUpdate()
    .execute();
  if (rows.length !== new Set(editIds).size) throw new Refusal<CharterRefusal>('calendar.edit_not_found');
  for (const calendarKey of new Set(rows.map((row) => row.calendarKey))) await ownCalendar(tx, { ...request, calendarKey });
  await tx.updateTable('calendarEdit').set({ undoneAt: request.now }).where('id', 'in', editIds).execute();
  charterWritten(tx);
  await record(tx, request, 'charter.calendarUndone', { editIds });
}

/** A calendar is looked after by the owner of its side alone. */
async function ownCalendar(tx: Tx, { partnershipId, calendarKey, by }: Omit<EditRequest, 'now'>): Promise<AgreedCharter> {
  await lockSubject(tx, { kind: 'charter', id: partnershipId });
  const charter = await latestCharter(tx, partnershipId);
  const side = (['client', 'provider'] as const).find(
    (each) =>
      charter.sides[each].calendar.key === calendarKey ||
      charter.sides[each].contacts.some((contact) => contact.calendar?.key === calendarKey),
  );
  if (!side) throw new Refusal<CharterRefusal>('calendar.not_found');
  if (by.side !== side) throw new Refusal<CharterRefusal>('charter.other_side');
  if (!by.owner) throw new Refusal<CharterRefusal>('charter.owner_only');
  return charter;
}

interface NewEdit {
  kind: 'holiday' | 'notHoliday' | 'exception' | 'confirmed';
  onDate: string | null;
  intervals: ExceptionHours | null;
  reason: string | null;
}

async function insertEdit(tx: Tx, { partnershipId, calendarKey, by, now }: EditRequest, edit: NewEdit): Promise<string> {
  const id = randomUUID();
  const intervals = edit.intervals && JSON.stringify(edit.intervals);
  const row = { ...edit, id, partnershipId, calendarKey, intervals, byContactId: by.contactId, at: now, undoneAt: null };
  await tx.insertInto('calendarEdit').values(row).execute();
  charterWritten(tx);
  return id;
}

async function record(
  tx: Tx,
  { partnershipId, by, now }: Omit<EditRequest, 'calendarKey'>,
  kind: string,
  data: Readonly<Record<string, unknown>>,
  remark?: string,
): Promise<void> {
  await appendEvent(tx, {
    kind,
    subject: { kind: 'charter', id: partnershipId },
    partnershipId,
    at: now,
    by,
    data,
    remark: remark ?? null,
  });
}

function read<Value>(reader: (text: string) => Value, text: string, code: CharterRefusal): Value {
  try {
    return reader(text);
  } catch (error) {
    if (error instanceof Unreadable) throw new Refusal<CharterRefusal>(code);
    throw error;
  }
}
