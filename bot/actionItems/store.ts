import { type Insertable, type Selectable, sql } from 'kysely';
import type { Period } from '../capability.ts';
import type { Side } from '../contract/sides.ts';
import { endedSince } from '../matters/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { saveRows } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import type { ActionItem } from './actionItem.ts';

interface ActionItemTable {
  id: string;
  partnershipId: string;
  charterVersion: number;
  bySide: Side;
  byContactId: string;
  side: Side;
  holderContactId: string;
  what: string;
  doneWhen: string;
  sourceKind: string | null;
  sourceId: string | null;
  state: ActionItem['state'];
  ending: ActionItem['ending'];
  agreedAt: Date;
  dueAt: Date;
  pastDueAt: Date | null;
  openedAt: Date;
  endedAt: Date | null;
  revision: number;
  facts: unknown;
}
declare module '../store/database.ts' {
  interface Database {
    actionItem: ActionItemTable;
  }
}

/** Everything that has no column: days, who is told, another day that was asked for. Ids, numbers and times. */
type Facts = Pick<ActionItem, 'agreedOn' | 'dueOn' | 'moved' | 'proposal' | 'reminded' | 'asking' | 'calls' | 'toldIn'>;

function factsOf(value: unknown): Facts {
  const facts = value as Facts;
  return {
    ...facts,
    proposal: facts.proposal && { ...facts.proposal, at: new Date(facts.proposal.at) },
    calls: facts.calls.map((call) => ({ ...call, tellAt: new Date(call.tellAt) })),
  };
}

function read(row: Selectable<ActionItemTable>): ActionItem {
  const { byContactId: by, holderContactId: holder, sourceKind, sourceId, facts, ...rest } = row;
  return { ...factsOf(facts), ...rest, by, holder, source: sourceKind && sourceId ? { kind: sourceKind, id: sourceId } : null };
}

function rowOf(a: ActionItem): Insertable<ActionItemTable> {
  const { by, holder, source, agreedOn, dueOn, moved, proposal, reminded, asking, calls, toldIn, ...rest } = a;
  const facts: Facts = { agreedOn, dueOn, moved, proposal, reminded, asking, calls, toldIn };
  return {
    ...rest,
    byContactId: by,
    holderContactId: holder,
    sourceKind: source?.kind ?? null,
    sourceId: source?.id ?? null,
    facts: JSON.stringify(facts),
  };
}

export const saveActionItem = (tx: Tx, a: ActionItem): Promise<void> => saveRows(tx, 'actionItem', [rowOf(a)]);

/** @param id - may be hostile text, which finds nothing */
export async function actionItemById(tx: Tx | Db, id: string): Promise<ActionItem | undefined> {
  const row = isUuid(id) ? await tx.selectFrom('actionItem').selectAll().where('id', '=', id).executeTakeFirst() : undefined;
  return row && read(row);
}

/** Not ended, the one expected first in front; at most 200. */
export const openActionItems = async (tx: Tx | Db, partnershipId: string): Promise<ActionItem[]> =>
  (
    await tx
      .selectFrom('actionItem')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('state', '=', 'open')
      .orderBy('dueAt')
      .orderBy('id')
      .limit(200)
      .execute()
  ).map(read);

/** Ids of all that are not ended. */
export const openIds = async (tx: Tx, partnershipId: string): Promise<string[]> =>
  (
    await tx
      .selectFrom('actionItem')
      .select('id')
      .where('partnershipId', '=', partnershipId)
      .where('state', '=', 'open')
      .orderBy('id')
      .execute()
  ).map(({ id }) => id);

/** Ended since an instant, latest first; at most 50. */
export const endedActionItems = async (tx: Tx | Db, partnershipId: string, since: Date): Promise<ActionItem[]> =>
  (await endedSince(tx, 'actionItem', partnershipId, since)).map(read);

/** What was agreed in some reviews, in the order in which it was noted; at most 200 for each of them on average. */
export async function actionItemsOf(tx: Tx | Db, kind: string, ids: readonly string[]): Promise<ActionItem[]> {
  if (!ids.length) return [];
  const rows = await tx
    .selectFrom('actionItem')
    .selectAll()
    .where('sourceKind', '=', kind)
    .where('sourceId', '=', sql<string>`any(${[...ids]}::text[])`)
    .orderBy('openedAt')
    .orderBy('id')
    .limit(200 * ids.length)
    .execute();
  return rows.map(read);
}

/** How many are open, and how many of them are past their day. */
export async function countOpenItems(tx: Tx | Db, partnershipId: string): Promise<{ open: number; past: number }> {
  const { rows } = await sql<{ open: number; past: number }>`
    select count(*)::int as open, count(past_due_at)::int as past from action_item
    where partnership_id = ${partnershipId} and state = 'open'`.execute(tx);
  return rows[0]!;
}

/** By side: of those agreed for a day of a period, and not taken away, how many were done by it. */
export async function doneByTheirDay(
  tx: Tx | Db,
  partnershipId: string,
  { from, to }: Period,
): Promise<{ side: Side; all: number; inTime: number }[]> {
  const { rows } = await sql<{ side: Side; all: number; inTime: number }>`
    select side, count(*)::int as all, count(*) filter (where ending = 'done' and ended_at <= agreed_at)::int as in_time
    from action_item
    where partnership_id = ${partnershipId} and agreed_at >= ${from} and agreed_at < ${to} and ending is distinct from 'withdrawn'
    group by side order by side`.execute(tx);
  return rows;
}
