import { afterEach, describe, expect, it } from '@jest/globals';
import { scopeOf } from '../../bot/graph/index.ts';
import { aMail, aMailbox, aPerson, aTenant } from '../local/support/tenant.ts';
import { Service } from './service.ts';

const anna = aPerson({ address: 'anna@contoso.example' });
const hr = aPerson({ address: 'hr@contoso.example' });
const mails = [aMail({ from: 'joan@fabrikam.example', to: anna.address, subject: 'Pump 4' })];
const tenant = (hrState: 'on' | 'outOfScope') =>
  aTenant({ people: [anna, hr], mailboxes: [aMailbox(anna), aMailbox(hr, { state: hrState })], mails });

let service: Service;
afterEach(() => service?.close());
const start = async (hrState: 'on' | 'outOfScope', outside: string) => {
  service = await Service.start(tenant(hrState));
  service.outside = outside;
};

describe('the proof of the scope', () => {
  it('is a mailbox outside that Graph refuses: then mail is read', async () => {
    await start('outOfScope', hr.address);
    await service.sweep();
    expect(await scopeOf(service.database.db)).toBe('proven');
    expect(await service.subjects()).toEqual(['Pump 4']);
  });

  it('fails loudly when that mailbox can be read, and no mail is', async () => {
    await start('on', hr.address);
    await expect(service.sweep()).rejects.toMatchObject({ name: 'ScopeNotProven', code: 'tooWide' });
    expect(await scopeOf(service.database.db)).toBe('tooWide');
    expect(service.wire.filter(({ url }) => !url.includes(encodeURIComponent(hr.address)))).toEqual([]);
    expect(await service.subjects()).toEqual([]);
  });

  it('is none when there is no such mailbox', async () => {
    await start('outOfScope', 'nobody@contoso.example');
    await expect(service.sweep()).rejects.toMatchObject({ name: 'ScopeNotProven', code: 'unproven' });
  });

  it('stops the reading when the scope grows afterwards', async () => {
    await start('outOfScope', hr.address);
    await service.sweep();
    service.instead = (url) => (url.includes(encodeURIComponent(hr.address)) ? Response.json({ id: 'inbox' }) : undefined);
    await expect(service.sweep()).rejects.toMatchObject({ code: 'tooWide' });
    const asked = service.wire.length;
    await service.settle(); // turns of mailboxes that were called for before
    expect(service.wire.length).toBe(asked);
  });
});
