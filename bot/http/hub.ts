import { type Subject, subjectKey } from '../capability.ts';
import { JOURNAL_CHANNEL, journalCursor } from '../journal/index.ts';
import type { Db } from '../store/database.ts';
import { CLOCK_CHANNEL, type Listener } from '../store/index.ts';

const GATHER_MS = 100;

/** Something changed in a partnership. Without `subjects`, anything may have. */
export interface Change {
  /** Where to resume. */
  readonly cursor: string;
  /** Of the last of the changes: a view whose cursor lies beyond it holds all of them. Any transaction that is still open keeps cursors back. */
  readonly position?: string;
  readonly subjects?: readonly string[];
}

/** What a stream is told. */
export interface Told {
  changed(change: Change): void;
  /** Product time was moved, and nothing else said so (local mode alone). */
  moved(): void;
}

/** Tells this instance's open streams what was committed, whichever instance wrote it: one LISTEN connection for all of them. */
export interface Hub {
  subscribe(partnershipId: string, told: Told): () => void;
  close(): void;
}

export async function openHub(db: Db, listener: Listener): Promise<Hub> {
  const streams = new Map<string, Set<Told>>();
  let ids: string[] = [];
  let missed = false;
  let moved = false;
  let timer: NodeJS.Timeout | null = null;

  const unsubscribe = await listener.subscribe(JOURNAL_CHANNEL, (told) => {
    if (!streams.size) return;
    if (told === null) missed = true;
    else ids.push(...told.split(','));
    timer ??= setTimeout(() => void tell(), GATHER_MS);
  });

  const unsubscribeClock = await listener.subscribe(CLOCK_CHANNEL, () => {
    if (!streams.size) return;
    moved = true;
    timer ??= setTimeout(() => void tell(), GATHER_MS);
  });

  async function tell(): Promise<void> {
    timer = null;
    const [gathered, gap, timeMoved] = [ids, missed, moved];
    ids = [];
    missed = false;
    moved = false;
    try {
      const cursor = await journalCursor(db);
      const found = await changesIn(gathered);
      for (const [partnershipId, told] of streams) {
        const own = found.get(partnershipId);
        for (const each of told)
          if (gap) each.changed({ cursor });
          else if (own) each.changed({ cursor, position: String(own.position), subjects: [...own.subjects] });
          else if (timeMoved) each.moved();
      }
    } catch {
      missed = true; // the database is away; the listener tells when it is back
    }
  }

  async function changesIn(gathered: string[]): Promise<Map<string, { subjects: Set<string>; position: bigint }>> {
    const found = new Map<string, { subjects: Set<string>; position: bigint }>();
    if (!gathered.length) return found;
    const rows = await db
      .selectFrom('journal')
      .select(['partnershipId', 'subjectKind', 'subjectId', 'transactionId'])
      .where('id', 'in', gathered)
      .where('partnershipId', 'in', [...streams.keys()])
      .execute();
    for (const row of rows) {
      const subject: Subject = { kind: row.subjectKind, id: row.subjectId };
      const own = found.get(row.partnershipId!) ?? { subjects: new Set(), position: 0n };
      own.subjects.add(subjectKey(subject));
      if (BigInt(row.transactionId) > own.position) own.position = BigInt(row.transactionId);
      found.set(row.partnershipId!, own);
    }
    return found;
  }

  return {
    subscribe(partnershipId, told) {
      const all = streams.get(partnershipId) ?? new Set();
      streams.set(partnershipId, all.add(told));
      return () => {
        all.delete(told);
        if (!all.size) streams.delete(partnershipId);
      };
    },
    close() {
      unsubscribe();
      unsubscribeClock();
      if (timer) clearTimeout(timer);
    },
  };
}
