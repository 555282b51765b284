import type { Access, Actor, Capability, Subject } from '../capability.ts';
import { Refusal } from '../errors.ts';
import type { Db, Tx } from '../store/database.ts';
import type { Person } from './person.ts';

export type AccessRefusal = 'access.none' | 'access.look_only' | 'subject.not_found';

/** The same sentences wherever somebody asks. */
export const ACCESS_REFUSALS: Readonly<Record<AccessRefusal, { status: number; message: string }>> = {
  'access.none': { status: 403, message: 'You are not part of this partnership. Its owner can add you.' },
  'access.look_only': {
    status: 403,
    message: 'You can look here, and say nothing for a side: that is for the people of this partnership.',
  },
  'subject.not_found': { status: 404, message: 'This is not there, or you cannot see it.' },
};

/**
 * How somebody stands towards a partnership; null: he sees nothing of it. The one function for API, stream, cards and commands (design.md,
 * Posts and privacy): contacts by their bound identity, the client's executives and the admins by their role. What he reads of a thread is
 * decided by whether he takes part in it.
 */
export function accessTo(person: Person, partnershipId: string, through: Actor['through']): Access | null {
  const actor = person.actors.find((each) => each.partnershipId === partnershipId);
  if (actor) return { ...actor, through };
  if (person.admin) return { partnershipId, as: 'admin' };
  return person.executive ? { partnershipId, as: 'executive' } : null;
}

/** @throws {Refusal} `access.none` */
export function mayLook(person: Person, partnershipId: string, through: Actor['through']): Access {
  const access = accessTo(person, partnershipId, through);
  if (!access) throw new Refusal<AccessRefusal>('access.none');
  return access;
}

/** @throws {Refusal} `access.look_only` for somebody who may look by his role alone */
export function actorOf(access: Access): Actor {
  if (!('contactId' in access)) throw new Refusal<AccessRefusal>('access.look_only');
  return access;
}

/** Everything somebody may open, by name: what he is bound to, and by his role all other partnerships that have a charter. */
export async function accessesOf(tx: Tx | Db, person: Person, through: Actor['through']): Promise<Access[]> {
  const byRole = person.admin || person.executive;
  if (!byRole && !person.actors.length) return [];
  const rows = await tx
    .selectFrom('partnership')
    .select('id')
    .where((where) => where.exists(where.selectFrom('charterVersion').select('version').whereRef('partnershipId', '=', 'partnership.id')))
    .$if(!byRole, (query) =>
      query.where(
        'id',
        'in',
        person.actors.map(({ partnershipId }) => partnershipId),
      ),
    )
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.flatMap(({ id }) => accessTo(person, id, through) ?? []);
}

export type Subjects = ReadonlyMap<string, (tx: Tx | Db, id: string) => Promise<string | null>>;

/** What the capabilities say about whose their subjects are. */
export const subjectsOf = (capabilities: readonly Capability[]): Subjects =>
  new Map(capabilities.flatMap(({ subjects }) => Object.entries(subjects ?? {})));

/** The partnership a subject belongs to; null for one that is not there, belongs to none yet, or is of no known kind. */
export const partnershipOf = async (tx: Tx | Db, subjects: Subjects, { kind, id }: Subject): Promise<string | null> =>
  (await subjects.get(kind)?.(tx, id)) ?? null;

/**
 * How somebody stands towards a subject. One that is not there and one that is not his are told alike.
 * @throws {Refusal} `subject.not_found`
 */
export async function mayLookAt(
  tx: Tx | Db,
  subjects: Subjects,
  person: Person,
  subject: Subject,
  through: Actor['through'],
): Promise<Access> {
  const partnershipId = await partnershipOf(tx, subjects, subject);
  const access = partnershipId === null ? null : accessTo(person, partnershipId, through);
  if (!access) throw new Refusal<AccessRefusal>('subject.not_found');
  return access;
}
