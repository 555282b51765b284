import { isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { dayOfSide, timeView } from '../charter/readable.ts';
import type { MatterView } from '../contract/matter.ts';
import type { HistoryLine, Tone } from '../contract/obligation.ts';
import { historiesOf, saidFor, sideAndRole, titleFor, toneBefore, viewById } from '../matters/index.ts';
import { type World, worldNow } from '../people/index.ts';
import { namedContact } from '../responses/index.ts';
import type { Tx } from '../store/database.ts';
import type { ActionItem } from './actionItem.ts';
import { buttonsFor } from './buttons.ts';
import { actionItemById } from './store.ts';
import { events as SENTENCES } from './words.ts';

/** One action item in words, as this viewer may see it; null when it is not there or not for him. */
export const actionItemView = viewById(actionItemById, actionItemViews);

/** Action items of one partnership in words, in their order. */
export async function actionItemViews(tx: Tx, list: readonly ActionItem[], viewer: Viewer, now: Date): Promise<MatterView[]> {
  const [first] = list;
  if (!first) return [];
  const world = await worldNow(tx, first.partnershipId, now);
  const { charter } = world;
  const histories = await historiesOf(tx, { kind: 'actionItem', ids: list.map(({ id }) => id), viewer, charter, sentences: SENTENCES });
  return list.map((a) => {
    const { lines, lastWritten } = histories(a.id);
    const cameOfIt = a.ending === 'done' ? (lastWritten('actionItem.done') ?? '') : '';
    return viewOf(a, { world, viewer, now, history: lines, cameOfIt });
  });
}

interface Around {
  readonly world: World<AgreedCharter>;
  readonly viewer: Viewer;
  readonly now: Date;
  readonly history: HistoryLine[];
  readonly cameOfIt: string;
}

function viewOf(a: ActionItem, { world, viewer, now, history, cameOfIt }: Around): MatterView {
  const { charter } = world;
  const said = [
    { label: 'Done when', text: a.doneWhen },
    { label: 'What came of it', text: cameOfIt },
  ];
  const open = a.state === 'open';
  return {
    kind: 'actionItem',
    id: a.id,
    partnershipId: a.partnershipId,
    revision: a.revision,
    open,
    waitingFor: open ? sideAndRole(charter, a.side, [a.holder]) : null,
    yours: open && isActor(viewer) && viewer.contactId === a.holder,
    title: titleFor(viewer, a.what, 'Something that was agreed to be done'),
    sentence: `${namedContact(charter, a.side, a.holder)} does this. Noted by ${namedContact(charter, a.bySide, a.by)}.`,
    status: statusOf(a, charter),
    tone: toneOf(a, now),
    said: saidFor(viewer, said),
    since: timeView(charter, a.openedAt, a.side),
    expectedBy: open ? timeView(charter, a.dueAt, a.side) : null,
    timeLabel: 'Expected by',
    endedAt: a.endedAt ? timeView(charter, a.endedAt, a.side) : null,
    pastDue: open && a.pastDueAt !== null,
    steps: [],
    notes: notesOf(a, charter),
    actions: viewer === 'everyone' || isActor(viewer) ? buttonsFor(a, world, viewer, now) : [],
    history,
  };
}

const dayIn = (charter: AgreedCharter, a: ActionItem, at: Date): string => dayOfSide(charter, a.side, at);

function statusOf(a: ActionItem, charter: AgreedCharter): string {
  if (a.ending === 'done') return 'Done';
  if (a.ending === 'withdrawn') return 'Taken away';
  return a.pastDueAt ? 'Past the agreed day' : `Expected by ${dayIn(charter, a, a.dueAt)}`;
}

function toneOf(a: ActionItem, now: Date): Tone {
  if (a.state === 'closed') return a.ending === 'done' ? 'done' : 'calm';
  if (a.pastDueAt) return 'past';
  return toneBefore(a.dueAt, now);
}

function notesOf(a: ActionItem, charter: AgreedCharter): string[] {
  const notes: string[] = [];
  if (a.agreedOn !== a.dueOn) notes.push(`First agreed for ${dayIn(charter, a, a.agreedAt)}.`);
  if (a.proposal)
    notes.push(
      `${charter.sides[a.side].name} asks for ${dayIn(charter, a, a.proposal.at)} instead. Until the other side agrees, ${dayIn(charter, a, a.dueAt)} counts.`,
    );
  return notes;
}
