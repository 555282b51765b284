import type { Figure } from '../capability.ts';
import { type FigureView, NONE } from '../contract/figures.ts';
import type { Side } from '../contract/sides.ts';

/**
 * Each figure of a period beside the same of the period before, in the order of the later one; what only the earlier period had comes last,
 * with nothing in it now.
 * @param before - null: there was no period before
 */
export function beside(now: readonly Figure[], before: readonly Figure[] | null, side: Side | null): FigureView[] {
  const earlier = new Map((before ?? []).filter((figure) => figure.side === side).map((figure) => [figure.key, figure]));
  const own = now.filter((figure) => figure.side === side);
  const gone = [...earlier.values()].filter(({ key }) => !own.some((figure) => figure.key === key)).map(emptied);
  return [...own, ...gone].map((figure): FigureView => {
    const then = earlier.get(figure.key) ?? (before ? emptied(figure) : undefined);
    const { key, label, unit, value, text } = figure;
    return { key, label, unit, value, text, before: then ? { value: then.value, text: then.text } : null, change: changeOf(figure, then) };
  });
}

/** The same figure of a time in which there was nothing of it. */
const emptied = (figure: Figure): Figure =>
  figure.unit === 'count' ? { ...figure, value: 0, text: '0' } : { ...figure, value: null, text: NONE };

/** What people can tell apart: whole percents, tenths of hours. */
const STEPS: Readonly<Record<Figure['unit'], number>> = { share: 100, workingHours: 10, elapsedHours: 10, count: 10 };

/** Better or worse, where one of them is; the same where people would read the same. */
export function changeOf({ better, unit, value }: Figure, before: Figure | undefined): FigureView['change'] {
  if (!better || value === null || before?.value === undefined || before.value === null) return null;
  const grown = Math.round(value * STEPS[unit]) - Math.round(before.value * STEPS[unit]);
  return grown === 0 ? 'same' : grown > 0 === (better === 'more') ? 'better' : 'worse';
}
