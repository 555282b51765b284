import type { Person } from '../../infra/local/tenant/person.ts';
import { PARTNER_TENANT, TENANT } from '../http/parts.ts';

/** A tenant in which nobody is bound. */
const OTHER_TENANT = '99999999-9999-4999-8999-999999999999';

let serial = 0;
function account(key: string, address: string, over: Partial<Person> = {}): Person {
  serial += 1;
  return {
    key,
    name: `Account ${key}`,
    company: '',
    title: '',
    address,
    aliases: [],
    kind: 'member',
    tenantId: TENANT,
    objectId: `aaaaaaaa-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    teamsUserId: `29:${key}`,
    userPrincipalName: address,
    zone: 'Europe/Amsterdam',
    admin: false,
    desk: null,
    ...over,
  };
}

/**
 * Everybody who may look at the partnership of Contoso with Fabrikam, or may not. `contact` is whom the account is bound to; without one it
 * is bound to nobody.
 */
export const VIEWERS = {
  /** Answers for it at the client. */
  owner: { person: account('anna', 'anna@contoso.com'), contact: ['fabrikam', 'anna'] },
  /** A contact of the client who is on none of the mails below. */
  member: { person: account('pieter', 'pieter@contoso.com'), contact: ['fabrikam', 'pieter'] },
  /** A contact of the provider who is on none of them. */
  providerA: { person: account('maria', 'maria@fabrikam.com', { kind: 'guest' }), contact: ['fabrikam', 'night-desk'] },
  /** The owner of another provider: of the client's other partnership. */
  providerB: {
    person: account('priya', 'priya@northwind.in', { kind: 'external', tenantId: PARTNER_TENANT }),
    contact: ['northwind', 'priya'],
  },
  /** Answers for it at the provider, with a guest account: the client's tenant id. */
  guest: { person: account('joan', 'joan@fabrikam.com', { kind: 'guest' }), contact: ['fabrikam', 'joan'] },
  /** Was written to; comes with his own company's tenant id. */
  external: {
    person: account('carlo', 'carlo@fabrikam.com', { kind: 'external', tenantId: PARTNER_TENANT }),
    contact: ['fabrikam', 'carlo'],
  },
  /** In the channel, and nobody yet. */
  unbound: { person: account('zoe', 'zoe@contoso.com', { kind: 'guest' }), contact: null },
  /** Of a company in which nobody is bound. */
  otherTenant: {
    person: account('mallory', 'mallory@other.example', { kind: 'external', tenantId: OTHER_TENANT }),
    contact: null,
  },
  /** No person: an application with a token of its own, though it names the owner. */
  appOnly: { person: account('app', 'app@contoso.com'), contact: null },
  /** An executive of the client, contact of its other partnership alone. */
  executive: { person: account('rosa', 'rosa@contoso.com'), contact: ['northwind', 'rosa'] },
  /** An admin of Rapport who is no contact anywhere. */
  admin: { person: account('root', 'root@contoso.com', { name: 'Quentin' }), contact: null },
} as const satisfies Record<string, { person: Person; contact: readonly [string, string] | null }>;
export type Viewer = keyof typeof VIEWERS;
export const viewers = Object.keys(VIEWERS) as Viewer[];

/** What stands in the subjects of mail and nowhere else, and who of all viewers may ever read it. */
export const SUBJECTS: Readonly<Record<string, readonly Viewer[]>> = {
  /** From Anna to Carlo: waits past its time. */
  'Alpha zebra': ['owner', 'external'],
  /** From Anna to Carlo and to a colleague: may not need an answer. */
  'Delta walrus': ['owner', 'external'],
  /** From Anna to Carlo and to Priya: people of two partnerships. */
  'Sierra giraffe': ['owner'],
  /** Of the other partnership: from Bas to Arjun. */
  'Bravo ostrich': [],
};
/** Names of people on those mails, as their charters have them. */
export const NAMES: Readonly<Record<string, readonly Viewer[]>> = {
  'Carlo Reyes': ['owner', 'external'],
  // the other charter shows names in its channel
  'Arjun Nair': ['providerB', 'executive'],
};
