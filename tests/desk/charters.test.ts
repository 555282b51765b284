import { describe, expect, it } from '@jest/globals';
import { readCharters } from '../../infra/local/launch/charters.ts';
import type { Tenant } from '../../infra/local/tenant/tenant.ts';

const tenant = (text: string) => ({ charters: [{ slug: 'fabrikam', text }], people: [] }) as unknown as Tenant;

describe('what the desk reads out of a charter', () => {
  it.each([
    ['no YAML', 'name: x\n\tfoo: ['],
    ['nothing', ''],
    ['a word', 'charter'],
    ['people that are none', 'client: { people: anna }\nprovider: { people: [~] }'],
    ['calendars that are none', 'client: { calendar: a }\ncalendars: 3'],
  ])('leaves it to the service to say what is wrong: %s', (_what, text) => {
    const { owners, places } = readCharters(tenant(text));
    expect([owners.get('fabrikam'), places.get('fabrikam')]).toEqual([[], []]);
  });

  it.each([
    ['its own', 'name: Service\nclient: { name: Contoso }', 'Service'],
    ['those of its sides', 'client: { name: Contoso }\nprovider: { name: Litware }', 'Contoso and Litware'],
  ])('calls a partnership by its name as the service does: %s', (_what, text, name) => {
    expect(readCharters(tenant(text)).names.get('fabrikam')).toBe(name);
  });
});
