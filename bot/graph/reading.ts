import type { Ports } from '../capability.ts';
import type { Gate, IngestContext } from '../threads/index.ts';
import type { Ahead } from './ahead.ts';
import type { Graph } from './client.ts';
import type { GraphMessage } from './item.ts';
import type { ReadingMemory } from './memory.ts';
import type { Places } from './places.ts';
import type { tableStatistics } from './statistics.ts';
import type { Mailbox, MailFolder, Wanted } from './store.ts';

/** What whoever reads a mailbox works with. */
export interface Reading {
  readonly memory: ReadingMemory;
  readonly grown: ReturnType<typeof tableStatistics>;
  readonly graph: Graph;
  readonly ports: Ports;
  readonly gate: Gate;
  readonly backfillDays: number;
  readonly onThreads: NonNullable<IngestContext['onThreads']>;
  /** Takes into the record what was fetched; resolved once that has been committed. */
  readonly take: (take: Take) => Promise<void>;
  readonly ahead: Ahead;
  /** Room for items that are read and not taken yet. */
  readonly intake: Places;
}

/** What was fetched of a mailbox, to be taken into the record at once. An item is in one of the parts alone. */
export interface Take {
  readonly reading: Reading;
  readonly mailbox: Mailbox;
  readonly parts: readonly TakePart[];
  /** What was wanted and has been asked for. */
  readonly answered?: readonly Wanted[];
  /** What was wanted, and Graph failed with it. */
  readonly failed?: readonly Wanted[];
}
/** Mail of a folder. `links`: it came by the folder's next page, and the folder goes on there. */
export interface TakePart {
  readonly folder: MailFolder;
  readonly messages: readonly GraphMessage[];
  readonly links?: { readonly nextLink: string | undefined; readonly deltaLink: string | undefined };
}
