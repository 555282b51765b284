import type { AgendaCandidate, Capability } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { briefOf } from '../matters/index.ts';
import { weightOf } from '../weight.ts';
import type { Approval } from './approval.ts';
import { lineOf, turnOf } from './line.ts';
import { inTurn } from './rules.ts';
import { openApprovals, weightiestOpen } from './store.ts';

/** Decisions that are wanted: those past the agreed time first, then the oldest. A notice goes ahead by itself and is no item. */
export const agenda: NonNullable<Capability['agenda']> = async (tx, partnershipId, { to }, most) => {
  const charter = await currentCharter(tx, partnershipId, to);
  const { list, all } = await weightiestOpen(tx, partnershipId, most);
  const candidates = list.map(
    (a): AgendaCandidate => ({
      subject: { kind: 'approval', id: a.id },
      section: 'decision',
      text: lineOf(a, charter),
      side: turnOf(a),
      contactId: whoseTurn(a),
      wish: 'decide',
      weight: weightOf(a.openedAt, to, a.pastDueAt !== null),
    }),
  );
  return { candidates, more: all - list.length };
};

function whoseTurn(a: Approval): string | null {
  if (a.state === 'unclear') return a.by;
  const seats = inTurn(a);
  return seats.length === 1 ? (seats[0]!.by ?? seats[0]!.agreed) : null;
}

/** Every open one, notices too. */
export const brief: NonNullable<Capability['brief']> = async (tx, partnershipId, _viewer, now, only) => {
  const charter = await currentCharter(tx, partnershipId, now);
  const open = (await openApprovals(tx, partnershipId)).filter((a) => !only || turnOf(a) === only);
  return briefOf(
    'Decisions',
    open.map((a) => ({ text: lineOf(a, charter), weight: weightOf(a.openedAt, now, a.pastDueAt !== null) })),
  );
};
