import type { Capability, EventKind } from '../capability.ts';
import { doneByPeople, doneByRules } from '../matters/index.ts';

export const REFUSED = {
  'rhythm.not_found': { status: 404, message: 'This is not there, or you cannot see it.' },
  'rhythm.not_yours': { status: 403, message: 'This is for the other side to say.' },
  'rhythm.not_now': { status: 409, message: 'This does not fit any more. Here is how it stands now.' },
} as const satisfies Capability['refusals'];
export type RhythmRefusal = keyof typeof REFUSED;

/** The sentence after a press. */
export const SAID = {
  give: 'Recorded. Both sides see where it stands.',
  takeBack: 'Taken back. The update is expected as before.',
  putBack: 'Recorded. The update is expected as before.',
} as const;
export type RhythmVerb = keyof typeof SAID;

const PRESSED: Readonly<Record<RhythmVerb, string>> = {
  give: 'gave the update.',
  takeBack: 'took the update back.',
  putBack: 'said that what came is not the update.',
};

export const events: Readonly<Record<string, EventKind>> = {
  ...doneByPeople('rhythm', PRESSED),
  ...doneByRules('rhythm', {
    opened: 'The update is expected.',
    mail: 'The update came by mail.',
    pastDue: 'The agreed time is past.',
    notGiven: 'It was not given: the next one is expected.',
    moved: 'A working calendar was corrected: it is expected at another time.',
  }),
};
