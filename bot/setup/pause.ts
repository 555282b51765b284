import { type Access, type Capability, isActor } from '../capability.ts';
import { Refusal } from '../errors.ts';
import { appendEvent } from '../journal/index.ts';
import { refreshCards, requestPost } from '../posts/index.ts';
import { plain } from '../posts/parts.ts';
import { openChannel } from '../posts/store.ts';
import type { Tx } from '../store/database.ts';
import { setupSubject } from './confirm.ts';

interface Pause {
  readonly partnershipId: string;
  readonly by: Access;
  readonly now: Date;
}

export type PauseRefusal = 'partnership.owner_only';
/** Its owners of either side, and the admins of Rapport. */
export const mayPause = (by: Access): boolean => (isActor(by) ? by.owner : by.as === 'admin');
const refuseUnlessHeMay = (by: Access): void => {
  if (!mayPause(by)) throw new Refusal<PauseRefusal>('partnership.owner_only');
};

/** Stops posts and reading of a partnership at once. Saying it twice changes nothing. @throws {Refusal} {@link PauseRefusal} */
export async function pauseIn(tx: Tx, { partnershipId, by, now }: Pause): Promise<string> {
  refuseUnlessHeMay(by);
  const { numUpdatedRows } = await tx
    .updateTable('partnership')
    .set({ pausedAt: now })
    .where('id', '=', partnershipId)
    .where('pausedAt', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows) await record(tx, 'partnership.paused', { partnershipId, by, now });
  return `Paused. Rapport posts nothing and reads nothing for ${await nameOf(tx, partnershipId)} until somebody writes resume.`;
}

/** Goes on: what is wanted now is posted, and every card that stands is made true. @throws {Refusal} {@link PauseRefusal} */
export async function resumeIn(tx: Tx, { partnershipId, by, now }: Pause, capabilities: readonly Capability[]): Promise<string> {
  refuseUnlessHeMay(by);
  const { numUpdatedRows } = await tx
    .updateTable('partnership')
    .set({ pausedAt: null })
    .where('id', '=', partnershipId)
    .where('pausedAt', 'is not', null)
    .executeTakeFirst();
  const name = await nameOf(tx, partnershipId);
  if (!numUpdatedRows) return `Rapport is not paused for ${name}.`;
  await record(tx, 'partnership.resumed', { partnershipId, by, now });
  const there = await openChannel(tx, partnershipId);
  for (const { on } of capabilities) {
    await on?.charter?.(tx, partnershipId, now);
    if (there) await on?.installed?.(tx, partnershipId, now);
  }
  await refreshAll(tx, partnershipId);
  return `Rapport goes on for ${name}.`;
}

/** In one's own chat the answer alone says which partnership it was. */
async function nameOf(tx: Tx, partnershipId: string): Promise<string> {
  const { name } = await tx.selectFrom('partnership').select('name').where('id', '=', partnershipId).executeTakeFirstOrThrow();
  return plain(name, 80);
}

async function refreshAll(tx: Tx, partnershipId: string): Promise<void> {
  const conversations = await tx
    .selectFrom('conversation')
    .leftJoin('contact', 'contact.id', 'conversation.contactId')
    .select('conversation.id')
    .where('tombstonedAt', 'is', null)
    .where(({ or, eb }) => or([eb('conversation.partnershipId', '=', partnershipId), eb('contact.partnershipId', '=', partnershipId)]))
    .execute();
  for (const { id } of conversations) await refreshCards(tx, id);
}

async function record(tx: Tx, kind: string, { partnershipId, by, now }: Pause): Promise<void> {
  const subject = { kind: 'partnership', id: partnershipId };
  const who = isActor(by) ? { by } : { by: null, through: 'command' };
  await appendEvent(tx, { kind, subject, partnershipId, at: now, ...who });
  const channel = await tx
    .selectFrom('conversation')
    .select('id')
    .where('partnershipId', '=', partnershipId)
    .where('kind', '=', 'channel')
    .where('tombstonedAt', 'is', null)
    .executeTakeFirst();
  if (channel) await requestPost(tx, setupSubject(channel.id));
}
