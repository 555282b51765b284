import type { Side } from '../contract/sides.ts';
import type { Share } from '../statistics.ts';
import type { Obligation } from './obligation.ts';

/**
 * Waits whose agreed time fell into a period and that stand alike as seen at the end of it: counted together, since a figure needs no more of
 * them than how many there were and how long they took. @see counting.ts
 */
export interface CountedWaits extends Pick<Obligation, 'debtor' | 'state' | 'ending'> {
  /** It ended at its agreed time or before; null while it is open. */
  readonly inTime: boolean | null;
  /** It had ended by the end of the period; null while it is open. */
  readonly byEnd: boolean | null;
  /** Open, and it is not known yet whether an answer came elsewhere, or what was meant. */
  readonly doubt: boolean;
  readonly times: number;
  /** Of each, from the first unanswered mail, in seconds; where they were asked for. */
  readonly worked: readonly number[] | null;
  readonly elapsed: readonly number[] | null;
}

/** How waits count for a period. `leftOut`: they say nothing about how the side asked answers. */
export type Counted = 'inTime' | 'late' | 'unanswered' | 'leftOut';

/**
 * How waits whose agreed time has passed stood at the end of the period: what came later is not seen, so that figures of a period stay what
 * they were. An asker who needs no answer any more takes his question out of the count; a side that sets a question aside after the agreed time
 * has not answered it. @see docs/decisions/0015
 */
export function countedAs({ state, ending, inTime, byEnd, doubt }: Omit<CountedWaits, 'debtor' | 'times' | 'worked' | 'elapsed'>): Counted {
  if (state === 'notCounted' || state === 'notDelivered' || ending === 'notNeeded' || ending === 'flag') return 'leftOut';
  if (ending === 'setAside') return inTime ? 'leftOut' : 'unanswered';
  if (state === 'settled' && byEnd) return inTime ? 'inTime' : 'late';
  return state === 'open' && doubt ? 'leftOut' : 'unanswered';
}

/** How one side answered in a period. */
export interface Answers {
  readonly inTime: Share;
  readonly unanswered: number;
  /** Of the answered ones, in seconds. */
  readonly worked: readonly number[];
  readonly elapsed: readonly number[];
}

export function answersOf(waits: readonly CountedWaits[], side: Side): Answers {
  const own = waits.filter(({ debtor }) => debtor === side);
  const of = (...as: Counted[]) => own.filter((each) => as.includes(countedAs(each)));
  const count = (...as: Counted[]) => of(...as).reduce((sum, { times }) => sum + times, 0);
  const answered = of('inTime', 'late');
  return {
    inTime: { count: count('inTime'), of: count('inTime', 'late', 'unanswered') },
    unanswered: count('unanswered'),
    worked: answered.flatMap(({ worked }) => worked ?? []),
    elapsed: answered.flatMap(({ elapsed }) => elapsed ?? []),
  };
}

/** A date that stood (*Answer by Thursday*), and what became of the wait. */
export interface GivenDate extends Pick<Obligation, 'debtor' | 'state' | 'ending' | 'settledAt'> {
  /** The end of the day that was promised. */
  readonly promisedAt: Date;
}

/** Of the dates of a side that fell into a period, those that were met. What needed no answer any more, or never arrived, is left out. */
export function datesKept(dates: readonly GivenDate[], side: Side): Share {
  const own = dates.filter(
    ({ debtor, state, ending, settledAt, promisedAt }) =>
      debtor === side &&
      state !== 'notDelivered' &&
      state !== 'notCounted' &&
      !(state === 'waived' && (ending !== 'setAside' || settledAt! <= promisedAt)),
  );
  return {
    count: own.filter(({ state, settledAt, promisedAt }) => state === 'settled' && settledAt! <= promisedAt).length,
    of: own.length,
  };
}
