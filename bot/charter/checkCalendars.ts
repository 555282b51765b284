import { SIDES, type Side } from '../contract/sides.ts';
import { workCalendar } from '../worktime/index.ts';
import { CalendarSection } from './document.ts';
import type { Path } from './place.ts';
import { type Finding, meant, nearest } from './problems.ts';
import { asData, asList, type Data } from './raw.ts';
import { quoted } from './words.ts';

/** Calendars that are not there, that nobody or both sides use, and what the parts of one cannot see alone. */
export function checkCalendars(file: Data): Finding[] {
  const known = Object.keys(asData(file.calendars));
  if (known.length === 0) return []; // that they are missing is said already
  const usedBy = new Map<string, Side>();
  const misspelt = new Set<string>();
  const findings: Finding[] = [];
  const use = (key: unknown, side: Side, path: Path) => {
    if (typeof key !== 'string') return;
    const first = usedBy.get(key);
    if (!known.includes(key)) {
      misspelt.add(nearest(key, known) ?? '');
      findings.push({ path, message: `The calendar ${quoted(key)} is not among the calendars. ${meant(key, known)}` });
    } else if (first && first !== side) {
      findings.push({
        path,
        message: `The calendar ${quoted(key)} is the ${first}'s. Give each side its own, even where they are alike: each confirms its holidays`,
      });
    } else usedBy.set(key, side);
  };
  for (const side of SIDES) {
    use(asData(file[side]).calendar, side, [side, 'calendar']);
    asList(asData(file[side]).people).forEach((person, index) => {
      use(asData(person).calendar, side, [side, 'people', index, 'calendar']);
    });
  }
  for (const key of known) {
    const path = ['calendars', key];
    if (!usedBy.has(key) && !misspelt.has(key))
      findings.push({ path, key: true, message: `Nobody uses the calendar ${quoted(key)}. Name it for a side or a person, or remove it` });
    findings.push(...calendarFindings(asData(file.calendars)[key], path));
  }
  const keysOfSides = SIDES.map((side) => asData(file[side]).calendar);
  if (keysOfSides.every((key) => typeof key === 'string' && whoseOf(asData(file.calendars)[key]) !== 'ours')) {
    const path = ['calendars', String(keysOfSides[1]), 'holidays', 'whose'];
    findings.push({ path, message: "Both sides rest on the other side's holidays. Write whose: ours for one of them" });
  }
  return findings;
}

const whoseOf = (calendar: unknown): unknown => asData(asData(calendar).holidays).whose ?? 'ours';

function calendarFindings(raw: unknown, path: Path): Finding[] {
  const parsed = CalendarSection.safeParse(raw);
  if (!parsed.success) return [];
  const { zone, hours, holidays, exceptions } = parsed.data;
  if (holidays && holidays.whose !== 'yours' && !holidays.country && !holidays.add.length) {
    return [
      {
        path: [...path, 'holidays'],
        key: true,
        message: 'These holidays name no country. Write country: PH, list days under add, or remove the line',
      },
    ];
  }
  if (holidays?.whose === 'yours' && holidays.country) {
    return [
      {
        path: [...path, 'holidays', 'country'],
        message: 'The country has no use where whose is yours. Write whose: both, or remove the country',
      },
    ];
  }
  const shifts = Object.fromEntries(exceptions.flatMap(({ key, value }) => key.map((on) => [on, value.hours])));
  // The compile step of the arithmetic has the last word: what it refuses must not get as far as the rules.
  try {
    workCalendar({ zone, hours, holidays: [], shifts });
    return [];
  } catch (error) {
    return [{ path, key: true, message: error instanceof Error ? error.message : String(error) }];
  }
}
