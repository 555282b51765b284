import { isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { inBothPlaces, timeView } from '../charter/readable.ts';
import type { MatterView, StepView } from '../contract/matter.ts';
import type { HistoryLine, Tone } from '../contract/obligation.ts';
import { channelOf, evidenceFor, historiesOf, saidFor, sideAndRole, titleFor, viewById } from '../matters/index.ts';
import { contactIn, type World, worldOf } from '../people/index.ts';
import { namedContact, obligationView } from '../responses/index.ts';
import type { Tx } from '../store/database.ts';
import { buttonsFor, contactTree } from './buttons.ts';
import type { Escalation } from './escalation.ts';
import { levelEndsAt } from './rules.ts';
import { mayKnow } from './say.ts';
import { escalationById } from './store.ts';
import { isCrisis } from './tree.ts';
import { events as SENTENCES } from './words.ts';

/** One escalation in words, as this viewer may see it; null when it is not there or not for him. */
export const escalationView = viewById(escalationById, escalationViews);

/** Escalations of one partnership in words, in their order; those that are not for this viewer are left out. */
export async function escalationViews(tx: Tx, list: readonly Escalation[], viewer: Viewer, now: Date): Promise<MatterView[]> {
  const seen = list.filter((e) => forViewer(e, viewer));
  const [first] = seen;
  if (!first) return [];
  const charter = await currentCharter(tx, first.partnershipId, now);
  const histories = await historiesOf(tx, { kind: 'escalation', ids: seen.map(({ id }) => id), viewer, charter, sentences: SENTENCES });
  const channelId = await channelOf(tx, seen);
  const world = seen.some(isCrisis) ? await worldOf(tx, charter) : null;
  const about = new Map<string, string>();
  for (const { obligationId } of seen) {
    const wait = obligationId ? await obligationView(tx, obligationId, viewer, now) : null;
    if (wait) about.set(wait.id, wait.subject ?? wait.sentence);
  }
  return seen.map((e) => {
    const { lines, written } = histories(e.id);
    return viewOf(e, {
      charter,
      world,
      viewer,
      history: lines,
      proposed: e.proposal ? written(e.proposal.eventId) : null,
      channelId,
      about: about.get(e.obligationId ?? '') ?? '',
      now,
    });
  });
}

interface Around {
  readonly charter: AgreedCharter;
  /** Who is there now, where a crisis is among them. */
  readonly world: World | null;
  readonly viewer: Viewer;
  readonly history: HistoryLine[];
  /** The words of the fix that is proposed. */
  readonly proposed: string | null;
  /** Of the partnership, as Teams names it. */
  readonly channelId: string | undefined;
  /** The wait that it came from, as this viewer may read of it. */
  readonly about: string;
  readonly now: Date;
}

/** A worry is its author's and his owners'. What was kept or taken back before anybody was asked stays that. */
function forViewer(e: Escalation, viewer: Viewer): boolean {
  if (isActor(viewer)) return mayKnow(e, viewer);
  return e.asking > 0;
}

function viewOf(e: Escalation, { charter, world, viewer, history, proposed, channelId, about, now }: Around): MatterView {
  const ends = e.state === 'asking' ? levelEndsAt(e) : e.state === 'taken' ? e.nextUpdateAt : null;
  const turn = waitingFor(e, charter);
  const said = [
    { label: 'Why it matters', text: e.request.why },
    { label: 'Wanted', text: e.request.wanted },
    { label: 'Done when', text: e.request.doneWhen },
    { label: 'Proposed fix', text: proposed ?? '' },
    { label: 'About', text: about },
  ];
  const isMine = isActor(viewer);
  return {
    kind: 'escalation',
    id: e.id,
    partnershipId: e.partnershipId,
    revision: e.revision,
    open: e.state !== 'closed',
    waitingFor: turn,
    yours: isMine && isHis(e, viewer.contactId),
    title: titleFor(viewer, e.request.what, 'Help was asked for'),
    sentence: sentenceOf(e, charter),
    status: statusOf(e),
    tone: toneOf(e),
    said: saidFor(viewer, said),
    since: timeView(charter, e.openedAt, e.askedSide),
    expectedBy: ends ? timeView(charter, ends, turn?.side ?? e.askedSide) : null,
    timeLabel: e.state === 'taken' ? 'Next update by' : 'Asked until',
    endedAt: e.endedAt ? timeView(charter, e.endedAt, e.askedSide) : null,
    pastDue: e.spentAt !== null && e.state === 'asking',
    steps: e.state === 'worry' || e.ending === 'kept' ? [] : stepsOf(e, charter),
    notes: notesOf(e, charter),
    actions: [
      ...(viewer === 'everyone' || isMine ? buttonsFor(e, charter, viewer, now) : []),
      ...(isMine && world && e.state !== 'closed' ? contactTree(e, world, viewer) : []),
      ...evidenceFor(viewer, e, channelId),
    ],
    history,
  };
}

function waitingFor(e: Escalation, charter: AgreedCharter): MatterView['waitingFor'] {
  switch (e.state) {
    case 'worry':
      return sideAndRole(
        charter,
        e.askingSide,
        charter.sides[e.askingSide].contacts.filter((contact) => contact.owner).map((contact) => contact.id),
      );
    case 'asking':
      return sideAndRole(
        charter,
        e.askedSide,
        e.calls.map((call) => call.contactId),
      );
    case 'taken':
      return sideAndRole(charter, e.askedSide, [e.holder]);
    case 'resolved':
      return sideAndRole(charter, e.askingSide, [e.by]);
    case 'closed':
      return null;
  }
}

/** It is this person's turn: he is asked, holds it, or is to confirm. */
const isHis = (e: Escalation, contactId: string): boolean =>
  e.state === 'asking'
    ? e.calls.some((call) => call.contactId === contactId)
    : e.state === 'taken'
      ? e.holder === contactId
      : e.state === 'resolved' && e.by === contactId;

function sentenceOf(e: Escalation, charter: AgreedCharter): string {
  const who = namedContact(charter, e.askingSide, e.by);
  if (e.state === 'worry' || e.ending === 'kept') return `${who} is worried. Only the author and the owner of the side read this.`;
  if (e.updateEverySeconds !== null) return `${who} declared a crisis and asks ${charter.sides[e.askedSide].name} for help.`;
  if (e.byItself)
    return `${charter.sides[e.askingSide].name} asks ${charter.sides[e.askedSide].name} for help, as both agreed for an answer past its time.`;
  return `${who} asks ${charter.sides[e.askedSide].name} for help.`;
}

const ENDINGS = {
  confirmed: 'Confirmed',
  unconfirmed: 'Resolved',
  withdrawn: 'No help needed any more',
  kept: 'Kept within the side',
} as const;

function statusOf(e: Escalation): string {
  if (e.ending) return ENDINGS[e.ending];
  const critical = e.updateEverySeconds !== null ? 'Crisis. ' : e.critical ? 'Critical. ' : '';
  switch (e.state) {
    case 'worry':
      return 'A worry, in private';
    case 'asking':
      return critical + (e.spentAt ? 'Nobody has taken it' : `Help is asked for: level ${e.level + 1} of ${e.pathway.length}`);
    case 'taken':
      return `${critical}Taken`;
    default:
      return 'Resolved, to be confirmed';
  }
}

function toneOf(e: Escalation): Tone {
  switch (e.state) {
    case 'worry':
      return 'unsure';
    case 'asking':
      return e.spentAt || e.level > 0 ? 'past' : 'soon';
    case 'taken':
      return 'dated';
    case 'resolved':
      return 'calm';
    case 'closed':
      return 'done';
  }
}

function stepsOf(e: Escalation, charter: AgreedCharter): StepView[] {
  return e.pathway.map((rung, index) => {
    const asked = index === e.level && e.calls.length ? e.calls.map((call) => call.contactId) : rung.asked;
    const roles = [...new Set(asked.map((id) => contactIn(charter, id)?.role).filter((role) => role !== undefined))];
    const who = `${charter.sides[e.askedSide].name} (${roles.join(', ') || 'nobody'})`;
    const name = rung.name.charAt(0).toUpperCase() + rung.name.slice(1);
    if (e.skipped.includes(index)) return { text: `${name}: ${who}, not there`, state: 'skipped' };
    if (index > e.level) return { text: `${name}: ${who}`, state: 'next' };
    if (index < e.level) return { text: `${name}: ${who}`, state: 'done' };
    const ends = levelEndsAt(e);
    if (ends) return { text: `${name}: ${who}, asked until ${inBothPlaces(charter, ends, e.askedSide)}`, state: 'now' };
    if (e.holder)
      return { text: `${name}: ${namedContact(charter, e.askedSide, e.holder)} took it`, state: e.state === 'taken' ? 'now' : 'done' };
    return { text: `${name}: ${who}`, state: 'done' };
  });
}

function notesOf(e: Escalation, charter: AgreedCharter): string[] {
  const notes: string[] = [];
  if (e.state === 'closed') return notes;
  if (e.updateEverySeconds !== null) {
    const hours = e.updateEverySeconds / 3600;
    notes.push(`Times count around the clock, with an update at least every ${hours === 1 ? 'hour' : `${hours} hours`}.`);
  }
  if (e.state === 'taken' && e.nextUpdateAt) notes.push(`Next update by ${inBothPlaces(charter, e.nextUpdateAt, e.askedSide)}.`);
  if (e.spentAt) notes.push('Everyone who was agreed on has been asked. It stays open: please speak to one another.');
  if (e.proposal?.agreed === true) notes.push('The other side agreed to the proposed fix.');
  if (e.proposal?.noticeId && e.proposal.agreed === null)
    notes.push(`The proposed fix goes ahead unless ${charter.sides[e.askingSide].name} objects. It stands among the decisions.`);
  for (const call of e.calls.filter((each) => each.how === 'mail' && each.sentAt === null))
    notes.push(
      `${namedContact(charter, e.askedSide, call.contactId)} is reached by mail alone: an owner of ${charter.sides[e.askedSide].name} can send the ready mail.`,
    );
  return notes;
}
