import { z } from 'zod';
import type { Action, ActionOutcome, Actor } from '../capability.ts';
import { Refusal } from '../errors.ts';
import { maybeWritten, written } from '../form.ts';
import { type Acting, recordPress } from '../matters/index.ts';
import { keep, lockRhythms, subjectOf } from './course.ts';
import type { RhythmDate, Words } from './rhythm.ts';
import { givenBy, isCurrent, notGivenYet, takenBack } from './rules.ts';
import { dateById } from './store.ts';
import { type RhythmRefusal, type RhythmVerb, SAID } from './words.ts';

const orNothing = maybeWritten().transform((given) => given || null);
const Give = z.object({ done: written(), next: orNothing, blocked: orNothing });

const refuse = (code: RhythmRefusal): never => {
  throw new Refusal<RhythmRefusal>(code);
};

interface Said {
  readonly words?: Words | undefined;
  readonly text?: string | undefined;
}

/** Whether it is his is told before whether it fits, so that nobody learns more than he may say. */
const PRESSES: Readonly<Record<RhythmVerb, (d: RhythmDate, actor: Actor, said: Said, now: Date) => RhythmDate>> = {
  give(d, actor, { words }, now) {
    if (actor.side !== d.side) refuse('rhythm.not_yours');
    if (!isCurrent(d, now)) refuse('rhythm.not_now');
    return givenBy(d, actor.contactId, words!, now);
  },
  takeBack(d, actor, _said, now) {
    if (actor.side !== d.side) refuse('rhythm.not_yours');
    if (!isCurrent(d, now) || d.pressAt === null) refuse('rhythm.not_now');
    return takenBack(d, now);
  },
  putBack(d, actor, _said, now) {
    if (actor.side === d.side) refuse('rhythm.not_yours');
    if (!isCurrent(d, now) || d.ending !== 'given') refuse('rhythm.not_now');
    return notGivenYet(d, now);
  },
};

/**
 * Says something about a date, decided under the lock of its partnership's updates: of two at once the second sees what the first did.
 * @throws {Refusal} one of `RhythmRefusal`
 */
async function press(acting: Acting, verb: RhythmVerb, id: string, said: Said): Promise<ActionOutcome> {
  const { tx, now, actor } = acting;
  await lockRhythms(tx, actor.partnershipId);
  const d = await dateById(tx, id);
  if (!d || d.partnershipId !== actor.partnershipId) return refuse('rhythm.not_found');
  const after = PRESSES[verb](d, actor, said, now);
  await recordPress(acting, 'rhythm', d, verb, said.text);
  await keep(tx, d, { d: after, told: [] }, now);
  return { subject: subjectOf(id), message: SAID[verb], undoEventId: null };
}

const action = <Input>(verb: RhythmVerb, schema: z.ZodType<Input>, said: (input: Input) => Said): Action<Input> => ({
  schema,
  subjectKind: 'rhythm',
  run: ({ tx, now, actor, subjectId, input }) => press({ tx, now, actor }, verb, subjectId, said(input)),
});

export const actions: Readonly<Record<string, Action>> = {
  'rhythm.give': action('give', Give, (words) => ({ words })),
  'rhythm.takeBack': action('takeBack', z.object({}), () => ({})),
  'rhythm.putBack': action('putBack', z.object({ text: written() }), (input) => input),
};
