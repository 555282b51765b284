import { afterEach, expect, it } from '@jest/globals';
import { syntheticTenant } from '../../infra/local/tenant/synthetic.ts';
import { mailsOf } from './support/fold.ts';
import { aBench, type Bench } from './support/graph.ts';

const options = { mailboxes: 3, messages: 100, endAt: new Date('2026-11-22T00:00:00Z'), days: 10, internalPercent: 12 };

let bench: Bench;
afterEach(() => bench?.close());

it('makes the same mail each time, in conversations, spread over its days', async () => {
  const mails = await mailsOf(syntheticTenant(options));
  expect(mails).toEqual(await mailsOf(syntheticTenant(options)));
  expect(mails).toHaveLength(100);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(100);
  expect(mails[0]!.sentAt).toEqual(new Date('2026-11-12T00:00:00Z'));
  expect(mails[3]).toMatchObject({
    subject: 'Re: Request 0',
    inReplyTo: [mails[2]!.messageId],
    references: mails.slice(0, 3).map(({ messageId }) => messageId),
  });
});

it('fills the mailboxes of the stand-in', async () => {
  bench = await aBench(syntheticTenant(options));
  const of = (n: number, folder: string) =>
    bench.round(`/users/person-${n}@client.example/mailFolders/${folder}/messages/delta?$select=subject`, 'odata.maxpagesize=50');
  const found = await Promise.all([0, 1, 2].flatMap((n) => [of(n, 'inbox'), of(n, 'sentitems')]));
  // Each mail once, and the 48 of the 12 conversations inside the house on both sides.
  expect(found.reduce((sum, { items }) => sum + items.length, 0)).toBe(148);
});
