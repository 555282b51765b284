import { type Access, type Actor, isActor } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { dayOfSide } from '../charter/readable.ts';
import type { ActionView } from '../contract/obligation.ts';
import type { AccountView, PeopleView } from '../contract/people.ts';
import { SIDES, toInstant } from '../contract/sides.ts';
import { Refusal } from '../errors.ts';
import { type BoundAccount, type KnownContact, type PeopleRefusal, type Proposal, saidByOwner, whoIsWho } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';

const NAME = 100;

/**
 * Whose accounts are whose, for an owner.
 * @throws {Refusal} `people.not_allowed` for everybody else: names are not for all
 */
export async function peopleView(tx: Tx, access: Access, now: Date): Promise<PeopleView> {
  if (!isActor(access) || !access.owner) throw new Refusal<PeopleRefusal>('people.not_allowed');
  const charter = await currentCharter(tx, access.partnershipId, now);
  const { contacts, unknown } = await whoIsWho(tx, access);
  return {
    now: toInstant(now),
    partnershipId: access.partnershipId,
    sides: SIDES.map((side) => ({
      side,
      name: charter.sides[side].name,
      people: contacts
        .filter((contact) => contact.side === side)
        .map((contact) => ({
          id: contact.id,
          name: visible(contact.name, NAME),
          role: roleOf(charter, contact),
          accounts: contact.accounts.map((account) => accountView(charter, access, contact, account)),
        })),
    })).filter(({ people }) => people.length),
    unknown: unknown.map((member) => ({ id: idOf(member), name: nameOf(member), actions: sayWho(member, contacts) })),
  };
}

const idOf = ({ tenantId, objectId }: { tenantId: string; objectId: string }): string => `${tenantId}/${objectId}`;
const nameOf = ({ name }: { name: string | null }): string => visible(name, NAME) || 'Somebody without a name';

const roleOf = ({ sides }: AgreedCharter, { id, side }: KnownContact): string =>
  sides[side].contacts.find((contact) => contact.id === id)?.role ?? '';

function accountView(charter: AgreedCharter, reader: Actor, contact: KnownContact, account: BoundAccount): AccountView {
  const on = dayOfSide(charter, reader.side, account.at);
  const { tenantId, objectId } = account;
  return {
    id: idOf(account),
    name: account.name === null ? 'An account that is not in the channel' : nameOf(account),
    text: saidByOwner(account) ? `Said by ${sayer(charter, account.by)}, ${on}` : `Found in the directory, ${on}`,
    undo: saidByOwner(account)
      ? {
          verb: 'people.unbind',
          label: 'Take back',
          rank: 'few',
          inputs: [],
          carries: { tenantId, objectId, contactId: contact.id },
          hint: 'The account presses nothing as this person any more, and what was written to it in private is taken away.',
        }
      : null,
  };
}

/** Who said it, as everyone reads him. */
function sayer({ sides }: AgreedCharter, contactId: string): string {
  for (const side of SIDES) {
    const role = sides[side].contacts.find(({ id }) => id === contactId)?.role;
    if (role) return `${sides[side].name} (${role})`;
  }
  return 'an owner';
}

/** *This is Joan* where she is likely; else, or if she is not, a choice of all. */
function sayWho({ tenantId, objectId, contact }: Proposal, contacts: readonly KnownContact[]): ActionView[] {
  const bind = { verb: 'people.bind', rank: 'few' as const, hint: 'Lets this account press buttons as this person.' };
  const choices = contacts.map(({ id, name }) => ({ value: id, title: visible(name, NAME) }));
  return [
    ...(contact
      ? [{ ...bind, label: `This is ${visible(contact.name, NAME)}`, inputs: [], carries: { tenantId, objectId, contactId: contact.id } }]
      : []),
    {
      ...bind,
      label: contact ? 'Somebody else …' : 'Say who this is …',
      inputs: [{ id: 'contactId', kind: 'choice', label: 'Person', required: true, choices }],
      carries: { tenantId, objectId },
    },
  ];
}
