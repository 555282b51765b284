import type { AgendaCandidate, Capability } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { briefOf } from '../matters/index.ts';
import { PRESSING, weightOf } from '../weight.ts';
import type { Escalation } from './escalation.ts';
import { lineOf, turnOf } from './line.ts';
import { openEscalations, weightiestOpen } from './store.ts';

/** Where help is asked for, also where everybody was asked and nobody took it: then the review is where it goes on. Worries stay within a side. */
export const agenda: NonNullable<Capability['agenda']> = async (tx, partnershipId, { to }, most) => {
  const charter = await currentCharter(tx, partnershipId, to);
  const { list, all } = await weightiestOpen(tx, partnershipId, most);
  const candidates = list.map(
    (e): AgendaCandidate => ({
      subject: { kind: 'escalation', id: e.id },
      section: 'escalation',
      text: lineOf(e, charter),
      side: turnOf(e),
      contactId: e.state === 'taken' ? e.holder : e.state === 'resolved' ? e.by : null,
      wish: 'discuss',
      weight: onAgenda(e, to),
    }),
  );
  return { candidates, more: all - list.length };
};

/** What nobody took comes first, then what is critical. */
const onAgenda = (e: Escalation, now: Date): number =>
  (e.state === 'asking' && e.spentAt ? 2 * PRESSING : 0) + weightOf(e.openedAt, now, e.critical);

/** Every open one that both sides know of, critical ones first. */
export const brief: NonNullable<Capability['brief']> = async (tx, partnershipId, _viewer, now, only) => {
  const charter = await currentCharter(tx, partnershipId, now);
  const open = (await openEscalations(tx, partnershipId)).filter((e) => e.state !== 'worry' && (!only || turnOf(e) === only));
  return briefOf(
    'Help is asked for',
    open.map((e) => ({ text: lineOf(e, charter), weight: weightOf(e.openedAt, now, e.critical) })),
  );
};
