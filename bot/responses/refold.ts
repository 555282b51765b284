import type { Actor } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import { charters } from '../charter/index.ts';
import { clearDeadlines, setDeadlines } from '../deadlines/index.ts';
import { appendEvents } from '../journal/index.ts';
import { meetingsCalledBy } from '../meetings/index.ts';
import { requestPosts } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import { familyOf, loadThreads, lockThreads, type MailElsewhere, mailTo, type Thread, type ThreadChange } from '../threads/index.ts';
import type { Message } from '../threads/message.ts';
import { parseSubject } from '../threads/subject.ts';
import { ask, whatToAsk } from './ask.ts';
import { acknowledgedAtOf, type Change, changesOf, eventsOf, isBefore, subjectOf } from './changes.ts';
import { handsOf } from './hands.ts';
import type { Obligation } from './obligation.ts';
import { warned } from './placements.ts';
import { pressesOf } from './presses.ts';
import { fold, fresh, type Invitation } from './rules.ts';
import { learnedPatterns, obligationsOfThreads, type StoredObligation, saveObligations } from './store.ts';

/** The one deadline of an obligation: when the fold has to look again. */
const NEXT = 'obligation.next';

/** Locks every thread whose fold can depend on one of these, in id order, so that nobody waits in a circle. */
export async function lockFamily(tx: Tx, partnershipId: string, threadIds: readonly string[], begun: Begun = new Map()): Promise<string[]> {
  const family = await familyOf(tx, partnershipId, threadIds, begun);
  // nobody else sees what begins in this transaction
  await lockThreads(
    tx,
    family.filter((id) => !begun.has(id)),
  );
  return family;
}
/** All mail of threads that begin in this transaction. */
type Begun = ReadonlyMap<string, readonly Message[]>;

/**
 * Folds threads and their families anew, inside the caller's transaction: obligations, journal, deadlines and the jobs for cards commit with
 * whatever was the cause. `by` is who pressed, when a press was; `anew`: who is asked and shown what may differ though no wait does.
 */
export async function refold(
  tx: Tx,
  changes: readonly ThreadChange[],
  now: Date,
  { by = null, anew = false }: { by?: Actor | null; anew?: boolean } = {},
): Promise<void> {
  const partnerships = [...new Set(changes.map((change) => change.partnershipId))].sort();
  for (const partnershipId of partnerships) {
    await refoldPartnership(
      tx,
      partnershipId,
      changes.filter((change) => change.partnershipId === partnershipId),
      now,
      { by, anew },
    );
  }
}

async function refoldPartnership(
  tx: Tx,
  partnershipId: string,
  given: readonly ThreadChange[],
  now: Date,
  { by, anew }: { by: Actor | null; anew: boolean },
): Promise<void> {
  const versions = await charters(tx, partnershipId);
  if (versions.length === 0) return;
  const begun = new Map(given.flatMap(({ threadId, begunBy }) => (begunBy ? [[threadId, begunBy] as const] : [])));
  const threadIds = given.map(({ threadId }) => threadId);
  const threads = await loadThreads(tx, await lockFamily(tx, partnershipId, threadIds, begun), begun);
  const before = await obligationsOfThreads(
    tx,
    partnershipId,
    threads.flatMap((thread) => (begun.has(thread.id) ? [] : [thread.id, ...thread.absorbed])),
  );
  const presses = await pressesOf(tx, before);
  const learned = await learnedPatterns(tx, partnershipId);
  const families = familiesIn(threads).map((family) => {
    const own = new Set(family.flatMap((thread) => [thread.id, ...thread.absorbed]));
    const rows = before.filter((row) => own.has(row.threadId));
    const ids = new Set(rows.map((row) => row.id));
    const input = {
      partnershipId,
      threads: family,
      otherMail: [],
      meetings: [],
      charters: versions,
      learned,
      presses: presses.filter((press) => ids.has(press.obligationId)),
      lapses: rows.filter(lapsed),
    };
    return { own, rows, input, found: fold(input, now) };
  });
  const agreedAt = acknowledgedAtOf(versions);
  const holdable = (o: Obligation): boolean =>
    o.state === 'open' && o.verdict.answer === 'expected' && agreedAt !== null && o.openedAt >= agreedAt;
  const waiting = families.flatMap(({ found }) => found.filter(holdable));
  const elsewhere = await mailElsewhere(tx, partnershipId, waiting);
  const meetings = await invitations(tx, waiting, [...threads.flatMap((thread) => thread.messages), ...elsewhere]);
  const next: Change[] = [];
  for (const { own, rows, input, found } of families) {
    const askers = new Set(found.filter(holdable).map((o) => o.asker));
    const otherMail = elsewhere.filter((mail) => !own.has(mail.threadId) && mail.to.some((to) => askers.has(to.address)));
    const whole = otherMail.length || meetings.length ? fold({ ...input, otherMail, meetings }, now) : found;
    const leftOut = input.threads.some((thread) => thread.leftOut);
    next.push(
      ...changesOf(rows, whole, versions, partnershipId, now).filter(({ before }) => leftOut || by !== null || !stands(before, now)),
    );
  }
  const changes = anew ? next.map((change) => ({ ...change, what: change.what === 'same' ? ('reached' as const) : change.what })) : next;
  await save(tx, partnershipId, versions, changes, now, by);
}

/**
 * What ended, and was known, so long ago is not judged anew: mail by which it was judged may have been emptied since. A first reading of old
 * mail judges all of it.
 */
const STANDS_MS = 90 * 24 * 3600_000;
const stands = (before: StoredObligation | undefined, now: Date): boolean =>
  before !== undefined &&
  before.state !== 'open' &&
  before.settledAt !== null &&
  now.getTime() - Math.max(before.settledAt.getTime(), before.firstSeenAt.getTime()) >= STANDS_MS;

/** Parts threads that have nothing to do with one another: each family (threads that share a fresh bare subject) is folded by itself. */
function familiesIn(threads: readonly Thread[]): Thread[][] {
  const families = new Set<Thread[]>();
  const bySubject = new Map<string, Thread[]>();
  for (const thread of threads) {
    const family = [thread];
    for (const subject of subjectsOf(thread)) {
      const known = bySubject.get(subject);
      if (known && families.delete(known)) family.push(...known);
    }
    families.add(family);
    for (const member of family) for (const subject of subjectsOf(member)) bySubject.set(subject, family);
  }
  return [...families];
}

/** Ended by silence alone: no mail, no press. */
const lapsed = (row: StoredObligation): row is StoredObligation & { settledAt: Date } =>
  !row.retired && row.settledAt !== null && row.endedBy === null && (row.ending === 'lapsed' || row.ending === 'notCounted');

const subjectsOf = (thread: Thread): string[] =>
  thread.messages.filter((message) => fresh(message) && message.bareSubject !== '').map((message) => message.bareSubject);

/**
 * Mail of other threads that may answer what is open here: to an asker, later than the earliest thing he waits for. It only holds an alert:
 * what has none (history, or not known to be expected) is not looked up.
 */
async function mailElsewhere(tx: Tx, partnershipId: string, open: readonly Obligation[]): Promise<MailElsewhere[]> {
  if (open.length === 0) return [];
  const after = new Date(Math.min(...open.map((o) => o.openedAt.getTime())));
  return mailTo(tx, { partnershipId, toAddresses: [...new Set(open.map((o) => o.asker))], after });
}

/** The meetings that invitations are about, where something waits that they may answer. */
async function invitations(tx: Tx, open: readonly Obligation[], mail: readonly Message[]): Promise<Invitation[]> {
  const askers = new Set(open.map((o) => o.asker));
  const invitations = mail.filter((message) => message.kind === 'meeting' && message.to.some((to) => askers.has(to.address)));
  if (invitations.length === 0) return [];
  const after = new Date(Math.min(...invitations.map((message) => message.at.getTime())));
  const meetings = await meetingsCalledBy(tx, [...new Set(invitations.map((message) => message.from.address))], after);
  return meetings.map(({ organizer, subject, startAt, endAt }) => ({ organizer, bareSubject: parseSubject(subject).bare, startAt, endAt }));
}

/** Everything that follows from the changes, in a handful of statements. */
async function save(
  tx: Tx,
  partnershipId: string,
  versions: readonly Charter[],
  changes: readonly Change[],
  now: Date,
  by: Actor | null,
): Promise<void> {
  const looked = changes.filter((change) => change.what !== 'same');
  if (looked.length === 0) return;
  const asking = await whatToAsk(
    tx,
    versions,
    await handsOf(tx, partnershipId, now),
    looked.map(({ after }) => after),
    now,
  );
  const touched = looked.map((change) => ({ ...change, after: lookedAtAgain(change.after, asking.againAt.get(change.after.id)) }));
  const rows = (known: boolean) => touched.flatMap(({ before, after }) => ((before !== undefined) === known ? after : []));
  await saveObligations(tx, rows(true), now, rows(false));
  await appendEvents(
    tx,
    touched.flatMap(({ before, after, what }) => (what === 'changed' ? eventsOf(before, after, now, by) : [])),
  );
  await ask(tx, asking, now);
  const scheduled = touched.flatMap(({ after }) => (after.nextAt ? [{ kind: NEXT, subject: subjectOf(after.id), at: after.nextAt }] : []));
  await setDeadlines(tx, scheduled);
  await clearDeadlines(
    tx,
    NEXT,
    'obligation',
    touched.filter(({ before, after }) => before && !after.nextAt).map(({ after }) => after.id),
  );
  // What is history, or not past due yet and seen by nobody, has no card to be kept true.
  const shown = touched.filter(
    ({ before, after }) =>
      !(after.history && (before?.history ?? true)) && (before || after.pastDueAt || after.questions.length || warned(after, now)),
  );
  await requestPosts(
    tx,
    shown.map(({ after }) => subjectOf(after.id)),
  );
}

/** A question that did not fit into somebody's day is put when there is room. */
const lookedAtAgain = (o: StoredObligation, at: Date | undefined): StoredObligation =>
  at && o.state === 'open' && isBefore(at, o.nextAt) ? { ...o, nextAt: at } : o;
