import { z } from 'zod';
import { type Capability, type CardJson, isActor, type Viewer } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import type { ReviewView } from '../contract/review.ts';
import { addJob } from '../jobs/index.ts';
import type { FreeBusyPort } from '../meetings/index.ts';
import { card, plain, textBlock } from '../posts/parts.ts';
import type { Db, Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { reviewsBrief } from './brief.ts';
import { missingCard, outcomeCard, reviewCard } from './card.ts';
import { findDates } from './find.ts';
import { askAnew, askOfMissing, FREE_BUSY, freeBusyJob } from './freeBusy.ts';
import { datesOf, FIND, keep, NEXT, subjectOf } from './keep.ts';
import { ended, look } from './look.ts';
import { missingPlacements, outcomePlacements, placements } from './placements.ts';
import { nextOfEach, reviewRoutes } from './routes.ts';
import { actionsOf } from './say.ts';
import { reviewById, runningAt } from './store.ts';
import { reviewView } from './view.ts';
import { events, REFUSED } from './words.ts';

/** Where the tab shows it. */
const page = ({ id }: ReviewView): string => `review/${id}`;

const FIND_JOB = 'reviews.find';
const findSoon = (tx: Tx, partnershipId: string): Promise<void> =>
  addJob(tx, FIND_JOB, { partnershipId }, { key: `${FIND_JOB}:${partnershipId}` });

const partnershipOfReview = async (tx: Tx | Db, id: string): Promise<string | null> => (await reviewById(tx, id))?.partnershipId ?? null;

/**
 * Reviews: their dates as the calendars have them, the agenda that is built from what is open, and what came of them. Built from all
 * capabilities, whose list is whole by the time it is read.
 * @param freeBusy - tells when people are taken; without it both working calendars alone say so
 */
export function reviews(capabilities: readonly Capability[], freeBusy: FreeBusyPort | null = null): Capability {
  // what came of it and that there is none are told without figures
  const told = (tx: Tx, id: string, viewer: Viewer, now: Date) => reviewView(tx, capabilities, id, viewer, now, 'withoutFigures');
  const view = (tx: Tx, id: string, viewer: Viewer, now: Date) => reviewView(tx, capabilities, id, viewer, now);
  const find = async (tx: Tx, partnershipId: string, now: Date): Promise<void> => {
    await findDates(tx, capabilities, partnershipId, now);
    if (freeBusy) await askOfMissing(tx, partnershipId);
  };
  const nextCard = async (tx: Tx, partnershipId: string, viewer: Viewer, now: Date): Promise<{ card: CardJson }> => {
    const dates = await nextOfEach(tx, partnershipId, now);
    const next = dates.filter(({ startAt }) => startAt).sort((a, b) => a.startAt!.getTime() - b.startAt!.getTime())[0];
    const seen = next && (await view(tx, next.id, viewer, now));
    if (seen) return { card: reviewCard(seen) };
    const missing = dates.map(({ name }) => `${plain(name, 120)}: no date was found in the calendars.`);
    return { card: card((missing.length ? missing : ['No review is planned.']).map((line) => textBlock(line))) };
  };
  return {
    name: 'reviews',
    events,
    refusals: REFUSED,
    on: {
      async meeting(tx, partnershipIds) {
        for (const id of partnershipIds) await findSoon(tx, id);
      },
      async charter(tx, partnershipId) {
        await findSoon(tx, partnershipId);
      },
      async meetingEnded(tx, joinUrl, at) {
        for (const { id } of await runningAt(tx, joinUrl)) {
          await lockSubject(tx, subjectOf(id));
          const review = await reviewById(tx, id);
          if (review?.state !== 'running' || at <= review.startAt!) continue;
          const charter = await currentCharter(tx, review.partnershipId, at);
          await keep(tx, charter, ended(review, at), [{ kind: 'ended', at }], at);
        }
      },
    },
    jobs: {
      [FIND_JOB]: {
        schema: z.object({ partnershipId: z.guid() }),
        run: ({ partnershipId }: { partnershipId: string }, { ports }) =>
          ports.transaction((tx) => find(tx, partnershipId, ports.clock.now())),
      },
      ...(freeBusy && { [FREE_BUSY]: freeBusyJob(freeBusy) }),
    },
    deadlines: {
      [NEXT]: { run: ({ subject }, { tx, now }) => look(tx, capabilities, subject.id, now) },
      [FIND]: {
        lock: ({ id }, tx) => lockSubject(tx, datesOf(id)),
        run: ({ subject }, { tx, now }) => find(tx, subject.id, now),
      },
    },
    subjects: { review: partnershipOfReview, reviewOutcome: partnershipOfReview, reviewMissing: partnershipOfReview },
    cards: {
      review: { placements, view, page, card: (seen: ReviewView) => reviewCard(seen) },
      reviewOutcome: { placements: outcomePlacements, view: told, page, card: (seen: ReviewView) => outcomeCard(seen) },
      reviewMissing: {
        placements: missingPlacements,
        // whom to book it with is for whoever prepares it
        view: async (tx, id, viewer, now) => {
          const seen = viewer === 'everyone' ? null : await told(tx, id, viewer, now);
          if (seen && freeBusy && isActor(viewer)) await askAnew(tx, id, now);
          return seen;
        },
        page,
        card: (seen: ReviewView) => missingCard(seen),
      },
    },
    actions: actionsOf(capabilities),
    commands: {
      agenda: {
        help: 'The agenda of the next review',
        run: ({ tx, actor, viewer, now }) => nextCard(tx, actor.partnershipId, viewer, now),
        forReader: ({ tx, reader, viewer, now }) => nextCard(tx, reader.partnershipId, viewer, now),
      },
    },
    routes: reviewRoutes(capabilities),
    brief: (tx, partnershipId, _viewer, now, side) => reviewsBrief(tx, partnershipId, now, side),
  };
}
