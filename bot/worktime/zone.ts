import { DAY_MS, firstEndingAfter, type Spans } from './spans.ts';

/** A stretch of instants in which a zone keeps one distance from UTC. Wall clock = instant + `offsetMs`. */
export interface OffsetPiece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offsetMs: number;
}

/** The clock changes of one zone, read from the runtime's own time-zone data and kept by UTC year. */
export interface Zone {
  readonly name: string;
  readonly format: Intl.DateTimeFormat;
  readonly years: Map<number, readonly OffsetPiece[]>;
}

/** Less than the shortest time between two changes that undo each other: a week less an hour (Recife, October 2000). */
const LOOK_EVERY_MS = 3 * DAY_MS;

// Facts about zones, the same for every calendar of the process; nothing here depends on who asked, or when.
const zones = new Map<string, Zone>();

/** The zone of this IANA name, or undefined when the runtime does not know it. */
export function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known) return known;
  if (typeof name !== 'string' || name === '') return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined; // a RangeError is how Intl says that it does not know the zone
  }
  const zone = { name, format, years: new Map() };
  zones.set(name, zone);
  return zone;
}

/** The pieces that cover `fromMs` to `toMs`, ascending and without gaps; neighbours may have the same offset. */
export function offsetPieces(zone: Zone, fromMs: number, toMs: number): OffsetPiece[] {
  const pieces: OffsetPiece[] = [];
  const last = new Date(toMs).getUTCFullYear();
  for (let year = new Date(fromMs).getUTCFullYear(); year <= last; year += 1) {
    for (const piece of piecesOf(zone, year)) if (piece.toMs > fromMs && piece.fromMs < toMs) pieces.push(piece);
  }
  return pieces;
}

/** How far the zone's wall clock is ahead of UTC at an instant, in milliseconds. */
export function offsetAt(zone: Zone, atMs: number): number {
  const pieces = piecesOf(zone, new Date(atMs).getUTCFullYear());
  let i = 0;
  while (i < pieces.length - 1 && pieces[i]!.toMs <= atMs) i += 1;
  return pieces[i]!.offsetMs;
}

/**
 * Carries spans from the wall-clock line to the line of instants, clipped to the pieces: a stretch of wall clock that the zone skips comes
 * to nothing, one that it repeats comes twice.
 */
export function toInstants(wall: Spans, pieces: readonly OffsetPiece[]): number[] {
  const instants: number[] = [];
  for (const { fromMs, toMs, offsetMs } of pieces) {
    for (let i = firstEndingAfter(wall, fromMs + offsetMs); i < wall.length; i += 2) {
      const start = Math.max(wall[i]! - offsetMs, fromMs);
      const end = Math.min(wall[i + 1]! - offsetMs, toMs);
      if (start >= toMs) break;
      const last = instants.length - 1;
      if (last > 0 && instants[last] === start) instants[last] = end;
      else instants.push(start, end);
    }
  }
  return instants;
}

function piecesOf(zone: Zone, year: number): readonly OffsetPiece[] {
  const known = zone.years.get(year);
  if (known) return known;
  const endMs = startOfYear(year + 1);
  const pieces: OffsetPiece[] = [];
  let fromMs = startOfYear(year);
  let offsetMs = readOffset(zone, fromMs);
  for (let lookMs = fromMs; lookMs < endMs; ) {
    const nextMs = Math.min(lookMs + LOOK_EVERY_MS, endMs);
    const nextOffsetMs = readOffset(zone, nextMs);
    if (nextOffsetMs !== offsetMs) {
      const changeMs = findChange(zone, lookMs, nextMs, offsetMs);
      if (changeMs < endMs) {
        pieces.push({ fromMs, toMs: changeMs, offsetMs });
        fromMs = changeMs;
        offsetMs = nextOffsetMs;
      }
    }
    lookMs = nextMs;
  }
  pieces.push({ fromMs, toMs: endMs, offsetMs });
  zone.years.set(year, pieces);
  return pieces;
}

/** The first instant, to the second, after `lowMs` and not after `highMs` at which the offset is no longer `offsetMs`. */
function findChange(zone: Zone, lowMs: number, highMs: number, offsetMs: number): number {
  let low = lowMs / 1000;
  let high = highMs / 1000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (readOffset(zone, middle * 1000) === offsetMs) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/** Reads the end of a text such as `1/1/1970, GMT-00:44:30`; `GMT` alone is zero. */
function readOffset(zone: Zone, atMs: number): number {
  const text = zone.format.format(atMs);
  const sign = text.charCodeAt(text.indexOf('GMT') + 3);
  if (sign !== 43 && sign !== 45) return 0;
  const [hours, minutes, seconds = 0] = text
    .slice(text.indexOf('GMT') + 4)
    .split(':', 3)
    .map(Number);
  return (sign === 45 ? -1000 : 1000) * (hours! * 3600 + minutes! * 60 + seconds);
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999. */
const startOfYear = (year: number): number => new Date(0).setUTCFullYear(year, 0, 1);
