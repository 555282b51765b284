import type { Figure, Period } from '../capability.ts';
import { otherSide, SIDES } from '../contract/sides.ts';
import { countFigure, halfWithin, mostWithin, shareFigure } from '../figure.ts';
import { median } from '../statistics.ts';
import type { Tx } from '../store/database.ts';
import { answersOf, datesKept } from './counted.ts';
import { countedWaits, givenDates, notNeeded, stillWaited, turnsOf } from './counting.ts';

/**
 * How both sides answered in a period (design.md, clocks, 12): shares and times from the first unanswered mail, those without an answer
 * counted as longer than any; beside them what would flatter the share if it were not shown.
 */
export async function figures(tx: Tx, partnershipId: string, period: Period): Promise<Figure[]> {
  const waits = await countedWaits(tx, partnershipId, period, true);
  const dates = await givenDates(tx, partnershipId, period);
  const waited = await stillWaited(tx, partnershipId, period);
  const needless = await notNeeded(tx, partnershipId, period);
  const sides = SIDES.flatMap((side): Figure[] => {
    const { inTime, unanswered, worked, elapsed } = answersOf(waits, side);
    const about = (key: string, label: string) => ({ key: `responses.${key}`, label, side });
    return [
      shareFigure(about('inTime', 'Answered in the agreed time'), inTime),
      halfWithin(about('halfWorking', 'Half answered within, working time'), 'workingHours', { seconds: worked, unanswered }),
      mostWithin(about('mostWorking', '9 of 10 answered within, working time'), 'workingHours', { seconds: worked, unanswered }),
      halfWithin(about('halfElapsed', 'Half answered within, elapsed time'), 'elapsedHours', { seconds: elapsed, unanswered }),
      mostWithin(about('mostElapsed', '9 of 10 answered within, elapsed time'), 'elapsedHours', { seconds: elapsed, unanswered }),
      countFigure(about('unanswered', 'Past the agreed time without an answer'), unanswered, 'less'),
      countFigure(about('stillWaiting', 'Answers that left the other side waiting for something'), waited.get(side) ?? 0, 'less'),
      shareFigure(about('datesKept', 'Dates given that were kept'), datesKept(dates, side)),
      countFigure(about('setAside', 'Set aside: said that no answer is needed'), needless(side, true)),
      countFigure(about('released', 'Own questions that need no answer any more'), needless(otherSide(side), false)),
    ];
  });
  return [...sides, ...backAndForth(await turnsOf(tx, partnershipId, period))];
}

/** No figure of a side: it takes two to write to and fro. */
function backAndForth(turns: readonly number[]): Figure[] {
  const middle = median(turns);
  if (middle === undefined) return [];
  const of = turns.length === 1 ? 'of 1 conversation' : `of ${turns.length} conversations`;
  return [
    {
      key: 'responses.turns',
      label: 'Back and forth in the middle conversation',
      side: null,
      unit: 'count',
      value: middle,
      text: `${middle} (${of})`,
      better: 'less',
    },
  ];
}
