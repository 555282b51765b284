import { Temporal } from 'temporal-polyfill';
import { ianaZone } from '../zones.ts';

/** A moment or day that cannot be read; the message says how to write one. */
export class UnreadableMoment extends Error {}

/** From what relative moments are counted: the clock's start, on the calendar of the tenant's own zone. */
export interface Anchor {
  readonly at: Date;
  readonly zone: string;
}

const DAY = String.raw`today|last working day|next working day|[+-]\d+wd|[+-]\d+d|\d{4}-\d{2}-\d{2}`;
const AT_DAY = new RegExp(`^(${DAY}) (\\d{1,2}:\\d{2}(?::\\d{2})?)(?: ([A-Za-z]+(?:/[A-Za-z_+-]+)*))?$`);
const STEP = /^([+-])(\d+)(s|m|h)$/;
const LATER = /^(\d+)(s|m|h) later$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;
const MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const HOW = 'Write it like -2wd 10:12 Europe/Amsterdam, today 16:40, +30m, 40s later or 2026-11-20T09:10Z';

/**
 * An instant as a tenant folder writes it: `-2d 10:12 Europe/Amsterdam`, `last working day 16:40 Asia/Manila`, `+1wd 09:20`, `-55m` from the
 * clock's start, `40s later` than the mail before, or an ISO instant. Working days are Monday to Friday.
 * @param zone - where no zone is written
 * @throws {UnreadableMoment}
 */
export function readMoment(text: string, anchor: Anchor, zone: string, before: Date | null = null): Date {
  const written = text.trim();
  if (INSTANT.test(written)) return new Date(written);
  const step = STEP.exec(written);
  if (step) return new Date(anchor.at.getTime() + (step[1] === '-' ? -1 : 1) * Number(step[2]) * MS[step[3] as keyof typeof MS]);
  const later = LATER.exec(written);
  if (later) {
    if (!before) throw new UnreadableMoment(`"${text}" needs a mail before it`);
    return new Date(before.getTime() + Number(later[1]) * MS[later[2] as keyof typeof MS]);
  }
  const at = AT_DAY.exec(written);
  if (!at) throw new UnreadableMoment(`"${text}" is no moment. ${HOW}`);
  const where = at[3] === undefined ? zone : ianaZone(at[3]);
  if (!where) throw new UnreadableMoment(`"${at[3]}" is not a time zone. Write an IANA name such as Asia/Manila`);
  try {
    return new Date(
      Temporal.PlainDate.from(readDay(at[1]!, anchor)).toZonedDateTime({
        timeZone: where,
        plainTime: Temporal.PlainTime.from(at[2]!.padStart(5, '0')),
      }).epochMilliseconds,
    );
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableMoment(`"${text}" is no moment. ${HOW}`);
    throw error;
  }
}

/** A day: `2026-11-20`. @throws {UnreadableMoment} */
export function readDay(text: string, anchor: Anchor): string {
  const written = text.trim();
  if (!new RegExp(`^(?:${DAY})$`).test(written))
    throw new UnreadableMoment(`"${text}" is no day. Write it like -2wd, +3d, today or 2026-11-20`);
  if (/^\d{4}/.test(written)) return Temporal.PlainDate.from(written).toString();
  const today = Temporal.Instant.fromEpochMilliseconds(anchor.at.getTime()).toZonedDateTimeISO(anchor.zone).toPlainDate();
  const steps =
    written === 'today' ? 0 : written === 'last working day' ? -1 : written === 'next working day' ? 1 : Number.parseInt(written, 10);
  if (/\dd$/.test(written)) return today.add({ days: steps }).toString();
  let day = today;
  for (let left = Math.abs(steps); left > 0; ) {
    day = day.add({ days: Math.sign(steps) });
    if (day.dayOfWeek <= 5) left -= 1;
  }
  return day.toString();
}

const START = /^last working day (\d{1,2}:\d{2}) ([A-Za-z]+(?:\/[A-Za-z_+-]+)*)$/;

/**
 * When the clock starts: `last working day 17:10 Asia/Manila` is the latest such time, Monday to Friday, that is not after `now`; or an ISO
 * instant. The same for every `now` until the next one: a start that is read again stays where it is.
 * @throws {UnreadableMoment}
 */
export function readStart(text: string, now: Date): Date {
  const written = text.trim();
  if (INSTANT.test(written)) return new Date(written);
  const start = START.exec(written);
  const zone = start && ianaZone(start[2]!);
  if (!start || !zone)
    throw new UnreadableMoment(`"${text}" is no start of a clock. Write it like last working day 17:10 Asia/Manila, or 2026-11-20T09:10Z`);
  const plainTime = Temporal.PlainTime.from(start[1]!.padStart(5, '0'));
  let day = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  for (;;) {
    const atMs = day.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
    if (day.dayOfWeek <= 5 && atMs <= now.getTime()) return new Date(atMs);
    day = day.subtract({ days: 1 });
  }
}

const PLACE = /\{\{\s*(?:(weekday|day)\s+)?([^{}]*?)\s*\}\}/g;

/**
 * Text with its days filled in: `{{ +1wd }}` becomes `2026-11-24`, `{{ weekday +1wd }}` `Tuesday`, `{{ day +1wd }}` `24 November`.
 * @throws {UnreadableMoment}
 */
export function fillDays(text: string, anchor: Anchor): string {
  return text.replace(PLACE, (_whole, form: string | undefined, day: string) => {
    const on = readDay(day, anchor);
    if (form === undefined) return on;
    const options = form === 'weekday' ? ({ weekday: 'long' } as const) : ({ day: 'numeric', month: 'long' } as const);
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(new Date(`${on}T00:00:00Z`));
  });
}
