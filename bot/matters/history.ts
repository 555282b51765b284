import { type EventKind, isActor, type JournalEvent, type Viewer } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import type { HistoryLine } from '../contract/obligation.ts';
import { eventsWithRemarks } from '../journal/index.ts';
import { historyLine } from '../responses/index.ts';
import type { Tx } from '../store/database.ts';

/** An admin looks after the service: what people wrote is not for him. An executive is asked at the top. */
export const readsWords = (viewer: Viewer): boolean => viewer === 'everyone' || isActor(viewer) || viewer.as === 'executive';

/** What happened to one matter, as a viewer may read it. */
export interface History {
  /** The oldest event first. */
  readonly events: readonly JournalEvent[];
  /** In words; for everyone what people said, for known people also what time did. */
  readonly lines: HistoryLine[];
  /** What somebody wrote with an event; null where nothing, or not for this viewer. */
  written(eventId: string | null): string | null;
  /** What somebody wrote with the last event of a kind. */
  lastWritten(kind: string): string | null;
}

/**
 * The histories of many matters of one kind, by id, in one query. Nothing in them can be taken back by itself.
 * @param sentences - of the capability, by event kind: an event without one is left out of the lines
 */
export async function historiesOf(tx: Tx, { kind, ids, viewer, charter, sentences }: HistoriesAsked): Promise<(id: string) => History> {
  const { events, remarks } = await eventsWithRemarks(tx, kind, ids, readsWords(viewer));
  const written = (eventId: string | null): string | null => remarks.get(eventId ?? '') ?? null;
  return (id) => {
    const own = events.filter(({ subject }) => subject.id === id);
    const told = viewer === 'everyone' ? own.filter(({ by }) => by !== null) : own;
    return {
      events: own,
      lines: told.flatMap((event) => {
        const kind = sentences[event.kind];
        return kind ? [historyLine(kind, event, charter, written(event.id))] : [];
      }),
      written,
      lastWritten: (of) => written(own.findLast((event) => event.kind === of)?.id ?? null),
    };
  };
}

interface HistoriesAsked {
  /** Of the subjects, as the journal names it. */
  readonly kind: string;
  readonly ids: readonly string[];
  readonly viewer: Viewer;
  readonly charter: Charter;
  readonly sentences: Readonly<Record<string, EventKind>>;
}
