import { sql } from 'kysely';
import type { Period } from '../capability.ts';
import type { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import type { CountedWaits, GivenDate } from './counted.ts';

/**
 * Waits with a verdict of *expected* whose agreed time falls into a period, history among them, as they stood at the end of it.
 * @param values - how long each took is wanted too
 */
export async function countedWaits(tx: Tx | Db, partnershipId: string, { from, to }: Period, values: boolean): Promise<CountedWaits[]> {
  const each = (seconds: ReturnType<typeof sql>) => (values ? sql`json_agg(${seconds}) filter (where state = 'settled')` : sql`null`);
  const { rows } = await sql<CountedWaits>`
    select debtor, state, ending, in_time, by_end, doubt, count(*)::int as times,
      ${each(sql`worked_seconds`)} as worked, ${each(sql`round(extract(epoch from settled_at - opened_at))::int`)} as elapsed
    from (
      select debtor, state, ending, opened_at, settled_at, worked_seconds,
        case when state <> 'open' then settled_at <= agreed_at end as in_time,
        case when state <> 'open' then settled_at <= ${to} end as by_end,
        -- held, or its time rests; of what nobody was told (history) nothing is open to doubt
        state = 'open' and case when alert_at is null then not coalesce((facts->>'history')::boolean, false)
          else due_at <= ${to} and alert_at > ${to} end as doubt
      from obligation
      where partnership_id = ${partnershipId} and verdict = 'expected' and agreed_at >= ${from} and agreed_at < ${to}) as wait
    group by debtor, state, ending, in_time, by_end, doubt`.execute(tx);
  return rows;
}

/** How often each conversation with an answer in it went back and forth until its last one, of the waits whose agreed time falls into a period. */
export async function turnsOf(tx: Tx | Db, partnershipId: string, { from, to }: Period): Promise<number[]> {
  const { rows } = await sql<{ turns: number[] | null }>`
    select json_agg(turns) as turns from (
      select max(turns) as turns from obligation
      where partnership_id = ${partnershipId} and verdict = 'expected' and agreed_at >= ${from} and agreed_at < ${to}
        and state = 'settled' and settled_at <= ${to}
      group by thread_id) as conversation`.execute(tx);
  return rows[0]?.turns ?? [];
}

/** Dates that stood and whose day ended in a period. */
export async function givenDates(tx: Tx | Db, partnershipId: string, { from, to }: Period): Promise<GivenDate[]> {
  const { rows } = await sql<GivenDate>`
    select debtor, state, ending, settled_at, promised_at from (
      select debtor, state, ending, settled_at, (facts->'promise'->>'at')::timestamptz as promised_at
      from obligation where partnership_id = ${partnershipId} and facts ? 'promise') as given
    where promised_at >= ${from} and promised_at < ${to}`.execute(tx);
  return rows;
}

/** How often the other side still waited for something after an answer of this side, as it said itself; what was taken back is not counted. */
export async function stillWaited(tx: Tx | Db, partnershipId: string, { from, to }: Period): Promise<ReadonlyMap<Side, number>> {
  const { rows } = await sql<{ debtor: Side; times: number }>`
    select said.data->>'debtor' as debtor, count(*)::int as times
    from journal as said
    cross join lateral (
      select kind from journal as before
      where before.subject_kind = 'obligation' and before.subject_id = said.subject_id and before.seq < said.seq
        and before.kind in ('obligation.opened', 'obligation.ended', 'obligation.reopened')
      order by before.seq desc limit 1) as last
    where said.partnership_id = ${partnershipId} and said.kind = 'obligation.stillWaiting' and said.at >= ${from} and said.at < ${to}
      and last.kind = 'obligation.ended'
      and not exists (
        select from journal as undone
        where undone.subject_kind = 'obligation' and undone.subject_id = said.subject_id and undone.kind = 'obligation.undone'
          and undone.data->>'eventId' = said.id::text)
    group by debtor`.execute(tx);
  return new Map(rows.map(({ debtor, times }) => [debtor, times]));
}

/** Questions that ended in a period because no answer was needed: set aside by the side asked, or needed no more by the side that asked. */
export async function notNeeded(tx: Tx | Db, partnershipId: string, { from, to }: Period) {
  const { rows } = await sql<{ debtor: Side; ending: string; times: number }>`
    select debtor, ending, count(*)::int as times
    from obligation -- "not open" names the index
    where partnership_id = ${partnershipId} and state <> 'open' and state = 'waived' and verdict = 'expected'
      and settled_at >= ${from} and settled_at < ${to}
    group by debtor, ending`.execute(tx);
  return (debtor: Side, setAside: boolean): number =>
    rows.filter((row) => row.debtor === debtor && (row.ending === 'setAside') === setAside).reduce((sum, { times }) => sum + times, 0);
}
