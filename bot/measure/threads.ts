import { Fingerprints, IntColumn, Texts, TimeColumn } from './columns.ts';
import type { CountedMessage } from './rules.ts';
import type { Side } from './sides.ts';

/** What threading and counting need of one message. */
export type Entry = {
  readonly messageId: string | undefined;
  /** Ids in In-Reply-To and References. */
  readonly references: readonly string[];
  /** Undefined for a message that says no time: it links others and does not count. */
  readonly atMs: number | undefined;
  readonly side: Side | undefined;
  /** Sides that stand in To, in Cc. */
  readonly to: readonly (Side | undefined)[];
  readonly cc: readonly (Side | undefined)[];
  /** Addresses of author, To and Cc. */
  readonly participants: readonly string[];
  readonly bareSubject: string;
  readonly title: string;
  /** The subject starts with a prefix of reply. */
  readonly reply: boolean;
  /** Written by a machine, or meeting mail. */
  readonly automatic: boolean;
};

/** `to`: the other side stands in To; `to-or-cc`: or in Cc; `thread`: every message of both sides, in threads that name both. */
export type Addressed = 'to' | 'to-or-cc' | 'thread';

export type CountedThread = { readonly title: string; readonly messages: CountedMessage[] };

const DAYS_30_MS = 30 * 86_400_000;
const SIDE_BIT: Readonly<Record<Side, number>> = { client: 1, provider: 2 };
const [TO, CC] = [0, 2];
const [AUTOMATIC, REFERS, REPLY] = [16, 32, 64];

/**
 * Messages joined into threads, held compactly: a few numbers for each, no texts but the different subjects. Whatever the order in
 * which messages and their copies are added, the threads are the same.
 */
export class Threads {
  private readonly nodes = new Fingerprints();
  private readonly addresses = new Fingerprints();
  private readonly subjects = new Fingerprints();
  private readonly titles = new Texts();
  /** Per node (message id): its parent in the union, and its message or -1 when only others name it. */
  private readonly parent = new IntColumn();
  private readonly messageOf = new IntColumn();
  /** Per message. */
  private readonly node = new IntColumn();
  private readonly at = new TimeColumn();
  private readonly author = new IntColumn();
  private readonly flags = new IntColumn();
  private readonly depth = new IntColumn();
  private readonly title = new IntColumn();
  private readonly subject = new IntColumn();
  /** Its people stand in `person` from here, so many. */
  private readonly peopleFrom = new IntColumn();
  private readonly peopleCount = new IntColumn();
  private readonly person = new IntColumn();
  private readonly noSubject: number;
  /** Copies of messages that were already there. */
  duplicates = 0;

  constructor() {
    this.noSubject = this.subjects.number('');
  }

  /** Messages held, each once. */
  get size(): number {
    return this.node.length;
  }

  add(entry: Entry): void {
    // Without an id, the same author, time and subject are the same message.
    const id = entry.messageId ?? `\0${entry.participants[0] ?? ''}\0${entry.atMs ?? ''}\0${entry.bareSubject}`;
    const node = this.nodeOf(id);
    const known = this.messageOf.data[node]!;
    const message = known < 0 ? this.addMessage(node, entry) : known;
    if (known >= 0) this.mergeCopy(message, entry);
    const bit = (side: Side | undefined): number => (side ? SIDE_BIT[side] : 0);
    this.author.data[message]! |= bit(entry.side);
    let flags = (entry.automatic ? AUTOMATIC : 0) | (entry.reply ? REPLY : 0) | (entry.references.length > 0 ? REFERS : 0);
    for (const side of entry.to) flags |= bit(side) << TO;
    for (const side of entry.cc) flags |= bit(side) << CC;
    this.flags.data[message]! |= flags;
    this.depth.data[message] = Math.max(this.depth.data[message]!, new Set(entry.references).size);
    for (const reference of entry.references) this.join(node, this.nodeOf(reference));
  }

  /** The threads one by one, each with the messages that count in the order of time. Threads without any are left out. */
  *counted(addressed: Addressed): Generator<CountedThread> {
    this.joinBySubject();
    const roots = this.node.data.slice(0, this.size).map((node) => this.root(node));
    const order = this.inOrder((a, b) => roots[a]! - roots[b]!);
    for (let start = 0; start < order.length; ) {
      let end = start + 1;
      while (end < order.length && roots[order[end]!] === roots[order[start]!]) end++;
      const thread = order.subarray(start, end);
      // The subject as the thread began, which is what people remember it by.
      const title = this.titles.text(this.title.data[thread[0]!]!);
      start = end;
      const named = thread.reduce((sides, message) => sides | this.namedIn(message), 0);
      if (addressed === 'thread' && named !== 3) continue;
      const messages: CountedMessage[] = [];
      for (const message of thread) {
        if (this.counts(message, addressed)) messages.push({ side: this.sideOf(message)!, atMs: this.at.data[message]! });
      }
      if (messages.length > 0) yield { title, messages };
    }
  }

  private addMessage(node: number, entry: Entry): number {
    const message = this.node.push(node);
    this.messageOf.data[node] = message;
    this.at.push(entry.atMs ?? Number.NaN);
    for (const column of [this.author, this.flags, this.depth]) column.push(0);
    this.title.push(this.titles.number(oneLine(entry.title)));
    this.subject.push(this.subjects.number(entry.bareSubject));
    this.peopleFrom.push(this.person.length);
    for (const address of entry.participants) this.person.push(this.addresses.number(address));
    this.peopleCount.push(this.person.length - this.peopleFrom.data[message]!);
    return message;
  }

  /** The earliest copy is the nearest to its sending; a copy through a list may have lost its writer and got a longer subject. */
  private mergeCopy(message: number, entry: Entry): void {
    this.duplicates++;
    const known = this.at.data[message]!;
    if (entry.atMs !== undefined && !(known <= entry.atMs)) this.at.data[message] = entry.atMs;
    const title = oneLine(entry.title);
    if (shorter(title, this.titles.text(this.title.data[message]!))) {
      this.title.data[message] = this.titles.number(title);
      this.subject.data[message] = this.subjects.number(entry.bareSubject);
    }
    const people = new Set(this.peopleOf(message));
    const before = people.size;
    for (const address of entry.participants) people.add(this.addresses.number(address));
    if (people.size === before) return;
    this.peopleFrom.data[message] = this.person.length;
    this.peopleCount.data[message] = people.size;
    for (const person of people) this.person.push(person);
  }

  /** A reply without reply headers goes to the latest message before it with its bare subject and one of its people, within 30 days. */
  private joinBySubject(): void {
    const stray = (message: number) => (this.flags.data[message]! & (REPLY | REFERS | AUTOMATIC)) === REPLY;
    const wanted = new Uint8Array(this.subjects.size);
    for (let message = 0; message < this.size; message++) if (stray(message)) wanted[this.subject.data[message]!] = 1;
    wanted[this.noSubject] = 0;
    const subject = this.subject.data;
    const order = this.inOrder(
      (a, b) => subject[a]! - subject[b]!,
      (message) => wanted[subject[message]!] === 1 && (this.flags.data[message]! & AUTOMATIC) === 0,
    );
    /** By person: the place of the latest message so far that has the subject at hand. */
    const latest = new Map<number, number>();
    order.forEach((message, place) => {
      if (place > 0 && subject[order[place - 1]!] !== subject[message]) latest.clear();
      const people = this.peopleOf(message);
      if (stray(message)) {
        let found = -1;
        for (const person of people) found = Math.max(found, latest.get(person) ?? -1);
        const earlier = order[found];
        if (earlier !== undefined && this.at.data[message]! - this.at.data[earlier]! <= DAYS_30_MS) {
          this.join(this.node.data[message]!, this.node.data[earlier]!);
        }
      }
      for (const person of people) latest.set(person, place);
    });
  }

  /** Messages with a time, by it; in the same second a reply stands behind what it refers to, then the id decides. */
  private inOrder(first: (a: number, b: number) => number, wanted: (message: number) => boolean = () => true): Int32Array {
    const [at, depth, node] = [this.at.data, this.depth.data, this.node.data];
    const dated = Int32Array.from({ length: this.size }, (_, message) => message).filter(
      (message) => !Number.isNaN(at[message]!) && wanted(message),
    );
    return dated.sort((a, b) => first(a, b) || at[a]! - at[b]! || depth[a]! - depth[b]! || this.nodes.compare(node[a]!, node[b]!));
  }

  private peopleOf(message: number): Int32Array {
    const from = this.peopleFrom.data[message]!;
    return this.person.data.subarray(from, from + this.peopleCount.data[message]!);
  }

  /** Copies that disagree about the side make it nobody's. */
  private sideOf(message: number): Side | undefined {
    const author = this.author.data[message]!;
    return author === SIDE_BIT.client ? 'client' : author === SIDE_BIT.provider ? 'provider' : undefined;
  }

  private counts(message: number, addressed: Addressed): boolean {
    const side = this.sideOf(message);
    if (!side || this.flags.data[message]! & AUTOMATIC) return false;
    if (addressed === 'thread') return true;
    const other = SIDE_BIT.client + SIDE_BIT.provider - SIDE_BIT[side];
    const asked = (other << TO) | (addressed === 'to-or-cc' ? other << CC : 0);
    return (this.flags.data[message]! & asked) !== 0;
  }

  private namedIn(message: number): number {
    const flags = this.flags.data[message]!;
    return (this.author.data[message]! | (flags >> TO) | (flags >> CC)) & 3;
  }

  private nodeOf(id: string): number {
    const node = this.nodes.number(id);
    if (node === this.parent.length) {
      this.parent.push(node);
      this.messageOf.push(-1);
    }
    return node;
  }

  private root(node: number): number {
    let at = node;
    while (this.parent.data[at] !== at) {
      const above = this.parent.data[this.parent.data[at]!]!;
      this.parent.data[at] = above;
      at = above;
    }
    return at;
  }

  private join(one: number, other: number): void {
    const [a, b] = [this.root(one), this.root(other)];
    if (a !== b) this.parent.data[Math.max(a, b)] = Math.min(a, b);
  }
}

/** As much as anybody reads of a subject. */
function oneLine(title: string): string {
  return title.length > 250 ? title.slice(0, 250).replace(/[\ud800-\udbff]$/, '') : title;
}

function shorter(one: string, other: string): boolean {
  return one.length !== other.length ? one.length < other.length : one < other;
}
