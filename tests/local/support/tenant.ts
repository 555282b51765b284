import { createHash } from 'node:crypto';
import type { Person } from '../../../infra/local/tenant/person.ts';
import type { Mailbox, SentMail, Tenant } from '../../../infra/local/tenant/tenant.ts';

export const START = new Date('2026-11-20T09:10:00Z');
const idOf = (text: string) =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');

export const aPerson = (given: Partial<Person> & { readonly address: string }): Person => {
  const key = given.address.split('@')[0]!;
  return {
    key,
    name: `${key[0]!.toUpperCase()}${key.slice(1)}`,
    company: 'Contoso',
    title: '',
    aliases: [],
    kind: 'member',
    tenantId: idOf('contoso'),
    objectId: idOf(given.address),
    teamsUserId: `29:${key}`,
    userPrincipalName: given.address,
    zone: 'Europe/Amsterdam',
    admin: false,
    desk: null,
    ...given,
  };
};

export const aMailbox = (person: Person, given: Partial<Mailbox> = {}): Mailbox => ({
  address: person.address,
  aliases: person.aliases,
  name: person.name,
  objectId: person.objectId,
  kind: 'user',
  state: 'on',
  zone: person.zone,
  folders: [],
  rules: [],
  outOfOffice: null,
  ...given,
});

let made = 0;
export const aMail = (
  given: Partial<Omit<SentMail, 'from' | 'to' | 'cc'>> & { from: string; to: string | string[]; cc?: string[] },
): SentMail => {
  const address = (one: string) => ({ address: one, name: '' });
  made += 1;
  return {
    messageId: `<mail-${made}@test.example>`,
    inReplyTo: [],
    references: [],
    subject: `Question ${made}`,
    sentAt: new Date(START.getTime() - 3_600_000),
    receivedAt: null,
    importance: 'normal',
    headers: [],
    text: 'What people wrote.',
    meeting: null,
    marks: [],
    ...given,
    from: address(given.from),
    to: [given.to].flat().map(address),
    cc: (given.cc ?? []).map(address),
  };
};

export function aTenant(given: Partial<Omit<Tenant, 'mail'>> & { readonly mails?: readonly SentMail[] } = {}): Tenant {
  const anna = aPerson({ address: 'anna@contoso.example', aliases: ['a.devries@contoso.example'] });
  const bram = aPerson({ address: 'bram@contoso.example' });
  const joan = aPerson({
    address: 'joan@fabrikam.example',
    kind: 'guest',
    company: 'Fabrikam',
    userPrincipalName: 'joan_fabrikam.example#EXT#@contoso.example',
  });
  const carlo = aPerson({ address: 'carlo@fabrikam.example', kind: 'external', company: 'Fabrikam', tenantId: idOf('fabrikam') });
  return {
    folder: '',
    name: 'Contoso',
    id: anna.tenantId,
    domain: 'contoso.example',
    app: {
      id: idOf('app'),
      secret: 'secret',
      idUri: `api://localhost/${idOf('app')}`,
      roles: ['Mail.ReadBasic.All', 'Calendars.ReadBasic', 'MailboxSettings.Read', 'User.ReadBasic.All'],
    },
    agreedAt: new Date(START.getTime() - 21 * 86_400_000),
    watchedAt: START,
    clockStartAt: START,
    about: '',
    people: [anna, bram, joan, carlo],
    firstLooking: anna,
    mailboxes: [aMailbox(anna), aMailbox(bram)],
    channels: [],
    charters: [],
    meetings: [],
    said: [],
    ...given,
    async *mail() {
      yield* given.mails ?? [];
    },
  };
}
