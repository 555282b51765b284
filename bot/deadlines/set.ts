import type { Subject } from '../capability.ts';
import type { Db, Tx } from '../store/database.ts';
import type {} from './store.ts';

interface Deadline {
  readonly kind: string;
  readonly subject: Subject;
  readonly at: Date;
}

/** Sets when a subject has to be looked at (product time). One per kind and subject: setting it again moves it, and frees a parked one. */
export const setDeadline = (tx: Tx, deadline: Deadline): Promise<void> => setDeadlines(tx, [deadline]);

/** Sets many at once; as {@link setDeadline}. */
export async function setDeadlines(tx: Tx, deadlines: readonly Deadline[]): Promise<void> {
  if (deadlines.length === 0) return;
  const fresh = { leaseUntil: null, failures: 0, parkedAt: null, lastError: null };
  await tx
    .insertInto('deadline')
    .values(deadlines.map(({ kind, subject, at }) => ({ kind, subjectKind: subject.kind, subjectId: subject.id, at, ...fresh })))
    .onConflict((conflict) =>
      conflict.columns(['kind', 'subjectKind', 'subjectId']).doUpdateSet((eb) => ({ ...fresh, at: eb.ref('excluded.at') })),
    )
    .execute();
}

/** Sets when a subject has to be looked at again, or clears it; null: never by itself. */
export const moveDeadline = (tx: Tx, kind: string, subject: Subject, at: Date | null): Promise<void> =>
  moveDeadlines(tx, kind, subject.kind, [{ id: subject.id, at }]);

/** The same for many subjects of one kind. */
export async function moveDeadlines(
  tx: Tx,
  kind: string,
  subjectKind: string,
  next: readonly { readonly id: string; readonly at: Date | null }[],
): Promise<void> {
  await setDeadlines(
    tx,
    next.flatMap(({ id, at }) => (at ? [{ kind, subject: { kind: subjectKind, id }, at }] : [])),
  );
  const never = next.filter(({ at }) => !at).map(({ id }) => id);
  await clearDeadlines(tx, kind, subjectKind, never);
}

export const clearDeadline = (tx: Tx, { kind, subject }: Omit<Deadline, 'at'>): Promise<void> =>
  clearDeadlines(tx, kind, subject.kind, [subject.id]);

/** Clears the deadlines of one kind for many subjects of one kind. */
export async function clearDeadlines(tx: Tx, kind: string, subjectKind: string, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return;
  await tx
    .deleteFrom('deadline')
    .where('kind', '=', kind)
    .where('subjectKind', '=', subjectKind)
    .where('subjectId', 'in', [...subjectIds])
    .execute();
}

/** The next product time at which something is to be looked at, after `after` where given: as a part of a statement. Parked ones do not count. */
export function nextDeadline(db: Db | Tx, after?: Date) {
  const all = db.selectFrom('deadline').select('at').where('parkedAt', 'is', null).orderBy('at').limit(1);
  return after ? all.where('at', '>', after) : all;
}

/** The same, asked for by itself; null where there is none. */
export const nextDeadlineAt = async (db: Db | Tx, after?: Date): Promise<Date | null> =>
  (await nextDeadline(db, after).executeTakeFirst())?.at ?? null;
