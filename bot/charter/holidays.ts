import type Holidays from 'date-holidays';
import type { CalendarDocument } from './document.ts';
import { type Finding, meant } from './problems.ts';
import { quoted } from './words.ts';

// Public holidays by country and region come from date-holidays (CC-BY-3.0, docs/charter.md) when a charter is loaded, never later:
// loading the library takes a third of a second, a list some milliseconds.

/** Dates and their English names, and the last year that was asked for. */
export interface HolidayList {
  readonly through: number;
  readonly days: Readonly<Record<string, string>>;
}

const YEARS_BEFORE = 1;
const YEARS_AHEAD = 4;
/** A country that has fewer public holidays a year than this in the list has most likely more. */
const THIN = 8;

type Library = typeof Holidays;
const library = async (): Promise<Library> => (await import('date-holidays')).default;

/** Country, state and region as date-holidays names them. */
type Region = readonly [country: string, state?: string, region?: string];

/**
 * The public holidays of a calendar, from the year before `year` to four years after it. Empty where the calendar names no country.
 * A day of which a part is off counts whole where its noon is.
 */
export async function importHolidays(calendar: CalendarDocument, year: number): Promise<HolidayList> {
  const through = year + YEARS_AHEAD;
  const { country, region } = calendar.holidays ?? {};
  if (!country) return { through, days: {} };
  const Library = await library();
  const place = regionOf(Library, country, region);
  const days: Record<string, string> = {};
  for (let each = year - YEARS_BEFORE; each <= through; each += 1) Object.assign(days, daysOf(Library, place, each));
  return { through, days };
}

/** Adds the years that are missing up to four after `year`; what is there stays as it was agreed. */
export async function extendHolidays(calendar: CalendarDocument, list: HolidayList, year: number): Promise<HolidayList> {
  const fresh = await importHolidays(calendar, year);
  const later = Object.entries(fresh.days).filter(([on]) => Number(on.slice(0, 4)) > list.through);
  return { through: fresh.through, days: { ...list.days, ...Object.fromEntries(later) } };
}

/** Whether the list should be extended now: at least the whole next year must be known. */
export const runsOut = (list: Pick<HolidayList, 'through'>, year: number): boolean => list.through < year + 1;

/** Whether people should look at a list twice: India's holds the national days alone. */
export function looksThin(list: HolidayList, year: number): boolean {
  const count = Object.keys(list.days).filter((on) => on.startsWith(`${year}-`)).length;
  return count > 0 && count < THIN;
}

/** What the file says about countries and regions that there is no list for; takes data of any shape. */
export async function holidayFindings(raw: unknown): Promise<Finding[]> {
  const calendars = Object.entries(data(data(raw).calendars)).flatMap(([key, calendar]) => {
    const { country, region } = data(data(calendar).holidays);
    return typeof country === 'string' && country.trim() ? [{ path: ['calendars', key, 'holidays'], country, region }] : [];
  });
  if (calendars.length === 0) return [];
  const Library = await library();
  return calendars.flatMap(({ path, country, region }) => regionFindings(Library, path, country, region));
}

function regionFindings(Library: Library, path: string[], country: string, region: unknown): Finding[] {
  const countries = new Library().getCountries('en');
  const code = codeOf(countries, country);
  if (!code) {
    const near = meant(country, Object.values(countries));
    const mend = near.startsWith('Did') ? near : 'Write a code such as PH, or leave the country out and list the days under add';
    return [{ path: [...path, 'country'], message: `There is no list of holidays for the country ${quoted(country)}. ${mend}` }];
  }
  if (typeof region !== 'string' || place(Library, code, region)) return [];
  const states = new Library().getStates(code, 'en') ?? {};
  const names = Object.values(states);
  const mend = names.length ? meant(region, names) : `${countries[code]} has no regions in the list: remove the line`;
  return [
    { path: [...path, 'region'], message: `There is no list of holidays for the region ${quoted(region)} of ${countries[code]}. ${mend}` },
  ];
}

function regionOf(Library: Library, country: string, region: string | undefined): Region {
  const code = codeOf(new Library().getCountries('en'), country);
  const found = code && (region === undefined ? ([code] as const) : place(Library, code, region));
  // The file was checked; a list that is gone since then must not close or open days in silence.
  if (!found) throw new Error(`no holidays for ${country} ${region ?? ''}`);
  return found;
}

/** `KA`, `Karnataka`, `BY-A`: a state by code or name, and a region within it by code. */
function place(Library: Library, country: string, region: string): Region | null {
  const states = new Library().getStates(country, 'en') ?? {};
  const whole = codeOf(states, region);
  if (whole) return [country, whole];
  const [state = '', ...rest] = region.split('-');
  const outer = codeOf(states, state);
  if (!outer || rest.length === 0) return null;
  const inner = codeOf(new Library().getRegions(country, outer, 'en') ?? {}, rest.join('-'));
  return inner ? [country, outer, inner] : null;
}

function codeOf(names: Readonly<Record<string, string>>, written: string): string | null {
  const word = written.trim().toLowerCase();
  return Object.keys(names).find((code) => code.toLowerCase() === word || names[code]!.toLowerCase() === word) ?? null;
}

// A year of some countries takes a tenth of a second; many partnerships share a list, and it is the same for all of them.
const years = new Map<string, Readonly<Record<string, string>>>();

function daysOf(Library: Library, region: Region, year: number): Readonly<Record<string, string>> {
  const key = `${region.join('-')} ${year}`;
  const days = years.get(key) ?? computedDays(Library, region, year);
  years.set(key, days);
  return days;
}

function computedDays(Library: Library, [country, state, region]: Region, year: number): Record<string, string> {
  const calendar = region && state ? new Library(country, state, region) : state ? new Library(country, state) : new Library(country);
  const days: Record<string, string> = {};
  for (const holiday of calendar.getHolidays(year, 'en')) {
    if (holiday.type !== 'public') continue;
    // `date` is the local wall clock; the instants beside it depend on the zone of this machine for some calendars.
    const startMs = Date.parse(`${holiday.date.slice(0, 10)}T${holiday.date.slice(11, 19)}Z`);
    const endMs = startMs + (holiday.end.getTime() - holiday.start.getTime());
    for (let dayMs = Math.floor(startMs / DAY_MS) * DAY_MS; dayMs < endMs; dayMs += DAY_MS) {
      const noonMs = dayMs + DAY_MS / 2;
      if (noonMs > startMs && noonMs < endMs) days[new Date(dayMs).toISOString().slice(0, 10)] ??= holiday.name;
    }
  }
  return days;
}

const DAY_MS = 86_400_000;
const data = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
