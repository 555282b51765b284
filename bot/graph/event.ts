import { z } from 'zod';
import { ianaZone, instantIn, type MeetingItem } from '../meetings/index.ts';

const lenient = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const time = z.object({ dateTime: z.string(), timeZone: z.string().nullish() });
const person = z.object({ emailAddress: z.object({ address: z.string().nullish() }).nullish() });

/** An event as Graph gives it: whole, or of an occurrence no more than its times. */
export const GraphEvent = z.object({
  id: z.string(),
  '@removed': z.unknown().optional(),
  type: lenient(z.enum(['singleInstance', 'occurrence', 'exception', 'seriesMaster'])),
  seriesMasterId: lenient(z.string().nullable()),
  start: lenient(time),
  end: lenient(time),
  iCalUId: lenient(z.string().nullable()),
  subject: lenient(z.string().nullable()),
  organizer: lenient(person.nullable()),
  attendees: lenient(z.array(person.extend({ status: z.object({ response: z.string().nullish() }).nullish() }))),
  isCancelled: lenient(z.boolean()),
  originalStartTimeZone: lenient(z.string().nullable()),
  originalStart: lenient(z.string().nullable()),
  onlineMeeting: lenient(z.object({ joinUrl: z.string().nullish() }).nullable()),
});
export type GraphEvent = z.infer<typeof GraphEvent>;
/** What is asked of an event by itself: a delta takes no such question. */
export const selectEvent = `$select=${Object.keys(GraphEvent.shape)
  .filter((name) => !name.startsWith('@'))
  .join(',')}`;
export const EventPage = z.object({
  value: z.array(GraphEvent),
  '@odata.nextLink': z.string().optional(),
  '@odata.deltaLink': z.string().optional(),
});
export type EventPage = z.infer<typeof EventPage>;

const plain = (text: string): string =>
  text
    .replaceAll('\u0000', '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .slice(0, 500);
const addressOf = (given: z.infer<typeof person> | null | undefined): string | undefined =>
  given?.emailAddress?.address?.trim().toLowerCase();

/** UTC where it names no offset. */
function instantOf(text: string): Date | null {
  const at = new Date(/(?:Z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** @returns null for what has no times: an event that nobody can place */
export function meetingItem(event: GraphEvent): MeetingItem | null {
  const startAt = event.start && instantIn(event.start.dateTime, event.start.timeZone ?? 'UTC');
  const endAt = event.end && instantIn(event.end.dateTime, event.end.timeZone ?? 'UTC');
  if (!startAt || !endAt) return null;
  return {
    id: event.id,
    kind: event.type ?? 'singleInstance',
    seriesMasterId: event.seriesMasterId ?? null,
    startAt,
    endAt,
    icalUid: event.iCalUId ?? undefined,
    subject: event.subject == null ? undefined : plain(event.subject),
    organizer: addressOf(event.organizer),
    attendees: event.attendees?.flatMap((one) => {
      const address = addressOf(one);
      return address ? [{ address, response: one.status?.response ?? 'none' }] : [];
    }),
    cancelled: event.isCancelled,
    zone: event.originalStartTimeZone == null ? undefined : ianaZone(event.originalStartTimeZone),
    originalAt: event.originalStart == null ? undefined : instantOf(event.originalStart),
    joinUrl: event.onlineMeeting === undefined ? undefined : (event.onlineMeeting?.joinUrl ?? null),
  };
}
