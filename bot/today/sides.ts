import type { AgreedCalendar, Charter } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { clockText, dayText } from '../charter/readable.ts';
import type { Side } from '../contract/sides.ts';
import type { SideView } from '../contract/today.ts';
import { explain, isOpen, localDate, nextOpen, workingDay } from '../worktime/index.ts';

/** Where a side is in its day: its clock, whether it works now, until when, and why not. */
export function sideView(charter: Charter, side: Side, now: Date): SideView {
  const { name, calendar } = charter.sides[side];
  const open = isOpen(compiled(calendar), now);
  const { zone } = calendar.work;
  return {
    side,
    name,
    place: calendar.place,
    zone,
    open,
    localTime: `${dayText(zone, now).slice(0, 3)} ${clockText(zone, now)}`,
    now: nowText(calendar, open, now),
  };
}

function nowText(calendar: AgreedCalendar, open: boolean, now: Date): string {
  const work = compiled(calendar);
  const { zone } = calendar.work;
  if (open) return `Working until ${clockText(zone, closingOf(calendar, now))}`;
  const next = nextOpen(work, now);
  const when = localDate(zone, next) === localDate(zone, now) ? clockText(zone, next) : `${dayText(zone, next)}, ${clockText(zone, next)}`;
  const today = localDate(zone, now);
  const why = workingDay(work, today)
    ? undefined
    : explain(work, now, new Date(now.getTime() + 1000)).closed.find((day) => day.on === today && day.why !== 'weekend');
  return why ? `${why.name ?? 'Closed'} today, back ${when}` : `Closed until ${when}`;
}

/** The end of the stretch of working time in which `now` lies, breaks within the day passed over. */
function closingOf(calendar: AgreedCalendar, now: Date): Date {
  const work = compiled(calendar);
  const { zone } = calendar.work;
  const ends = [localDate(zone, new Date(now.getTime() - 86_400_000)), localDate(zone, now)].map((on) => workingDay(work, on));
  return (
    ends.find((day) => day && day.startAt <= now && day.endAt > now)?.endAt ??
    explain(work, now, new Date(now.getTime() + 86_400_000)).segments[0]!.toAt
  );
}
