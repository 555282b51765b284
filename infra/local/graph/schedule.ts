import { ianaZone, instantAt } from '../zones.ts';
import { badRequest } from './errors.ts';
import { type Calendars, concerns, isIn, occurrences, type Window } from './meetings.ts';
import type { Json } from './message-json.ts';
import type { MailboxStore } from './model.ts';

const MOST_PEOPLE = 20;
const MOST_DAYS = 62;
const MINUTE_MS = 60_000;

interface Asked {
  readonly schedules?: readonly unknown[] | null;
  readonly startTime?: { readonly dateTime?: string; readonly timeZone?: string } | null;
  readonly endTime?: { readonly dateTime?: string; readonly timeZone?: string } | null;
  readonly availabilityViewInterval?: number | null;
}

/**
 * POST .../calendar/getSchedule: when people are taken, also those whose mailbox the app may not read. Who is not found, and who is outside of
 * this tenant, comes with an error of his own.
 * @throws {GraphError} 400 for more than Graph takes
 */
export function getSchedule(given: {
  calendars: Calendars;
  stores: ReadonlyMap<string, MailboxStore>;
  body: unknown;
  details: boolean;
  url: string;
}): Json {
  const asked = (given.body ?? {}) as Asked;
  const schedules = (asked.schedules ?? []).filter((one): one is string => typeof one === 'string');
  const window = { fromMs: instantOf(asked.startTime), toMs: instantOf(asked.endTime) };
  const minutes = asked.availabilityViewInterval ?? 30;
  if (schedules.length === 0 || schedules.length > MOST_PEOPLE)
    throw badRequest('ErrorInvalidParameter', `Between 1 and ${MOST_PEOPLE} schedules can be asked for.`);
  if (minutes < 5 || minutes > 1_440 || window.toMs - window.fromMs < minutes * MINUTE_MS)
    throw badRequest('ErrorInvalidMergedFreeBusyInterval', 'The interval is not valid, or longer than the time asked for.');
  if (window.toMs - window.fromMs > MOST_DAYS * 86_400_000)
    throw badRequest('ErrorInvalidTimeInterval', `The requested time duration is longer than ${MOST_DAYS} days.`);
  return {
    '@odata.context': `${new URL(given.url).origin}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)`,
    value: schedules.map((address) => schedule(given, address, window, minutes)),
  };
}

function schedule(
  { calendars, stores, details }: Parameters<typeof getSchedule>[0],
  address: string,
  window: Window,
  minutes: number,
): Json {
  const store = [...stores.values()].find((one) => isIn(one, { address: address.toLowerCase() }));
  if (!store)
    return {
      scheduleId: address,
      availabilityView: '',
      scheduleItems: [],
      error: {
        message: 'The recipient was not found, or his calendar cannot be reached.',
        responseCode: 'ErrorMailRecipientNotFound',
      },
    };
  const taken = [...calendars.meetings.values()]
    .filter((meeting) => concerns(store, meeting) && !meeting.cancelled)
    .flatMap((meeting) =>
      occurrences(meeting, window).map(({ startMs, endMs }) => ({
        startMs,
        endMs,
        subject: meeting.subject,
        status: isIn(store, meeting.organizer) ? 'busy' : 'tentative',
      })),
    )
    .sort((a, b) => a.startMs - b.startMs);
  const steps = Math.ceil((window.toMs - window.fromMs) / (minutes * MINUTE_MS));
  const view = Array.from({ length: steps }, (_, step) => {
    const fromMs = window.fromMs + step * minutes * MINUTE_MS;
    const here = taken.filter(({ startMs, endMs }) => startMs < fromMs + minutes * MINUTE_MS && endMs > fromMs);
    return here.some(({ status }) => status === 'busy') ? '2' : here.length > 0 ? '1' : '0';
  });
  return {
    scheduleId: address,
    availabilityView: view.join(''),
    scheduleItems: taken.map(({ startMs, endMs, subject, status }) => ({
      status,
      start: utc(startMs),
      end: utc(endMs),
      ...(details && { isPrivate: false, subject, location: 'Microsoft Teams Meeting' }),
    })),
  };
}

function instantOf(given: Asked['startTime']): number {
  const [on = '', time = ''] = (given?.dateTime ?? '').split('T');
  const zone = ianaZone(given?.timeZone ?? 'UTC');
  const at = zone && on && time ? instantAt(on, time.slice(0, 8), zone).getTime() : Number.NaN;
  if (Number.isNaN(at)) throw badRequest('ErrorInvalidParameter', 'A time with its zone is needed.');
  return at;
}
const utc = (ms: number): Json => ({ dateTime: `${new Date(ms).toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' });
