import { describe, expect, it } from '@jest/globals';
import { readTenant } from '../../infra/local/tenant/index.ts';
import { charterOf, mailsOf, type Wait, waitsAt } from './support/fold.ts';

const FOLDER = 'infra/local/tenants/contoso';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Weekends, nights, clock changes, public holidays and the end of a year: people try a sample whenever they have time. */
const STARTS = [
  ['a Sunday night', '2026-11-22T03:12:00Z'],
  ['a Monday morning', '2026-11-23T07:30:00Z'],
  ['a Monday afternoon', '2026-11-23T13:00:00Z'],
  ['a Wednesday', '2027-02-17T11:00:00Z'],
  ['a Friday evening', '2027-06-18T19:45:00Z'],
  ['the week the clocks go forward', '2027-03-30T10:00:00Z'],
  ['the week they go back', '2026-10-27T16:00:00Z'],
  ['the day they go back', '2026-10-25T00:30:00Z'],
  ['Christmas', '2026-12-25T12:00:00Z'],
  ['New Year', '2027-01-01T15:00:00Z'],
  ["the Netherlands' national day", '2027-04-27T10:00:00Z'],
  ['Philippine Independence Day', '2028-06-12T10:00:00Z'],
  ["India's Republic Day", '2027-01-26T10:00:00Z'],
  ['a leap day', '2028-02-29T09:10:00Z'],
  ['the very minute', '2027-05-12T09:10:00Z'],
] as const;

const known = new Map<string, ReturnType<typeof tell>>();
/** The tenant as started then, read once. */
function told(now: string): ReturnType<typeof tell> {
  const found = known.get(now) ?? tell(now);
  known.set(now, found);
  return found;
}

async function tell(now: string) {
  const tenant = await readTenant(FOLDER, { anchor: new Date(now) });
  const mails = await mailsOf(tenant);
  const charters = { fabrikam: await charterOf(tenant, 'fabrikam'), northwind: await charterOf(tenant, 'northwind') };
  const find = (slug: keyof typeof charters, subject: string, at = tenant.clockStartAt): Wait | undefined =>
    waitsAt(mails, charters[slug], at).findLast((wait) => wait.subject === subject);
  return { tenant, mails, charters, find, start: tenant.clockStartAt.getTime() };
}

describe.each(STARTS)('started on %s', (_name, now) => {
  it('begins at a moment at which all three places work', async () => {
    const { tenant } = await told(now);
    const at = tenant.clockStartAt;
    expect(at.getTime()).toBeLessThanOrEqual(new Date(now).getTime());
    expect(new Date(now).getTime() - at.getTime()).toBeLessThan(4 * DAY);
    const clock = (zone: string) =>
      new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(at);
    expect(clock('Asia/Manila')).toMatch(/^(Mon|Tue|Wed|Thu|Fri) 17:10$/);
    expect(clock('Asia/Kolkata')).toMatch(/14:40$/);
    expect(clock('Europe/Amsterdam')).toMatch(/1[01]:10$/);
  });

  it('shows late, due, dated, calm and unsure waits of both sides', async () => {
    const { find, start } = await told(now);
    const due = (slug: 'fabrikam' | 'northwind', subject: string) => {
      const wait = find(slug, subject)!;
      return [
        wait.state,
        wait.debtor,
        wait.verdict.answer,
        wait.dueAt.getTime() - start < 0 ? 'past' : wait.dueAt.getTime() - start < 12 * 60 * MINUTE ? 'today' : 'later',
      ].join(' ');
    };
    expect({
      portal: due('fabrikam', 'Portal access for the new starters in Rotterdam'),
      terminals: due('fabrikam', 'Card terminals in Utrecht do not connect'),
      shiftPlan: due('fabrikam', 'Shift plan for the sale weekend'),
      headsets: due('fabrikam', 'Re: Headsets for the second floor'),
      order: due('fabrikam', 'Purchase order for the extra agents'),
      overtime: due('fabrikam', 'Overtime for the weekend cut-over'),
      drawers: due('fabrikam', 'Two cash drawers missing in delivery 4471'),
      calls: due('fabrikam', 'Calls dropped between one and three'),
      rollback: due('northwind', 'Rollback plan for release 4.2'),
      licences: due('northwind', 'Licence count for the invoice module'),
      signOff: due('northwind', 'Sign-off of the test report for 4.1'),
      tests: due('northwind', 'Regression tests for the discount rules'),
      invoices: due('northwind', 'Sample invoices for the interface test'),
    }).toEqual({
      portal: 'open provider expected past',
      terminals: 'open provider expected today',
      shiftPlan: 'open provider expected later',
      headsets: 'open provider unsure past',
      order: 'open client expected past',
      overtime: 'open client expected today',
      drawers: 'open provider expected later',
      calls: 'open provider expected today',
      rollback: 'open provider expected today',
      licences: 'open provider expected past',
      signOff: 'open client expected past',
      tests: 'open provider expected today',
      invoices: 'open client expected later',
    });
    const terminals = find('fabrikam', 'Card terminals in Utrecht do not connect')!;
    expect((terminals.dueAt.getTime() - start) / MINUTE).toBe(38);
    expect(terminals.warnAt!.getTime()).toBeGreaterThan(start);
  });

  it('has nothing expected past its time but these four, and none of them for long', async () => {
    const { tenant, mails, charters, start } = await told(now);
    const past = (['fabrikam', 'northwind'] as const).flatMap((slug) =>
      waitsAt(mails, charters[slug], tenant.clockStartAt).filter(
        (wait) => wait.state === 'open' && wait.verdict.answer === 'expected' && wait.dueAt.getTime() < start,
      ),
    );
    expect(past.map(({ subject }) => subject).sort()).toEqual([
      'Licence count for the invoice module',
      'Portal access for the new starters in Rotterdam',
      'Purchase order for the extra agents',
      'Sign-off of the test report for 4.1',
    ]);
    for (const { dueAt } of past) expect(start - dueAt.getTime()).toBeLessThan(6 * DAY);
  });

  it('answers come as the clock moves: some in time, some not', async () => {
    const { find, start } = await told(now);
    const end = new Date(start + 12 * DAY);
    const inTime = (slug: 'fabrikam' | 'northwind', subject: string) => {
      const { settledAt, dueAt, state } = find(slug, subject, end)!;
      return state === 'settled' ? settledAt! <= dueAt : state;
    };
    expect({
      terminals: inTime('fabrikam', 'Card terminals in Utrecht do not connect'),
      calls: inTime('fabrikam', 'Calls dropped between one and three'),
      rollback: inTime('northwind', 'Rollback plan for release 4.2'),
      resets: inTime('fabrikam', 'Password resets on Monday mornings'),
      tills: inTime('fabrikam', 'Tills in store 114 are offline'),
      portal: inTime('fabrikam', 'Portal access for the new starters in Rotterdam'),
      tests: inTime('northwind', 'Regression tests for the discount rules'),
      order: inTime('fabrikam', 'Purchase order for the extra agents'),
      overtime: inTime('fabrikam', 'Overtime for the weekend cut-over'),
    }).toEqual({
      terminals: true,
      calls: true,
      rollback: true,
      resets: true,
      tills: true,
      portal: false,
      tests: false,
      order: false,
      overtime: false,
    });
  });
});

describe('its mail', () => {
  it('is as much as people get in three weeks, and some days more', async () => {
    const { tenant, mails } = await told('2026-11-22T03:12:00Z');
    const before = mails.filter(({ sentAt }) => sentAt <= tenant.clockStartAt);
    expect(before.length).toBeGreaterThan(50);
    expect(mails.length - before.length).toBeGreaterThan(12);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length);
    // Some of it from before the agreement: history.
    expect(mails.filter(({ sentAt }) => sentAt < tenant.agreedAt).length).toBeGreaterThan(10);
  });

  it('is in order within each conversation, and nobody writes at night but the night shift', async () => {
    const { tenant, mails } = await told('2027-03-30T10:00:00Z');
    const byId = new Map(mails.map((mail) => [mail.messageId, mail]));
    for (const mail of mails) {
      for (const id of mail.inReplyTo) expect(byId.get(id)!.sentAt.getTime()).toBeLessThan(mail.sentAt.getTime());
      const author = tenant.people.find(({ address }) => address === mail.from.address);
      if (!author || author.key === 'maria') continue;
      const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone: author.zone, hour: '2-digit' }).format(mail.sentAt));
      expect([mail.subject, hour >= 8 && hour < 20]).toEqual([mail.subject, true]);
    }
  });

  it('of HR and of the house is in mailboxes, but names nobody that a charter lists on the other side', async () => {
    const { mails, charters } = await told('2026-11-22T03:12:00Z');
    const hr = mails.filter(({ subject }) => /Confidential|yearly talk|Lunch/.test(subject));
    expect(hr.length).toBeGreaterThanOrEqual(4);
    const listed = Object.values(charters).flatMap(({ sides }) => [
      ...sides.provider.contacts.flatMap(({ addresses }) => addresses),
      ...sides.provider.serviceAddresses.map(({ address }) => address),
    ]);
    for (const mail of hr) for (const { address } of [mail.from, ...mail.to, ...mail.cc]) expect(listed).not.toContain(address);
  });
});

describe('its people', () => {
  it('stand in Teams as guests, as external members, or not at all', async () => {
    const { tenant } = await told('2026-11-22T03:12:00Z');
    const of = (key: string) => tenant.people.find((person) => person.key === key)!;
    expect([of('anna').kind, of('joan').kind, of('priya').kind, of('luis').kind]).toEqual(['member', 'guest', 'external', 'mailOnly']);
    expect(of('joan').tenantId).toBe(tenant.id);
    expect(of('priya').tenantId).not.toBe(tenant.id);
    expect(of('arjun').tenantId).toBe(of('priya').tenantId);
    expect(tenant.channels.map(({ slug, kind, members }) => [slug, kind, members.length])).toEqual([
      ['fabrikam', 'standard', 6],
      ['northwind', 'shared', 6],
    ]);
    expect(of('luis').desk).toBeNull();
    expect(tenant.mailboxes.find(({ address }) => address === of('ruth').address)?.state).toBe('outOfScope');
  });

  it('keep their ids over another start', async () => {
    const [first, second] = [await told('2026-11-22T03:12:00Z'), await told('2027-02-17T11:00:00Z')];
    expect(second.tenant.people.map(({ objectId, teamsUserId }) => [objectId, teamsUserId])).toEqual(
      first.tenant.people.map(({ objectId, teamsUserId }) => [objectId, teamsUserId]),
    );
    expect(second.tenant.channels.map(({ id }) => id)).toEqual(first.tenant.channels.map(({ id }) => id));
  });
});
