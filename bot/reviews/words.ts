import type { Capability, EventKind } from '../capability.ts';
import { doneByPeople, doneByRules } from '../matters/index.ts';

export const REFUSED = {
  'review.not_found': { status: 404, message: 'This is not there, or you cannot see it.' },
  'review.not_yours': { status: 403, message: 'The other side agrees to the minutes, not the one that prepared them.' },
  'review.begun': {
    status: 409,
    message: 'It has begun: an item can still be added, all else on its agenda stays. Here is how it stands.',
  },
  'review.not_now': { status: 409, message: 'This does not fit any more. Here is how it stands now.' },
  'review.changed': { status: 409, message: 'Somebody said something about this while you looked at it. Here is how it stands now.' },
  'review.no_item': { status: 409, message: 'This is not on the agenda any more. Here is how it stands now.' },
  'review.full': { status: 409, message: 'There is more on this agenda than can be spoken of. Please drop something first.' },
} as const satisfies Capability['refusals'];
export type ReviewRefusal = keyof typeof REFUSED;

/** The sentence after a press. */
export const SAID = {
  add: 'Recorded. It stands on the agenda for both sides.',
  up: 'Moved up.',
  down: 'Moved down.',
  drop: 'Dropped. Both sides see why.',
  putBack: 'It stands on the agenda again.',
  discussed: 'Recorded.',
  decide: 'Recorded. Both sides see the decision.',
  carry: 'Recorded. It goes on the next agenda.',
  action: 'Recorded. It comes back on each agenda until it is done.',
  complete: 'Recorded. What is undone goes on the next agenda.',
  acknowledge: 'Recorded. Both sides have the same minutes now.',
} as const;
export type ReviewVerb = keyof typeof SAID;

const PRESSED: Readonly<Record<ReviewVerb, string>> = {
  add: 'added an item.',
  up: 'moved an item up.',
  down: 'moved an item down.',
  drop: 'dropped an item.',
  putBack: 'put an item back.',
  discussed: 'marked an item as discussed.',
  decide: 'noted a decision.',
  carry: 'left an item for the next agenda.',
  action: 'noted an action.',
  complete: 'said that this is all.',
  acknowledge: 'agreed to the minutes.',
};

const TIMES = [
  '',
  'The agenda was prepared.',
  'The agenda was prepared anew, the day before.',
  'The agenda was prepared anew, as it begins.',
];

export const events: Readonly<Record<string, EventKind>> = {
  ...doneByPeople('review', PRESSED),
  ...doneByRules('review', {
    found: 'It was found in the calendar.',
    missing: 'No date was found in the calendars.',
    moved: 'It was moved in the calendar.',
    cancelled: 'It was cancelled in the calendar.',
    back: 'It stands in the calendar again.',
    prepared: ({ time }) => TIMES[Number(time)] || 'The agenda was prepared.',
    begun: 'It began.',
    ended: 'It was over.',
    minutes: 'The minutes went out.',
    closed: 'It was closed.',
  }),
};
