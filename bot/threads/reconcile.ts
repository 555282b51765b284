import type { Tx } from '../store/database.ts';
import { mailStore } from './store.ts';

/**
 * After a folder was read in full again (its token had expired): copies that were not seen again are gone from it. A removed copy changes
 * nothing about its thread: what was said stays said.
 */
export const removedUnseen = (tx: Tx, mailboxId: string, folder: { id: string; round: number }, now: Date): Promise<void> =>
  mailStore(tx).markUnseen(mailboxId, folder.id, folder.round, now);
