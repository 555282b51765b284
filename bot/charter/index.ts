import type { Capability, JournalEvent, Ports, Viewer } from '../capability.ts';
import type { CharterView } from '../contract/charter.ts';
import { requestPost } from '../posts/request.ts';
import type { Db, Tx } from '../store/database.ts';
import { isUuid } from '../store/uuid.ts';
import { actions } from './actions.ts';
import { charterCard } from './card.ts';
import { charterBrief, closureCard, closurePartnership, closureSubject, editIdsOf } from './closure.ts';
import { IN_FORCE, syncContacts } from './contacts.ts';
import { CHARTER_CHANGES, events, refusals } from './events.ts';
import { charterPlacements } from './placements.ts';
import { charterView } from './view.ts';

export { acknowledge, mayAcknowledge } from './acknowledge.ts';
export { agreementView } from './calendarView.ts';
export { compiled } from './compile.ts';
export { type CalendarEdit, confirmHolidays, editCalendar, siteClosed, undoCalendarEdits } from './edit.ts';
export { CHARTER_CHANGES } from './events.ts';
export { contactIdOf, partnershipIdOf } from './ids.ts';
export { charterJobs, readChartersSoon } from './jobs.ts';
export { contactBack, contactLeft } from './left.ts';
export { charterProblems, type LoadResult, loadCharters } from './load.ts';
export { CharterProblems, type Problem, problemText } from './problems.ts';
export { readCharter } from './read.ts';
export { activePartnerships, allVersions, charterAt, charters, currentCharter, currentCharters, latestCharter } from './versions.ts';
export { audienceLine, charterView } from './view.ts';
export { targetText } from './wallClock.ts';

/**
 * What both sides agreed, and their agreement to it.
 * @param followers - capabilities whose `on.charter` is told when a version was loaded or agreed on, or a calendar corrected: after the
 *   commit, each in a transaction of its own, at least once
 */
export const charterCapability = (followers: readonly Capability[]): Capability => ({
  name: 'charter',
  events,
  refusals,
  on: { installed: (tx, partnershipId) => requestPost(tx, { kind: 'charter', id: partnershipId }) },
  reactions: {
    'charter.agreed': (event, ports) => showAnew(event, ports),
    ...Object.fromEntries(
      CHARTER_CHANGES.map((kind) => [
        kind,
        async (event: JournalEvent, ports: Ports) => {
          await showAnew(event, ports);
          for (const { on } of followers) {
            if (on?.charter) await ports.transaction((tx) => on.charter!(tx, event.subject.id, ports.clock.now()));
          }
        },
      ]),
    ),
  },
  deadlines: {
    [IN_FORCE]: { run: ({ subject }, { tx, now }) => syncContacts(tx, subject.id, now) },
  },
  subjects: { charter: existing, closure: closurePartnership },
  cards: {
    charter: {
      placements: charterPlacements,
      view: charterView,
      card: (view: CharterView) => charterCard(view),
    },
    closure: closureCard,
  },
  actions,
  commands: {
    agreed: {
      help: 'What both sides agreed, and who agreed to it',
      run: ({ tx, now, actor, viewer }) => agreed(tx, actor.partnershipId, viewer, now),
      forReader: ({ tx, now, reader, viewer }) => agreed(tx, reader.partnershipId, viewer, now),
    },
  },
  brief: (tx, partnershipId, _viewer, now) => charterBrief(tx, partnershipId, now),
});

async function agreed(tx: Tx, partnershipId: string, viewer: Viewer, now: Date) {
  const view = await charterView(tx, partnershipId, viewer, now);
  return view ? { card: charterCard(view) } : { text: 'Nothing is agreed here yet.' };
}

async function existing(tx: Tx | Db, partnershipId: string): Promise<string | null> {
  if (!isUuid(partnershipId)) return null;
  const found = await tx.selectFrom('partnership').select('id').where('id', '=', partnershipId).executeTakeFirst();
  return found?.id ?? null;
}

/** The cards that show what an event changed. */
const showAnew = (event: JournalEvent, ports: Ports): Promise<void> =>
  ports.transaction(async (tx) => {
    await requestPost(tx, event.subject);
    const editIds = editIdsOf(event);
    if (editIds.length) await requestPost(tx, closureSubject(editIds));
  });
