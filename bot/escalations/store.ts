import { type Insertable, type Selectable, sql } from 'kysely';
import { otherSide, type Side } from '../contract/sides.ts';
import { endedSince } from '../matters/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { dateIn, saveRows } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import type { Escalation } from './escalation.ts';

interface EscalationTable {
  id: string;
  partnershipId: string;
  charterVersion: number;
  askingSide: Side;
  byContactId: string;
  state: Escalation['state'];
  ending: Escalation['ending'];
  critical: boolean;
  what: string;
  why: string;
  wanted: string;
  doneWhen: string;
  evidence: string;
  obligationId: string | null;
  openedAt: Date;
  endedAt: Date | null;
  revision: number;
  facts: unknown;
}
declare module '../store/database.ts' {
  interface Database {
    escalation: EscalationTable;
  }
}

/** Everything that has no column: the pathway as agreed, and where it stands. Ids, numbers and times. */
type Facts = Omit<Escalation, keyof EscalationTable | 'askedSide' | 'by' | 'request'>;

function factsOf(value: unknown): Facts {
  const facts = value as Facts;
  return {
    ...facts,
    byItself: facts.byItself ?? false,
    tree: facts.tree ?? null,
    proposal: facts.proposal && { ...facts.proposal, noticeId: facts.proposal.noticeId ?? null },
    calls: facts.calls.map((call) => ({
      ...call,
      askedAt: dateIn(call.askedAt)!,
      tellAt: dateIn(call.tellAt)!,
      endsAt: dateIn(call.endsAt)!,
      sentAt: dateIn(call.sentAt),
    })),
    spentAt: dateIn(facts.spentAt),
    nextUpdateAt: dateIn(facts.nextUpdateAt),
    closesAt: dateIn(facts.closesAt),
  };
}

function read(row: Selectable<EscalationTable>): Escalation {
  const { byContactId: by, what, why, wanted, doneWhen, facts, ...rest } = row;
  return { ...rest, ...factsOf(facts), by, askedSide: otherSide(rest.askingSide), request: { what, why, wanted, doneWhen } };
}

function rowOf(e: Escalation): Insertable<EscalationTable> {
  const { id, partnershipId, charterVersion, askingSide, askedSide: _other, by, state, ending, critical, request, evidence, ...more } = e;
  const { obligationId, openedAt, endedAt, revision, ...facts } = more;
  return {
    id,
    partnershipId,
    charterVersion,
    askingSide,
    byContactId: by,
    state,
    ending,
    critical,
    ...request,
    evidence,
    obligationId,
    openedAt,
    endedAt,
    revision,
    facts: JSON.stringify(facts satisfies Facts),
  };
}

/** Writes rows whole. */
export const saveEscalations = (tx: Tx, list: readonly Escalation[]): Promise<void> => saveRows(tx, 'escalation', list.map(rowOf));

export const escalationsById = async (tx: Tx, ids: readonly string[]): Promise<Escalation[]> =>
  (
    await tx
      .selectFrom('escalation')
      .selectAll()
      .where('id', 'in', [...ids])
      .orderBy('id')
      .execute()
  ).map(read);

/** @param id - may be hostile text, which finds nothing */
export async function escalationById(tx: Tx | Db, id: string): Promise<Escalation | undefined> {
  const row = isUuid(id) ? await tx.selectFrom('escalation').selectAll().where('id', '=', id).executeTakeFirst() : undefined;
  return row && read(row);
}

/** Not ended, critical ones first, then the oldest; at most 200. */
export const openEscalations = async (tx: Tx | Db, partnershipId: string): Promise<Escalation[]> =>
  (
    await tx
      .selectFrom('escalation')
      .selectAll()
      .where('partnershipId', '=', partnershipId)
      .where('state', '<>', 'closed')
      .orderBy('critical', 'desc')
      .orderBy('openedAt')
      .orderBy('id')
      .limit(200)
      .execute()
  ).map(read);

/** Open ones that both sides know of: what nobody took first, then the critical and the oldest; and how many there are. */
export async function weightiestOpen(tx: Tx | Db, partnershipId: string, most: number): Promise<{ list: Escalation[]; all: number }> {
  const { rows } = await sql<Selectable<EscalationTable> & { whole: number }>`
    select *, count(*) over ()::int as whole from escalation
    where partnership_id = ${partnershipId} and state in ('asking', 'taken', 'resolved')
    order by (state = 'asking' and facts->>'spentAt' is not null) desc, critical desc, opened_at, id limit ${most}`.execute(tx);
  return { list: rows.map(read), all: rows[0]?.whole ?? 0 };
}

/** Ended since an instant, latest first; at most 50. */
export const endedEscalations = async (tx: Tx | Db, partnershipId: string, since: Date): Promise<Escalation[]> =>
  (await endedSince(tx, 'escalation', partnershipId, since)).map(read);

/** Crises of a partnership that have not ended, by id. */
export const openCrises = async (tx: Tx | Db, partnershipId: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id from escalation where partnership_id = ${partnershipId} and state <> 'closed' and (facts->>'updateEverySeconds') is not null
    order by id`.execute(tx);
  return rows.map(({ id }) => id);
};

/** Those that a wait led to, ended or not. */
export const escalationsAbout = async (tx: Tx | Db, obligationId: string): Promise<Escalation[]> =>
  (await tx.selectFrom('escalation').selectAll().where('obligationId', '=', obligationId).orderBy('id').execute()).map(read);

/** Of the open ones that whose proposed fix a notice is. */
export const escalationOfNotice = async (tx: Tx | Db, partnershipId: string, noticeId: string): Promise<Escalation | undefined> =>
  (await openEscalations(tx, partnershipId)).find(({ proposal }) => proposal?.noticeId === noticeId);
