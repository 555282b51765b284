import { sql } from 'kysely';
import type { Figure, Period } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { countFigure } from '../figure.ts';
import type { Tx } from '../store/database.ts';

/**
 * How often help was asked for in a period, and how high it went until the end of it: counts of the partnership, of no side. Asking for help is
 * neither good nor bad; how seldom it has to climb is.
 */
export async function figures(tx: Tx, partnershipId: string, { from, to }: Period): Promise<Figure[]> {
  const { pathway } = await currentCharter(tx, partnershipId, to);
  const { rows } = await sql<{ level: number; times: number }>`
    select level, count(*)::int as times
    from (
      select min(at) as first_at, max((data->>'level')::int) as level
      from journal where partnership_id = ${partnershipId} and kind = 'escalation.asked' and at < ${to}
      group by subject_id) as asked
    where first_at >= ${from}
    group by level`.execute(tx);
  const highest = Math.max(pathway.length, ...rows.map(({ level }) => level));
  const whole = rows.reduce((sum, { times }) => sum + times, 0);
  const about = (key: string, label: string) => ({ key: `escalations.${key}`, label, side: null });
  return [
    countFigure(about('asked', 'Help asked for'), whole),
    ...Array.from({ length: highest }, (_, index) => {
      const level = index + 1;
      const label = level === 1 ? 'Of these, taken or open at level 1' : `Of these, gone up to level ${level}`;
      return countFigure(about(`level${level}`, label), rows.find((row) => row.level === level)?.times ?? 0, level === 1 ? null : 'less');
    }),
  ];
}
