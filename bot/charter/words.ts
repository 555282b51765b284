import type { Interval, Weekday } from '../worktime/index.ts';
import type { Cadence, Moment, Target } from './charter.ts';

/** What could not be read, and the mend: shown beside its place in the file. */
export class Unreadable extends Error {}

export const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEKDAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

const MOST_DAYS = 60;
const MOST_SECONDS = 500 * 3600;

/** `8 working hours`, `30 minutes`, `end of the next working day`, `end of working day 2`. Hours and minutes are working time. */
export function readTarget(text: string): Target {
  const words = squeezed(text);
  const amount = /^(\d+(?:\.\d+)?) (?:working )?(minutes?|mins?|hours?|h)$/.exec(words);
  if (amount) return { kind: 'hours', seconds: seconds(amount[1]!, amount[2]!, text) };
  const days = nthDay(words);
  if (days !== null) {
    if (days < 1 || days > MOST_DAYS) throw new Unreadable(`${quoted(text)} is not between 1 and ${MOST_DAYS} working days`);
    return { kind: 'days', days };
  }
  throw new Unreadable(
    `${quoted(text)} is not a time to answer. Write 8 working hours, 30 minutes, end of the next working day or end of working day 2`,
  );
}

function nthDay(words: string): number | null {
  if (/^(the )?(end of )?(the )?next working day$/.test(words)) return 1;
  const nth = /^(?:the )?(?:end of )?(?:the )?(?:working day (\d+)|(\d+)(?:st|nd|rd|th)? working days?)$/.exec(words);
  return nth ? Number(nth[1] ?? nth[2]) : null;
}

/** `2 working hours`, `30 minutes`, `12 hours elapsed`: working time unless it says elapsed. */
export function readDuration(text: string): { seconds: number; elapsed: boolean } {
  const amount = /^(\d+(?:\.\d+)?) (working )?(minutes?|mins?|hours?|h)( elapsed)?$/.exec(squeezed(text));
  if (!amount || (amount[2] && amount[4])) {
    throw new Unreadable(`${quoted(text)} is not a duration. Write 2 working hours, 30 minutes or 12 hours elapsed`);
  }
  return { seconds: seconds(amount[1]!, amount[3]!, text), elapsed: Boolean(amount[4]) };
}

function seconds(amount: string, unit: string, text: string): number {
  const value = Math.round(Number(amount) * (unit.startsWith('m') ? 60 : 3600));
  if (value < 60 || value > MOST_SECONDS) throw new Unreadable(`${quoted(text)} is not between 1 minute and ${MOST_SECONDS / 3600} hours`);
  return value;
}

/** `3 working days` -> 3. */
export function readWorkingDays(text: string): number {
  const days = /^(\d+) working days?$/.exec(squeezed(text));
  if (!days) throw new Unreadable(`${quoted(text)} is not a number of working days. Write 3 working days`);
  return Number(days[1]);
}

/** `45 minutes`, `1 hour`, `1.5 hours` -> minutes by the clock on the wall. */
export function readLength(text: string): number {
  const amount = /^(\d+(?:\.\d+)?) (minutes?|mins?|hours?|h)$/.exec(squeezed(text));
  if (!amount) throw new Unreadable(`${quoted(text)} is not how long it lasts. Write 45 minutes, or 1 hour`);
  const minutes = Math.round(Number(amount[1]) * (amount[2]!.startsWith('h') ? 60 : 1));
  if (minutes < 10 || minutes > 8 * 60) throw new Unreadable(`${quoted(text)} is not between 10 minutes and 8 hours`);
  return minutes;
}

/** `5000 EUR`, `2.5 days` -> how much of what. */
export function readAmount(text: string): { amount: number; unit: string } {
  const parts = /^(\d{1,12}(?:\.\d{1,2})?) ([\p{L}€$£¥%][\p{L}€$£¥% ]{0,19})$/u.exec(text.trim().replace(/\s+/g, ' '));
  if (!parts) throw new Unreadable(`${quoted(text)} is not an amount. Write 5000 EUR, or 2.5 days`);
  return { amount: Number(parts[1]), unit: parts[2]!.trim() };
}

/** `mon-fri`, `sun-thu` (over the end of the week), `mon, wed`, `saturday`. In the order written. */
export function readDays(text: string): Weekday[] {
  const days = text
    .toLowerCase()
    .split(',')
    .flatMap((part) => {
      const [from, to, ...more] = part.split('-').map((day) => weekday(day.trim()));
      if (from === undefined || from < 0 || (to !== undefined && to < 0) || more.length > 0) {
        throw new Unreadable(`${quoted(text)} are not days of the week. Write mon-fri, or mon, wed, or sat`);
      }
      const length = to === undefined ? 1 : ((to - from + 7) % 7) + 1;
      return Array.from({ length }, (_day, index) => WEEKDAYS[(from + index) % 7]!);
    });
  const twice = days.find((day, index) => days.indexOf(day) < index);
  if (twice) throw new Unreadable(`${quoted(text)} names ${twice} twice. Write each day once`);
  return days;
}

const weekday = (word: string): number => WEEKDAY_NAMES.findIndex((name) => name === word || name.slice(0, 3) === word);

const TIME = '(?:[01]?\\d|2[0-3]):[0-5]\\d|24:00';
const INTERVAL = new RegExp(`^(${TIME})\\s*[-–]\\s*(${TIME})$`);

/** `09:00-12:30, 13:30-18:00`; `21:00-06:00` runs over midnight; `closed` is no working time. */
export function readHours(text: string): Interval[] {
  if (squeezed(text) === 'closed') return [];
  const intervals = text.split(',').map((part): Interval => {
    const match = INTERVAL.exec(part.trim());
    if (!match || match[1] === '24:00') {
      throw new Unreadable(`${quoted(text)} are not hours. Write 09:00-12:30, 13:30-18:00, a night as 21:00-06:00, or closed`);
    }
    return [padded(match[1]!), padded(match[2]!)];
  });
  const ordered = [...intervals].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  ordered.forEach(([start, end], index) => {
    const next = ordered[index + 1];
    if (next && (end <= start || end > next[0])) throw new Unreadable(`${quoted(text)} holds hours that overlap. Write each hour once`);
  });
  return ordered;
}

/** `2026-12-24`, or `2026-12-28 to 2026-12-31`: every date, both included. */
export function readDates(text: string): string[] {
  const match = /^(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?$/.exec(squeezed(text));
  const from = match ? dayStart(match[1]!) : Number.NaN;
  const to = match?.[2] === undefined ? from : dayStart(match[2]);
  if (Number.isNaN(from) || Number.isNaN(to))
    throw new Unreadable(`${quoted(text)} is not a date. Write 2026-12-24, or 2026-12-28 to 2026-12-31`);
  const days = Math.round((to - from) / 86_400_000) + 1;
  if (days < 1 || days > 366) throw new Unreadable(`${quoted(text)} does not run from an earlier to a later date within a year`);
  return Array.from({ length: days }, (_day, index) => new Date(from + index * 86_400_000).toISOString().slice(0, 10));
}

/** The UTC midnight of a date, NaN when it is none: the 30th of February is not the 2nd of March. */
function dayStart(on: string): number {
  const at = Date.parse(`${on}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === on ? at : Number.NaN;
}

/** `day`, `week`, `2 weeks`, `month`, `quarter`. */
export function readCadence(text: string): Cadence {
  const match = /^(?:(\d{1,2}) )?(day|week|month|quarter)s?$/.exec(squeezed(text));
  const each = Number(match?.[1] ?? 1);
  if (!match || each < 1) throw new Unreadable(`${quoted(text)} is not how often. Write day, week, 2 weeks, month or quarter`);
  return { unit: match[2] as Cadence['unit'], each };
}

/** `thu 12:00`, `thu`, `12:00`, `working day 3 12:00`. */
export function readMoment(text: string): Moment {
  const match = new RegExp(`^(?:([a-z]+)|working day (\\d{1,2}))?\\s*(${TIME})?$`).exec(squeezed(text));
  const day = match?.[1] === undefined ? null : weekday(match[1]);
  const workingDay = match?.[2] === undefined ? null : Number(match[2]);
  if (!match || text.trim() === '' || (day !== null && day < 0) || workingDay === 0 || match[3] === '24:00') {
    throw new Unreadable(`${quoted(text)} is not a moment. Write thu 12:00, 12:00 or working day 3 12:00`);
  }
  return { weekday: day === null ? null : WEEKDAYS[day]!, workingDay, time: match[3] === undefined ? null : padded(match[3]) };
}

const padded = (time: string): string => time.padStart(5, '0');
const squeezed = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');
export const quoted = (text: unknown): string => JSON.stringify(text);
