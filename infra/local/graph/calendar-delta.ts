import type { Meeting } from '../tenant/tenant.ts';
import { readWindow } from './calendar.ts';
import { badRequest } from './errors.ts';
import { type EventView, eventId, eventJson, minimal } from './event-json.ts';
import type { TokenEpoch } from './faults.ts';
import { type Calendars, concerns, occurrences, single, type Window } from './meetings.ts';
import type { Json } from './message-json.ts';
import type { MailboxStore } from './model.ts';
import { readToken, writeToken } from './tokens.ts';

interface CalendarRound extends Window {
  readonly of: string;
  readonly process: string;
  readonly epoch: number;
  readonly first: boolean;
  /** First round: items given; later ones: position in the log. */
  readonly at: number;
  readonly logAt: number;
}

/**
 * GET .../calendarView/delta. The window is frozen in the token. Occurrences come bare beside their series master; what leaves the window
 * is told as removed, as if it were gone.
 */
export function calendarDelta(given: {
  calendars: Calendars;
  store: MailboxStore;
  query: URLSearchParams;
  view: Omit<EventView, 'select'>;
  pageSize: number | null;
  url: string;
  process: string;
  epoch: TokenEpoch;
}): Json {
  const { calendars, store, query, url, process, epoch } = given;
  const of = `calendar/${store.settings.objectId}`;
  const token = query.get('$skiptoken') ?? query.get('$deltatoken');
  for (const option of ['$select', '$expand', '$filter', '$orderby', '$search'])
    if (query.has(option))
      throw badRequest('ErrorInvalidUrlQuery', `The query option '${option}' is not supported for change tracking of a calendar view.`);
  const state: CalendarRound =
    token === null
      ? { of, process, epoch: epoch.current, first: true, at: 0, logAt: calendars.log.length, ...readWindow(query) }
      : readToken<CalendarRound>(token, of, process, epoch, url);
  const view = { ...given.view, select: null };
  const items = state.first
    ? [...calendars.meetings.values()]
        .filter((meeting) => concerns(store, meeting))
        .flatMap((meeting) => deltaItems(store, meeting, state, view, false))
    : calendars.log
        .slice(state.logAt)
        .filter(({ meeting }) => concerns(store, meeting))
        .flatMap(({ meeting, removed }) => deltaItems(store, meeting, state, view, true, removed));
  const end = state.at + Math.min(given.pageSize ?? 10, 1000);
  const more = end < items.length;
  const next: CalendarRound = more ? { ...state, at: end } : { ...state, first: false, at: 0, logAt: calendars.log.length };
  return {
    '@odata.context': `${new URL(url).origin}/v1.0/$metadata#Collection(event)`,
    [more ? '@odata.nextLink' : '@odata.deltaLink']: `${url}?$${more ? 'skip' : 'delta'}token=${writeToken(next)}`,
    value: items.slice(state.at, end),
  };
}

function deltaItems(store: MailboxStore, meeting: Meeting, window: Window, view: EventView, later: boolean, removed = false): Json[] {
  const found = removed ? [] : occurrences(meeting, window);
  if (found.length === 0)
    return later
      ? [{ '@odata.type': '#microsoft.graph.event', id: eventId(store, meeting, single(meeting)), '@removed': { reason: 'deleted' } }]
      : [];
  const whole = found.map((occurrence) => ({ '@odata.type': '#microsoft.graph.event', ...eventJson(store, meeting, occurrence, view) }));
  if (meeting.recurrence === null) return whole;
  const gone = (later ? meeting.cancelledAt : []).map((at) => {
    const originalMs = at.getTime();
    const id = eventId(store, meeting, { startMs: originalMs, endMs: originalMs, originalMs, moved: false });
    return { '@odata.type': '#microsoft.graph.event', id, '@removed': { reason: 'deleted' } };
  });
  const master = { '@odata.type': '#microsoft.graph.event', ...eventJson(store, meeting, null, view) };
  return [master, ...whole.map((one) => ((one as Json).type === 'exception' ? one : minimal(one))), ...gone];
}
