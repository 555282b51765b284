import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Access, type Capability, isActor, type Ports } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { ReviewsView, ReviewView } from '../contract/review.ts';
import { toInstant } from '../contract/sides.ts';
import { Refusal } from '../errors.ts';
import { journalCursor } from '../journal/index.ts';
import { mayLook, mayLookAt, subjectsOf } from '../people/index.ts';
import type { Tx } from '../store/database.ts';
import type { Review } from './review.ts';
import { heldSince, reviewsSince } from './store.ts';
import { reviewView, reviewViews } from './view.ts';

const ById = z.object({ id: z.guid() });
const DAY_MS = 86_400_000;
/** Those held so long ago are shown, the latest first. */
const HELD_DAYS = 100;
const MOST_HELD = 8;

/** The next date of each review, in the charter's order: the one that runs, else the first to come, else that it is missing. */
export async function nextOfEach(tx: Tx, partnershipId: string, now: Date): Promise<Review[]> {
  const charter = await currentCharter(tx, partnershipId, now);
  const dates = (await reviewsSince(tx, partnershipId, new Date(now.getTime() - DAY_MS))).filter(({ state }) =>
    ['missing', 'planned', 'prepared', 'running'].includes(state),
  );
  return charter.reviews.flatMap(({ name }) => dates.find((review) => review.name === name) ?? []);
}

/** All reviews of a partnership as one viewer may see them, as a list shows them. */
export async function reviewsView(tx: Tx, capabilities: readonly Capability[], viewer: Access, now: Date): Promise<ReviewsView> {
  const { partnershipId } = viewer;
  const cursor = await journalCursor(tx);
  const next = await nextOfEach(tx, partnershipId, now);
  const held = await heldSince(tx, partnershipId, new Date(now.getTime() - HELD_DAYS * DAY_MS), MOST_HELD);
  const views = await reviewViews(tx, capabilities, [...next, ...held], viewer, now);
  return {
    now: toInstant(now),
    cursor,
    partnershipId,
    yourSide: isActor(viewer) ? viewer.side : 'client',
    looksAs: isActor(viewer) ? null : viewer.as,
    next: views.slice(0, next.length),
    held: views.slice(next.length),
  };
}

/** What the tab shows of reviews. */
export const reviewRoutes =
  (capabilities: readonly Capability[]) =>
  (ports: Ports): FastifyPluginAsyncZod =>
  async (app) => {
    const subjects = subjectsOf(capabilities);

    app.get('/partnerships/:id/reviews', { schema: { params: ById, response: { 200: ReviewsView } } }, (request) => {
      const access = mayLook(request.person, request.params.id, 'tab');
      return ports.transaction((tx) => reviewsView(tx, capabilities, access, ports.clock.now()));
    });

    app.get('/reviews/:id', { schema: { params: ById, response: { 200: ReviewView } } }, (request) =>
      ports.transaction(async (tx) => {
        const { id } = request.params;
        const access = await mayLookAt(tx, subjects, request.person, { kind: 'review', id }, 'tab');
        const view = await reviewView(tx, capabilities, id, access, ports.clock.now());
        if (!view) throw new Refusal('subject.not_found');
        return view;
      }),
    );
  };
