import { maskFor } from '../people/erased.ts';
import type { Tx } from '../store/database.ts';
import type { Gate } from './gate.ts';
import type { MailItem, MailPage } from './item.ts';
import { livingThreads } from './join.ts';
import { masked } from './masked.ts';
import { inOrder, type Message } from './message.ts';
import {
  type CopyTimes,
  cleanCategories,
  factsOf,
  flagDueAt,
  grouped,
  instantOf,
  isSentCopy,
  isWhole,
  leavesOut,
  type MessageFacts,
  mergedFacts,
  mergedTimes,
  messageTie,
  participants,
  referencesOf,
  sameFacts,
  type Ties,
  tiesOf,
} from './rules.ts';
import { type CopyRow, factsOfRow, type MailStore, mailStore, type ThreadChange } from './store.ts';

export interface IngestContext {
  readonly gate: Gate;
  /** Product time. */
  readonly now: Date;
  /** The event that goes up: every thread that changed, once, after all of the page stands in the tables. */
  onThreads?(tx: Tx, threads: readonly ThreadChange[], now: Date): Promise<void>;
}

export interface Ingested {
  readonly changed: readonly ThreadChange[];
  /** Conversations that passed for the first time: their other mail may have been read and forgotten. */
  readonly conversations: readonly Conversation[];
  /** Messages that pass by their conversation alone: copies of them in mailboxes other than `mailboxIds` may have been read and forgotten. */
  readonly carried: readonly {
    readonly key: string;
    readonly addresses: ReadonlySet<string>;
    readonly mailboxIds: ReadonlySet<string>;
  }[];
  /** Conversations of which mail did not pass. For the reader's memory alone: they are stored nowhere. */
  readonly forgotten: readonly Conversation[];
}
/** As its mailbox groups it. */
export interface Conversation {
  readonly mailboxId: string;
  readonly id: string;
}

/** A copy that passed the gate and was not known. */
interface Arrival {
  readonly mailboxId: string;
  readonly item: MailItem;
  readonly ties: Ties;
  readonly facts: MessageFacts;
  readonly partnerships: ReadonlySet<string>;
  readonly copy: CopyRow;
}
interface Change {
  readonly copy: CopyRow;
  readonly marked: boolean;
}

/** An item with the page it came by. */
interface Told {
  readonly item: MailItem;
  readonly page: MailPage;
}

/**
 * Takes pages of folders, of one mailbox or of several, into the record: gate, copies, joining, messages; in the caller's transaction. The result
 * is the same in whatever order, number, company and mailbox copies are delivered. What does not pass leaves no trace. An item comes by one of the
 * pages alone.
 *
 * What belongs to a thread that was left out is looked for like any other: it may tie further threads to it, which are left out with it.
 *
 * The gate looks at a conversation as its mailbox groups it, and at all copies of its messages, since those can be read again once one of them
 * passes. Reply headers join what passes and let nothing in: a mail that only names another cannot be found again when the other comes later.
 */
export async function ingest(tx: Tx, pages: readonly MailPage[], context: IngestContext): Promise<Ingested> {
  const store = mailStore(tx);
  const { now } = context;
  for (const { mailbox, folder, removed } of pages) await store.markRemoved(mailbox.id, folder.id, removed, now);

  const told = pages.flatMap((page) =>
    lastTold(page.items)
      .filter((item) => item.draft !== true)
      .map((item): Told => ({ item, page })),
  );
  const places = told.map(({ item, page }) => ({ mailboxId: page.mailbox.id, graphId: item.id }));
  const stored = new Map((await store.copies(places)).map((copy) => [placeOf(copy), copy]));
  const changes: Change[] = [];
  const unknown: Told[] = [];
  for (const [index, one] of told.entries()) {
    const before = stored.size > 0 ? stored.get(placeOf(places[index]!)) : undefined;
    const change = before && changeOf(before, one.item, one.page, context.gate);
    if (change) changes.push(change);
    else if (!before && isWhole(one.item)) unknown.push(one);
  }
  const marked = changes.filter((change) => change.marked);
  const tiesOfMarked = marked.map(({ copy }) => [messageTie(copy.messageKey)]);
  const passed = await passing(store, unknown, context.gate);
  const known = await store.threadsOfTies([...new Set([...passed.map(({ ties }) => tieList(ties)), ...tiesOfMarked].flat())]);
  const arrivals = await store.notEmptied(passed, known);
  const arrived = new Set(arrivals.map(({ item }) => item));
  const forgotten = conversationsOf(
    unknown.filter(({ item }) => !arrived.has(item)).map(({ item, page }) => ({ item, mailboxId: page.mailbox.id })),
  );
  if (arrivals.length === 0 && changes.length === 0) return { changed: [], conversations: [], carried: [], forgotten };

  const groups = [...arrivals.map(({ ties }) => tieList(ties)), ...tiesOfMarked];
  const groupOf = grouped(groups);
  const mail = mailOf(arrivals, context.gate);
  const firstOf = firstMail(arrivals, groupOf, mail);
  const joined = await livingThreads(store, groups, groupOf, known, (group) => firstOf.get(group)?.at ?? null);
  const touched = new Set<string>(joined.merged);

  const live = arrivals.filter((_, index) => !joined.threads[index]!.leftOut);
  const threadOf = new Map<string, string>();
  for (const [index, arrival] of arrivals.entries()) threadOf.set(arrival.facts.key, joined.threads[index]!.id);
  for (const index of marked.keys()) touched.add(joined.threads[arrivals.length + index]!.id);

  const absent = arrivals.filter((_, index) => joined.threads[index]!.leftOut);
  const newlyAbsent = await store.keepLeftOut(absent.map(({ facts }) => facts.key));

  await store.addCopies(live.map(({ copy }) => copy));
  await store.saveCopies(changes.map(({ copy }) => copy));
  const written = await writeMessages(store, live, mail, threadOf, joined.newTies, context.gate);
  for (const threadId of written.threads) touched.add(threadId);
  const links = arrivals.flatMap(({ partnerships }, index) => {
    const { id: threadId, leftOut } = joined.threads[index]!;
    const bareSubject = joined.made.has(threadId) ? firstOf.get(groupOf[index]!)!.bareSubject : null;
    return leftOut ? [] : [...partnerships].map((partnershipId) => ({ threadId, partnershipId, bareSubject }));
  });
  const linked = await store.link(links);
  for (const { threadId } of linked) touched.add(threadId);

  const out = new Set(joined.leftOut);
  for (const [index, { copy }] of [...arrivals, ...marked].entries()) if (leavesOut(copy.categories)) out.add(joined.threads[index]!.id);
  const older = await store.partnershipsOf([...touched, ...out].filter((id) => !joined.made.has(id)));
  const begun = linked.filter(({ threadId }) => joined.made.has(threadId));
  const begunBy = mailOfBegun(new Set(begun.map(({ threadId }) => threadId)), written.rows, written.marked);
  const changed = [...older, ...begun.map((link) => ({ ...link, begunBy: begunBy.get(link.threadId) }))];
  await store.leaveOut([...out]);
  await store.refreshThreads([...touched].filter((id) => !out.has(id) && !joined.made.has(id)));
  if (changed.length) await context.onThreads?.(tx, changed, now);

  const carried = new Map<string, { key: string; addresses: Set<string>; mailboxIds: Set<string> }>();
  for (const { item, facts, partnerships } of arrivals)
    if (partnerships.size === 0 && (written.fresh.has(facts.key) || newlyAbsent.has(facts.key))) {
      const one = carried.get(facts.key) ?? { key: facts.key, addresses: new Set(), mailboxIds: new Set() };
      for (const address of participants(item)) one.addresses.add(address);
      carried.set(facts.key, one);
    }
  if (carried.size > 0) for (const { mailboxId, facts } of arrivals) carried.get(facts.key)?.mailboxIds.add(mailboxId);
  return {
    changed,
    conversations: conversationsOf(arrivals.filter(({ ties }) => ties.conversation && joined.newTies.has(ties.conversation))),
    carried: [...carried.values()],
    forgotten,
  };
}

const placeOf = ({ mailboxId, graphId }: { mailboxId: string; graphId: string }): string => `${mailboxId} ${graphId}`;

/** Each once. */
function conversationsOf(list: readonly { readonly mailboxId: string; readonly item: MailItem }[]): Conversation[] {
  const found = new Map<string, Conversation>();
  for (const { mailboxId, item } of list)
    if (item.conversationId) found.set(`${mailboxId} ${item.conversationId}`, { mailboxId, id: item.conversationId });
  return [...found.values()];
}

/** An item may come several times in a page; the later one tells more, and never takes back by silence. */
function lastTold(items: readonly MailItem[]): MailItem[] {
  const byId = new Map<string, MailItem>();
  for (const item of items) {
    const before = byId.get(item.id);
    const told = before && Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
    byId.set(item.id, before ? { ...before, ...told, headers: item.headers ?? before.headers } : item);
  }
  return [...byId.values()];
}

/** What a delivery changes on a known copy; null when nothing. */
function changeOf(before: CopyRow, item: MailItem, { mailbox, folder }: MailPage, gate: Gate): Change | null {
  const flag = item.flag?.status ?? before.flag;
  const dueAt = item.flag ? flagDueAt(item.flag, gate.zoneOf(mailbox.address)) : before.flagDueAt;
  const categories = item.categories ? cleanCategories(item.categories) : before.categories;
  const sentCopy = before.sentCopy || (folder.role === 'sent' && isWhole(item) && isSentCopy(item, mailbox.addresses, folder.role));
  const marked =
    flag !== before.flag ||
    dueAt?.getTime() !== before.flagDueAt?.getTime() ||
    categories.join('\n') !== before.categories.join('\n') ||
    sentCopy !== before.sentCopy;
  const stays = before.folderId === folder.id && before.round === folder.round && before.removedAt === null;
  if (!marked && stays && (item.webLink ?? before.webLink) === before.webLink) return null;
  const copy = {
    ...before,
    flag,
    flagDueAt: dueAt,
    categories,
    sentCopy,
    folderId: folder.id,
    round: folder.round,
    removedAt: null,
    webLink: item.webLink ?? before.webLink,
  };
  return { copy, marked };
}

const tieList = ({ own, references, conversation }: Ties): string[] => [own, ...references, ...(conversation ? [conversation] : [])];

const NONE: ReadonlySet<string> = new Set();
/** The gate: what passes by itself, and what shares a conversation or a message with something that passes or is stored. */
async function passing(store: MailStore, told: readonly Told[], gate: Gate): Promise<Arrival[]> {
  const tooOld = ({ item: { receivedAt, sentAt }, page: { since } }: Told): boolean =>
    since !== undefined && (receivedAt ?? sentAt!) < since;
  const looked = told.map((one) => {
    const { item, page } = one;
    const partnerships = tooOld(one) ? NONE : gate.partnershipsOf(participants(item));
    return { item, page, ties: tiesOf(item, page.mailbox.id), partnerships };
  });
  const rest = looked.filter(({ partnerships }) => partnerships.size === 0);
  const asked = new Set(rest.flatMap(({ ties }) => (ties.conversation ? [ties.own, ties.conversation] : ties.own)));
  const open = await store.tiesThatPass([...asked]);

  const group = grouped(looked.map(({ ties }) => [ties.own, ...(ties.conversation ? [ties.conversation] : [])]));
  const passes = new Set<number>();
  for (const [index, { ties, partnerships }] of looked.entries()) {
    if (partnerships.size > 0 || open.has(ties.own) || (ties.conversation && open.has(ties.conversation))) passes.add(group[index]!);
  }
  const taken = looked.filter((_, index) => passes.has(group[index]!));
  const mask = await maskFor(
    store.tx,
    taken.flatMap(({ item }) => participants(item)),
  );
  return taken.map(({ item, page: { mailbox, folder }, ties, partnerships }) => {
    const sentCopy = isSentCopy(item, mailbox.addresses, folder.role);
    const facts = factsOf(masked(item, mask), sentCopy);
    const copy: CopyRow = {
      mailboxId: mailbox.id,
      graphId: item.id,
      messageKey: facts.key,
      folderId: folder.id,
      conversationId: item.conversationId ?? null,
      receivedAt: item.receivedAt ?? null,
      sentAt: item.sentAt ?? null,
      sentCopy,
      flag: item.flag?.status ?? 'none',
      flagDueAt: item.flag ? flagDueAt(item.flag, gate.zoneOf(mailbox.address)) : null,
      categories: cleanCategories(item.categories ?? []),
      webLink: item.webLink ?? null,
      removedAt: null,
      round: folder.round,
    };
    return { mailboxId: mailbox.id, item, ties: { ...ties, references: referencesOf(item) }, facts, partnerships, copy };
  });
}

/** What all copies that came say of a message, and when it happened by them. */
interface Mail {
  readonly facts: MessageFacts;
  readonly at: Date;
}

function mailOf(arrivals: readonly Arrival[], gate: Gate): ReadonlyMap<string, Mail> {
  const seen = new Map<string, { facts: MessageFacts; times: CopyTimes }>();
  for (const { facts, copy } of arrivals) {
    const other = seen.get(facts.key);
    seen.set(facts.key, { facts: other ? mergedFacts(other.facts, facts) : facts, times: mergedTimes(other?.times, copy) });
  }
  const mail = new Map<string, Mail>();
  for (const [key, { facts, times }] of seen) mail.set(key, { facts, at: instantOf(times, gate.isClient(facts.from.address))! });
  return mail;
}

/** The first mail of each group, as a thread of nothing else begins. */
function firstMail(
  arrivals: readonly Arrival[],
  groupOf: readonly number[],
  mail: ReadonlyMap<string, Mail>,
): ReadonlyMap<number, { readonly at: Date; readonly key: string; readonly bareSubject: string }> {
  const first = new Map<number, { at: Date; key: string; bareSubject: string }>();
  for (const [index, { facts }] of arrivals.entries()) {
    const { at, facts: merged } = mail.get(facts.key)!;
    const one = { at, key: facts.key, bareSubject: merged.bareSubject };
    const known = first.get(groupOf[index]!);
    if (!known || inOrder(one, known) < 0) first.set(groupOf[index]!, one);
  }
  return first;
}

/** The mail of threads that begin here. Where somebody marked a copy, all is read as it stands: whose mark it is takes knowing the mailboxes. */
function mailOfBegun(
  begun: ReadonlySet<string>,
  rows: readonly (MessageFacts & { readonly at: Date; readonly threadId: string })[],
  marked: ReadonlySet<string>,
): ReadonlyMap<string, readonly Message[]> {
  const mail = new Map<string, Message[]>();
  for (const row of rows) {
    if (!begun.has(row.threadId) || marked.has(row.threadId)) continue;
    const { key, at, kind, from, to, cc, subject, bareSubject, prefix, isReply, importance } = row;
    const message = { key, at, kind, from, to, cc, subject, bareSubject, prefix, isReply, importance, marks: [] };
    const others = mail.get(row.threadId);
    if (others) others.push(message);
    else mail.set(row.threadId, [message]);
  }
  for (const messages of mail.values()) messages.sort(inOrder);
  return mail;
}

/** Writes what all copies seen so far say of the messages that arrived. A message whose tie is new was not there before. */
async function writeMessages(
  store: MailStore,
  arrivals: readonly Arrival[],
  mail: ReadonlyMap<string, Mail>,
  threadOf: ReadonlyMap<string, string>,
  newTies: ReadonlySet<string>,
  gate: Gate,
) {
  const keys = [...new Set(arrivals.map(({ facts }) => facts.key))];
  const old = keys.filter((key) => !newTies.has(messageTie(key)));
  const before = new Map((await store.messages(old)).map((row) => [row.key, row]));
  const times = await store.times([...before.keys()]);
  const rows = keys.flatMap((key) => {
    const row = before.get(key);
    const told = mail.get(key)!;
    if (!row) return [{ ...told.facts, at: told.at, threadId: threadOf.get(key)! }];
    const known = factsOfRow(row);
    const facts = mergedFacts(known, told.facts);
    const at = instantOf(times.get(key)!, gate.isClient(facts.from.address))!;
    const same = row.at.getTime() === at.getTime() && sameFacts(known, facts);
    return same ? [] : [{ ...facts, at, threadId: threadOf.get(key)! }];
  });
  const known = (row: { readonly key: string }): boolean => before.has(row.key);
  await store.addMessages(rows.filter((row) => !known(row)));
  await store.saveMessages(rows.filter(known));
  await store.setRecipients(
    rows.filter(({ at }) => gate.agreedAt !== null && at >= gate.agreedAt),
    rows.map(({ key }) => key).filter((key) => before.has(key)),
  );
  const marked = new Set(
    arrivals.flatMap(({ copy, facts }) => (copy.flag !== 'none' || copy.categories.length > 0 ? threadOf.get(facts.key)! : [])),
  );
  return {
    rows,
    /** Threads in which somebody marked a copy. */
    marked,
    threads: new Set([...rows.map(({ threadId }) => threadId), ...marked]),
    fresh: new Set(keys.filter((key) => !before.has(key))),
  };
}
