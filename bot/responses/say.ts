import { z } from 'zod';
import type { Action, ActionOutcome, Actor } from '../capability.ts';
import { contactBack, contactLeft, currentCharter } from '../charter/index.ts';
import { otherSide } from '../contract/sides.ts';
import { Refusal } from '../errors.ts';
import { appendEvent, eventsOf } from '../journal/index.ts';
import { partyOf } from '../people/index.ts';
import type { Tx } from '../store/database.ts';
import { loadThreads } from '../threads/index.ts';
import { fromWallClock, localDate } from '../worktime/index.ts';
import { subjectOf } from './changes.ts';
import { mayPress, type PressRefusal } from './mayPress.ts';
import { PRESSES, type PressKind } from './press.ts';
import { standing } from './presses.ts';
import { lockFamily, refold } from './refold.ts';
import { makesPattern } from './rules.ts';
import { mayKnow } from './scope.ts';
import { learnPattern, obligationById, type StoredObligation } from './store.ts';
import { PROPOSED, SAID } from './words.ts';

/** Answers to one date, or to one mail: what was shown has to be what it is about still. */
const ABOUT_WHAT_WAS_SHOWN: ReadonlySet<PressKind> = new Set(['agreeDate', 'declineDate', 'wasAnswer', 'wasNotAnswer'] as const);

const remark = z.string().trim().max(500).optional();
/** Without a word, these say nothing: whose it is, why not, what to say. */
const words = z.string().trim().min(1).max(500);
const day = z.iso.date();

/** What each press may carry; everything else is refused at the door. */
const INPUT = {
  promise: z.object({ on: day }),
  answeredElsewhere: z.object({
    how: z.enum(['phone', 'teams', 'meeting', 'mail', 'other']).default('phone'),
    at: z.string().max(40).optional(),
  }),
  notOurs: z.object({ remark: words }),
  cannot: z.object({ remark: words }),
  unclear: z.object({ remark: words }),
} as const;
const Nothing = z.object({ remark });
type Said = { on?: string; how?: string; at?: string; remark?: string };

const schemaOf = (kind: PressKind): z.ZodType<Said> => (INPUT as Partial<Record<PressKind, z.ZodType<Said>>>)[kind] ?? Nothing;

/**
 * Records what a person says about an obligation and folds its thread anew.
 * @param revision - of the view that was pressed, where it is known
 * @throws {Refusal} one of `PressRefusal`, decided under the thread's lock
 */
export async function say(
  tx: Tx,
  kind: PressKind,
  obligationId: string,
  said: Said,
  { actor, now, revision }: { actor: Actor; now: Date; revision?: number | undefined },
): Promise<ActionOutcome> {
  const o = await lockedObligation(tx, obligationId);
  const charter = await currentCharter(tx, o.partnershipId, now);
  if (!(await mayKnow(tx, o, actor))) throw new Refusal<PressRefusal>('obligation.not_found');
  const refused = mayPress(o, kind, actor, charter.sides[otherSide(o.debtor)].calendar, now);
  if (refused) throw new Refusal(refused);
  if (kind === 'promise' && !mayBePromised(said.on ?? '', localDate(charter.sides[actor.side].calendar.work.zone, now)))
    throw new Refusal<PressRefusal>('obligation.bad_date');
  if (ABOUT_WHAT_WAS_SHOWN.has(kind) && revision !== undefined && revision < o.revision)
    throw new Refusal<PressRefusal>('obligation.changed');
  const event = await appendEvent(tx, {
    kind: `obligation.${kind}`,
    subject: subjectOf(o.id),
    partnershipId: o.partnershipId,
    at: now,
    by: actor,
    data: {
      messageKey: o.openingKey,
      debtor: o.debtor,
      ...(said.on && { on: said.on }),
      ...(said.how && { how: said.how }),
      ...happened(kind, o, said, charter.sides[actor.side].calendar.work.zone, now),
      ...(o.proposal && (kind === 'agreeDate' || kind === 'declineDate') && { about: o.proposal.pressId }),
    },
    remark: said.remark ?? null,
  });
  if (makesPattern(kind, o.verdict.why)) await learn(tx, o, event.id);
  const gone = kind === 'hasLeft' ? partyOf(charter, o.asked[0]!)?.contact : null;
  if (gone) await contactLeft(tx, { partnershipId: o.partnershipId, contactId: gone.id, by: actor, now });
  await refold(tx, [o], now, { by: actor });
  return {
    subject: subjectOf(o.id),
    message: await saidOf(tx, kind, o, event.id),
    undoEventId: kind === 'askAgain' ? null : event.id,
  };
}

/** The sentence after a press. @param o - as it was before */
async function saidOf(tx: Tx, kind: PressKind, o: StoredObligation, pressId: string): Promise<string> {
  if (kind === 'stillWaiting' && o.state === 'open') return SAID.wasNotAnswer;
  const asks = kind === 'promise' && (await obligationById(tx, o.id))?.proposal?.pressId === pressId;
  return asks ? PROPOSED : SAID[kind];
}

/** A day from today on, within a year. Both `YYYY-MM-DD`. */
const mayBePromised = (on: string, today: string): boolean => on >= today && on <= `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;

/** When it was answered: as the person says, never in the future or before it was asked; for another conversation, that mail's time. */
function happened(kind: PressKind, o: StoredObligation, said: Said, zone: string, now: Date): { happenedAt?: string } {
  if (kind === 'wasAnswer') return { happenedAt: (o.holds.at(-1)?.at ?? now).toISOString() };
  if (kind !== 'answeredElsewhere' || !said.at) return {};
  const at = fromWallClock(zone, said.at);
  if (!at) return {};
  return { happenedAt: new Date(Math.min(Math.max(at.getTime(), o.openedAt.getTime()), now.getTime())).toISOString() };
}

async function lockedObligation(tx: Tx, id: string): Promise<StoredObligation> {
  const seen = await obligationById(tx, id);
  if (!seen) throw new Refusal<PressRefusal>('obligation.not_found');
  await lockFamily(tx, seen.partnershipId, [seen.threadId]);
  return (await obligationById(tx, id))!;
}

/** *Never for mail like this*, and the no to a habit: the same sender and bare subject. */
async function learn(tx: Tx, o: StoredObligation, pressId: string): Promise<void> {
  const [thread] = await loadThreads(tx, [o.threadId]);
  const opening = thread?.messages.find((message) => message.key === o.openingKey);
  if (opening)
    await learnPattern(tx, {
      pressId,
      partnershipId: o.partnershipId,
      fromAddress: opening.from.address,
      bareSubject: opening.bareSubject,
    });
}

/** Takes a press back: by somebody of the side that made it. */
async function undo(tx: Tx, obligationId: string, eventId: string, actor: Actor, now: Date): Promise<ActionOutcome> {
  const o = await lockedObligation(tx, obligationId);
  const press = standing(await eventsOf(tx, subjectOf(o.id))).find((each) => each.id === eventId);
  if (!press || o.emptied || actor.partnershipId !== o.partnershipId || press.side !== actor.side)
    throw new Refusal<PressRefusal>('obligation.not_undoable');
  await tx.deleteFrom('learnedPattern').where('pressId', '=', eventId).execute();
  const back = press.kind === 'hasLeft' ? partyOf(await currentCharter(tx, o.partnershipId, now), o.asked[0]!)?.contact : null;
  if (back) await contactBack(tx, { partnershipId: o.partnershipId, contactId: back.id, by: actor, now });
  await appendEvent(tx, {
    kind: 'obligation.undone',
    subject: subjectOf(o.id),
    partnershipId: o.partnershipId,
    at: now,
    by: actor,
    data: { eventId },
  });
  await refold(tx, [o], now, { by: actor });
  return { subject: subjectOf(o.id), message: 'Taken back.', undoEventId: null };
}

const press = (kind: PressKind): Action<Said> => ({
  schema: schemaOf(kind),
  subjectKind: 'obligation',
  run: ({ tx, now, actor, subjectId, input, revision }) => say(tx, kind, subjectId, input, { actor, now, revision }),
});

const undoing: Action<{ eventId: string }> = {
  schema: z.object({ eventId: z.string().regex(/^\d{1,19}$/) }),
  subjectKind: 'obligation',
  run: ({ tx, now, actor, subjectId, input }) => undo(tx, subjectId, input.eventId, actor, now),
};

export const actions: Readonly<Record<string, Action>> = {
  ...Object.fromEntries(PRESSES.map((kind) => [`obligation.${kind}`, press(kind)])),
  'obligation.undo': undoing,
};
