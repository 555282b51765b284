import ICAL from 'ical.js';
import type { Meeting } from '../tenant/tenant.ts';
import { ianaZone, wallClock, windowsZone } from '../zones.ts';
import { badRequest } from './errors.ts';
import { idOf, numberOf } from './ids.ts';
import { isIn, type Occurrence } from './meetings.ts';
import type { Json } from './message-json.ts';
import type { MailboxStore } from './model.ts';

export interface EventView {
  readonly select: readonly string[] | null;
  /** Zone of start and end in the answer, by its Windows or IANA name. */
  readonly zone: string;
  readonly bodies: boolean;
}

type EventKind = 'singleInstance' | 'occurrence' | 'exception' | 'seriesMaster';

export const eventId = (store: MailboxStore, meeting: Meeting, occurrence: Occurrence | null) =>
  idOf('event', store.mark, numberOf(`event/${meeting.id}${meeting.recurrence !== null && occurrence ? `/${occurrence.originalMs}` : ''}`));

/** An occurrence, or without one the master of its series. */
export function eventJson(store: MailboxStore, meeting: Meeting, occurrence: Occurrence | null, view: EventView): Json {
  const kind: EventKind =
    meeting.recurrence === null ? 'singleInstance' : occurrence === null ? 'seriesMaster' : occurrence.moved ? 'exception' : 'occurrence';
  const id = eventId(store, meeting, occurrence);
  const startMs = occurrence?.startMs ?? meeting.startAt.getTime();
  const endMs = occurrence?.endMs ?? startMs + meeting.minutes * 60_000;
  const organizes = isIn(store, meeting.organizer);
  const person = ({ name, address }: { name: string; address: string }) => ({ emailAddress: { name: name || address, address } });
  const joinUrl = joinUrlOf(meeting);
  const body = bodyOf(meeting);
  // A body without the block that holds the link is a meeting that nobody can join.
  const online = body.includes(joinUrl);
  const day = (ms: number) => `${wallClock(new Date(ms), meeting.zone).slice(0, 10)}`;
  const whole: Record<string, unknown> = {
    '@odata.etag': `W/"${numberOf(`${id}/${startMs}/${meeting.cancelled}/${meeting.subject}/${body}`).toString(36)}"`,
    id,
    subject: meeting.cancelled && !organizes ? `Canceled: ${meeting.subject}` : meeting.subject,
    start: zoned(startMs, view.zone),
    end: zoned(endMs, view.zone),
    type: kind,
    seriesMasterId: occurrence && meeting.recurrence !== null ? eventId(store, meeting, null) : null,
    iCalUId: kind === 'singleInstance' || kind === 'seriesMaster' ? meeting.id : `${meeting.id}/${day(occurrence!.originalMs)}`,
    organizer: person(meeting.organizer),
    attendees: meeting.attendees.map((attendee) => ({
      type: 'required',
      status: { response: 'none', time: '0001-01-01T00:00:00Z' },
      ...person(attendee),
    })),
    isOrganizer: organizes,
    isCancelled: meeting.cancelled,
    isAllDay: false,
    isDraft: false,
    isOnlineMeeting: online,
    onlineMeetingProvider: online ? 'teamsForBusiness' : 'unknown',
    onlineMeeting: online ? { joinUrl } : null,
    onlineMeetingUrl: null,
    responseStatus: { response: organizes ? 'organizer' : 'notResponded', time: '0001-01-01T00:00:00Z' },
    responseRequested: true,
    showAs: organizes ? 'busy' : 'tentative',
    importance: 'normal',
    sensitivity: 'normal',
    categories: [],
    hasAttachments: false,
    location: { displayName: 'Microsoft Teams Meeting' },
    locations: [],
    originalStartTimeZone: windowsZone(meeting.zone),
    originalEndTimeZone: windowsZone(meeting.zone),
    originalStart: kind === 'exception' || kind === 'occurrence' ? new Date(occurrence!.originalMs).toISOString() : null,
    recurrence: kind === 'seriesMaster' ? pattern(meeting) : null,
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    ...(view.bodies && { bodyPreview: '', body: { contentType: 'html', content: body } }),
  };
  if (!view.select) return whole;
  for (const name of view.select) {
    if (!Object.hasOwn(whole, name) && !['body', 'bodyPreview'].includes(name))
      throw badRequest('RequestBroker--ParseUri', `Could not find a property named '${name}' on type 'Microsoft.OutlookServices.Event'.`);
  }
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) => name === 'id' || name === '@odata.etag' || view.select!.includes(name)),
  );
}

const joinUrlOf = (meeting: Meeting): string =>
  `https://teams.microsoft.com/l/meetup-join/${encodeURIComponent(`19:meeting_${numberOf(meeting.id).toString(36)}@thread.v2`)}/0`;
const bodyOf = (meeting: Meeting): string => meeting.body ?? `<a href="${joinUrlOf(meeting)}">Join</a>`;

/** A delta tells of an occurrence only where it is and whose it is. */
export const minimal = (whole: Json): Json =>
  Object.fromEntries(['@odata.type', '@odata.etag', 'id', 'seriesMasterId', 'type', 'start', 'end'].map((name) => [name, whole[name]]));

function zoned(ms: number, zone: string): Json {
  return { dateTime: `${wallClock(new Date(ms), ianaZone(zone) ?? 'UTC')}.0000000`, timeZone: zone };
}

const DAYS = { MO: 'monday', TU: 'tuesday', WE: 'wednesday', TH: 'thursday', FR: 'friday', SA: 'saturday', SU: 'sunday' } as const;

function pattern(meeting: Meeting): Json {
  const rule = ICAL.Recur.fromString(meeting.recurrence!);
  const startDate = wallClock(meeting.startAt, meeting.zone).slice(0, 10);
  const days = (rule.parts.BYDAY ?? []).map((day) => DAYS[day.slice(-2) as keyof typeof DAYS]);
  const ofStart = Object.values(DAYS)[(new Date(`${startDate}T00:00:00Z`).getUTCDay() + 6) % 7]!;
  return {
    pattern: {
      type: rule.freq === 'DAILY' ? 'daily' : rule.freq === 'MONTHLY' ? 'relativeMonthly' : 'weekly',
      interval: rule.interval ?? 1,
      daysOfWeek: days.length > 0 ? days : [ofStart],
      firstDayOfWeek: 'monday',
      index: 'first',
      month: 0,
      dayOfMonth: 0,
    },
    range: rule.until
      ? {
          type: 'endDate',
          startDate,
          endDate: rule.until.toString().slice(0, 10),
          recurrenceTimeZone: windowsZone(meeting.zone),
          numberOfOccurrences: 0,
        }
      : rule.count
        ? {
            type: 'numbered',
            startDate,
            endDate: '0001-01-01',
            recurrenceTimeZone: windowsZone(meeting.zone),
            numberOfOccurrences: rule.count,
          }
        : { type: 'noEnd', startDate, endDate: '0001-01-01', recurrenceTimeZone: windowsZone(meeting.zone), numberOfOccurrences: 0 },
  };
}
