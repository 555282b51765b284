import {
  completed,
  type Meeting,
  type MeetingItem,
  meetingsById,
  peopleIn,
  removeMeetings,
  removeMeetingsUnseen,
  saveMeetings,
} from '../meetings/index.ts';
import type { Tx } from '../store/database.ts';
import type { Graph } from './client.ts';
import { EventPage, GraphEvent, meetingItem, selectEvent } from './event.ts';
import { GraphRefusal } from './exchange.ts';
import { gathered } from './gathered.ts';
import { sameOrigin } from './links.ts';
import type { Reading } from './reading.ts';
import { isExpiredToken, isOutOfScope } from './rules.ts';
import { type Mailbox, partnershipsRead } from './store.ts';

const DAY_MS = 86_400_000;
/** The window is frozen in the token; when less than this lies ahead, a new one begins. */
const AHEAD_DAYS = { window: 42, least: 28 };
const BEHIND_DAYS = 7;
const PAGE_SIZE = 100;

/** The event that goes up: calendars changed that are read for these partnerships, in the transaction that records it. */
export type OnMeetings = (tx: Tx, partnershipIds: readonly string[], now: Date) => Promise<void>;

/** What a page of a calendar's window said, to be taken into the record. */
export interface CalendarTake {
  readonly reading: Reading;
  readonly mailbox: Mailbox;
  readonly kept: readonly Meeting[];
  readonly gone: readonly string[];
  /** The window, and the round in which its pages are seen. `whole`: this was the last of them. */
  readonly window: { readonly round: number; readonly from: Date; readonly until: Date };
  readonly whole: boolean;
  /** Where it goes on, and until when the window lasts; null: it begins anew. */
  readonly next: { readonly link: string | null; readonly until: Date | null };
  /** There is more of it to read now. */
  readonly due: boolean;
}

/**
 * Takes what was fetched of calendars into the record; resolved once that has been committed. One commit at once: each tells of the same
 * partnerships, and would wait for the one before, with a connection in its hands.
 */
export const calendarTakes = (onMeetings: OnMeetings): ((take: CalendarTake) => Promise<void>) =>
  gathered<CalendarTake>((list) => takeCalendars(list, onMeetings), { most: 50, atOnce: 1, apart: true });

async function takeCalendars(list: readonly CalendarTake[], onMeetings: OnMeetings): Promise<void> {
  // by id, as whoever writes of many mailboxes
  const inOrder = [...list].sort((a, b) => (a.mailbox.id < b.mailbox.id ? -1 : 1));
  const { ports } = list[0]!.reading;
  await ports.transaction(async (tx) => {
    const changed = new Set<string>();
    for (const take of inOrder) {
      const { mailbox, kept, gone, window, whole, next, due } = take;
      await saveMeetings(tx, mailbox.id, kept, window.round);
      await removeMeetings(tx, mailbox.id, gone);
      const unseen = whole ? await removeMeetingsUnseen(tx, mailbox.id, window) : 0;
      await tx
        .updateTable('mailbox')
        .set({ calendarLink: next.link, calendarUntil: next.until, calendarRound: window.round, calendarDue: due })
        .where('id', '=', mailbox.id)
        .execute();
      // the end of a reading is told too: what is not there by then is not there
      if (kept.length || gone.length || unseen > 0 || (!due && mailbox.calendarLink === null))
        for (const partnershipId of await partnershipsRead(tx, mailbox.id)) changed.add(partnershipId);
    }
    if (changed.size > 0) await onMeetings(tx, [...changed].sort(), ports.clock.now());
  });
}

/**
 * Reads a page of a calendar's window. Only meetings in which both sides take part are kept. What comes as removed may only have left the
 * window, so it is looked at before it is believed; what is not seen again when the window begins anew is gone.
 */
export async function readCalendar(reading: Reading, mailbox: Mailbox, take: (take: CalendarTake) => Promise<void>): Promise<void> {
  const { graph, ports } = reading;
  const now = ports.clock.now();
  const fresh = !mailbox.calendarUntil || mailbox.calendarUntil.getTime() - now.getTime() < AHEAD_DAYS.least * DAY_MS;
  const round = mailbox.calendarRound + (fresh ? 1 : 0);
  const until = fresh ? new Date(now.getTime() + AHEAD_DAYS.window * DAY_MS) : mailbox.calendarUntil!;
  const from = new Date(now.getTime() - BEHIND_DAYS * DAY_MS);
  const first = `/users/${mailbox.userId}/calendarView/delta?startDateTime=${from.toISOString()}&endDateTime=${until.toISOString()}`;
  const page = await fetchPage(graph, mailbox, fresh ? null : mailbox.calendarLink, first);
  const nextLink = page && page !== 'notOurs' ? sameOrigin(page['@odata.nextLink'], graph.origin) : undefined;
  const link = page && page !== 'notOurs' ? (nextLink ?? sameOrigin(page['@odata.deltaLink'], graph.origin) ?? null) : null;
  const found = page && page !== 'notOurs' ? await meetingsIn(reading, mailbox, page) : { kept: [], gone: [] };
  await take({
    reading,
    mailbox,
    ...found,
    window: { round, from, until },
    whole: link !== null && !nextLink,
    next: { link, until: page === null ? null : until },
    due: page === null || nextLink !== undefined,
  });
}

/** @returns null when the token was no longer good; `notOurs` when calendars are not granted: mail is read all the same */
async function fetchPage(graph: Graph, mailbox: Mailbox, link: string | null, first: string): Promise<EventPage | null | 'notOurs'> {
  try {
    const url = link === null ? first : sameOrigin(link, graph.origin);
    return EventPage.parse(await graph.call({ url, mailbox: mailbox.userId!, pageSize: PAGE_SIZE }));
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    if (link !== null && isExpiredToken(error)) return null;
    if (isOutOfScope(error)) return 'notOurs';
    throw error;
  }
}

async function meetingsIn(
  { graph, gate, ports }: Reading,
  mailbox: Mailbox,
  page: EventPage,
): Promise<{ kept: Meeting[]; gone: string[] }> {
  const items: MeetingItem[] = [];
  const gone: string[] = [];
  for (const event of page.value) {
    const item = event['@removed'] === undefined ? meetingItem(event) : await lookUp(graph, mailbox, event.id);
    if (item) items.push(item);
    else if (event['@removed'] !== undefined) gone.push(event.id);
  }
  const series = await meetingsById(
    ports.db,
    mailbox.id,
    items.flatMap(({ seriesMasterId }) => seriesMasterId ?? []),
  );
  for (const item of items) if (item.kind === 'seriesMaster') series.set(item.id, completed(item, null));
  const kept: Meeting[] = [];
  for (const item of items) {
    if (item.seriesMasterId && !series.has(item.seriesMasterId)) {
      const master = await lookUp(graph, mailbox, item.seriesMasterId);
      if (master) series.set(master.id, completed(master, null));
    }
    const meeting = completed(item, item.seriesMasterId ? (series.get(item.seriesMasterId) ?? null) : null);
    if (gate.partnershipsOf(peopleIn(meeting)).size > 0) kept.push(meeting);
    else gone.push(meeting.id);
  }
  return { kept, gone };
}

async function lookUp(graph: Graph, mailbox: Mailbox, id: string): Promise<MeetingItem | null> {
  try {
    return meetingItem(
      GraphEvent.parse(
        await graph.call({ url: `/users/${mailbox.userId}/events/${encodeURIComponent(id)}?${selectEvent}`, mailbox: mailbox.userId! }),
      ),
    );
  } catch (error) {
    if (error instanceof GraphRefusal && (error.status === 404 || error.status === 400)) return null;
    throw error;
  }
}
