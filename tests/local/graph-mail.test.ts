import { afterEach, describe, expect, it } from '@jest/globals';
import { hasContract } from './support/contract.ts';
import { aBench, type Bench } from './support/graph.ts';
import { aMail, aMailbox, aPerson, aTenant, START } from './support/tenant.ts';

const IMMUTABLE = 'IdType="ImmutableId"';
const INBOX = '/users/anna@contoso.example/mailFolders/inbox/messages/delta';
const SENT = '/users/anna@contoso.example/mailFolders/sentitems/messages/delta';
const minutes = (n: number) => new Date(START.getTime() + n * 60_000);

let bench: Bench;
afterEach(() => bench.close());

(hasContract ? it : it.skip)('answers are held against the published contract (../shared/graph/openapi-slice.json)', async () => {
  bench = await aBench(aTenant({ mails: [aMail({ from: 'joan@fabrikam.example', to: 'anna@contoso.example' })] }));
  const { body } = await bench.ask('/users/anna@contoso.example/mailFolders/inbox/messages');
  expect(body.value).toHaveLength(1);
});

describe('where copies of a mail lie', () => {
  it('one in Sent Items of its author, one in the Inbox of each reader of this tenant, some seconds later', async () => {
    const mail = aMail({ from: 'anna@contoso.example', to: ['joan@fabrikam.example', 'bram@contoso.example'], sentAt: minutes(-60) });
    bench = await aBench(aTenant({ mails: [mail] }));
    const [sent] = (await bench.round(SENT)).items;
    expect(sent).toMatchObject({
      internetMessageId: mail.messageId,
      sentDateTime: '2026-11-20T08:10:00Z',
      receivedDateTime: '2026-11-20T08:10:00Z',
      isRead: true,
      isDraft: false,
    });
    const [received] = (await bench.round('/users/bram@contoso.example/mailFolders/inbox/messages/delta')).items;
    expect(received).toMatchObject({ internetMessageId: mail.messageId, sentDateTime: '2026-11-20T08:10:00Z', isRead: false });
    const seconds = (Date.parse(received.receivedDateTime) - mail.sentAt.getTime()) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(seconds).toBeLessThanOrEqual(7);
    expect(received.conversationId).not.toBe(sent.conversationId);
  });

  it('a rule moves it to its folder, found below the Inbox', async () => {
    const anna = aPerson({ address: 'anna@contoso.example' });
    const rules = [{ from: 'fabrikam', subject: null, folder: 'Inbox/Partners/Fabrikam' }];
    bench = await aBench(
      aTenant({
        people: [anna],
        mailboxes: [aMailbox(anna, { rules })],
        mails: [aMail({ from: 'joan@fabrikam.example', to: 'anna@contoso.example' })],
      }),
    );
    expect((await bench.round(INBOX)).items).toEqual([]);
    const [partners] = (await bench.ask('/users/anna@contoso.example/mailFolders/inbox/childFolders')).body.value;
    expect(partners).toMatchObject({ displayName: 'Partners', childFolderCount: 1 });
    const [fabrikam] = (await bench.ask(`/users/anna@contoso.example/mailFolders/${partners.id}/childFolders`)).body.value;
    expect(fabrikam).toMatchObject({ displayName: 'Fabrikam', parentFolderId: partners.id, totalItemCount: 1, unreadItemCount: 1 });
    expect((await bench.round(`/users/anna@contoso.example/mailFolders/${fabrikam.id}/messages/delta`)).items).toHaveLength(1);
    const all = await bench.round('/users/anna@contoso.example/mailFolders/delta', 'odata.maxpagesize=3');
    expect(all.items.map(({ displayName }) => displayName)).toEqual(
      expect.arrayContaining(['Inbox', 'Sent Items', 'Partners', 'Fabrikam']),
    );
    expect(all.pages).toBeGreaterThan(1);
    expect((await bench.round(all.deltaLink)).items).toEqual([]);
  });

  it('an alias of a mailbox receives, but is no key of its user', async () => {
    const tenant = aTenant({ mails: [aMail({ from: 'joan@fabrikam.example', to: 'a.devries@contoso.example' })] });
    bench = await aBench({ ...tenant, app: { ...tenant.app, roles: ['Mail.ReadBasic.All', 'User.Read.All'] } });
    expect((await bench.round(INBOX)).items).toHaveLength(1);
    expect((await bench.ask('/users/a.devries@contoso.example')).status).toBe(404);
    const found = await bench.ask(
      `/users?$filter=${encodeURIComponent("proxyAddresses/any(p:p eq 'smtp:a.devries@contoso.example')")}&$select=id,mail`,
    );
    expect(found.body.value).toEqual([{ id: expect.any(String), mail: 'anna@contoso.example' }]);
  });

  it('mail dated after the clock waits until it is released, and never shows up dated ahead', async () => {
    const mail = aMail({ from: 'joan@fabrikam.example', to: 'anna@contoso.example', sentAt: minutes(30) });
    bench = await aBench(
      aTenant({ mails: [mail, aMail({ from: 'joan@fabrikam.example', to: 'anna@contoso.example', sentAt: minutes(90) })] }),
    );
    expect((await bench.round(INBOX)).items).toEqual([]);
    const at = bench.graph.nextReleaseAt()!;
    expect(bench.graph.release(minutes(30))).toBe(0);
    expect(bench.graph.release(at)).toBe(1);
    const [item] = (await bench.round(INBOX)).items;
    expect(Date.parse(item.receivedDateTime)).toBeLessThanOrEqual(at.getTime());
    expect(bench.graph.release(minutes(600))).toBe(1);
    expect(bench.graph.nextReleaseAt()).toBeNull();
  });
});

describe('a message', () => {
  it('carries internet headers where it was received and selected, never in Sent Items', async () => {
    const mail = aMail({
      from: 'anna@contoso.example',
      to: 'bram@contoso.example',
      inReplyTo: ['<a@x>'],
      references: ['<0@x>', '<a@x>'],
      headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }],
    });
    bench = await aBench(aTenant({ mails: [mail] }));
    const query = '?$select=subject,internetMessageHeaders';
    const [received] = (await bench.round(`/users/bram@contoso.example/mailFolders/inbox/messages/delta${query}`)).items;
    expect(received.internetMessageHeaders).toEqual(
      expect.arrayContaining([
        { name: 'Auto-Submitted', value: 'auto-replied' },
        { name: 'References', value: '<0@x> <a@x>' },
        { name: 'In-Reply-To', value: '<a@x>' },
      ]),
    );
    const [sent] = (await bench.round(`${SENT}${query}`)).items;
    expect(sent).not.toHaveProperty('internetMessageHeaders');
    expect((await bench.round('/users/bram@contoso.example/mailFolders/inbox/messages/delta')).items[0]).not.toHaveProperty(
      'internetMessageHeaders',
    );
    bench.graph.faults.headersHidden = true;
    expect((await bench.round(`/users/bram@contoso.example/mailFolders/inbox/messages/delta${query}`)).items[0]).not.toHaveProperty(
      'internetMessageHeaders',
    );
  });

  it('gives its body only to a token that may read it', async () => {
    const mails = [aMail({ from: 'joan@fabrikam.example', to: 'anna@contoso.example', text: 'The secret.' })];
    bench = await aBench(aTenant({ mails }));
    const [stripped] = (await bench.round(`${INBOX}?$select=subject,body,bodyPreview,uniqueBody`)).items;
    expect(Object.keys(stripped).sort()).toEqual(['@odata.etag', '@odata.type', 'id', 'subject']);
    const token = await bench.userToken('anna', ['Mail.Read']);
    expect((await bench.ask('/users/anna@contoso.example/messages?$select=body', { token })).body.value[0].body).toEqual({
      contentType: 'text',
      content: 'The secret.',
    });
    expect((await bench.ask('/users/bram@contoso.example/messages', { token })).status).toBe(403);
  });

  it('has two kinds of ids: a move changes the default one', async () => {
    const mail = aMail({ from: 'joan@fabrikam.example', to: 'anna@contoso.example' });
    bench = await aBench(aTenant({ mails: [mail] }));
    const ids = async (folder: string) => {
      const path = `/users/anna@contoso.example/mailFolders/${folder}/messages?$select=id`;
      return {
        plain: (await bench.ask(path)).body.value[0].id,
        immutable: (await bench.ask(path, { prefer: IMMUTABLE })).body.value[0].id,
      };
    };
    const before = await ids('inbox');
    bench.graph.move({ messageId: mail.messageId, on: 'anna@contoso.example' }, 'Archive');
    const after = await ids('archive');
    expect(after.immutable).toBe(before.immutable);
    expect(after.plain).not.toBe(before.plain);
    const get = (id: string) => bench.ask(`/users/anna@contoso.example/messages/${id}?$select=subject`, { prefer: IMMUTABLE });
    expect((await get(before.immutable)).body).toMatchObject({ id: before.immutable, subject: mail.subject });
    expect((await get(before.plain)).body.error.code).toBe('ErrorItemNotFound');
    expect((await get(before.immutable.toLowerCase())).status).toBe(400);
  });

  it('is an event message when it is about a meeting', async () => {
    const of = (meeting: 'request' | 'accepted' | 'tentative' | 'cancelled') =>
      aMail({ from: 'joan@fabrikam.example', to: 'anna@contoso.example', meeting });
    bench = await aBench(aTenant({ mails: [of('request'), of('accepted'), of('tentative'), of('cancelled')] }));
    const { items } = await bench.round(`${INBOX}?$select=subject,microsoft.graph.eventMessage/meetingMessageType`);
    expect(items.map((item) => [item['@odata.type'], item.meetingMessageType])).toEqual([
      ['#microsoft.graph.eventMessageRequest', 'meetingRequest'],
      ['#microsoft.graph.eventMessageResponse', 'meetingAccepted'],
      ['#microsoft.graph.eventMessageResponse', 'meetingTenativelyAccepted'],
      ['#microsoft.graph.eventMessage', 'meetingCancelled'],
    ]);
  });

  it('has no property that was made up', async () => {
    bench = await aBench(aTenant());
    expect((await bench.ask(`${INBOX}?$select=subject,toString`)).status).toBe(400);
  });
});

describe('conversations of one mailbox', () => {
  const from = 'joan@fabrikam.example';
  const to = 'anna@contoso.example';
  const conversations = async (mails: ReturnType<typeof aMail>[]) => {
    bench = await aBench(aTenant({ mails }));
    const items = (await bench.round(`${INBOX}?$select=conversationId,conversationIndex,internetMessageId`)).items;
    return mails.map(({ messageId }) => items.find(({ internetMessageId }) => internetMessageId === messageId));
  };

  it('follow the headers, whatever the subject', async () => {
    const first = aMail({ from, to, sentAt: minutes(-90), subject: 'Access for the auditors' });
    const second = aMail({ from, to, sentAt: minutes(-80), subject: 'Something else', inReplyTo: [first.messageId] });
    const [a, b] = await conversations([second, first]);
    expect(b.conversationId).toBe(a.conversationId);
    expect(Buffer.from(b.conversationIndex, 'base64').length).toBe(22);
    expect(Buffer.from(a.conversationIndex, 'base64').length).toBe(27);
  });

  it('else the subject of a reply; a fresh mail of the same subject starts anew', async () => {
    const first = aMail({ from, to, sentAt: minutes(-90), subject: 'Invoice for October' });
    const reply = aMail({ from, to, sentAt: minutes(-80), subject: 'RE: Invoice for October' });
    const orphan = aMail({ from, to, sentAt: minutes(-75), subject: 'Re: Invoice for October', inReplyTo: ['<never-seen@x>'] });
    const fresh = aMail({ from, to, sentAt: minutes(-70), subject: 'Invoice for October' });
    const [a, b, c, d] = await conversations([first, reply, orphan, fresh]);
    expect([b.conversationId, c.conversationId]).toEqual([a.conversationId, a.conversationId]);
    expect(d.conversationId).not.toBe(a.conversationId);
  });

  it('can be asked for over all folders, but not in the order of time', async () => {
    const asked = aMail({ from, to, sentAt: minutes(-90) });
    const answered = aMail({ from: to, to: from, sentAt: minutes(-80), inReplyTo: [asked.messageId], subject: "Re: It's here & now #1" });
    bench = await aBench(aTenant({ mails: [asked, answered, aMail({ from, to })] }));
    const [{ conversationId }] = (await bench.round(`${SENT}?$select=conversationId`)).items;
    const filter = encodeURIComponent(`conversationId eq '${conversationId}'`);
    const found = await bench.ask(`/users/${to}/messages?$filter=${filter}&$select=internetMessageId&$top=50`);
    expect(found.body.value.map((item: { internetMessageId: string }) => item.internetMessageId).sort()).toEqual(
      [asked.messageId, answered.messageId].sort(),
    );
    const refused = await bench.ask(`/users/${to}/messages?$filter=${filter}&$orderby=receivedDateTime desc`);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'InefficientFilter' } } });
    const both = encodeURIComponent(`receivedDateTime ge 2026-01-01T00:00:00Z and conversationId eq '${conversationId}'`);
    expect((await bench.ask(`/users/${to}/messages?$filter=${both}&$orderby=receivedDateTime desc`)).body.value).toHaveLength(2);
    const byId = encodeURIComponent(`internetMessageId eq '${asked.messageId}'`);
    expect((await bench.ask(`/users/${to}/messages?$filter=${byId}`)).body.value).toHaveLength(1);
    const bySubject = encodeURIComponent(`subject eq 'Re: It''s here & now #1'`);
    expect((await bench.ask(`/users/${to}/messages?$filter=${bySubject}`)).body.value).toHaveLength(1);
  });
});

describe('writing as somebody', () => {
  it('makes copies like those of any mail, joined to what it answers', async () => {
    const asked = aMail({ from: 'anna@contoso.example', to: 'joan@fabrikam.example' });
    bench = await aBench(aTenant({ mails: [asked] }));
    const answer = bench.graph.send({
      from: 'joan@fabrikam.example',
      to: ['anna@contoso.example'],
      cc: ['bram@contoso.example'],
      subject: 'Re: it',
      inReplyTo: asked.messageId,
      at: START,
    });
    expect(bench.graph.release(minutes(1))).toBe(1);
    const [copy] = (await bench.round(INBOX)).items;
    const [sent] = (await bench.round(SENT)).items;
    expect(copy).toMatchObject({
      internetMessageId: answer.messageId,
      conversationId: sent.conversationId,
      from: { emailAddress: { address: 'joan@fabrikam.example', name: 'Joan' } },
    });
    expect(answer.references).toEqual([asked.messageId]);
    expect(bench.graph.mailOf('joan@fabrikam.example').map(({ messageId }) => messageId)).toEqual([answer.messageId, asked.messageId]);
    bench.graph.send({ from: 'bram@contoso.example', to: ['anna@contoso.example'], subject: 'At once', at: START });
    expect((await bench.round(INBOX)).items).toHaveLength(2);
  });
});
