import { isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { dayOfSide, timeView } from '../charter/readable.ts';
import type { MatterView } from '../contract/matter.ts';
import type { HistoryLine, Tone } from '../contract/obligation.ts';
import { otherSide } from '../contract/sides.ts';
import { historiesOf, readsWords, toneBefore, viewById } from '../matters/index.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';
import { localDate } from '../worktime/index.ts';
import { buttonsFor } from './buttons.ts';
import type { RhythmDate } from './rhythm.ts';
import { dateById, datesBefore, latestWords } from './store.ts';
import { events as SENTENCES } from './words.ts';

const TEXT = 500;
/** Words of an earlier date are told no longer than this after it. */
const WORDS_MS = 200 * 24 * 3600_000;

/** One date in words, as this viewer may see it; null when it is not there or not for him. */
export const rhythmView = viewById(dateById, rhythmViews);

interface Around {
  readonly charter: AgreedCharter;
  readonly viewer: Viewer;
  readonly now: Date;
  readonly history: HistoryLine[];
  readonly before: RhythmDate | undefined;
  /** The latest date that says where work stands: this one, or one before it. */
  readonly latest: RhythmDate | undefined;
}

/** Dates of one partnership in words, in their order. */
export async function rhythmViews(tx: Tx, list: readonly RhythmDate[], viewer: Viewer, now: Date): Promise<MatterView[]> {
  const [first] = list;
  if (!first) return [];
  const charter = await currentCharter(tx, first.partnershipId, now);
  const ids = list.map(({ id }) => id);
  const histories = await historiesOf(tx, { kind: 'rhythm', ids, viewer, charter, sentences: SENTENCES });
  const before = await datesBefore(tx, ids);
  // what stands in Teams for everyone holds the words of its own date alone: they are emptied with it
  const earlier =
    viewer !== 'everyone' && readsWords(viewer) ? await latestWords(tx, first.partnershipId, new Date(now.getTime() - WORDS_MS)) : [];
  return list.map((d) => {
    const same = earlier.find((each) => each.side === d.side && each.title === d.title && each.dueAt <= d.dueAt);
    return viewOf(d, { charter, viewer, now, history: histories(d.id).lines, before: before.get(d.id), latest: d.words ? d : same });
  });
}

function viewOf(d: RhythmDate, { charter, viewer, now, history, before, latest }: Around): MatterView {
  const giving = charter.sides[d.side].name;
  const open = d.state === 'open';
  return {
    kind: 'rhythm',
    id: d.id,
    partnershipId: d.partnershipId,
    revision: d.revision,
    open,
    waitingFor: open ? { side: d.side, name: giving, role: null } : null,
    title: d.title,
    sentence: `${giving} tells ${charter.sides[otherSide(d.side)].name} where work stands.`,
    status: statusOf(d, charter, now),
    tone: toneOf(d, now),
    said: latest && readsWords(viewer) ? saidOf(latest, latest === d ? '' : ` (${dayIn(charter, d, latest.dueAt)})`) : [],
    since: timeView(charter, d.opensAt, d.side),
    expectedBy: timeView(charter, d.dueAt, d.side),
    timeLabel: 'Expected by',
    endedAt: d.givenAt ? timeView(charter, d.givenAt, d.side) : null,
    pastDue: open && d.pastDueAt !== null,
    steps: [],
    notes: notesOf(d, before, charter),
    actions: viewer === 'everyone' || isActor(viewer) ? buttonsFor(d, viewer, now) : [],
    history,
  };
}

const dayIn = (charter: AgreedCharter, { side }: RhythmDate, at: Date): string => dayOfSide(charter, side, at);

function saidOf({ words }: RhythmDate, when: string): MatterView['said'] {
  const lines = [
    ['Done', words?.done],
    ['Next', words?.next],
    ['Blocked', words?.blocked],
  ] as const;
  return lines.flatMap(([label, text]) => (text ? [{ label: `${label}${when}`, text: visible(text, TEXT) }] : []));
}

function statusOf(d: RhythmDate, charter: AgreedCharter, now: Date): string {
  if (d.ending === 'given') return d.pastDueAt ? 'Given, after the agreed time' : 'Given';
  if (d.ending === 'notGiven') return 'Not given';
  if (d.pastDueAt) return 'Past the agreed time';
  const { zone } = charter.sides[d.side].calendar.work;
  return localDate(zone, d.dueAt) === localDate(zone, now) ? 'Expected today' : `Expected ${dayIn(charter, d, d.dueAt)}`;
}

function toneOf(d: RhythmDate, now: Date): Tone {
  if (d.ending === 'given') return 'done';
  if (d.ending === 'notGiven') return 'calm';
  if (d.pastDueAt) return 'past';
  return toneBefore(d.dueAt, now);
}

function notesOf(d: RhythmDate, before: RhythmDate | undefined, charter: AgreedCharter): string[] {
  const notes: string[] = [];
  if (d.state === 'open' && d.mail) notes.push('A mail under the agreed subject gives it too.');
  if (d.ending === 'given' && d.mailAt && d.givenAt?.getTime() === d.mailAt.getTime()) notes.push('It came by mail.');
  if (d.state === 'open' && before?.ending === 'notGiven') notes.push(`The one for ${dayIn(charter, d, before.dueAt)} was not given.`);
  return notes;
}
