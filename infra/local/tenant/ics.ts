import { readFile } from 'node:fs/promises';
import ICAL from 'ical.js';
import { BadInput } from '../../../bot/errors.ts';
import { ianaZone, instantAt } from '../zones.ts';
import { shortHash } from './ids.ts';
import type { MailAddress, Meeting, SentMail } from './tenant.ts';

/** The meetings of a calendar file and, where it is an invitation or a cancellation, the mail that it came in. @throws {BadInput} */
export async function readIcs(file: string): Promise<{ readonly meetings: Meeting[]; readonly mails: SentMail[] }> {
  let calendar: ICAL.Component;
  try {
    calendar = new ICAL.Component(ICAL.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new BadInput(`${file} is no calendar file: ${(cause as Error).message}. Save it again as .ics, or take it out of tenant.yaml.`);
  }
  const method = String(calendar.getFirstPropertyValue('method') ?? '').toUpperCase();
  const byUid = new Map<string, ICAL.Event[]>();
  for (const component of calendar.getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component);
    byUid.set(event.uid, [...(byUid.get(event.uid) ?? []), event]);
  }
  const meetings = [...byUid.values()].map((events) => meetingOf(events, method === 'CANCEL'));
  const mails =
    method === 'REQUEST' || method === 'CANCEL'
      ? meetings.flatMap((meeting) => mailOf(meeting, byUid.get(meeting.id)![0]!, method, file))
      : [];
  return { meetings, mails };
}

function meetingOf(events: readonly ICAL.Event[], cancelled: boolean): Meeting {
  const master = events.find((event) => !event.isRecurrenceException()) ?? events[0]!;
  const component = master.component;
  const zone = zoneOf(component.getFirstProperty('dtstart'));
  const rule = component.getFirstPropertyValue('rrule');
  const excluded = component.getAllProperties('exdate');
  return {
    id: master.uid,
    subject: master.summary ?? '',
    organizer: personOf(component.getFirstProperty('organizer')),
    attendees: component.getAllProperties('attendee').map(personOf),
    startAt: instantOf(master.startDate, zone),
    minutes: Math.max(5, Math.round(master.duration.toSeconds() / 60)),
    zone,
    recurrence: rule === null ? null : String(rule),
    cancelledAt: excluded.flatMap((property) => (property.getValues() as ICAL.Time[]).map((time) => instantOf(time, zoneOf(property)))),
    moved: events
      .filter((event) => event !== master && event.recurrenceId)
      .map((event) => ({
        fromAt: instantOf(event.recurrenceId, zoneOf(event.component.getFirstProperty('recurrence-id'))),
        startAt: instantOf(event.startDate, zoneOf(event.component.getFirstProperty('dtstart'))),
        minutes: Math.max(5, Math.round(event.duration.toSeconds() / 60)),
      })),
    cancelled: cancelled || String(component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED',
  };
}

/** The zone that a time of an invitation names, often as Windows does; the file's own VTIMEZONE need not be there. */
function zoneOf(property: ICAL.Property | null): string {
  const time = property?.getFirstValue() as ICAL.Time | null;
  return ianaZone(String(property?.getFirstParameter('tzid') ?? time?.zone?.tzid ?? '').trim()) ?? 'UTC';
}

/** @param zone - of its property; a time in UTC says so itself */
function instantOf(time: ICAL.Time, zone: string): Date {
  const [on = '', clock = '00:00:00'] = time.toString().split('T');
  return clock.endsWith('Z') ? time.toJSDate() : instantAt(on, clock, zone);
}

function personOf(property: ICAL.Property | null): MailAddress {
  const address = String(property?.getFirstValue() ?? '')
    .replace(/^mailto:/i, '')
    .toLowerCase();
  return { address, name: String(property?.getFirstParameter('cn') ?? '') };
}

function mailOf(meeting: Meeting, event: ICAL.Event, method: 'REQUEST' | 'CANCEL', file: string): SentMail[] {
  const stamp = event.component.getFirstPropertyValue('dtstamp') as ICAL.Time | null;
  if (!stamp || meeting.attendees.length === 0) return [];
  return [
    {
      messageId: `<${shortHash(`${meeting.id}/${method}/${file}`, 24)}@invitation>`,
      inReplyTo: [],
      references: [],
      from: meeting.organizer,
      to: meeting.attendees,
      cc: [],
      subject: method === 'CANCEL' ? `Canceled: ${meeting.subject}` : meeting.subject,
      sentAt: stamp.toJSDate(),
      receivedAt: null,
      importance: 'normal',
      headers: [],
      text: null,
      meeting: method === 'CANCEL' ? 'cancelled' : 'request',
      marks: [],
    },
  ];
}
