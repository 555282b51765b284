import { nextOpen, workCalendar } from '../../../bot/worktime/index.ts';
import type { Mover } from '../mover.ts';
import type { DeskMove } from './contract.ts';

const HOUR_MS = 3_600_000;

/** 09:00 of the next weekday in `zone`, after `now`. Holidays are days like others here: nobody's charter is asked. */
export function nextMorning(now: Date, zone: string): Date {
  const day = [['09:00', '17:00']] as const;
  const calendar = workCalendar({ zone, hours: { mon: day, tue: day, wed: day, thu: day, fri: day }, holidays: [] });
  const candidate = nextOpen(calendar, now);
  if (candidate > now) return candidate;
  // Inside a working day: skip its rest.
  return nextOpen(calendar, new Date(now.getTime() + 8 * HOUR_MS));
}

/**
 * Where a press on one of the clock's buttons leads; null when nothing is going to happen by itself.
 * @param zone - of the person who is looking
 */
export async function targetOf(move: DeskMove, zone: string, mover: Pick<Mover, 'now' | 'nextAt'>): Promise<Date | null> {
  const now = mover.now();
  if ('to' in move) return new Date(move.to);
  if (move.step === 'hour') return new Date(now.getTime() + HOUR_MS);
  if (move.step === 'day') return new Date(now.getTime() + 24 * HOUR_MS);
  if (move.step === 'morning') return nextMorning(now, zone);
  const next = await mover.nextAt();
  return next && new Date(Math.max(next.getTime(), now.getTime()) + 1_000);
}
