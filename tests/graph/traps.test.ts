// Traps of Graph that no other file of this folder walks into; docs/graph-traps.md says which trap is tested where.
import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { aMail, aMailbox, aPerson, aTenant, START } from '../local/support/tenant.ts';
import { Service } from './service.ts';

const anna = aPerson({ address: 'anna@contoso.example' });
const pieter = aPerson({ address: 'pieter@contoso.example' });
const joan = 'joan@fabrikam.example';
const mailboxes = [aMailbox(anna), aMailbox(pieter)];
const days = (n: number) => new Date(START.getTime() - n * 86_400_000);
const person = (address: string) => ({ address, name: '' });

let service: Service;
afterEach(() => service?.close());
const db = () => service.database.db;
const tenantWith = (...mails: ReturnType<typeof aMail>[]) => aTenant({ people: [anna, pieter], mailboxes, mails });
const messages = () => db().selectFrom('message').selectAll().orderBy('at').orderBy('subject').execute();
const copies = () => db().selectFrom('messageCopy').selectAll().execute();
const folders = () => db().selectFrom('mailFolder').selectAll().execute();
const states = async () =>
  (await db().selectFrom('mailbox').select(['address', 'state']).orderBy('address').execute()).map(({ state }) => state);
const newMail = (subject: string, to = anna.address) => ({ from: joan, to: [to], subject, at: new Date(START.getTime() - 60_000) });

describe('permissions', () => {
  it('three are enough, and nothing is asked for that Mail.ReadBasic leaves out', async () => {
    const tenant = tenantWith(aMail({ from: joan, to: anna.address, subject: 'One' }));
    const roles = ['Mail.ReadBasic.All', 'Calendars.ReadBasic', 'User.ReadBasic.All'];
    service = await Service.start({ ...tenant, app: { ...tenant.app, roles } });
    await service.sweep();
    expect(await service.subjects()).toEqual(['One']);
    const asked = service.wire.map(({ url }) => decodeURIComponent(url));
    expect(
      asked.filter((url) => /\b(body|bodyPreview|uniqueBody|attachments|extensions|singleValueExtendedProperties)\b|\$search/.test(url)),
    ).toEqual([]);
    expect(service.wire.filter(({ method, url }) => method !== 'GET' && !url.endsWith('/$batch'))).toEqual([]);
  });

  it.each([
    ['of the basic profile, which shows no further addresses and no kind of account', 'User.ReadBasic.All', [anna.address]],
    ['of all of it', 'User.Read.All', [anna.address, 'p.bakker@contoso.example']],
  ])('accounts are known by what the permission shows: %s', async (_what, role, read) => {
    const known = [
      aPerson({ address: anna.address, userPrincipalName: 'adv@contoso.example' }),
      aPerson({ address: 'p.bakker@contoso.example', aliases: [pieter.address], userPrincipalName: 'pb@contoso.example' }),
      // a guest whom somebody gave the address of a contact
      aPerson({ address: 'ruth@contoso.example', kind: 'guest', userPrincipalName: 'ruth_evil.example#EXT#@contoso.example' }),
    ];
    const tenant = aTenant({ people: known, mailboxes: known.map((one) => aMailbox(one)) });
    service = await Service.start({ ...tenant, app: { ...tenant.app, roles: ['Mail.ReadBasic.All', 'Calendars.ReadBasic', role] } });
    await service.sweep();
    expect((await db().selectFrom('mailbox').select('address').orderBy('address').execute()).map(({ address }) => address)).toEqual(read);
    expect(await db().selectFrom('identity').select('objectId').execute()).toHaveLength(read.length);
    expect(service.wire.filter(({ status }) => status === 403).length).toBe(role === 'User.ReadBasic.All' ? 1 : 0);
  });

  it('a token that shows no role for mail is no reason not to ask: Exchange itself may grant single mailboxes (RBAC for Applications)', async () => {
    const [inside, outside] = [aMailbox(anna), aMailbox(pieter, { state: 'outOfScope' })];
    const tenant = aTenant({
      people: [anna, pieter],
      mailboxes: [inside, outside],
      mails: [aMail({ from: joan, to: anna.address, subject: 'One' })],
    });
    service = await Service.start({ ...tenant, app: { ...tenant.app, roles: ['User.ReadBasic.All'] } });
    await service.sweep();
    expect(await states()).toEqual(['reading', 'outOfScope']);
    expect(await service.subjects()).toEqual(['One']);
  });

  it('a mailbox that leaves the scope and comes back is read on where it was', async () => {
    const box = { ...aMailbox(anna) };
    service = await Service.start(
      aTenant({ people: [anna], mailboxes: [box], mails: [aMail({ from: joan, to: anna.address, subject: 'One' })] }),
    );
    await service.sweep();
    const links = (await folders()).map(({ deltaLink }) => deltaLink).sort();
    Object.assign(box, { state: 'outOfScope' });
    service.bench.graph.send(newMail('Two'));
    await service.sweep();
    expect([await states(), await service.subjects()]).toEqual([['outOfScope'], ['One']]);
    expect((await folders()).map(({ deltaLink }) => deltaLink).sort()).toEqual(links);
    Object.assign(box, { state: 'on' });
    service.skippedMs += 7 * 3_600_000;
    await service.sweep();
    expect([await states(), await service.subjects()]).toEqual([['reading'], ['One', 'Two']]);
    expect((await folders()).every(({ round }) => round === 1)).toBe(true);
  });

  it.each([400, 403] as const)(
    'reply headers that a tenant does not give (%s) are not asked for again, and mail is read',
    async (status) => {
      service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One' })));
      service.bench.graph.faults.rules.push({ times: 1_000, status, matching: /internetMessageHeaders/ });
      await service.sweep();
      expect(await service.subjects()).toEqual(['One']);
      // of the first three folders, which are asked for at once
      expect(service.wire.filter(({ url }) => url.includes('internetMessageHeaders'))).toHaveLength(3);
    },
  );
});

describe('delta', () => {
  it('a change of one property comes alone, and takes nothing away from the others', async () => {
    const mail = aMail({ from: anna.address, to: joan, subject: 'Question', sentAt: days(1) });
    service = await Service.start(tenantWith(mail));
    await service.sweep();
    const copy = { messageId: mail.messageId, on: anna.address };
    service.bench.graph.mark(copy, { flag: 'flagged', flagDueAt: days(-3), categories: ['Answer needed'] });
    await service.sweep();
    const before = await copies();
    expect(before).toMatchObject([{ flag: 'flagged', categories: ['Answer needed'], sentCopy: true }]);
    service.bench.graph.mark(copy, { isRead: false });
    service.bench.graph.mark(copy, { importance: 'low' });
    await service.sweep();
    expect(await copies()).toEqual(before);
    expect(await messages()).toMatchObject([{ subject: 'Question', at: mail.sentAt }]);
  });

  it('a next link dies in the middle of a round: the folder begins anew, and nothing is lost or doubled', async () => {
    const mails = Array.from({ length: 450 }, (_, n) =>
      aMail({ from: joan, to: anna.address, subject: `Mail ${n}`, sentAt: days(1 + n / 20) }),
    );
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails }));
    service.instead = (url) => {
      if (url.includes('skiptoken')) {
        service.instead = () => undefined;
        service.bench.graph.faults.expireTokens('resyncRequired');
      }
      return undefined;
    };
    await service.sweep();
    expect(await service.subjects()).toHaveLength(450);
    expect((await copies()).filter(({ removedAt }) => removedAt)).toEqual([]);
    expect((await folders()).some(({ round, complete }) => round === 2 && complete)).toBe(true);
  });

  it('a link of Graph’s own that it takes for malformed is begun anew; a first request that it does not take is not asked for ever', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One', sentAt: days(1) })));
    await service.sweep();
    service.bench.graph.send(newMail('Two'));
    service.bench.graph.faults.rules.push({ times: 2, status: 400, matching: /deltatoken/ });
    await service.sweep();
    expect(await service.subjects()).toEqual(['One', 'Two']);
    expect((await folders()).filter(({ round, complete }) => round === 2 && complete)).toHaveLength(2);
    service.bench.graph.faults.expireTokens('resyncRequired');
    service.bench.graph.faults.rules.push({ times: 100, status: 400, matching: /messages.delta/ });
    await expect(service.sweep()).rejects.toMatchObject({ status: 400 });
  });

  it('a folder that cannot be followed keeps no other from being read, and is tried again later', async () => {
    const mails = [aMail({ from: joan, to: anna.address, subject: 'Here' }), aMail({ from: anna.address, to: joan, subject: 'Sent' })];
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails }));
    const refused = { error: { code: 'ErrorInvalidOperation', message: 'Change tracking is not supported for this folder.' } };
    let [all, one] = [true, ''];
    service.instead = (url) => {
      const id = /mailFolders\/([^/]+)\/messages\/delta/.exec(url)?.[1];
      if (id === undefined) return undefined;
      if (!all) one ||= id; // the first that is asked for then, whichever that is
      return all || id === one ? Response.json(refused, { status: 400 }) : undefined;
    };
    await expect(service.sweep()).rejects.toMatchObject({ code: 'ErrorInvalidOperation' }); // nothing of it is taken yet: heard of
    all = false;
    await expect(service.sweep()).rejects.toMatchObject({ code: 'ErrorInvalidOperation' }); // nor when these were asked for
    await service.sweep();
    expect((await folders()).filter(({ goneAt }) => goneAt)).toHaveLength(1);
    expect((await service.subjects()).length).toBeGreaterThanOrEqual(1);
    expect(await states()).toEqual(['reading']);
    service.instead = () => undefined;
    await service.sweep();
    expect((await service.subjects()).sort()).toEqual(['Here', 'Sent']);
  });

  it('a folder whose pages always break off in the middle is begun anew some times, and keeps no other from being read', async () => {
    const mails = Array.from({ length: 250 }, (_, n) =>
      aMail({ from: joan, to: anna.address, subject: `Mail ${n}`, sentAt: days(1 + n / 20) }),
    );
    const sent = aMail({ from: anna.address, to: joan, subject: 'Sent' });
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails: [...mails, sent] }));
    const refused = { error: { code: 'ErrorInvalidSyncState', message: 'The sync state is corrupt.' } };
    service.instead = (url) => (url.includes('skiptoken') ? Response.json(refused, { status: 400 }) : undefined);
    await service.sweep();
    const begun = service.wire.filter(({ url }) => url.includes('orderby'));
    expect([(await folders()).filter(({ goneAt }) => goneAt).length, begun.length]).toEqual([1, (await folders()).length + 2]);
    expect(await service.subjects()).toHaveLength(201); // what its first pages hold is there
    service.instead = () => undefined;
    await service.sweep();
    expect(await service.subjects()).toHaveLength(251);
  });

  it('what is to be read again and Graph always fails with is given up, and keeps the rest of a mailbox from being read no longer', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One', sentAt: days(1) })));
    await service.sweep();
    service.bench.graph.faults.rules.push({ times: 1_000, status: 504, retryAfterSeconds: null, matching: /conversationId.eq/ });
    service.bench.graph.send(newMail('Two'));
    await service.sweep();
    expect(await sql`select 1 from mail_wanted`.execute(db())).toMatchObject({ rows: [] });
    expect(await service.subjects()).toEqual(['One', 'Two']);
    const asked = service.bench.graph.requests.recent.filter(({ status }) => status === 504).length;
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(asked).toBeLessThanOrEqual(15);
  });

  it('moved away and back within a round: told as gone, and nothing that was said changes; the next touch brings the copy back', async () => {
    const mail = aMail({ from: joan, to: anna.address, subject: 'Question', sentAt: days(1) });
    service = await Service.start(tenantWith(mail));
    await service.sweep();
    const [first, told] = [await messages(), service.changes.length];
    const copy = { messageId: mail.messageId, on: anna.address };
    service.bench.graph.move(copy, 'Archive');
    service.bench.graph.move(copy, 'Inbox');
    await service.sweep();
    expect((await copies()).map(({ removedAt }) => removedAt !== null)).toEqual([true]);
    expect([await messages(), service.changes.length]).toEqual([first, told]);
    service.bench.graph.mark(copy, { isRead: true });
    await service.sweep();
    expect((await copies()).map(({ removedAt }) => removedAt)).toEqual([null]);
    expect(await messages()).toEqual(first);
  });

  it('folders that appear are read, those that vanish are left, also while they are read', async () => {
    const [one, two] = [
      aMail({ from: joan, to: anna.address, subject: 'One', sentAt: days(2) }),
      aMail({ from: joan, to: anna.address, subject: 'Two' }),
    ];
    service = await Service.start(tenantWith(one, two));
    await service.sweep();
    const known = (await folders()).length;
    service.bench.graph.move({ messageId: one.messageId, on: anna.address }, 'Inbox/Partners/Fabrikam');
    await service.sweep();
    expect(await folders()).toHaveLength(known + 2);
    service.bench.graph.eraseFolder(anna.address, 'Inbox/Partners/Fabrikam');
    service.bench.graph.eraseFolder(anna.address, 'Inbox/Partners');
    // as when it happens between the listing and the page
    await db().updateTable('mailbox').set({ listingDue: false }).execute();
    await sql`update mail_folder set due = due + 1`.execute(db());
    const mailbox = await db().selectFrom('mailbox').select('id').where('userId', '=', anna.objectId).executeTakeFirstOrThrow();
    await sql`select graphile_worker.add_job('graph.mailbox', ${JSON.stringify({ mailboxId: mailbox.id })}::json)`.execute(db());
    await service.settle();
    expect((await folders()).filter(({ goneAt }) => goneAt)).toHaveLength(2);
    await service.sweep();
    expect([await states(), await service.subjects()]).toEqual([
      ['reading', 'reading'],
      ['One', 'Two'],
    ]);
  });
});

describe('messages', () => {
  it('meeting mail and automatic answers are told by type and headers, wherever they came from; drafts are nobody’s word', async () => {
    const meeting = (kind: 'request' | 'accepted' | 'tentative' | 'declined' | 'cancelled') =>
      aMail({ from: joan, to: anna.address, subject: `Meeting ${kind}`, meeting: kind });
    const draft = aMail({ from: anna.address, to: joan, subject: 'Draft' });
    service = await Service.start(
      tenantWith(
        ...(['request', 'accepted', 'tentative', 'declined', 'cancelled'] as const).map(meeting),
        aMail({ from: joan, to: anna.address, subject: 'Weg', headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] }),
        aMail({ from: joan, to: anna.address, subject: 'Bulk', headers: [{ name: 'X-Auto-Response-Suppress', value: 'All' }] }),
        draft,
      ),
    );
    service.bench.graph.move({ messageId: draft.messageId, on: anna.address }, 'Drafts');
    await service.sweep();
    const kinds = Object.fromEntries((await messages()).map(({ subject, kind }) => [subject, kind]));
    expect(kinds).toEqual({
      'Meeting request': 'meeting',
      'Meeting accepted': 'meeting',
      'Meeting tentative': 'meeting',
      'Meeting declined': 'meeting',
      'Meeting cancelled': 'meeting',
      Weg: 'automatic',
      Bulk: 'human',
    });
  });

  it('what is read again over the whole mailbox stays within the folders that are read', async () => {
    const first = aMail({ from: anna.address, to: [pieter.address], subject: 'Plan', sentAt: days(4) });
    const deleted = aMail({
      from: pieter.address,
      to: [anna.address],
      subject: 'RE: Plan (deleted)',
      inReplyTo: [first.messageId],
      sentAt: days(3),
    });
    const draft = aMail({
      from: anna.address,
      to: [pieter.address],
      subject: 'RE: Plan (draft)',
      inReplyTo: [first.messageId],
      sentAt: days(2),
    });
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails: [first, deleted, draft] }));
    service.bench.graph.move({ messageId: deleted.messageId, on: anna.address }, 'Deleted Items');
    service.bench.graph.move({ messageId: draft.messageId, on: anna.address }, 'Drafts');
    await service.sweep();
    expect(await service.subjects()).toEqual([]);
    const at = new Date(START.getTime() - 60_000);
    service.bench.graph.send({ from: anna.address, to: [joan], subject: 'RE: Plan', inReplyTo: first.messageId, at });
    await service.sweep();
    expect(service.bench.graph.requests.recent.some(({ path }) => /conversationId.eq/.test(path))).toBe(true);
    expect(await service.subjects()).toEqual(['Plan', 'RE: Plan']);
  });

  it('one thread over mailboxes when no headers can be read: by message id, and by the conversation in each mailbox', async () => {
    const asked = aMail({ from: joan, to: [anna.address, pieter.address], subject: 'Pump 4', sentAt: days(3) });
    const own = aMail({ from: anna.address, to: joan, subject: 'RE: Pump 4', inReplyTo: [asked.messageId], sentAt: days(2) });
    const aside = aMail({ from: joan, to: pieter.address, subject: 'AW: Pump 4', inReplyTo: [asked.messageId], sentAt: days(1) });
    const other = aMail({ from: joan, to: pieter.address, subject: 'Pump 5', sentAt: days(1) });
    service = await Service.start(tenantWith(asked, own, aside, other));
    service.bench.graph.faults.headersHidden = true;
    await service.sweep();
    const threads = new Map((await messages()).map(({ subject, threadId }) => [subject, threadId]));
    expect(threads.size).toBe(4);
    expect(new Set(['Pump 4', 'RE: Pump 4', 'AW: Pump 4'].map((subject) => threads.get(subject))).size).toBe(1);
    expect(threads.get('Pump 5')).not.toBe(threads.get('Pump 4'));
  });

  it('a clock of the sender that is wrong dates nothing: mail to us by when we had it, our own by when it was sent', async () => {
    const ahead = aMail({ from: joan, to: anna.address, subject: 'From the future', sentAt: days(-2), receivedAt: days(1) });
    const own = aMail({ from: anna.address, to: joan, subject: 'Ours', sentAt: days(2) });
    service = await Service.start(tenantWith(ahead, own));
    await service.sweep();
    expect((await messages()).map(({ subject, at }) => [subject, at])).toEqual([
      ['Ours', days(2)],
      ['From the future', days(1)],
    ]);
  });

  it('mail that a delegate sends in somebody’s name is that somebody’s', async () => {
    service = await Service.start(
      tenantWith(aMail({ from: anna.address, sender: person(pieter.address), to: joan, subject: 'On behalf' })),
    );
    await service.sweep();
    expect(await messages()).toMatchObject([{ fromAddress: anna.address }]);
    expect(await copies()).toMatchObject([{ sentCopy: true }]);
  });
});

it('a revoked token is replaced once, as the challenge asks, over the wire too', async () => {
  service = await Service.start(tenantWith());
  service.bench.graph.faults.rules.push({ times: 1, status: 401 });
  await expect(service.graph.call({ url: `/users/${anna.objectId}` })).resolves.toMatchObject({ id: anna.objectId });
  expect(service.claims).toEqual([undefined, expect.stringContaining('"nbf"')]);
  service.bench.graph.faults.rules.push({ times: 5, status: 401 });
  await expect(service.graph.call({ url: `/users/${anna.objectId}` })).rejects.toMatchObject({ status: 401 });
  expect(service.bench.graph.faults.rules.at(-1)!.times).toBe(3);
});
