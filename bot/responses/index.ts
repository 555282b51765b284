import { z } from 'zod';
import type { Capability } from '../capability.ts';
import type { ObligationView } from '../contract/obligation.ts';
import { addJob } from '../jobs/index.ts';
import type { Tx } from '../store/database.ts';
import { agenda } from './agenda.ts';
import { briefSections } from './brief.ts';
import { obligationCard } from './card.ts';
import { peopleOn } from './concerns.ts';
import { figures } from './figures.ts';
import { hideNarrowed, hideShared } from './hide.ts';
import { placements } from './placements.ts';
import { lockFamily, refold } from './refold.ts';
import { actions } from './say.ts';
import { obligationById, openThreads } from './store.ts';
import { obligationView } from './view.ts';
import { events, REFUSED } from './words.ts';

export { orderOf } from './ask.ts';
export { pastLine, waitingLine } from './brief.ts';
export { type Hands, handsOf, inHandsOf, ownerOf, standInOf } from './hands.ts';
export { helpForm } from './help.ts';
export { historyLine } from './historyLine.ts';
export { placements, warned } from './placements.ts';
export { askedOf, countOpen, endedSince, obligationById, openObligations, type StoredObligation } from './store.ts';
export { reach } from './times.ts';
export { obligationView, obligationViews } from './view.ts';
export { namedContact } from './whose.ts';

/** Every open obligation of a partnership is looked at again, a thread a job: a calendar was corrected, or the charter agreed or amended. */
async function refoldOpen(tx: Tx, partnershipId: string): Promise<void> {
  for (const threadId of await openThreads(tx, partnershipId))
    await addJob(tx, 'responses.refold', { threadId, partnershipId }, { key: `refold:${partnershipId}:${threadId}` });
}

/** Who waits for whom, until when: the first capability of the house. */
export const responses: Capability = {
  name: 'responses',
  events,
  refusals: REFUSED,
  on: {
    async mail(tx, threads, now) {
      await refold(tx, threads, now);
      await hideShared(tx, threads);
    },
    async charter(tx, partnershipId) {
      await refoldOpen(tx, partnershipId);
      await hideNarrowed(tx, partnershipId);
    },
  },
  deadlines: {
    'obligation.next': {
      async lock({ id }, tx) {
        const o = await obligationById(tx, id);
        if (o) await lockFamily(tx, o.partnershipId, [o.threadId]);
      },
      async run({ subject }, { tx, now }) {
        const o = await obligationById(tx, subject.id);
        if (o) await refold(tx, [o], now);
      },
    },
  },
  subjects: { obligation: async (tx, id) => (await obligationById(tx, id))?.partnershipId ?? null },
  cards: {
    obligation: {
      placements,
      view: obligationView,
      card: (view: ObligationView) => obligationCard(view),
      concerns: peopleOn,
      page: ({ id }: ObligationView) => `obligation/${id}`,
    },
  },
  actions,
  jobs: {
    'responses.refold': {
      schema: z.object({ threadId: z.string(), partnershipId: z.string() }),
      run: ({ threadId, partnershipId }: { threadId: string; partnershipId: string }, { ports }) =>
        ports.transaction((tx) => refold(tx, [{ threadId, partnershipId }], ports.clock.now(), { anew: true })),
    },
  },
  brief: briefSections,
  agenda,
  figures,
};
