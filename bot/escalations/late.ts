import type { DeadlineHandler, JournalEvent, Ports } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { compiled, currentCharter } from '../charter/index.ts';
import { otherSide } from '../contract/sides.ts';
import { setDeadline } from '../deadlines/index.ts';
import { appendEvents } from '../journal/index.ts';
import { eventsByRules } from '../matters/index.ts';
import { worldNow } from '../people/index.ts';
import { handsOf, inHandsOf, obligationById, ownerOf, type StoredObligation } from '../responses/index.ts';
import { lockSubject } from '../store/lock.ts';
import { add } from '../worktime/index.ts';
import { keep, subjectOf } from './keep.ts';
import { askFrom, ended } from './rules.ts';
import { fresh } from './say.ts';
import { escalationById, escalationOfNotice, escalationsAbout } from './store.ts';

/** Nothing climbs from a late answer, unless the charter says after how long (`help by itself after`). */
const LATE = 'escalation.late';

function helpAt(o: StoredObligation, charter: AgreedCharter): Date | null {
  const after = charter.helpAfter;
  if (!after || !o.pastDueAt || o.state !== 'open' || o.verdict.answer !== 'expected' || o.history) return null;
  // a standing date moved the time after it was past
  const from = new Date(Math.max(o.dueAt.getTime(), o.pastDueAt.getTime()));
  return after.elapsed
    ? new Date(from.getTime() + after.seconds * 1000)
    : add(compiled(charter.sides[o.debtor].calendar), from, after.seconds);
}

/** *obligation.pastDue*: from now on it counts how long. */
export const whenPast = ({ subject }: JournalEvent, { transaction, clock }: Ports): Promise<void> =>
  transaction(async (tx) => {
    const o = await obligationById(tx, subject.id);
    const at = o && helpAt(o, await currentCharter(tx, o.partnershipId, clock.now()));
    if (at) await setDeadline(tx, { kind: LATE, subject, at });
  });

export const lateDeadlines: Readonly<Record<string, DeadlineHandler>> = {
  [LATE]: {
    async run({ subject }, { tx, now }) {
      const o = await obligationById(tx, subject.id);
      if (!o) return;
      const world = await worldNow(tx, o.partnershipId, now);
      const at = world.charter.acknowledgedAt ? helpAt(o, world.charter) : null;
      if (!at || (await escalationsAbout(tx, o.id)).length) return;
      if (at > now) return setDeadline(tx, { kind: LATE, subject, at });
      const hands = await handsOf(tx, o.partnershipId, now);
      const by = inHandsOf(hands, world.charter, o.asker) ?? ownerOf(hands, otherSide(o.debtor));
      if (!by || by.side === o.debtor) return;
      const request = {
        what: 'A mail has no answer past the agreed time',
        why: 'Both sides agreed that help is asked for then',
        wanted: 'An answer, or a date for it',
        doneWhen: 'The mail is answered',
      };
      const e = fresh(
        world.charter,
        { contactId: by.id, side: by.side },
        { request, critical: false, obligationId: o.id, byItself: true },
        now,
      );
      const step = askFrom(e, world, 0, now);
      if (!step.e.calls.length) return; // nobody is there to be asked
      await lockSubject(tx, subjectOf(e.id));
      await appendEvents(tx, eventsByRules('escalation', e, [{ kind: 'byItself', data: { obligationId: o.id } }], now));
      await keep(tx, null, step, now);
    },
  },
};

/** *obligation.ended*: what had climbed by itself comes down with it. */
export const whenAnswered = ({ subject }: JournalEvent, { transaction, clock }: Ports): Promise<void> =>
  transaction(async (tx) => {
    for (const { id } of await escalationsAbout(tx, subject.id)) {
      await lockSubject(tx, subjectOf(id));
      const e = await escalationById(tx, id);
      if (e?.byItself && e.state !== 'closed') await keep(tx, e, ended(e, 'withdrawn', clock.now()), clock.now());
    }
  });

/** *approval.ended*: what became of a fix that went ahead unless somebody objected. */
export const whenDecided = ({ subject, partnershipId, data }: JournalEvent, { transaction, clock }: Ports): Promise<void> =>
  transaction(async (tx) => {
    const found = partnershipId ? await escalationOfNotice(tx, partnershipId, subject.id) : undefined;
    if (!found) return;
    await lockSubject(tx, subjectOf(found.id));
    const e = await escalationById(tx, found.id);
    if (e?.proposal?.noticeId !== subject.id || e.proposal.agreed !== null) return;
    const agreed = data.ending === 'silent' || data.ending === 'approved';
    await keep(tx, e, { e: { ...e, proposal: { ...e.proposal, agreed } }, told: [{ kind: 'fixDecided', data: { agreed } }] }, clock.now());
  });
