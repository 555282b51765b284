import { type CompiledCalendar, type WorkCalendar, workCalendar } from '../worktime/index.ts';
import type { AgreedCalendar } from './charter.ts';

// Compiled calendars hold tables that grow as they are asked: keeping them is what makes a fold of many threads cheap. They are facts of
// the calendar's content alone, so another instance or a second database misses nothing.
const byCalendar = new WeakMap<WorkCalendar, CompiledCalendar>();
const byContent = new Map<string, CompiledCalendar>();
const MOST = 2000;

/** The calendar ready for arithmetic; the same object for the same content. */
export function compiled(calendar: AgreedCalendar): CompiledCalendar {
  const known = byCalendar.get(calendar.work);
  if (known) return known;
  const content = JSON.stringify(calendar.work);
  const made = byContent.get(content) ?? workCalendar(calendar.work);
  byContent.delete(content);
  byContent.set(content, made);
  if (byContent.size > MOST) byContent.delete(byContent.keys().next().value!);
  byCalendar.set(calendar.work, made);
  return made;
}
