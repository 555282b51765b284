import { uuidInOrder } from '../store/uuid.ts';
import type { MailStore, ThreadRow } from './store.ts';

export interface Joined {
  /** For each thing its living, locked thread. */
  readonly threads: readonly { readonly id: string; readonly leftOut: boolean }[];
  /** Threads that live on after another was joined to them. */
  readonly merged: readonly string[];
  /** Threads whose record goes because one that was left out was joined to them. */
  readonly leftOut: readonly string[];
  readonly newTies: ReadonlySet<string>;
  /** Threads that begin here and were joined to no other. */
  readonly made: ReadonlySet<string>;
}

/**
 * Finds or makes the thread of each group of things that share ties, joins threads that turn out to be one, and holds the locks of all of them
 * until the commit. The older lives (by its first message, then by id).
 * @param stored - threads by tie, as far as these ties were there
 * @param firstAt - of a group's own first message, which begins its thread where it is the first
 *
 * Deliveries run at the same time. Ties are written first and in order: whoever meets a tie that another is writing waits until that one has
 * committed and then sees it. Only then the threads are locked, in the order of their ids, and where one was joined to another while we waited
 * the ties are read again.
 */
export async function livingThreads(
  store: MailStore,
  ties: readonly (readonly string[])[],
  groups: readonly number[],
  stored: ReadonlyMap<string, string>,
  firstAt: (group: number) => Date | null,
): Promise<Joined> {
  const all = [...new Set(ties.flat())];
  const groupOf = new Map<string, number>();
  for (const [index, list] of ties.entries()) for (const tie of list) groupOf.set(tie, groups[index]!);
  const known = new Map([...stored].filter(([tie]) => groupOf.has(tie)));

  const first = new Map<number, string>();
  for (const [tie, threadId] of known) if (!first.has(groupOf.get(tie)!)) first.set(groupOf.get(tie)!, threadId);
  const begun: { id: string; firstAt: Date | null }[] = [];
  for (const group of new Set(groups)) {
    if (first.has(group)) continue;
    const id = uuidInOrder();
    begun.push({ id, firstAt: firstAt(group) });
    first.set(group, id);
  }
  const made = begun.map(({ id }) => id);
  const newTies = all.filter((tie) => !known.has(tie));
  await store.insertThreads(begun);
  const written = newTies.map((tie) => ({ tie, threadId: first.get(groupOf.get(tie)!)! }));
  const inserted = new Set(newTies);
  let current = new Map(known);
  for (const { tie, threadId } of written) current.set(tie, threadId);
  // Another delivery may have written some of them while we did.
  if (!(await store.insertTies(written)))
    for (const [tie, threadId] of await store.threadsOfTies(newTies, 'byOthers')) {
      inserted.delete(tie);
      current.set(tie, threadId);
    }

  // Nobody else can see the threads that are made here.
  const locked = new Map<string, ThreadRow>(made.map((id) => [id, { id, mergedInto: null, firstAt: null, leftOut: false }]));
  for (;;) {
    const wanted = [...new Set([...current.values(), ...first.values()])].filter((id) => !locked.has(id));
    if (wanted.length === 0) break;
    const rows = await store.lockRows(wanted);
    for (const row of rows) locked.set(row.id, row);
    if (rows.some(({ mergedInto }) => mergedInto)) current = await store.threadsOfTies(all);
  }

  const members = new Map<number, Set<string>>([...first.keys()].map((group) => [group, new Set<string>()]));
  for (const [tie, threadId] of current) members.get(groupOf.get(tie)!)!.add(threadId);
  const lives = new Map<number, ThreadRow>();
  const merged = new Set<string>();
  const leftOut = new Set<string>();
  const into = new Map<string, string>();
  const final = (id: string): string => (into.has(id) ? final(into.get(id)!) : id);
  for (const [group, ids] of members) {
    const rows = [...new Set([...ids].map(final))].map((id) => locked.get(id)!).sort(byAge);
    const living = rows[0]!;
    const gone = rows.slice(1);
    if (gone.length > 0) {
      const out = rows.some((row) => row.leftOut);
      await store.merge(
        living.id,
        gone.map(({ id }) => id),
        out,
      );
      for (const { id } of gone) into.set(id, living.id);
      merged.add(living.id);
      if (out) leftOut.add(living.id);
      locked.set(living.id, { ...living, leftOut: out });
    }
    lives.set(group, locked.get(living.id)!);
  }
  const used = new Set([...members.values()].flatMap((ids) => [...ids]));
  await store.removeThreadsNeverUsed(made.filter((id) => !used.has(id)));

  const threads = groups.map((group) => {
    const { id, leftOut: out } = locked.get(final(lives.get(group)!.id))!;
    return { id, leftOut: out };
  });
  const alone = new Set(made.filter((id) => used.has(id) && !into.has(id) && !merged.has(id)));
  return { threads, merged: [...merged].map(final), leftOut: [...leftOut].map(final), newTies: inserted, made: alone };
}

/** A thread without a message yet is the youngest: it was made for this delivery, or knows its ancestors by name only. */
function byAge(a: ThreadRow, b: ThreadRow): number {
  const age = (a.firstAt?.getTime() ?? Number.POSITIVE_INFINITY) - (b.firstAt?.getTime() ?? Number.POSITIVE_INFINITY);
  if (age) return age;
  return a.id < b.id ? -1 : 1;
}
