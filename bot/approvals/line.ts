import type { Charter } from '../charter/charter.ts';
import { inBothPlaces } from '../charter/readable.ts';
import type { Side } from '../contract/sides.ts';
import { plain } from '../posts/parts.ts';
import type { Approval } from './approval.ts';
import { dueOf } from './rules.ts';

/** The side that has to say something now. */
export const turnOf = (a: Approval): Side => (a.state === 'unclear' ? a.askingSide : a.decidingSide);

/** An open one in a line: what is asked, whose turn it is, until when. */
export function lineOf(a: Approval, charter: Charter): string {
  const due = dueOf(a);
  const { name } = charter.sides[turnOf(a)];
  const by = due ? inBothPlaces(charter, due, a.decidingSide) : '';
  const state =
    a.state === 'unclear'
      ? `${name} is asked what is meant`
      : a.kind === 'notice'
        ? `goes ahead after ${by} unless ${name} objects`
        : a.pastDueAt
          ? `waiting for ${name}, past the agreed time`
          : `waiting for ${name}${by ? `, expected by ${by}` : ''}`;
  return `${plain(a.request.what, 80)}: ${state}`;
}
