import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BadInput } from '../errors.ts';
import { MailFileError } from '../mailfile/index.ts';
import { CalendarError, within, workCalendar } from '../worktime/index.ts';
import type { WorkingSeconds } from './rules.ts';
import type { Side } from './sides.ts';

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'write a date such as 2026-12-25');
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'write a time such as 09:00');
const intervals = z.array(z.tuple([time, time], 'write two times, such as ["09:00", "17:00"]'), 'write a list of intervals');
const Calendar = z.strictObject({
  zone: z.string('write a time zone such as Asia/Manila'),
  hours: z.partialRecord(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), intervals),
  holidays: z.union([z.array(date), z.record(date, z.string())], 'write a list of dates').default([]),
  holidayRule: z.enum(['date', 'shift']).default('date'),
  shifts: z.record(date, intervals).optional(),
  breaks: z.record(date, intervals).optional(),
});
const Calendars = z.strictObject({ client: Calendar, provider: Calendar });

/**
 * The calendars of both sides from a JSON file.
 * @throws {BadInput} naming the field; {@link MailFileError} when the file cannot be read
 */
export async function readCalendars(file: string): Promise<Record<Side, WorkingSeconds>> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read: ${cause.code ?? cause.message}`;
    throw new MailFileError(
      cause.code === 'ENOENT' ? 'mail.missing' : 'mail.unreadable',
      file,
      `${file} ${why}. Check the path of --calendar.`,
    );
  });
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new BadInput(`${file} is not JSON: ${(cause as Error).message}. Write {"client": {...}, "provider": {...}}.`);
  }
  const parsed = Calendars.safeParse(data);
  if (!parsed.success) throw new BadInput(`${file}: ${parsed.error.issues.map(sentence).join('; ')}.`);
  const working = (side: Side): WorkingSeconds => {
    try {
      const calendar = workCalendar(parsed.data[side]);
      return (from, to) => within(calendar, from, to);
    } catch (error) {
      if (!(error instanceof CalendarError)) throw error;
      throw new BadInput(`${file}: ${side}: ${error.message}.`);
    }
  };
  return { client: working('client'), provider: working('provider') };
}

function sentence(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return `${place === '' ? '' : `${place}: `}${issue.keys.map((key) => `"${key}"`).join(', ')} is not known`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return `"${place}" is missing`;
  return `${place === '' ? 'the file' : `"${place}"`}: ${issue.message}`;
}
