import { badRequest, notFound } from './errors.ts';
import { type EventView, eventId, eventJson } from './event-json.ts';
import { readId } from './ids.ts';
import { type Calendars, concerns, occurrences, single, type Window } from './meetings.ts';
import type { Json } from './message-json.ts';
import { count } from './message-list.ts';
import type { MailboxStore } from './model.ts';

/** @throws {GraphError} 400 without a window, or for one of many years */
export function readWindow(query: URLSearchParams): Window {
  const at = (name: string) => {
    const text = query.get(name) ?? '';
    // Without an offset it is UTC.
    return Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
  };
  const window = { fromMs: at('startDateTime'), toMs: at('endDateTime') };
  if (Number.isNaN(window.fromMs) || Number.isNaN(window.toMs) || window.toMs < window.fromMs) {
    throw badRequest(
      'ErrorInvalidParameter',
      "This request requires a time window specified by the query string parameters 'StartDateTime' and 'EndDateTime'.",
    );
  }
  if (window.toMs - window.fromMs > 1_825 * 86_400_000)
    throw badRequest('ErrorCalendarViewRangeTooBig', 'The requested time duration specified for FindOccurrences is too long.');
  return window;
}

const selected = (query: URLSearchParams) =>
  query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim()) ?? null;

/** GET .../calendarView: what is on in a window, series taken apart. */
export function calendarView(given: {
  calendars: Calendars;
  store: MailboxStore;
  query: URLSearchParams;
  view: Omit<EventView, 'select'>;
  pageSize: number | null;
  url: string;
}): Json {
  const { store, query, url } = given;
  const window = readWindow(query);
  const view = { ...given.view, select: selected(query) };
  const all = [...given.calendars.meetings.values()]
    .filter((meeting) => concerns(store, meeting))
    .flatMap((meeting) => occurrences(meeting, window).map((occurrence) => ({ meeting, occurrence })))
    .sort((a, b) => a.occurrence.startMs - b.occurrence.startMs);
  return paged(all, query, given.pageSize, url, ({ meeting, occurrence }) => eventJson(store, meeting, occurrence, view));
}

/** GET .../events: series masters and single meetings. */
export function eventList(given: {
  calendars: Calendars;
  store: MailboxStore;
  query: URLSearchParams;
  view: Omit<EventView, 'select'>;
  pageSize: number | null;
  url: string;
}): Json {
  const { store, query } = given;
  const view = { ...given.view, select: selected(query) };
  const all = [...given.calendars.meetings.values()].filter((meeting) => concerns(store, meeting));
  return paged(all, query, given.pageSize, given.url, (meeting) => eventJson(store, meeting, single(meeting), view));
}

function paged<Item>(all: readonly Item[], query: URLSearchParams, pageSize: number | null, url: string, json: (item: Item) => Json): Json {
  const skip = count(query, '$skip', 0);
  const size = Math.min(count(query, '$top', pageSize ?? 10), 1000);
  const more = new URLSearchParams(query);
  more.set('$skip', String(skip + size));
  return {
    '@odata.context': `${new URL(url).origin}/v1.0/$metadata#Collection(event)`,
    value: all.slice(skip, skip + size).map(json),
    ...(all.length > skip + size && { '@odata.nextLink': `${url}?${more}` }),
  };
}

/** GET .../events/{id}. @throws {GraphError} 404 */
export function eventById(given: {
  calendars: Calendars;
  store: MailboxStore;
  id: string;
  query: URLSearchParams;
  view: Omit<EventView, 'select'>;
}): Json {
  const wanted = readId(given.id, given.store.mark);
  const view = { ...given.view, select: selected(given.query) };
  for (const meeting of given.calendars.meetings.values()) {
    if (wanted?.kind !== 'event' || !concerns(given.store, meeting)) continue;
    if (eventId(given.store, meeting, null) === given.id) return eventJson(given.store, meeting, single(meeting), view);
    if (meeting.recurrence === null) continue;
    const start = meeting.startAt.getTime();
    const found = occurrences(meeting, { fromMs: start, toMs: start + 1_825 * 86_400_000 }).find(
      (one) => eventId(given.store, meeting, one) === given.id,
    );
    if (found) return eventJson(given.store, meeting, found, view);
  }
  throw notFound();
}
