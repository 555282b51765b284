import { actionItemsOf, actionItemViews } from '../actionItems/index.ts';
import { type Capability, isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { inBothPlaces, timeView } from '../charter/readable.ts';
import type { FiguresView } from '../contract/figures.ts';
import type { MatterView } from '../contract/matter.ts';
import type { Tone } from '../contract/obligation.ts';
import type { AgendaItemView, AgendaSection, ReviewView, Wish } from '../contract/review.ts';
import type { Side } from '../contract/sides.ts';
import { figuresView } from '../figures/index.ts';
import { type History, historiesOf, readsWords } from '../matters/index.ts';
import { visible } from '../posts/plain.ts';
import { namedContact } from '../responses/index.ts';
import type { Tx } from '../store/database.ts';
import { boxed, FLAGGED_FROM } from './agenda.ts';
import { booking } from './booking.ts';
import { itemButtons, reviewButtons } from './buttons.ts';
import { planOfReview, preparer, preparingSide } from './keep.ts';
import { mailOfMinutes } from './minutes.ts';
import { missingOf } from './outcome.ts';
import { periodFrom } from './prepare.ts';
import type { Item, Review } from './review.ts';
import { heldBefore, itemsOf, reviewById } from './store.ts';
import { events as SENTENCES } from './words.ts';

const TEXT = 300;
const NOTE = 500;

/** How much of a date is shown: all of it, all but its figures, or what a list has room for: no figures, and no link out of Rapport. */
export type Shown = 'whole' | 'withoutFigures' | 'listed';

/** One date in words, as this viewer may see it; null when it is not there or not for him. */
export async function reviewView(
  tx: Tx,
  capabilities: readonly Capability[],
  id: string,
  viewer: Viewer,
  now: Date,
  shown: Shown = 'whole',
): Promise<ReviewView | null> {
  const review = await reviewById(tx, id);
  if (!review || (viewer !== 'everyone' && viewer.partnershipId !== review.partnershipId)) return null;
  const [view] = await reviewViews(tx, capabilities, [review], viewer, now, shown);
  return view ?? null;
}

interface Around {
  readonly tx: Tx;
  readonly charter: AgreedCharter;
  readonly viewer: Viewer;
  readonly now: Date;
  readonly history: History;
  readonly actionItems: readonly MatterView[];
  readonly figures: FiguresView | null;
  /** Ready mails and meetings to book are made too. */
  readonly links: boolean;
}

/** Dates of one partnership in words, in their order: a fixed number of queries for a list of them. */
export async function reviewViews(
  tx: Tx,
  capabilities: readonly Capability[],
  list: readonly Review[],
  viewer: Viewer,
  now: Date,
  shown: Shown = 'listed',
): Promise<ReviewView[]> {
  const [first] = list;
  if (!first) return [];
  const charter = await currentCharter(tx, first.partnershipId, now);
  const ids = list.map(({ id }) => id);
  const items = await itemsOf(tx, ids);
  const histories = await historiesOf(tx, { kind: 'review', ids, viewer, charter, sentences: SENTENCES });
  const noting = list.filter(({ actionItems }) => actionItems.length).map(({ id }) => id);
  const noted = await actionItemsOf(tx, 'review', noting);
  const actionItems = await actionItemViews(tx, noted, viewer, now);
  const views: ReviewView[] = [];
  for (const review of list) {
    const figures = shown === 'whole' ? await figuresOf(tx, capabilities, charter, review, now) : null;
    const around: Around = {
      tx,
      charter,
      viewer,
      now,
      history: histories(review.id),
      actionItems: actionItems.filter((_, index) => noted[index]!.source?.id === review.id),
      figures,
      links: shown !== 'listed',
    };
    const own = items.filter((item) => item.reviewId === review.id);
    views.push(await viewOf(review, own, around));
  }
  return views;
}

/** How both sides did since the date before it, from when it is prepared on. */
async function figuresOf(
  tx: Tx,
  capabilities: readonly Capability[],
  charter: AgreedCharter,
  review: Review,
  now: Date,
): Promise<FiguresView | null> {
  const { state, startAt } = review;
  const counted = state === 'prepared' || state === 'running' || state === 'ended' || state === 'closed';
  if (!counted || !startAt) return null;
  const from = periodFrom(charter, await heldBefore(tx, review.partnershipId, review.name, startAt));
  const to = startAt < now ? startAt : now;
  return from < to ? figuresView(tx, capabilities, review.partnershipId, { from, to }) : null;
}

async function viewOf(review: Review, items: readonly Item[], around: Around): Promise<ReviewView> {
  const { charter, viewer, now, links } = around;
  const plan = planOfReview(charter, review);
  const side = preparingSide(charter, review);
  const minutes = review.startAt && review.endAt ? (review.endAt.getTime() - review.startAt.getTime()) / 60_000 : (plan?.minutes ?? 60);
  const stands = items.filter(({ state }) => state !== 'dropped');
  const planned = boxed(stands, minutes, addedLate(review, stands, around.history));
  const shown = planned.map((each) => itemView(review, each.item, each.minutes, each.startsAfterMinutes, around));
  const me = isActor(viewer) ? viewer : null;
  const book = links && review.state === 'missing' ? await booking(around.tx, charter, review, me, now) : null;
  const mail = links && me ? await mailOfMinutes(around.tx, charter, review, items, around.history, around.actionItems, me) : [];
  return {
    id: review.id,
    partnershipId: review.partnershipId,
    revision: review.revision,
    name: visible(review.name, 120),
    state: review.state,
    status: review.state === 'ended' && !missingOf(review, items).length ? STATUS.closed : STATUS[review.state],
    tone: toneOf(review, items),
    sentence: sentenceOf(review, charter),
    startsAt: review.startAt ? timeView(charter, review.startAt, side) : null,
    endsAt: review.endAt ? timeView(charter, review.endAt, side) : null,
    movedFrom:
      review.firstAt && review.startAt && review.firstAt.getTime() !== review.startAt.getTime()
        ? timeView(charter, review.firstAt, side)
        : null,
    minutes,
    joinUrl: me && review.attendees.includes(me.contactId) && JOINABLE.has(review.state) ? review.joinUrl : null,
    items: shown,
    more: review.more + planned.filter((each) => each.minutes === 0).length,
    dropped: items.filter(({ state }) => state === 'dropped').map((item) => itemView(review, item, 0, 0, around)),
    figures: around.figures,
    outcome: outcomeOf(review, items, around, side),
    notes: [...notesOf(review, charter), ...(book?.notes ?? [])],
    actions: [...reviewButtons(review, charter, viewer, now), ...(book?.actions ?? []), ...mail],
    history: around.history.lines,
  };
}

/** How many at the end of the agenda were added while it was held. */
function addedLate({ startAt }: Review, items: readonly Item[], { events }: History): number {
  const late = new Set(events.filter(({ kind, at }) => kind === 'review.add' && startAt && at >= startAt).map(({ data }) => data.item));
  return items.length - 1 - items.findLastIndex(({ id }) => !late.has(id));
}

const JOINABLE: ReadonlySet<ReviewView['state']> = new Set(['planned', 'prepared', 'running']);

const STATUS: Readonly<Record<ReviewView['state'], string>> = {
  missing: 'No date in the calendar',
  planned: 'Planned',
  prepared: 'The agenda is there',
  running: 'Going on now',
  ended: 'Over: what was agreed?',
  closed: 'Held',
  cancelled: 'Cancelled',
};

function toneOf(review: Review, items: readonly Item[]): Tone {
  switch (review.state) {
    case 'missing':
    case 'running':
      return 'soon';
    case 'prepared':
      return 'dated';
    case 'ended':
      return missingOf(review, items).length ? 'soon' : 'calm';
    case 'closed':
      return 'done';
    default:
      return 'calm';
  }
}

function sentenceOf(review: Review, charter: AgreedCharter): string {
  const who = preparer(charter, planOfReview(charter, review));
  const by = who ? namedContact(charter, who.side, who.id) : charter.sides.client.name;
  if (!review.startAt)
    return `No date of it was found in the calendars. It should take place by ${inBothPlaces(charter, review.dueBy!, who?.side ?? 'client')}.`;
  const at = inBothPlaces(charter, review.startAt, who?.side ?? 'client');
  if (review.state === 'cancelled') return `It was planned for ${at}, and was cancelled.`;
  return `${at}. ${by} ${review.state === 'planned' || review.state === 'prepared' ? 'prepares' : 'prepared'} it.`;
}

function notesOf(review: Review, charter: AgreedCharter): string[] {
  const open = review.state === 'planned' || review.state === 'prepared';
  if (review.organizerGone && open)
    return ['Whoever called this meeting has left: nobody can move it or cancel it. Somebody else can invite to it anew.'];
  if (review.state === 'cancelled') return ['What was on its agenda goes on the next one.'];
  if (open && !planOfReview(charter, review)) return ['It is not among the reviews that were agreed any more.'];
  return [];
}

const HEADINGS: Readonly<Record<AgendaSection, string>> = {
  carried: 'From last time',
  decision: 'Decisions wanted',
  escalation: 'Help asked for',
  pastDue: 'Past the agreed time',
  figure: 'Figures that stand out',
  covers: 'What this review covers',
  update: 'Updates',
  added: 'Added',
};
const WISHES: Readonly<Record<Wish, string>> = { decide: 'To decide', inform: 'To inform', discuss: 'To discuss' };
/** Kinds of subjects that have a page in the tab. */
const PAGES: ReadonlySet<string> = new Set(['obligation', 'escalation', 'approval', 'actionItem', 'rhythm']);
/** What of them holds no words of people. */
const WORDLESS: ReadonlySet<string> = new Set(['obligation', 'figure', 'covers']);

function itemView(review: Review, item: Item, minutes: number, startsAfterMinutes: number, around: Around): AgendaItemView {
  const { charter, viewer, now } = around;
  const owner = ownerOf(item, charter);
  const text = readsWords(viewer) || WORDLESS.has(item.subject.kind) ? visible(item.text, TEXT) || 'Erased' : 'An item of the agenda';
  return {
    id: item.id,
    section: item.section,
    heading: HEADINGS[item.section],
    text,
    owner,
    wish: item.wish,
    wishText: WISHES[item.wish],
    minutes,
    startsAfterMinutes,
    carried: item.carried,
    flagged: item.carried >= FLAGGED_FROM,
    state: item.state,
    note: noteOf(item, around),
    opens: PAGES.has(item.subject.kind) ? `${item.subject.kind}/${item.subject.id}` : null,
    actions: itemButtons(review, item, charter, viewer, now),
  };
}

/** `Fabrikam (Service desk)`. */
function ownerOf({ side, contactId }: Item, charter: AgreedCharter): string | null {
  if (!side) return null;
  return contactId ? namedContact(charter, side, contactId) : charter.sides[side].name;
}

function noteOf(item: Item, { history, charter }: Around): string | null {
  if (!item.noteId) return null;
  const said = visible(history.written(item.noteId) ?? '', NOTE);
  if (item.state === 'decided') return said || 'Decided.';
  if (item.state !== 'dropped') return 'It goes on the next agenda.';
  const side = history.events.find(({ id }) => id === item.noteId)?.by?.side;
  const by = side ? `Dropped by ${charter.sides[side].name}` : 'Dropped';
  return said ? `${by}: ${said}` : `${by}.`;
}

function outcomeOf(review: Review, items: readonly Item[], around: Around, side: Side): ReviewView['outcome'] {
  if (review.state !== 'running' && review.state !== 'ended' && review.state !== 'closed') return null;
  const { charter, history, actionItems } = around;
  const { acknowledged } = review;
  const words = readsWords(around.viewer);
  return {
    missing: review.state === 'ended' ? missingOf(review, items) : [],
    decisions: items
      .filter(({ state }) => state === 'decided')
      .map((item) => ({
        text: visible(history.written(item.noteId) ?? '', NOTE) || 'Decided.',
        about: words ? visible(item.text, TEXT) || null : null,
      })),
    actionItems: [...actionItems],
    minutesAt: review.minutesAt ? timeView(charter, review.minutesAt, side) : null,
    acknowledged: acknowledged
      ? `${namedContact(charter, side === 'client' ? 'provider' : 'client', acknowledged.by)} agreed, ${inBothPlaces(charter, acknowledged.at, side)}`
      : null,
  };
}
