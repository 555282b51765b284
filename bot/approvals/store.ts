import { type Insertable, type Selectable, sql } from 'kysely';
import { otherSide, type Side } from '../contract/sides.ts';
import { endedSince } from '../matters/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { dateIn, saveRows } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import type { Approval, Seat } from './approval.ts';
import { dueOf, TRUST } from './rules.ts';

interface ApprovalTable {
  id: string;
  partnershipId: string;
  charterVersion: number;
  kind: Approval['kind'];
  askingSide: Side;
  byContactId: string;
  scope: string;
  state: Approval['state'];
  ending: Approval['ending'];
  what: string;
  why: string;
  doneWhen: string;
  evidence: string;
  dueAt: Date | null;
  openedAt: Date;
  endedAt: Date | null;
  revision: number;
  facts: unknown;
}
declare module '../store/database.ts' {
  interface Database {
    approval: ApprovalTable;
  }
}

/** Everything that has no column: the scope as agreed, who decides, how far it is. Ids, numbers and times. */
type Facts = Pick<
  Approval,
  'scope' | 'seats' | 'asking' | 'firstAsking' | 'calls' | 'toldIn' | 'heard' | 'reminders' | 'notBefore' | 'unclear' | 'pastDueAt'
> & { readonly amount: number | null };

function factsOf(value: unknown): Facts {
  const facts = value as Facts;
  return {
    ...facts,
    seats: facts.seats.map(
      (seat): Seat => ({ ...seat, askedAt: dateIn(seat.askedAt), dueAt: dateIn(seat.dueAt), decidedAt: dateIn(seat.decidedAt) }),
    ),
    calls: facts.calls.map((call) => ({ ...call, tellAt: dateIn(call.tellAt)! })),
    heard: Object.fromEntries(Object.entries(facts.heard).map(([id, at]) => [id, dateIn(at)!])),
    notBefore: dateIn(facts.notBefore),
    unclear: facts.unclear && { ...facts.unclear, at: dateIn(facts.unclear.at)! },
    pastDueAt: dateIn(facts.pastDueAt),
  };
}

function read(row: Selectable<ApprovalTable>): Approval {
  const { byContactId: by, what, why, doneWhen, dueAt: _due, facts, ...rest } = row;
  const { amount, ...kept } = factsOf(facts);
  return { ...rest, ...kept, by, decidingSide: otherSide(rest.askingSide), request: { what, why, doneWhen, amount } };
}

function rowOf(a: Approval): Insertable<ApprovalTable> {
  const { by, decidingSide: _other, request, scope, seats, asking, firstAsking, calls, toldIn, heard, ...more } = a;
  const { reminders, notBefore, unclear, pastDueAt, ...rest } = more;
  const { amount, ...words } = request;
  const facts: Facts = { scope, seats, asking, firstAsking, calls, toldIn, heard, reminders, notBefore, unclear, pastDueAt, amount };
  return { ...rest, ...words, byContactId: by, scope: scope.scope, dueAt: dueOf(a), facts: JSON.stringify(facts) };
}

export const saveApproval = (tx: Tx, a: Approval): Promise<void> => saveRows(tx, 'approval', [rowOf(a)]);

/** @param id - may be hostile text, which finds nothing */
export async function approvalById(tx: Tx | Db, id: string): Promise<Approval | undefined> {
  const row = isUuid(id) ? await tx.selectFrom('approval').selectAll().where('id', '=', id).executeTakeFirst() : undefined;
  return row && read(row);
}

/** Not ended, the oldest first; at most 200. */
export const openApprovals = async (tx: Tx | Db, partnershipId: string): Promise<Approval[]> =>
  (
    await tx
      .selectFrom('approval')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('state', '<>', 'closed')
      .orderBy('openedAt')
      .orderBy('id')
      .limit(200)
      .execute()
  ).map(read);

/** Open decisions (no notices), those past their time first, then the oldest; and how many there are. */
export async function weightiestOpen(tx: Tx | Db, partnershipId: string, most: number): Promise<{ list: Approval[]; all: number }> {
  const { rows } = await sql<Selectable<ApprovalTable> & { whole: number }>`
    select *, count(*) over ()::int as whole from approval
    where partnership_id = ${partnershipId} and state <> 'closed' and kind = 'decision'
    order by facts->>'pastDueAt' is null, opened_at, id limit ${most}`.execute(tx);
  return { list: rows.map(read), all: rows[0]?.whole ?? 0 };
}

/** Ended since an instant, latest first; at most 50. */
export const endedApprovals = async (tx: Tx | Db, partnershipId: string, since: Date): Promise<Approval[]> =>
  (await endedSince(tx, 'approval', partnershipId, since)).map(read);

/** Scopes in which the last ten decisions were all approved; of two at one instant the no counts as the later. */
export async function trustedScopes(tx: Tx | Db, partnershipId: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ scope: string }>`
    select scope from (
      select scope, ending, row_number() over (partition by scope order by ended_at desc, ending desc, id) as place
      from approval
      where partnership_id = ${partnershipId} and state = 'closed' and kind = 'decision' and ending in ('approved', 'declined')) as last
    where place <= ${TRUST} group by scope having count(*) = ${TRUST} and bool_and(ending = 'approved')`.execute(tx);
  return new Set(rows.map(({ scope }) => scope));
}
