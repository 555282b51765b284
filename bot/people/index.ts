import { z } from 'zod';
import type { Action, Capability } from '../capability.ts';
import { Side } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import { ACCESS_REFUSALS } from './access.ts';
import { bind, type PeopleRefusal, unbind } from './bind.ts';

export {
  ACCESS_REFUSALS,
  type AccessRefusal,
  accessesOf,
  accessTo,
  actorOf,
  mayLook,
  mayLookAt,
  partnershipOf,
  type Subjects,
  subjectsOf,
} from './access.ts';
export { bind, mayBind, type PeopleRefusal, unbind } from './bind.ts';
export { bindByDirectory, type DirectoryUser } from './directory.ts';
export { ownBriefReader, wishingOwnBrief, wishOwnBrief } from './ownBrief.ts';
export { listed, type Party, partyOf } from './party.ts';
export { type Admins, identify, type Person } from './person.ts';
export { type Proposal, proposals, propose } from './proposals.ts';
export { type BoundAccount, type KnownContact, saidByOwner, type WhoIsWho, whoIsWho } from './roster.ts';
export type { Identity } from './store.ts';
export { calendarOf, contactIn, goneContacts, inPlaceOf, type World, worldNow, worldOf, worldsOf } from './world.ts';

/**
 * Who can say who an unbound person is, as a sentence for him. The owners are named only where the partnership is known, to somebody who
 * sees them in its channel anyway.
 */
export async function whoCanBind(tx: Tx | Db, partnershipId: string | null = null): Promise<string> {
  const owners = partnershipId
    ? await tx
        .selectFrom('contact')
        .select(['name', 'side'])
        .where('partnershipId', '=', partnershipId)
        .where('owner', '=', true)
        .where('active', '=', true)
        .where('name', '<>', '')
        .orderBy('side')
        .orderBy('name')
        .execute()
    : [];
  if (!owners.length) return 'The person who answers for the partnership can say who you are.';
  return `${owners.map((owner) => owner.name).join(' or ')} can say who you are.`;
}

const refusals: Readonly<Record<PeopleRefusal, { status: number; message: string }>> = {
  'people.not_allowed': { status: 403, message: 'Only a person who answers for this side, or for the client, can say who somebody is.' },
  'people.contact_not_found': { status: 404, message: 'There is no such person in this partnership.' },
  'people.bound_already': { status: 409, message: 'This account is somebody else here already. Take that back first.' },
  'people.not_bound': { status: 409, message: 'This account is not that person now.' },
  'people.by_directory': {
    status: 409,
    message: 'The directory of the client says so, by the address in what was agreed. Please correct the address there.',
  },
  'people.not_in_channel': { status: 409, message: 'This account is not a member of the channel.' },
};

const Binding = z.object({ tenantId: z.guid(), objectId: z.guid(), contactId: z.guid() });
const bindingEvent = z.object({ how: z.enum(['owner', 'directory']), side: Side, tenantId: z.guid(), objectId: z.guid() });

const action = (act: typeof bind, message: string): Action<z.output<typeof Binding>> => ({
  schema: Binding,
  subjectKind: 'charter',
  async run({ tx, now, actor, subjectId, input }) {
    await act(tx, { ...input, by: actor, now });
    return { subject: { kind: 'charter', id: subjectId }, message, undoEventId: null };
  },
});

/** Who is who. Actions name the partnership as their subject. */
export const people: Capability = {
  name: 'people',
  events: {
    'people.bound': {
      schema: bindingEvent,
      sentence: (event, who) => (event.by ? `${who} said whose account this is` : 'An account was found in the directory'),
    },
    'people.unbound': {
      schema: bindingEvent,
      sentence: (event, who) =>
        event.by ? `${who} took back whose account this is` : 'The directory says that this account is somebody else',
    },
  },
  refusals: { ...refusals, ...ACCESS_REFUSALS },
  actions: {
    'people.bind': action(bind, 'Recorded.'),
    'people.unbind': action(unbind, 'Taken back.'),
  },
};
