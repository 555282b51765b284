import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { appSlot, nextSlot, sincePresent } from './pace.ts';

interface TeamsPaceTable {
  onlyRow: boolean;
  fullAt: Date | null;
}
declare module '../store/database.ts' {
  interface Database {
    teamsPace: TeamsPaceTable;
  }
}

/** A wait for the pace that is worth holding a worker for. */
const PATIENCE_MS = 3_000;

/**
 * Takes the next free place in the pace of a conversation.
 * @returns how long to wait for it, ms
 * @throws {Unavailable} when it is too far ahead: none was taken
 */
export async function slot(tx: Tx, conversationId: string, now: Date): Promise<number> {
  const pace = await tx
    .selectFrom('conversation')
    .select(['paceShortAt', 'paceLongAt', 'waitUntil'])
    .where('id', '=', conversationId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { at, ...after } = nextSlot(sincePresent(pace, now), now);
  const waitMs = patient(at, now, "the conversation's pace is used up");
  await tx.updateTable('conversation').set(after).where('id', '=', conversationId).execute();
  return waitMs;
}

/** Waits until the app may send, over all its instances: the last thing before a call. @throws {Unavailable} when that is too far ahead */
export async function appTurn({ transaction, wall }: Pick<Ports, 'transaction' | 'wall'>): Promise<void> {
  const waitMs = await transaction(async (tx) => {
    const now = wall.now();
    const { fullAt } = await tx.selectFrom('teamsPace').select('fullAt').forUpdate().executeTakeFirstOrThrow();
    const next = appSlot(fullAt, now);
    await tx.updateTable('teamsPace').set({ fullAt: next.fullAt }).execute();
    return patient(next.at, now, 'the pace of the app is used up');
  });
  if (waitMs > 0) await sleep(waitMs);
}

function patient(at: Date, now: Date, message: string): number {
  const waitMs = at.getTime() - now.getTime();
  if (waitMs > PATIENCE_MS) throw new Unavailable(message, { retryAfterSeconds: waitMs / 1000 + Math.random() });
  return waitMs;
}

/** Waits for the pace of a conversation, then for that of the app. @throws {Unavailable} when either is too far ahead */
export async function myTurn(ports: Pick<Ports, 'transaction' | 'wall'>, conversationId: string): Promise<void> {
  const waitMs = await ports.transaction((tx) => slot(tx, conversationId, ports.wall.now()));
  if (waitMs > 0) await sleep(waitMs);
  await appTurn(ports);
}
