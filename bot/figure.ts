import type { Figure } from './capability.ts';
import { NONE } from './contract/figures.ts';
import type { Side } from './contract/sides.ts';
import { median, percentile, type Share } from './statistics.ts';

/** What a figure measures: a stable key, and the words that say what was measured. */
type About = Pick<Figure, 'key' | 'label'> & { readonly side: Side | null };

/** So many of so many: `8 of 10 (80 %)`. More is better. */
export const shareFigure = (about: About, { count, of }: Share): Figure => ({
  ...about,
  unit: 'share',
  value: of === 0 ? null : count / of,
  text: of === 0 ? NONE : `${count} of ${of} (${Math.round((100 * count) / of)} %)`,
  better: 'more',
});

export const countFigure = (about: About, count: number, better: Figure['better'] = null): Figure => ({
  ...about,
  unit: 'count',
  value: count,
  text: String(count),
  better,
});

/** Waits that ended in an answer, in seconds, and how many have had none: each of these counts as longer than any answer. */
export interface Waits {
  readonly seconds: readonly number[];
  readonly unanswered: number;
}

/** How long half of them took at most. */
export const halfWithin = (about: About, unit: 'workingHours' | 'elapsedHours', waits: Waits): Figure =>
  hours(about, unit, median(waits.seconds, waits.unanswered), waits);
/** How long nine of ten took at most. */
export const mostWithin = (about: About, unit: 'workingHours' | 'elapsedHours', waits: Waits): Figure =>
  hours(about, unit, percentile(waits.seconds, 0.9, waits.unanswered), waits);

function hours(
  about: About,
  unit: 'workingHours' | 'elapsedHours',
  seconds: number | undefined,
  { seconds: all, unanswered }: Waits,
): Figure {
  const of = all.length + unanswered;
  const from = unanswered ? `of ${of}, ${unanswered} not answered` : `of ${of}`;
  return {
    ...about,
    unit,
    value: seconds === undefined ? null : Math.round(seconds / 36) / 100,
    text: of === 0 ? NONE : seconds === undefined ? `not yet (${from})` : `${durationText(seconds, unit)} (${from})`,
    better: 'less',
  };
}

const DAY_HOURS = 24;
/** Working time stays in hours: nobody knows how long a working day is. Elapsed time is told in days from two days on. */
function durationText(seconds: number, unit: 'workingHours' | 'elapsedHours'): string {
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  const whole = seconds / 3600;
  return unit === 'elapsedHours' && whole >= 2 * DAY_HOURS ? `${(whole / DAY_HOURS).toFixed(1)} days` : `${whole.toFixed(1)} h`;
}
