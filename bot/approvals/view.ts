import { isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { dayAndTime, inBothPlaces, timeView } from '../charter/readable.ts';
import type { MatterView, StepView } from '../contract/matter.ts';
import type { HistoryLine, Tone } from '../contract/obligation.ts';
import { channelOf, evidenceFor, historiesOf, saidFor, sideAndRole, titleFor, toneBefore, viewById } from '../matters/index.ts';
import { contactIn } from '../people/index.ts';
import { namedContact } from '../responses/index.ts';
import type { Tx } from '../store/database.ts';
import type { Approval, Seat } from './approval.ts';
import { buttonsFor } from './buttons.ts';
import { arrivalsOf } from './keep.ts';
import { type Arrivals, dueOf, inTurn } from './rules.ts';
import { approvalById, trustedScopes } from './store.ts';
import { events as SENTENCES } from './words.ts';

/** One decision in words, as this viewer may see it; null when it is not there or not for him. */
export const approvalView = viewById(approvalById, approvalViews);

interface Around {
  readonly charter: AgreedCharter;
  readonly viewer: Viewer;
  readonly now: Date;
  readonly history: HistoryLine[];
  /** The last question, and the last answer. */
  readonly question: string | null;
  readonly answer: string | null;
  readonly arrived: Arrivals;
  readonly trusted: boolean;
  /** Of the partnership, as Teams names it. */
  readonly channelId: string | undefined;
}

/** Decisions of one partnership in words, in their order. */
export async function approvalViews(tx: Tx, list: readonly Approval[], viewer: Viewer, now: Date): Promise<MatterView[]> {
  const [first] = list;
  if (!first) return [];
  const charter = await currentCharter(tx, first.partnershipId, now);
  const histories = await historiesOf(tx, { kind: 'approval', ids: list.map(({ id }) => id), viewer, charter, sentences: SENTENCES });
  const offers = isActor(viewer) && list.some((a) => mayBeTrusted(a, viewer.contactId));
  const trusted = offers ? await trustedScopes(tx, first.partnershipId) : new Set<string>();
  const channelId = await channelOf(tx, list);
  const views: MatterView[] = [];
  for (const a of list) {
    const { lines, lastWritten } = histories(a.id);
    const watched = a.kind === 'notice' && a.state !== 'closed';
    views.push(
      viewOf(a, {
        charter,
        viewer,
        now,
        history: lines,
        channelId,
        question: lastWritten('approval.unclear'),
        answer: lastWritten('approval.answer'),
        arrived: watched ? await arrivalsOf(tx, a) : new Map(),
        trusted: trusted.has(a.scope.scope) && isActor(viewer) && mayBeTrusted(a, viewer.contactId),
      }),
    );
  }
  return views;
}

/** Ten of ten: who decided is offered to let it go ahead unless he objects. Not where that was agreed already, or never may be. */
const mayBeTrusted = (a: Approval, contactId: string): boolean =>
  a.ending === 'approved' &&
  a.kind === 'decision' &&
  a.scope.objectionDays === null &&
  a.scope.about === 'work' &&
  a.seats.some((seat) => seat.by === contactId);

function viewOf(a: Approval, around: Around): MatterView {
  const { charter, viewer, history } = around;
  const due = dueOf(a);
  const { amount, what, why, doneWhen } = a.request;
  const said = [
    { label: 'About', text: a.scope.scope },
    { label: 'How much', text: amount === null ? '' : `${amount} ${a.scope.limit?.unit ?? ''}`.trim() },
    { label: 'Why', text: why },
    { label: 'Done when', text: doneWhen },
    { label: 'Question', text: around.question ?? '' },
    { label: 'Answer', text: a.state === 'unclear' ? '' : (around.answer ?? '') },
  ];
  return {
    kind: 'approval',
    id: a.id,
    partnershipId: a.partnershipId,
    revision: a.revision,
    open: a.state !== 'closed',
    waitingFor: waitingFor(a, charter),
    yours: isActor(viewer) && isHis(a, viewer.contactId),
    title: titleFor(viewer, what, a.scope.scope),
    sentence: sentenceOf(a, charter),
    status: statusOf(a),
    tone: toneOf(a, around.now),
    said: saidFor(viewer, said),
    since: timeView(charter, a.openedAt, a.decidingSide),
    expectedBy: due ? timeView(charter, due, a.decidingSide) : null,
    timeLabel: a.kind === 'notice' ? 'Goes ahead after' : 'Expected by',
    endedAt: a.endedAt ? timeView(charter, a.endedAt, a.decidingSide) : null,
    pastDue: a.state === 'asking' && a.pastDueAt !== null,
    steps: a.seats.map((seat) => stepOf(a, seat, charter)),
    notes: notesOf(a, around),
    actions: [
      ...(viewer === 'everyone' || isActor(viewer) ? buttonsFor(a, charter, viewer) : []),
      ...evidenceFor(viewer, a, around.channelId),
    ],
    history,
  };
}

function waitingFor(a: Approval, charter: AgreedCharter): MatterView['waitingFor'] {
  if (a.state === 'closed') return null;
  if (a.state === 'unclear') return sideAndRole(charter, a.askingSide, [a.by]);
  return sideAndRole(
    charter,
    a.decidingSide,
    inTurn(a).map((seat) => seat.by ?? seat.agreed),
  );
}

/** It is this person's turn. Nobody has to say anything to a notice. */
const isHis = (a: Approval, contactId: string): boolean =>
  a.state === 'unclear'
    ? a.by === contactId
    : a.state === 'asking' && a.kind === 'decision' && inTurn(a).some((seat) => seat.by === contactId);

function sentenceOf(a: Approval, charter: AgreedCharter): string {
  const who = namedContact(charter, a.askingSide, a.by);
  const other = charter.sides[a.decidingSide].name;
  return a.kind === 'notice' ? `${who} will do this unless ${other} objects.` : `${who} asks ${other} to decide.`;
}

const ENDINGS = {
  approved: 'Approved',
  declined: 'Not approved',
  withdrawn: 'Taken back',
  silent: 'Nobody objected',
  unheard: 'Does not go ahead',
} as const;

function statusOf(a: Approval): string {
  if (a.ending) {
    if (a.kind === 'notice' && a.ending === 'declined') return 'Objected to';
    if (a.kind === 'notice' && a.ending === 'approved') return 'Goes ahead';
    return ENDINGS[a.ending];
  }
  if (a.state === 'unclear') return 'A question first';
  if (a.kind === 'notice') return 'Goes ahead unless somebody objects';
  if (a.pastDueAt) return 'Past the agreed time';
  const done = a.seats.filter((seat) => seat.verdict !== null).length;
  return a.scope.how === 'all' || a.scope.how === 'sequence'
    ? `A decision is wanted: ${done} of ${a.seats.length} given`
    : 'A decision is wanted';
}

function toneOf(a: Approval, now: Date): Tone {
  if (a.state === 'closed') return a.ending === 'approved' || a.ending === 'silent' ? 'done' : 'calm';
  if (a.state === 'unclear') return 'unsure';
  if (a.pastDueAt && a.kind === 'decision') return 'past';
  const due = dueOf(a);
  return due ? toneBefore(due, now) : 'dated';
}

function stepOf(a: Approval, seat: Seat, charter: AgreedCharter): StepView {
  const by = seat.by ?? seat.agreed;
  const who = namedContact(charter, a.decidingSide, by);
  const place = seat.by && seat.by !== seat.agreed ? `${who}, in place of ${contactIn(charter, seat.agreed)?.role ?? 'somebody'}` : who;
  const at = seat.decidedAt ? `, ${dayAndTime(charter.sides[a.decidingSide].calendar.work.zone, seat.decidedAt)}` : '';
  if (seat.verdict === 'approved') return { text: `${place}: ${a.kind === 'notice' ? 'fine' : 'approved'}${at}`, state: 'done' };
  if (seat.verdict === 'declined') return { text: `${place}: ${a.kind === 'notice' ? 'objected' : 'not approved'}${at}`, state: 'done' };
  if (a.state === 'closed') return { text: place, state: 'skipped' };
  if (seat.askedAt && !seat.by) return { text: `${who}: not there, and nobody stands in`, state: 'skipped' };
  return { text: place, state: seat.askedAt ? 'now' : 'next' };
}

function notesOf(a: Approval, { charter, viewer, arrived, trusted }: Around): string[] {
  const notes: string[] = [];
  const deciding = charter.sides[a.decidingSide];
  if (trusted)
    notes.push(
      `The last ten of this kind were all approved. You could agree that the other side goes ahead unless you object: one line in what you agreed, under “${a.scope.scope}”: unless objection: 3 working days.`,
    );
  if (a.ending === 'unheard')
    notes.push(`Not everybody at ${deciding.name} who may object could be reached. Please ask for a decision instead, or speak to them.`);
  if (a.ending === 'silent' && a.endedAt)
    notes.push(`Recorded as: nobody objected by ${inBothPlaces(charter, a.endedAt, a.decidingSide)}.`);
  if (a.state === 'closed') return notes;
  if (inTurn(a).some((seat) => seat.askedAt && !seat.by)) notes.push(`An owner of ${deciding.name} can say who decides in their place.`);
  if (a.state === 'unclear') notes.push('The time rests until the question is answered.');
  if (a.kind === 'notice')
    for (const seat of inTurn(a))
      if (seat.by && !arrived.has(seat.by) && !(isActor(viewer) && viewer.contactId === seat.by))
        notes.push(`It has not reached ${namedContact(charter, a.decidingSide, seat.by)} yet. Without that it does not go ahead.`);
  return notes;
}
