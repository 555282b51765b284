import { sql } from 'kysely';
import type { Figure, Period } from '../capability.ts';
import { otherSide, SIDES, type Side } from '../contract/sides.ts';
import { countFigure, shareFigure } from '../figure.ts';
import type { Tx } from '../store/database.ts';

/**
 * How quickly each side decided in a period. A decision counts where it was taken, or where its agreed time passed before: late is late, however
 * it ended, and what was taken back in time is not counted. What passed after the period is not seen.
 */
export async function figures(tx: Tx, partnershipId: string, { from, to }: Period): Promise<Figure[]> {
  const { rows } = await sql<{ askingSide: Side; late: number; whole: number }>`
    select asking_side, count(*) filter (where late)::int as late, count(*)::int as whole
    from (
      select asking_side, least(passed_at, decided_at) as at, passed_at is not null and passed_at <= coalesce(decided_at, passed_at) as late
      from (
        select approval.asking_side, passed.at as passed_at,
          case when approval.ending in ('approved', 'declined') then approval.ended_at end as decided_at
        from approval
        left join lateral (
          select min(journal.at) as at from journal
          where journal.subject_kind = 'approval' and journal.subject_id = approval.id::text and journal.kind = 'approval.pastDue') as passed on true
        where approval.partnership_id = ${partnershipId} and approval.kind = 'decision'
          and (approval.state <> 'closed' or approval.ended_at >= ${from})) as each) as counted
    where at >= ${from} and at < ${to}
    group by asking_side`.execute(tx);
  return SIDES.flatMap((side) => {
    const { late = 0, whole = 0 } = rows.find(({ askingSide }) => askingSide === otherSide(side)) ?? {};
    const about = (key: string, label: string) => ({ key: `approvals.${key}`, label, side });
    return [
      shareFigure(about('inTime', 'Decided in the agreed time'), { count: whole - late, of: whole }),
      countFigure(about('late', 'Decisions past the agreed time'), late, 'less'),
    ];
  });
}
