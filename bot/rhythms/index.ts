import type { Capability } from '../capability.ts';
import { matterCard } from '../posts/matterCard.ts';
import type { Db, Tx } from '../store/database.ts';
import { agenda, brief, figures } from './agenda.ts';
import { goOn, hearMail, lockRhythms, NEXT, PLAN, plan } from './course.ts';
import { placements } from './placements.ts';
import { actions } from './say.ts';
import { dateById, lastDates } from './store.ts';
import { rhythmView, rhythmViews } from './view.ts';
import { events, REFUSED } from './words.ts';

export { startRhythms } from './course.ts';

const partnershipOfDate = async (tx: Tx | Db, id: string): Promise<string | null> => (await dateById(tx, id))?.partnershipId ?? null;

/** Agreed updates: each date opens by itself, without any mail, and is given by a mail or a press, so that nobody has to chase for it. */
export const rhythms: Capability = {
  name: 'rhythms',
  events,
  refusals: REFUSED,
  on: { mail: hearMail, charter: plan },
  deadlines: {
    [NEXT]: {
      async lock({ id }, tx) {
        const d = await dateById(tx, id);
        if (d) await lockRhythms(tx, d.partnershipId);
      },
      async run({ subject }, { tx, now }) {
        const d = await dateById(tx, subject.id);
        if (d && d.nextId === null) await goOn(tx, d, now);
      },
    },
    [PLAN]: { run: ({ subject }, { tx, now }) => plan(tx, subject.id, now) },
  },
  subjects: { rhythm: partnershipOfDate },
  cards: { rhythm: { placements, view: rhythmView, card: matterCard } },
  actions,
  matters: {
    rhythm: {
      async list(tx, viewer, now) {
        const last = (await lastDates(tx, viewer.partnershipId)).filter(({ state }) => state !== 'planned');
        const views = await rhythmViews(tx, last, viewer, now);
        return {
          open: views.filter(({ open }) => open),
          ended: views
            .filter(({ open }) => !open)
            .reverse()
            .slice(0, 50),
        };
      },
      view: rhythmView,
      // nobody begins one: what was agreed does
      begin: async () => [],
    },
  },
  brief,
  agenda,
  figures,
};
