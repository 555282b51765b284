import { type Actor, isActor, type JournalEvent, type Reader, type Viewer } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import { charterAt, charters } from '../charter/index.ts';
import type { HistoryLine, ObligationView } from '../contract/obligation.ts';
import { eventById, eventsOfAll, remarksOf } from '../journal/index.ts';
import type { Tx } from '../store/database.ts';
import { copiesFor, loadThreads, type OpenableCopy, partnershipsOfThreads } from '../threads/index.ts';
import { orderOf } from './ask.ts';
import { buttonsFor, withLinks } from './buttons.ts';
import { contactOf } from './contact.ts';
import { type Hands, handsOf } from './hands.ts';
import { historyLine } from './historyLine.ts';
import { linksFor } from './links.ts';
import { notesOf, questionText } from './notes.ts';
import type { Question } from './obligation.ts';
import { standing } from './presses.ts';
import { isPrivate, type Scope, scopeOf } from './scope.ts';
import { wordsOf } from './sentences.ts';
import { obligationById, questionsOf, type StoredObligation } from './store.ts';
import { events as SENTENCES } from './words.ts';

/** One obligation in words, as this viewer may see it; null when it is not there or not for him. @see ObligationView */
export async function obligationView(tx: Tx, id: string, viewer: Viewer, now: Date): Promise<ObligationView | null> {
  const o = await obligationById(tx, id);
  if (!o || (viewer !== 'everyone' && viewer.partnershipId !== o.partnershipId)) return null;
  const [view] = await obligationViews(tx, [o], viewer, now);
  return view ?? null;
}

/**
 * Obligations of one partnership in words, in their order, read together; those that are not for this viewer are left out. The caller has
 * made sure that the viewer is of that partnership.
 */
export async function obligationViews(tx: Tx, list: readonly StoredObligation[], viewer: Viewer, now: Date): Promise<ObligationView[]> {
  const [first] = list;
  if (!first) return [];
  const versions = await charters(tx, first.partnershipId);
  const hands = await handsOf(tx, first.partnershipId, now);
  const threadIds = [...new Set(list.map((o) => o.threadId))];
  const threads = new Map((await loadThreads(tx, threadIds)).map((thread) => [thread.id, thread]));
  const partnerships = await partnershipsOfThreads(tx, threadIds);
  const seen = list.flatMap((o): Seen[] => {
    const charter = versions.find((version) => version.version === o.charterVersion) ?? charterAt(versions, now);
    if (!charter) return [];
    const thread = threads.get(o.threadId);
    const shared = (partnerships.get(o.threadId)?.length ?? 0) > 1;
    const scope = scopeOf({ o, charter, newest: versions.at(-1) ?? charter, thread, shared }, viewer);
    return [{ o, charter, hands, firstAt: thread?.firstAt ?? null, scope }];
  });
  if (viewer === 'everyone') return seen.map((each) => asEveryone(each, now));
  const own = await ownOf(tx, seen, viewer);
  return seen
    .filter(({ o, scope }) => !isPrivate(o) || scope.onThread || own.askedAbout.has(o.id))
    .map((each) => (isActor(viewer) ? asActor(each, viewer, own, now) : asReader(each, own, now)));
}

/** An obligation with what this viewer may know of its mail. */
interface Seen {
  readonly o: StoredObligation;
  readonly charter: Charter;
  readonly hands: Hands;
  readonly firstAt: Date | null;
  readonly scope: Scope;
}

function asEveryone({ o, charter, hands, firstAt, scope }: Seen, now: Date): ObligationView {
  return {
    ...wordsOf(o, charter, now),
    question: null,
    notes: notesOf(o, charter, hands, firstAt),
    subject: scope.subject,
    people: scope.people,
    actions: buttonsFor(o, 'everyone', charter, [], now),
    history: [],
    openMailUrl: null,
  };
}

/** Sides, roles and times, and what happened: nothing to press, and nothing that people wrote. */
function asReader(seen: Seen, own: Own, now: Date): ObligationView {
  const { o, charter } = seen;
  const history = historyOf(own.events.get(o.id) ?? [], NO_REMARKS, o, charter, null);
  return { ...asEveryone(seen, now), actions: [], history };
}
const NO_REMARKS: ReadonlyMap<string, string> = new Map();

function asActor({ o, charter, hands, firstAt, scope }: Seen, actor: Actor, own: Own, now: Date): ObligationView {
  const url = scope.own && (own.copies.find((copy) => copy.messageKey === scope.own!.key)?.webLink ?? null);
  const questions = own.questions.get(o.id) ?? [];
  const question = questions[0] ? questionText(questions[0], o, charter, scope.outside) : null;
  const buttons = buttonsFor(o, actor, charter, questions, now);
  const links = linksFor(o, charter, hands, actor, { subject: scope.subject, url, names: scope.people !== null }, now);
  return {
    ...wordsOf(o, charter, now),
    question,
    notes: notesOf(o, charter, hands, firstAt),
    subject: scope.subject,
    people: scope.people,
    actions: withLinks(buttons, links, questions[0]),
    history: historyOf(own.events.get(o.id) ?? [], own.remarks, o, charter, actor),
    openMailUrl: url,
  };
}

/** What only a known person sees: his questions, the history, his own copies of the mail. */
interface Own {
  readonly questions: ReadonlyMap<string, readonly Question['kind'][]>;
  /** What he was ever asked about. */
  readonly askedAbout: ReadonlySet<string>;
  readonly events: ReadonlyMap<string, readonly JournalEvent[]>;
  readonly remarks: ReadonlyMap<string, string>;
  readonly copies: readonly OpenableCopy[];
}

async function ownOf(tx: Tx, seen: readonly Seen[], viewer: Actor | Reader): Promise<Own> {
  const ids = seen.map(({ o }) => o.id);
  const questions = new Map<string, Question['kind'][]>();
  const put = isActor(viewer) ? (await questionsOf(tx, ids)).filter((row) => row.contactId === viewer.contactId) : [];
  for (const row of put)
    if (row.answeredAt === null)
      questions.set(row.obligationId, [...(questions.get(row.obligationId) ?? []), row.kind as Question['kind']]);
  for (const kinds of questions.values()) kinds.sort((a, b) => orderOf(a) - orderOf(b));
  const events = new Map<string, JournalEvent[]>(ids.map((id) => [id, []]));
  // What the other side asked by a press stands in the history of the wait that it was said of.
  for (const { o } of seen) {
    const asked = o.openingKey.startsWith('press:') ? await eventById(tx, o.openingKey.slice('press:'.length)) : undefined;
    if (asked) events.get(o.id)!.push(asked);
  }
  for (const event of await eventsOfAll(tx, 'obligation', ids)) events.get(event.subject.id)!.push(event);
  const remarks = await remarksOf(
    tx,
    [...events.values()].flat().map((event) => event.id),
  );
  const addresses = new Set(seen.flatMap(({ charter }) => (isActor(viewer) ? (contactOf(charter, viewer)?.addresses ?? []) : [])));
  const keys = seen.flatMap(({ scope }) => scope.own?.key ?? []);
  const copies = (await copiesFor(tx, keys)).filter((copy) => addresses.has(copy.mailboxAddress));
  return { questions, askedAbout: new Set(put.map((row) => row.obligationId)), events, remarks, copies };
}

/** The history as one person reads it: sides and roles, and what was written with a press. */
function historyOf(
  events: readonly JournalEvent[],
  remarks: ReadonlyMap<string, string>,
  o: StoredObligation,
  charter: Charter,
  actor: Actor | null,
): HistoryLine[] {
  const live = new Set(standing(events.filter((event) => event.subject.id === o.id)).map((press) => press.id));
  return events.flatMap((event) => {
    const kind = SENTENCES[event.kind];
    if (!kind) return [];
    const undoable = actor !== null && live.has(event.id) && event.by?.side === actor.side && event.kind !== 'obligation.askAgain';
    return [{ ...historyLine(kind, event, charter, remarks.get(event.id) ?? null), undoable }];
  });
}
