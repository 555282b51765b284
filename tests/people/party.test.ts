import { describe, expect, it } from '@jest/globals';
import type { AgreedCalendar, Charter, CharterSide, Contact } from '../../bot/charter/charter.ts';
import { listed, partyOf } from '../../bot/people/index.ts';

const calendar: AgreedCalendar = {
  key: 'c',
  place: 'Here',
  work: { zone: 'UTC', hours: { mon: [['09:00', '17:00']] }, holidays: [] },
  assumed: false,
};
const contact = (side: Contact['side'], key: string, ...addresses: string[]): Contact => ({
  id: key,
  key,
  side,
  name: key,
  role: 'Team',
  addresses,
  owner: false,
  executive: false,
  standIn: null,
  left: false,
  calendar: null,
});
const side = (name: CharterSide['side'], rest: Partial<CharterSide>): CharterSide => ({
  side: name,
  name,
  domains: [],
  serviceAddresses: [],
  actsFor: [],
  calendar,
  contacts: [],
  ...rest,
});
const target = { kind: 'days', days: 1 } as const;
const charter: Charter = {
  partnershipId: 'p',
  version: 1,
  name: 'Contoso and Fabrikam',
  effectiveAt: new Date(0),
  acknowledgedAt: null,
  sides: {
    client: side('client', {
      domains: ['contoso.com'],
      contacts: [contact('client', 'anna', 'anna@contoso.com', 'anna@old.example'), contact('client', 'lee', 'lee@gmail.com')],
      serviceAddresses: [{ address: 'invoices@contoso.com', name: 'Invoices' }],
    }),
    provider: side('provider', {
      domains: ['fabrikam.com', 'lab.contoso.com'],
      actsFor: ['subworks.com', 'fabrikam.com.ph'],
      contacts: [contact('provider', 'joan', 'joan@fabrikam.com'), contact('provider', 'guest', 'v-max@contoso.com')],
      serviceAddresses: [{ address: 'tickets@desk.example', name: 'Tickets' }],
    }),
  },
  targets: { client: { normal: target, high: target }, provider: { normal: target, high: target } },
  notExpected: [],
  alertsPerDay: 5,
  channelDetail: 'roles',
};

describe('whose side an address is on', () => {
  it.each([
    ['a contact', 'joan@fabrikam.com', 'provider', 'joan', null, false],
    ['in capitals', ' Joan@Fabrikam.COM ', 'provider', 'joan', null, false],
    ['a contact by his second address', 'anna@old.example', 'client', 'anna', null, false],
    ['a contact at a public mail service', 'lee@gmail.com', 'client', 'lee', null, false],
    ["a provider's person with an address of the client", 'v-max@contoso.com', 'provider', 'guest', null, false],
    ['a service address outside the domains', 'tickets@desk.example', 'provider', null, 'Tickets', false],
    ['a service address within', 'invoices@contoso.com', 'client', null, 'Invoices', false],
    ['a domain', 'someone@contoso.com', 'client', null, null, false],
    ['a domain below it', 'someone@eu.contoso.com', 'client', null, null, false],
    ['the nearest domain', 'someone@x.lab.contoso.com', 'provider', null, null, false],
    ['one that acts for the side', 'ann@subworks.com', 'provider', null, null, true],
    ['one that only ends alike', 'ann@mail.fabrikam.com.ph', 'provider', null, null, true],
  ])('%s', (_what, address, where, key, service, actsFor) => {
    const party = partyOf(charter, address);
    expect([party?.side, party?.contact?.key ?? null, party?.service?.name ?? null, party?.actsFor]).toEqual([
      where,
      key,
      service,
      actsFor,
    ]);
  });

  it.each(['someone@gmail.com', 'x@notcontoso.com', 'x@contoso.com.evil.example', 'x@com', 'contoso.com', '', '@', 'x@'])(
    '%j is outside',
    (address) => {
      expect(partyOf(charter, address)).toBeNull();
    },
  );

  it('32: only a listed contact or service address opens the gate', () => {
    const addresses = [
      'joan@fabrikam.com',
      'TICKETS@desk.example',
      'someone@fabrikam.com',
      'ann@subworks.com',
      'lee@gmail.com',
      'x@gmail.com',
    ];
    expect(addresses.map((address) => listed(charter, address))).toEqual([true, true, false, false, true, false]);
  });
});
