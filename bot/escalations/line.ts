import type { Charter } from '../charter/charter.ts';
import { inBothPlaces } from '../charter/readable.ts';
import type { Side } from '../contract/sides.ts';
import { plain } from '../posts/parts.ts';
import type { Escalation } from './escalation.ts';
import { levelEndsAt } from './rules.ts';

/** The side that has to say something now. */
export const turnOf = (e: Escalation): Side => (e.state === 'resolved' ? e.askingSide : e.askedSide);

/** An open one in a line: what happened, who has it, until when. */
export function lineOf(e: Escalation, charter: Charter): string {
  const asked = charter.sides[e.askedSide].name;
  const ends = e.state === 'taken' ? e.nextUpdateAt : levelEndsAt(e);
  const state =
    e.state === 'taken'
      ? `${asked} took it`
      : e.state === 'resolved'
        ? `resolved; ${charter.sides[e.askingSide].name} is to confirm`
        : e.spentAt
          ? 'nobody has taken it'
          : `${asked} is asked at level ${e.level + 1}`;
  const by = ends ? `, ${e.state === 'taken' ? 'next update by' : 'until'} ${inBothPlaces(charter, ends, e.askedSide)}` : '';
  return `${e.critical ? 'Critical: ' : ''}${plain(e.request.what, 80)}: ${state}${by}`;
}
