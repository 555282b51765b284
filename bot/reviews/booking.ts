import type { Actor } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { inBothPlaces } from '../charter/readable.ts';
import type { ActionView } from '../contract/obligation.ts';
import { SIDES } from '../contract/sides.ts';
import { linkTo } from '../form.ts';
import { copiesBetween } from '../meetings/index.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';
import { planOfReview, preparer } from './keep.ts';
import { offeredUntil, slots, takenUntil } from './missing.ts';
import type { Review } from './review.ts';

/**
 * Times in which both sides work, for a review without a date: for everyone in words, for whoever prepares it as links that open a new meeting
 * in Teams. Nothing is booked by itself. Meetings that are known are left out, and what was told of the time of those who are needed.
 */
export async function booking(
  tx: Tx,
  charter: AgreedCharter,
  review: Review,
  me: Actor | null,
  now: Date,
): Promise<{ readonly notes: string[]; readonly actions: ActionView[] }> {
  const plan = planOfReview(charter, review);
  if (!plan) return { notes: [], actions: [] };
  const until = offeredUntil(review.dueBy, now);
  const meetings = (await copiesBetween(tx, charter.partnershipId, now, takenUntil(review.dueBy, now, plan.minutes)))
    .filter(({ meeting }) => !meeting.cancelled)
    .map(({ meeting }) => ({ from: meeting.startAt, to: meeting.endAt }));
  const busy = [...meetings, ...(review.busy?.times ?? [])];
  const { client, provider } = charter.sides;
  const found = slots(plan, [compiled(client.calendar), compiled(provider.calendar)], client.calendar.work.zone, busy, now, until);
  const side = preparer(charter, plan)?.side ?? 'client';
  if (!found.length)
    return {
      notes: [`There is no time by then in which ${client.name} and ${provider.name} both work: please agree on one.`],
      actions: [],
    };
  const times = found.map(({ from }) => inBothPlaces(charter, from, side));
  const notes = [`Both sides work then: ${times.join('; ')}.`];
  if (!me) return { notes, actions: [] };
  const owners = SIDES.flatMap((each) => charter.sides[each].contacts.filter(({ owner }) => owner)).filter(({ id }) => id !== me.contactId);
  const title = plan.invitation?.replaceAll('*', '').trim() || plan.name;
  return {
    notes,
    actions: found.map(({ from, to }, index) => {
      const query = new URLSearchParams({
        subject: visible(title, 120),
        startTime: from.toISOString(),
        endTime: to.toISOString(),
      });
      // no address stands on a card: it stays in Teams when a person is erased
      if (me.through !== 'card') query.set('attendees', owners.flatMap(({ addresses }) => addresses.slice(0, 1)).join(','));
      return linkTo(`Book ${times[index]!.split(' (')[0]}`, `https://teams.microsoft.com/l/meeting/new?${query}`, {
        hint: 'Opens a new meeting in Teams. Nothing is sent by itself.',
      });
    }),
  };
}
