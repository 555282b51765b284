import { Temporal } from 'temporal-polyfill';

/** Exchange names zones as Windows does; the ones that sample tenants and real invitations need. */
const WINDOWS: Readonly<Record<string, string>> = {
  UTC: 'UTC',
  'Europe/London': 'GMT Standard Time',
  'Europe/Amsterdam': 'W. Europe Standard Time',
  'Europe/Berlin': 'W. Europe Standard Time',
  'Europe/Paris': 'Romance Standard Time',
  'Europe/Warsaw': 'Central European Standard Time',
  'Asia/Manila': 'Singapore Standard Time',
  'Asia/Kolkata': 'India Standard Time',
  'Asia/Shanghai': 'China Standard Time',
  'Asia/Taipei': 'Taipei Standard Time',
  'Asia/Tokyo': 'Tokyo Standard Time',
  'Australia/Adelaide': 'Cen. Australia Standard Time',
  'Australia/Sydney': 'AUS Eastern Standard Time',
  'America/New_York': 'Eastern Standard Time',
  'America/Chicago': 'Central Standard Time',
  'America/Los_Angeles': 'Pacific Standard Time',
};

export const windowsZone = (iana: string): string => WINDOWS[iana] ?? 'UTC';
/** An IANA name for a Windows or IANA name; undefined when it is neither. */
export function ianaZone(name: string): string | undefined {
  const known = Object.entries(WINDOWS).find(([, windows]) => windows === name)?.[0];
  if (known) return known;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined; // a RangeError is how Intl says that it does not know the zone
  }
}

/** The instant at which a clock on the wall of `zone` shows this. A time that a clock change skips is read an hour later. */
export const instantAt = (on: string, time: string, zone: string): Date =>
  new Date(Temporal.PlainDateTime.from(`${on}T${time}`).toZonedDateTime(zone).epochMilliseconds);

/** What clock and calendar on the wall of `zone` show at an instant: `2026-11-20T17:10:00`. */
export const wallClock = (at: Date, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' });
