import ICAL from 'ical.js';
import type { Meeting } from '../tenant/tenant.ts';
import { instantAt, wallClock } from '../zones.ts';
import type { MailboxStore } from './model.ts';

/** All meetings of the tenant, and what happened to them in order: a delta token is a position in `log`. */
export interface Calendars {
  readonly meetings: Map<string, Meeting>;
  readonly log: { readonly meeting: Meeting; readonly removed: boolean }[];
  put(meeting: Meeting): void;
  remove(id: string): void;
}

export function calendars(initial: readonly Meeting[]): Calendars {
  const meetings = new Map(initial.map((meeting) => [meeting.id, meeting]));
  const log: Calendars['log'] = [];
  return {
    meetings,
    log,
    put(meeting) {
      meetings.set(meeting.id, meeting);
      log.push({ meeting, removed: false });
    },
    remove(id) {
      const meeting = meetings.get(id);
      if (!meeting) return;
      meetings.delete(id);
      log.push({ meeting, removed: true });
    },
  };
}

/** A stretch of instants, in UTC milliseconds. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}
export interface Occurrence {
  readonly startMs: number;
  readonly endMs: number;
  readonly originalMs: number;
  readonly moved: boolean;
}

/** Whether a mailbox is that of this address. */
export const isIn = (store: MailboxStore, { address }: { address: string }) =>
  store.settings.address === address || store.settings.aliases.includes(address);
export const concerns = (store: MailboxStore, meeting: Meeting) =>
  isIn(store, meeting.organizer) || meeting.attendees.some((attendee) => isIn(store, attendee));
const MOST_OCCURRENCES = 3_000;

/** Occurrences that touch the window, in order. A single meeting is one. */
export function occurrences(meeting: Meeting, window: Window): Occurrence[] {
  const lengthMs = meeting.minutes * 60_000;
  const moved = new Map(meeting.moved.map((one) => [one.fromAt.getTime(), one]));
  const cancelled = new Set(meeting.cancelledAt.map((at) => at.getTime()));
  const found: Occurrence[] = [];
  const take = (originalMs: number) => {
    if (cancelled.has(originalMs)) return;
    const change = moved.get(originalMs);
    const startMs = change?.startAt.getTime() ?? originalMs;
    const endMs = startMs + (change ? change.minutes * 60_000 : lengthMs);
    if (startMs < window.toMs && endMs > window.fromMs) found.push({ startMs, endMs, originalMs, moved: change !== undefined });
  };
  if (meeting.recurrence === null) take(meeting.startAt.getTime());
  else for (const startMs of starts(meeting, window.toMs + 86_400_000)) take(startMs);
  return found.sort((a, b) => a.startMs - b.startMs);
}

/** A recurrence runs on the wall clock of its zone; ical.js counts there, this carries it to instants. */
function* starts({ startAt, zone, recurrence }: Meeting, untilMs: number): Generator<number> {
  const iterator = ICAL.Recur.fromString(recurrence!).iterator(ICAL.Time.fromDateTimeString(wallClock(startAt, zone)));
  for (let i = 0; i < MOST_OCCURRENCES; i += 1) {
    const next = iterator.next();
    if (!next) return;
    const [on = '', time = ''] = next.toString().slice(0, 19).split('T');
    const startMs = instantAt(on, time, zone).getTime();
    if (startMs > untilMs) return;
    yield startMs;
  }
}

/** A single meeting as its one occurrence; null for a series. */
export function single(meeting: Meeting): Occurrence | null {
  const startMs = meeting.startAt.getTime();
  return meeting.recurrence === null ? { startMs, endMs: startMs + meeting.minutes * 60_000, originalMs: startMs, moved: false } : null;
}
