import { ianaZone } from './zones.ts';

/** One meeting in one calendar, as delivered. What is `undefined` was not told: occurrences come with little more than their times. */
export interface MeetingItem {
  readonly id: string;
  readonly kind: 'singleInstance' | 'occurrence' | 'exception' | 'seriesMaster';
  readonly seriesMasterId: string | null;
  readonly startAt: Date;
  readonly endAt: Date;
  readonly icalUid?: string | undefined;
  readonly subject?: string | undefined;
  /** Lower-case addresses. */
  readonly organizer?: string | undefined;
  readonly attendees?: readonly { readonly address: string; readonly response: string }[] | undefined;
  readonly cancelled?: boolean | undefined;
  /** IANA name of the zone in which it was planned; null when Exchange does not say one that is known. */
  readonly zone?: string | null | undefined;
  readonly joinUrl?: string | null | undefined;
  /** Where the series had it, of an occurrence that was moved; null when Graph does not say. */
  readonly originalAt?: Date | null | undefined;
}

/** A meeting with everything that is kept of it. */
export type Meeting = { readonly [Key in keyof MeetingItem]-?: Exclude<MeetingItem[Key], undefined> };

/** An occurrence says only where it is; the rest stands in its series. What it does say counts (an exception has its own subject). */
export function completed(item: MeetingItem, series: Meeting | null): Meeting {
  return {
    id: item.id,
    kind: item.kind,
    seriesMasterId: item.seriesMasterId,
    startAt: item.startAt,
    endAt: item.endAt,
    icalUid: item.icalUid ?? series?.icalUid ?? '',
    subject: item.subject ?? series?.subject ?? '',
    organizer: item.organizer ?? series?.organizer ?? '',
    attendees: item.attendees ?? series?.attendees ?? [],
    cancelled: item.cancelled ?? series?.cancelled ?? false,
    zone: item.zone !== undefined ? item.zone : (series?.zone ?? null),
    joinUrl: item.joinUrl !== undefined ? item.joinUrl : (series?.joinUrl ?? null),
    // what is told bare stands where its series has it
    originalAt: item.kind === 'occurrence' ? item.startAt : (item.originalAt ?? null),
  };
}

/** Addresses that take part in a meeting, for the gate. */
export const peopleIn = ({ organizer, attendees = [] }: Pick<MeetingItem, 'organizer' | 'attendees'>): string[] => [
  ...(organizer ? [organizer] : []),
  ...attendees.map(({ address }) => address),
];

/**
 * The instant of a wall time in a zone by its Windows or IANA name.
 * @param wallTime - without offset, up to seven digits of fraction: `2026-11-24T10:00:00.0000000`
 * @returns null when time or zone is not known
 */
export function instantIn(wallTime: string, zone: string): Date | null {
  const name = ianaZone(zone);
  const guess = new Date(`${wallTime.slice(0, 19)}Z`);
  if (!name || Number.isNaN(guess.getTime())) return null;
  // Two looks: the offset at the guess may not be that at the instant when clocks change in between.
  const first = new Date(guess.getTime() - offsetMs(name, guess));
  return new Date(guess.getTime() - offsetMs(name, first));
}

const formats = new Map<string, Intl.DateTimeFormat>();
function offsetMs(zone: string, at: Date): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  formats.set(zone, format);
  const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(text) ?? [];
  return hours ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
}
