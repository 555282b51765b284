import { sql } from 'kysely';
import type { AgendaCandidate, Capability, Period } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { SIDES } from '../contract/sides.ts';
import { clearlyLower, type Share } from '../statistics.ts';
import type { Db, Tx } from '../store/database.ts';
import { weightOf } from '../weight.ts';
import { pastLine } from './brief.ts';
import { answersOf } from './counted.ts';
import { countedWaits } from './counting.ts';
import { type Hands, handsOf, inHandsOf } from './hands.ts';
import { type ObligationRow, type StoredObligation, stored } from './store.ts';

/** A share is spoken of when it was taken from so many, in both periods, and fell by so many points at least. */
const LEAST_COUNTED = 10;
const LEAST_FALL = 0.1;

/** What both sides have to speak about of their mail: what is past the agreed time, and a share that fell. */
export const agenda: NonNullable<Capability['agenda']> = async (tx, partnershipId, period, most) => {
  const hands = await handsOf(tx, partnershipId, period.to);
  const charter = await currentCharter(tx, partnershipId, period.to);
  const { list, all } = await pastDue(tx, partnershipId, period.to, most);
  const late = list.map((o) => candidateOf(o, charter, hands, period.to));
  return { candidates: [...late, ...(await fallen(tx, charter, period))], more: all - list.length };
};

/** Past the agreed time now, with a card for everyone: the urgent ones first (`high` sorts before `normal`), then those that wait longest. */
async function pastDue(tx: Tx | Db, partnershipId: string, now: Date, most: number): Promise<{ list: StoredObligation[]; all: number }> {
  const { rows } = await sql<ObligationRow & { whole: number }>`
    with past as (
      select id, priority, due_at from obligation where partnership_id = ${partnershipId} and state = 'open' and alert_at <= ${now}),
    first as (select id from past order by priority, due_at, id limit ${most})
    select obligation.*, (select count(*) from past)::int as whole
    from first join obligation using (id) order by obligation.priority, obligation.due_at, obligation.id`.execute(tx);
  return { list: rows.map(stored), all: rows[0]?.whole ?? 0 };
}

function candidateOf(o: StoredObligation, charter: AgreedCharter, hands: Hands, now: Date): AgendaCandidate {
  const asked = new Set(o.asked.flatMap((address) => inHandsOf(hands, charter, address)?.id ?? []));
  const [contactId] = asked;
  return {
    subject: { kind: 'obligation', id: o.id },
    section: 'pastDue',
    text: pastLine(o, charter),
    side: o.debtor,
    contactId: asked.size === 1 ? (contactId ?? null) : null,
    wish: 'discuss',
    weight: weightOf(o.dueAt, now, o.priority === 'high'),
  };
}

/** A side whose share in time is clearly worse than in the period of the same length before. */
async function fallen(tx: Tx, charter: AgreedCharter, period: Period): Promise<AgendaCandidate[]> {
  const before = { from: new Date(2 * period.from.getTime() - period.to.getTime()), to: period.from };
  const waits = await countedWaits(tx, charter.partnershipId, period, false);
  const earlier = await countedWaits(tx, charter.partnershipId, before, false);
  return SIDES.flatMap((side): AgendaCandidate[] => {
    const [now, then] = [answersOf(waits, side).inTime, answersOf(earlier, side).inTime];
    if (!hasFallen(now, then)) return [];
    return [
      {
        subject: { kind: 'figure', id: `${charter.partnershipId}/responses.inTime/${side}` },
        section: 'figure',
        text: `${charter.sides[side].name} answered ${percent(now)} in the agreed time, after ${percent(then)} in the period before.`,
        side,
        contactId: null,
        wish: 'discuss',
        weight: 100 * (then.count / then.of - now.count / now.of),
      },
    ];
  });
}

/** Enough was counted, the fall is no trifle, and more than chance would make it. */
export const hasFallen = (now: Share, before: Share): boolean =>
  Math.min(now.of, before.of) >= LEAST_COUNTED && before.count / before.of - now.count / now.of >= LEAST_FALL && clearlyLower(now, before);

const percent = ({ count, of }: Share): string => `${count} of ${of} (${Math.round((100 * count) / of)} %)`;
