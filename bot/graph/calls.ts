import { addJob, addJobs } from '../jobs/index.ts';
import type { Db, Tx } from '../store/database.ts';

/** A turn of a mailbox; at most one waits and one runs, over all instances. */
export const callTurn = (tx: Tx | Db, mailboxId: string): Promise<void> =>
  addJob(tx, 'graph.mailbox', { mailboxId }, { key: `mailbox:${mailboxId}` });

/** The turn that follows one of a mailbox, unless it was called for meanwhile. */
export const callNextTurn = (db: Db, mailboxId: string, priority: number): Promise<void> =>
  addJob(db, 'graph.mailbox', { mailboxId }, { key: `mailbox:${mailboxId}`, priority, unlessWaiting: true });

/** A turn of each of many mailboxes. */
export const callTurns = (tx: Tx | Db, mailboxIds: readonly string[]): Promise<void> =>
  addJobs(
    tx,
    'graph.mailbox',
    mailboxIds.map((mailboxId) => ({ key: `mailbox:${mailboxId}`, payload: { mailboxId } })),
  );

const SEARCH = 'graph.mailboxes';
/** Charters changed, or a partnership was paused or goes on: who is read is found anew. */
export const callMailboxSearch = (tx: Tx | Db): Promise<void> => addJob(tx, SEARCH, {}, { key: SEARCH });

/** The sweep's: a search that is under way finds what there is to find, and the next sweep what came since. */
export const callMailboxSearchBySweep = (tx: Tx | Db): Promise<void> => addJob(tx, SEARCH, {}, { key: SEARCH, unlessRunning: true });

/** Everything is read now; the sweep comes back by itself. */
export const callSweep = (tx: Tx | Db): Promise<void> => addJob(tx, 'graph.sweep', {}, { key: 'graph.sweep' });

/** Graph is to wake us when something happens in this mailbox. */
export const callWatch = (tx: Tx | Db, mailboxId: string): Promise<void> =>
  addJob(tx, 'graph.watch', { mailboxId }, { key: `watch:${mailboxId}`, priority: 5 });
