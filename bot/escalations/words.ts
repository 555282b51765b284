import type { Capability, EventKind, JournalEvent } from '../capability.ts';
import { doneByPeople, doneByRules, type Sentence } from '../matters/index.ts';

export const REFUSED = {
  'escalation.not_found': { status: 404, message: 'This is not there, or you cannot see it.' },
  'escalation.not_yours': { status: 403, message: 'This is for somebody else to say. The card names who is asked.' },
  'escalation.not_now': { status: 409, message: 'This does not fit any more. Here is how it stands now.' },
  'escalation.changed': { status: 409, message: 'This changed while you looked at it. Here is how it stands now.' },
  'escalation.bad_time': {
    status: 409,
    message: 'Please give a time from now on, within ten working days; in a crisis within its rhythm.',
  },
  'escalation.not_agreed': { status: 409, message: 'Both sides have to agree to the charter first. Until then nobody can be asked.' },
  'escalation.owner_only': { status: 403, message: 'Only a person who answers for a side can do this.' },
  'escalation.owner_says': { status: 409, message: 'You answer for your side: please ask the other side for help directly.' },
  'escalation.nobody': { status: 409, message: 'Nobody of the other side is named for this in what was agreed.' },
} as const satisfies Capability['refusals'];
export type EscalationRefusal = keyof typeof REFUSED;

/** The sentence after a press. */
export const SAID = {
  open: 'Recorded. The people who were agreed on are asked now, and the card in the channel shows how it goes on.',
  worry: 'Recorded. Only the person who answers for your side reads it.',
  crisis: 'Recorded. Everyone who was agreed on is asked at once, at any hour.',
  raise: 'Recorded. The other side is asked now.',
  keep: 'Recorded. It stays between the two of you.',
  take: 'It is yours. The other side sees when you will say more.',
  update: 'Recorded. The other side sees it.',
  propose: 'Recorded. The other side sees what you would do, and can agree.',
  agree: 'Recorded. They know that they can go ahead.',
  decline: 'Recorded. They know why not.',
  resolve: 'Recorded. The other side is asked to confirm.',
  confirm: 'Confirmed. Thank you.',
  reopen: 'Recorded. Whoever resolved it is asked again.',
  withdraw: 'Recorded. Nobody is asked any more.',
  sent: 'Recorded. Their time counts from now.',
} as const;
export type EscalationVerb = keyof typeof SAID;

const PRESSED: Readonly<Record<EscalationVerb, Sentence>> = {
  open: 'asked for help.',
  worry: 'told a worry.',
  crisis: 'declared a crisis.',
  raise: 'asked the other side for help.',
  keep: 'kept it within the side.',
  take: 'took it.',
  update: 'gave an update.',
  propose: 'proposed a fix.',
  agree: 'agreed to the fix.',
  decline: 'does not want that fix.',
  resolve: 'resolved it.',
  confirm: 'confirmed it.',
  reopen: 'needs more.',
  withdraw: 'needs no help any more.',
  sent: 'sent the mail.',
};

const levelOf = ({ level }: JournalEvent['data']): string => `level ${Number(level)}`;
const MAILED: Readonly<Record<string, string>> = {
  sent: 'The list of people was sent by mail.',
  refused: 'The list of people could not be sent by mail.',
  unknown: 'Nobody knows whether the mail with the list of people has gone.',
};
const ENDED: Readonly<Record<string, string>> = {
  confirmed: 'It ended: confirmed.',
  unconfirmed: 'It ended: resolved, and nobody said otherwise.',
  withdrawn: 'It ended: no help is needed any more.',
  kept: 'It ended within the side.',
};

export const events: Readonly<Record<string, EventKind>> = {
  ...doneByPeople('escalation', PRESSED),
  ...doneByRules('escalation', {
    asked: (data) => `The people of ${levelOf(data)} were asked.`,
    skipped: (data) =>
      data.whole
        ? `Nobody of ${levelOf(data)} is there: it was passed over.`
        : `Somebody of ${levelOf(data)} is not there and was not asked.`,
    byItself: 'Help was asked for by itself, as both sides agreed: an answer is past its time.',
    fixDecided: ({ agreed }) => (agreed ? 'Nobody objected to the proposed fix: it goes ahead.' : 'The proposed fix does not go ahead.'),
    mailed: ({ outcome }) => MAILED[String(outcome)] ?? 'The list of people was mailed.',
    resumed: 'No update came by the time that was promised.',
    spent: 'Everyone who was agreed on has been asked.',
    ended: ({ ending }) => ENDED[String(ending)] ?? 'It ended.',
  }),
};
