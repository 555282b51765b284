import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readTenant, type Tenant } from '../../infra/local/tenant/index.ts';
import { charterOf, mailsOf, waitsAt } from './support/fold.ts';
import { aBench, type Bench } from './support/graph.ts';

const FOLDER = 'infra/local/tenants/real-mail';
const ARCHIVE = '../shared/data/mail/threads.mbox';
const read = (): Promise<Tenant> => readTenant(FOLDER, { anchor: new Date('2026-11-22T10:00:00Z') });

(existsSync(ARCHIVE) ? it.skip : it)('without the archive it says what to do', async () => {
  await expect(read()).rejects.toThrow(/threads.mbox is neither in .* Put an mbox of yours there/s);
});

(existsSync(ARCHIVE) ? describe : describe.skip)(`real mail (${ARCHIVE})`, () => {
  let bench: Bench | undefined;
  afterEach(() => bench?.close());

  it('waits for provider B at the start of the clock, and is answered two hours later', async () => {
    const tenant = await read();
    const mails = await mailsOf(tenant);
    expect(mails).toHaveLength(563);
    const charter = await charterOf(tenant, 'provider-b');
    const at = tenant.clockStartAt;
    const near = mails.filter(({ sentAt }) => sentAt.getTime() > at.getTime() - 60 * 86_400_000);
    const open = waitsAt(near, charter, at).filter(({ state }) => state === 'open');
    expect(
      open.filter(({ verdict }) => verdict.answer === 'expected').map(({ subject, debtor, dueAt }) => [subject, debtor, dueAt > at]),
    ).toEqual([['Virtual Media', 'provider', true]]);
    expect(open.length).toBeGreaterThan(1);
    const later = waitsAt(near, charter, new Date(at.getTime() + 4 * 3_600_000)).find(({ subject }) => subject === 'Virtual Media');
    expect(later).toMatchObject({ state: 'settled' });
    expect(await charterOf(tenant, 'provider-a')).toMatchObject({ name: 'Client and Provider A' });
  });

  it('lists everybody who writes from one side to the other', async () => {
    const tenant = await read();
    const listed = new Set(tenant.people.flatMap(({ address, aliases }) => [address, ...aliases]));
    const of = (domain: string) => (one: { address: string }) => one.address.endsWith(`@${domain}`);
    const missing = new Map<string, number>();
    for (const mail of await mailsOf(tenant)) {
      for (const provider of ['provider-a.example', 'provider-b.example']) {
        const across =
          (of('client.example')(mail.from) && mail.to.some(of(provider))) ||
          (of(provider)(mail.from) && mail.to.some(of('client.example')));
        if (across && !listed.has(mail.from.address)) missing.set(mail.from.address, (missing.get(mail.from.address) ?? 0) + 1);
      }
    }
    expect([...missing].filter(([, count]) => count > 2)).toEqual([]);
  });

  it('lies in the mailboxes of the client, answers beside questions', async () => {
    bench = await aBench(await read());
    const { items } = await bench.round(
      '/users/stella.garber@client.example/mailFolders/sentitems/messages/delta?$select=subject,conversationId',
      'odata.maxpagesize=100',
    );
    expect(items.length).toBeGreaterThan(20);
    expect(bench.graph.nextReleaseAt()!.getTime()).toBeGreaterThan(bench.tenant.clockStartAt.getTime());
    const inbox = await bench.round(
      '/users/stella.garber@client.example/mailFolders/inbox/messages/delta?$select=conversationId',
      'odata.maxpagesize=100',
    );
    const conversations = new Set(inbox.items.map(({ conversationId }) => conversationId));
    expect(items.filter(({ conversationId }) => conversations.has(conversationId)).length).toBeGreaterThan(15);
  });
});
