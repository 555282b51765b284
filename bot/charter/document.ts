import { z } from 'zod';
import type { Interval } from '../worktime/index.ts';
import { domainProblem } from './domains.ts';
import {
  quoted,
  readAmount,
  readCadence,
  readDates,
  readDays,
  readDuration,
  readHours,
  readLength,
  readMoment,
  readTarget,
  readWorkingDays,
  Unreadable,
  WEEKDAYS,
} from './words.ts';

// The charter as its owner writes it: what each part may hold, read into the form that is stored. `docs/charter.md` is its reference.

/** Text that `read` turns into a value, or says why it cannot. */
const readAs = <Value>(read: (text: string) => Value) =>
  z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: text });
      return z.NEVER;
    }
  });

/** A mapping whose keys are fixed. The names travel with the issue, for `did you mean`. */
const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join('|') : undefined) });

/** One value may stand alone where a list is expected. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).max(500));

/** A mapping whose keys are read too: an unreadable key is reported at its own place, beside whatever is wrong with its value. */
const mapOf = <Key, Item extends z.ZodType>(readKey: (key: string) => Key, item: Item) =>
  z.unknown().transform((raw, context): { key: Key; value: z.output<Item> }[] => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      context.issues.push({ code: 'invalid_type', expected: 'record', input: raw });
      return z.NEVER;
    }
    return Object.entries(raw).flatMap(([written, value]) => {
      const parsed = item.safeParse(value);
      for (const issue of parsed.error?.issues ?? []) {
        context.issues.push({ ...issue, input: value, path: [written, ...issue.path] } as z.core.$ZodRawIssue);
      }
      try {
        const key = readKey(written);
        return parsed.success ? [{ key, value: parsed.data }] : [];
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        context.issues.push({ code: 'custom', message: error.message, input: written, path: [written], params: { key: true } });
        return [];
      }
    });
  });

const ADDRESS = /^[^\s@<>"(),:;[\]]+@([a-z0-9-]+\.)+[a-z0-9-]{2,}$/;
const readAddress = (text: string): string => {
  const address = text.trim().toLowerCase();
  if (address.length > 254 || !ADDRESS.test(address))
    throw new Unreadable(`${quoted(text)} is not a mail address. Write joan@fabrikam.com`);
  return address;
};
const readNamedAddress = (text: string): { name: string; address: string } => {
  const named = /^(.*?)\s*<([^<>]*)>$/.exec(text.trim());
  const address = readAddress(named ? named[2]! : text);
  return { address, name: named?.[1] ? named[1].replace(/^"(.*)"$/, '$1') : 'Service' };
};
const readDomain = (text: string): string => {
  const domain = text.trim().toLowerCase();
  const problem = domainProblem(domain);
  if (problem) throw new Unreadable(problem);
  return domain;
};
export const KEY = /^[a-z0-9][a-z0-9-]{0,39}$/;
const readKey = (text: string): string => {
  if (!KEY.test(text)) throw new Unreadable(`${quoted(text)} is not a key. Use small letters, digits and hyphens: joan-s`);
  return text;
};
const readZone = (text: string): string => {
  // Distances such as +08:00 are no zones: they know nothing of summer time.
  try {
    if (/^[A-Za-z]+([/_+-][A-Za-z0-9_+-]+)*$/.test(text)) return new Intl.DateTimeFormat('en', { timeZone: text }) && text;
  } catch {
    // a RangeError is how Intl says that it does not know the zone
  }
  const city = text.trim().toLowerCase().replace(/ /g, '_');
  const near = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().endsWith(`/${city.split('/').at(-1)}`));
  throw new Unreadable(`${quoted(text)} is not a time zone. ${near ? `Did you mean ${near}?` : 'Write an IANA name such as Asia/Manila'}`);
};
const readEffective = (text: string): string => {
  const day = /^\d{4}-\d\d-\d\d$/.test(text.trim());
  if (day) return readDates(text)[0]!;
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  if (Number.isNaN(instant)) throw new Unreadable(`${quoted(text)} is not a date. Write 2026-12-01, or 2026-12-01T09:00+01:00`);
  return new Date(instant).toISOString();
};

const line = z.string().trim().min(1).max(120);
const pattern = z.string().trim().min(1).max(200);
const sideName = z.enum(['client', 'provider']);

/** `true`, `false`, and what people write for them. */
const flag = z.preprocess((value) => (value === 'yes' ? true : value === 'no' ? false : value), z.boolean()).default(false);

const PersonSection = section({
  key: readAs(readKey),
  name: line,
  address: listOf(readAs(readAddress)).pipe(z.array(z.string()).min(1)),
  role: line.optional(),
  owner: flag,
  executive: flag,
  'stand-in': z.string().optional(),
  left: flag,
  calendar: z.string().optional(),
});

const SideSection = section({
  name: line,
  domains: listOf(readAs(readDomain)).default([]),
  'service addresses': listOf(readAs(readNamedAddress)).default([]),
  'acts for': listOf(readAs(readDomain)).default([]),
  calendar: z.string(),
  people: z.array(PersonSection).min(1).max(500),
});

export const CalendarSection = section({
  zone: readAs(readZone),
  place: line.optional(),
  hours: mapOf(readDays, readAs(readHours)).transform((entries, context) => {
    const hours: Partial<Record<(typeof WEEKDAYS)[number], readonly Interval[]>> = {};
    for (const { key: days, value } of entries) {
      for (const day of days) {
        if (hours[day]) context.issues.push({ code: 'custom', message: `${day} has hours twice. Write each day once`, input: day });
        hours[day] = value;
      }
    }
    const open = WEEKDAYS.some((day) => hours[day]?.length);
    if (!open)
      context.issues.push({ code: 'custom', message: 'This calendar has no working time. Write mon-fri: 09:00-17:30', input: hours });
    return hours;
  }),
  holidays: section({
    country: z.string().trim().min(1).optional(),
    region: z.string().trim().min(1).optional(),
    whose: z.enum(['ours', 'yours', 'both']).default('ours'),
    rule: z.enum(['date', 'shift']).default('date'),
    confirmed: flag,
    add: mapOf(readDates, line).default([]),
    remove: listOf(readAs(readDates)).default([]),
  }).optional(),
  exceptions: mapOf(readDates, section({ hours: readAs(readHours), reason: line })).default([]),
});

const Answers = section({
  normal: readAs(readTarget).default({ kind: 'days', days: 1 }),
  high: readAs(readTarget).default({ kind: 'hours', seconds: 4 * 3600 }),
});
const defaultAnswers = (): z.output<typeof Answers> => ({ normal: { kind: 'days', days: 1 }, high: { kind: 'hours', seconds: 4 * 3600 } });

/** Who wrote `from` in a pattern: an address or a domain; a public domain may well send newsletters. */
const sender = readAs((text) => {
  const from = text.trim().toLowerCase().replace(/^@/, '');
  if (from.includes('@')) return readAddress(from);
  if (!/^([a-z0-9-]+\.)+[a-z0-9-]{2,}$/.test(from))
    throw new Unreadable(`${quoted(text)} is neither an address nor a domain. Write reports@fabrikam.com or fabrikam.com`);
  return from;
});

const asked = listOf(line).pipe(z.array(z.string()).min(1));

export const CharterDocument = section({
  name: line.optional(),
  effective: readAs(readEffective).optional(),
  note: z.string().trim().max(500).optional(),
  client: SideSection,
  provider: SideSection,
  calendars: z.record(z.string().regex(KEY, 'A calendar is named by small letters, digits and hyphens: manila-night'), CalendarSection),
  answers: section({ client: Answers.default(defaultAnswers), provider: Answers.default(defaultAnswers) }).default(() => ({
    client: defaultAnswers(),
    provider: defaultAnswers(),
  })),
  'no answer expected': z
    .array(
      section({ subject: pattern.optional(), from: sender.optional() }).refine((part) => part.subject ?? part.from, {
        message: 'This pattern fits every mail. Give a subject, a from, or both',
      }),
    )
    .max(200)
    .default([]),
  'alert cards per day': z.int().min(0).max(50).default(5),
  'channel shows': z.enum(['roles', 'names', 'subject']).default('roles'),
  updates: z.record(line, line).default({}),
  escalation: z
    .array(section({ level: line, client: asked, provider: asked, 'take within': readAs(readDuration) }))
    .min(1)
    .max(6)
    .optional(),
  'help by itself after': readAs(readDuration).optional(),
  reviews: z
    .array(
      section({
        name: line,
        every: readAs(readCadence),
        on: readAs(readMoment).optional(),
        invitation: pattern.optional(),
        // left out where they are not written, so that a version from before they were known says the same
        'agenda by': line.optional(),
        prepared: readAs(readWorkingDays).pipe(z.int().min(1).max(20)).optional(),
        covers: listOf(line).pipe(z.array(z.string()).max(20)).optional(),
        lasts: readAs(readLength).optional(),
      }),
    )
    .default([]),
  rhythms: z
    .array(section({ name: line, from: sideName, every: readAs(readCadence), by: readAs(readMoment), mail: pattern.optional() }))
    .default([]),
  decisions: z
    .array(
      section({
        scope: line,
        about: z.enum(['work', 'money', 'contract', 'people', 'security']).default('work'),
        'decided by': sideName,
        who: asked,
        how: z.enum(['one', 'any', 'all', 'in sequence']).default('any'),
        within: readAs(readTarget).default({ kind: 'days', days: 2 }),
        'up to': readAs(readAmount).optional(),
        'unless objection': readAs(readWorkingDays).optional(),
      }),
    )
    .default([]),
});
/** A charter file, read: what is stored with the version. */
export type CharterDocument = z.output<typeof CharterDocument>;
export type CalendarDocument = CharterDocument['calendars'][string];
export type PersonDocument = CharterDocument['client']['people'][number];
