/** `Tue 24 Nov, 10:12` where the zone is. */
export const dayAndTime = (at: Date | string, zone: string): string => {
  const parts = partsOf(new Date(at), zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return `${parts.weekday} ${parts.day} ${parts.month}, ${parts.hour}:${parts.minute}`;
};
export const timeOnly = (at: Date | string, zone: string): string => {
  const parts = partsOf(new Date(at), zone, { hour: '2-digit', minute: '2-digit' });
  return `${parts.hour}:${parts.minute}`;
};
export const dayOnly = (at: Date | string, zone: string): string => {
  const parts = partsOf(new Date(at), zone, { weekday: 'long', day: 'numeric', month: 'long' });
  return `${parts.weekday} ${parts.day} ${parts.month}`;
};
/** For `<input type="datetime-local">`: wall clock in the zone. */
export const wallClock = (at: Date, zone: string): string => {
  const parts = partsOf(at, zone, { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
};
/** The instant at which the zone's wall clock shows `wall` (`2026-11-24T09:00`). */
export function instantOf(wall: string, zone: string): Date {
  const asUtc = new Date(`${wall}:00Z`);
  const guess = (at: Date) => new Date(`${wallClock(at, zone)}:00Z`).getTime() - at.getTime();
  const first = new Date(asUtc.getTime() - guess(asUtc));
  return new Date(asUtc.getTime() - guess(first));
}

function partsOf(at: Date, zone: string, options: Intl.DateTimeFormatOptions): Record<string, string> {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options }).formatToParts(at);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

const MACRO = /\{\{(DATE|TIME)\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2}))(?:,\s*(SHORT|LONG|COMPACT))?\)\}\}/g;

/**
 * A card with its DATE and TIME macros written out for the person who is looking. The renderer would take the zone of this browser; the
 * person's own device has the person's zone. What the renderer would not read stays as it is.
 */
export function withMacros(card: unknown, zone: string): unknown {
  if (typeof card === 'string') {
    return card.replace(MACRO, (_whole, kind: string, instant: string, format: string | undefined) => {
      const at = new Date(instant);
      if (kind === 'TIME') return timeOnly(at, zone);
      const style: Intl.DateTimeFormatOptions =
        format === 'LONG'
          ? { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }
          : format === 'SHORT'
            ? { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' }
            : {};
      return at.toLocaleDateString('en-GB', { timeZone: zone, ...style });
    });
  }
  if (Array.isArray(card)) return card.map((part) => withMacros(part, zone));
  if (typeof card === 'object' && card !== null)
    return Object.fromEntries(Object.entries(card).map(([key, value]) => [key, withMacros(value, zone)]));
  return card;
}
