import type { Actor } from '../capability.ts';
import { Refusal } from '../errors.ts';
import { appendEvent } from '../journal/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import type { AgreedCharter } from './charter.ts';
import { syncContacts } from './contacts.ts';
import type { CharterRefusal } from './events.ts';
import { charterWritten, latestCharter } from './versions.ts';

/** Whether a person may agree for his side: its owner in the newest version, or the one in force until then. */
export const mayAcknowledge = (charter: AgreedCharter, actor: Actor): boolean =>
  actor.owner || charter.sides[actor.side].contacts.some((contact) => contact.id === actor.contactId && contact.owner);

/**
 * One side agrees to the newest version. Pressing again changes nothing; when the other side had agreed already, the version counts from now
 * (or from its own date, if that is later).
 * @param version - the one that was on the card; a newer one must be read first
 * @throws {Refusal} `charter.owner_only`, `charter.changed`, `charter.not_found`
 */
export async function acknowledge(
  tx: Tx,
  { partnershipId, version, by, now }: { partnershipId: string; version?: number | undefined; by: Actor; now: Date },
): Promise<{ charter: AgreedCharter; already: boolean }> {
  const subject = { kind: 'charter', id: partnershipId };
  await lockSubject(tx, subject);
  const charter = await latestCharter(tx, partnershipId);
  if (!mayAcknowledge(charter, by)) throw new Refusal<CharterRefusal>('charter.owner_only');
  if (version !== undefined && version !== charter.version)
    throw new Refusal<CharterRefusal>('charter.changed', { version: charter.version });
  if (charter.acknowledged[by.side]) return { charter, already: true };
  await tx
    .insertInto('charterAcknowledgement')
    .values({ partnershipId, version: charter.version, side: by.side, contactId: by.contactId, at: now })
    .execute();
  charterWritten(tx);
  const data = { version: charter.version };
  await appendEvent(tx, { kind: 'charter.agreed', subject, partnershipId, at: now, by, data: { ...data, side: by.side } });
  const agreed = await latestCharter(tx, partnershipId);
  if (agreed.acknowledgedAt) {
    await syncContacts(tx, partnershipId, now);
    await appendEvent(tx, { kind: 'charter.acknowledged', subject, partnershipId, at: now, by, data });
  }
  return { charter: agreed, already: false };
}
