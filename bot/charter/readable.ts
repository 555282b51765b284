import type { TimeView } from '../contract/obligation.ts';
import { otherSide, type Side, toInstant } from '../contract/sides.ts';
import type { AgreedCalendar, Charter } from './charter.ts';

const formats = new Map<string, Intl.DateTimeFormat>();
function format(zone: string, kind: 'day' | 'clock' | 'both', at: Date): string {
  const key = `${zone} ${kind}`;
  let made = formats.get(key);
  if (!made) {
    const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...(kind === 'clock' ? {} : day), ...(kind === 'day' ? {} : clock) });
    formats.set(key, made);
  }
  return made
    .format(at)
    .replace(/^(\w{3}), /, '$1 ')
    .replace(' at ', ', ')
    .replace('Sept', 'Sep');
}

/** `Wed 25 Nov, 18:00` in a zone. */
export const dayAndTime = (zone: string, at: Date): string => format(zone, 'both', at);
/** `Wed 25 Nov`. */
export const dayText = (zone: string, at: Date): string => format(zone, 'day', at);
/** `Wed 25 Nov`, where a side works. */
export const dayOfSide = (charter: Charter, side: Side, at: Date): string => dayText(charter.sides[side].calendar.work.zone, at);
/** `18:00`. */
export const clockText = (zone: string, at: Date): string => format(zone, 'clock', at);

/** An instant as both sides read it, `first` first; one entry where both live in the same zone. */
export function timeView(charter: Charter, at: Date, first: Side): TimeView {
  const sides = [first, otherSide(first)] as const;
  const zones = sides.map((side) => zoneEntry(side, charter.sides[side].calendar, at));
  return { at: toInstant(at), zones: zones[0]!.zone === zones[1]!.zone ? zones.slice(0, 1) : zones };
}

const zoneEntry = (side: Side, calendar: AgreedCalendar, at: Date) => ({
  side,
  place: calendar.place,
  zone: calendar.work.zone,
  text: dayAndTime(calendar.work.zone, at),
});

/** `Wed 25 Nov, 18:00 in Manila (11:00 in Amsterdam)`: the day of the second place only where it differs. */
export function inBothPlaces(charter: Charter, at: Date, first: Side): string {
  const [one, two] = timeView(charter, at, first).zones;
  if (!two) return `${one!.text} in ${one!.place}`;
  const sameDay = dayText(one!.zone, at) === dayText(two.zone, at);
  return `${one!.text} in ${one!.place} (${sameDay ? clockText(two.zone, at) : two.text} in ${two.place})`;
}

/** `3 h 20 min` of working time; `under a minute`. */
export function durationText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'under a minute';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours ? `${hours} h` : '', rest ? `${rest} min` : ''].filter(Boolean).join(' ');
}
