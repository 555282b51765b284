import { Refusal } from '../errors.ts';
import type { Db, Tx } from '../store/database.ts';
import { keptInTransaction } from '../store/kept.ts';
import type { AgreedCharter, Charter } from './charter.ts';
import { resolveVersion } from './resolve.ts';
import { type CharterState, readState, readStates, readVersions } from './store.ts';

/** What was resolved for a partnership, with the stamp of the content it came from. */
const resolved = new Map<string, { stamp: string; versions: readonly AgreedCharter[] }>();
const MOST_PARTNERSHIPS = 2000;

const kept = keptInTransaction<readonly AgreedCharter[]>();
/** To be said after each write to the tables that a charter is read from: the transaction goes on with what it wrote. */
export const charterWritten = (tx: Tx): void => kept.forget(tx);

/** Every version that was ever loaded, ascending, whether or not it came into force. Read once for what a transaction does under one lock. */
export const allVersions = (tx: Tx | Db, partnershipId: string): Promise<readonly AgreedCharter[]> =>
  kept.of(tx, partnershipId, async () => versionsIn(tx, partnershipId, await readState(tx, partnershipId)));

async function versionsIn(tx: Tx | Db, partnershipId: string, state: CharterState): Promise<readonly AgreedCharter[]> {
  const known = resolved.get(partnershipId);
  if (known?.stamp === state.stamp) return known.versions;
  const stored = await readVersions(tx, partnershipId);
  const versions = state.versions.map(({ version }) => resolveVersion(partnershipId, version, stored.get(version)!, state));
  const inForce = withForce(versions);
  resolved.delete(partnershipId);
  resolved.set(partnershipId, { stamp: state.stamp, versions: inForce });
  if (resolved.size > MOST_PARTNERSHIPS) resolved.delete(resolved.keys().next().value!);
  return inForce;
}

/** Once both sides have agreed on a version, an amendment counts from when both have agreed on it too, and never from before. */
function withForce(versions: readonly AgreedCharter[]): AgreedCharter[] {
  let agreedBefore = false;
  return versions.map((version) => {
    const waits = agreedBefore;
    agreedBefore ||= version.acknowledgedAt !== null;
    return waits && version.acknowledgedAt && version.acknowledgedAt > version.effectiveAt
      ? { ...version, effectiveAt: version.acknowledgedAt }
      : version;
  });
}

/** The versions that were or will be in force, ascending: an amendment that waits for its agreement is not among them. */
export async function charters(tx: Tx | Db, partnershipId: string): Promise<readonly AgreedCharter[]> {
  return inForce(await allVersions(tx, partnershipId));
}

function inForce(versions: readonly AgreedCharter[]): readonly AgreedCharter[] {
  const firstAgreed = versions.findIndex((version) => version.acknowledgedAt !== null);
  return firstAgreed < 0 ? versions : versions.filter((version, index) => index <= firstAgreed || version.acknowledgedAt !== null);
}

/** The version in force at an instant: the last with `effectiveAt <= at`; undefined before the first. */
export const charterAt = <Version extends Charter>(versions: readonly Version[], at: Date): Version | undefined =>
  versions.findLast((version) => version.effectiveAt <= at);

/**
 * The version in force now; before the first is, that one.
 * @throws {Refusal} `charter.not_found`
 */
export async function currentCharter(tx: Tx | Db, partnershipId: string, now: Date): Promise<AgreedCharter> {
  const versions = await charters(tx, partnershipId);
  const found = charterAt(versions, now) ?? versions[0];
  if (!found) throw new Refusal('charter.not_found');
  return found;
}

/** The same for many partnerships at once, by id; those without a charter are left out. */
export async function currentCharters(
  tx: Tx | Db,
  partnershipIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, AgreedCharter>> {
  const found = new Map<string, AgreedCharter>();
  for (const [id, state] of await readStates(tx, partnershipIds)) {
    const versions = inForce(await versionsIn(tx, id, state));
    const charter = charterAt(versions, now) ?? versions[0];
    if (charter) found.set(id, charter);
  }
  return found;
}

/** The newest version, in force or waiting: the one that both sides are asked to agree on. */
export async function latestCharter(tx: Tx | Db, partnershipId: string): Promise<AgreedCharter> {
  const found = (await allVersions(tx, partnershipId)).at(-1);
  if (!found) throw new Refusal('charter.not_found');
  return found;
}

/** Partnerships with a charter that are not paused, by slug. */
export const activePartnerships = (tx: Tx | Db): Promise<{ id: string; slug: string; name: string }[]> =>
  tx
    .selectFrom('partnership')
    .select(['id', 'slug', 'name'])
    .where('pausedAt', 'is', null)
    .where((where) => where.exists(where.selectFrom('charterVersion').select('version').whereRef('partnershipId', '=', 'partnership.id')))
    .orderBy('slug')
    .execute();
