import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { emptyDue, TERMS } from '../../bot/privacy/retention.ts';
import { aMail, aMailbox, aPerson, aTenant, START } from '../local/support/tenant.ts';
import { Service } from './service.ts';

const anna = aPerson({ address: 'anna@contoso.example' });
const pieter = aPerson({ address: 'pieter@contoso.example', userPrincipalName: 'p.bakker@contoso.example' });
const ruth = aPerson({ address: 'ruth@contoso.example' });
const hr = aPerson({ address: 'hr@contoso.example' });
const people = [anna, pieter, ruth, hr];
const mailboxes = [aMailbox(anna), aMailbox(pieter), aMailbox(ruth, { state: 'outOfScope' }), aMailbox(hr)];
const days = (n: number) => new Date(START.getTime() - n * 86_400_000);
const minutes = (n: number) => new Date(START.getTime() + n * 60_000);
const joan = 'joan@fabrikam.example';

let service: Service;
afterEach(() => service?.close());
const boxes = () => service.database.db.selectFrom('mailbox').selectAll().orderBy('address').execute();
const folders = () => service.database.db.selectFrom('mailFolder').selectAll().execute();
const tenantWith = (...mails: ReturnType<typeof aMail>[]) => aTenant({ people, mailboxes, mails });

describe('whose mail is read', () => {
  it('that of the client contacts the directory knows, whose identities it binds', async () => {
    service = await Service.start(tenantWith());
    await service.sweep();
    expect((await boxes()).map(({ address, state, userId }) => ({ address, state, userId }))).toEqual([
      { address: anna.address, state: 'reading', userId: anna.objectId },
      { address: pieter.address, state: 'reading', userId: pieter.objectId },
      { address: ruth.address, state: 'outOfScope', userId: ruth.objectId },
    ]);
    const bound = await service.database.db.selectFrom('identity').select(['objectId', 'tenantId']).orderBy('objectId').execute();
    expect(bound).toEqual(
      [anna, pieter, ruth]
        .map(({ objectId }) => ({ objectId, tenantId: service.tenant.id }))
        .sort((a, b) => (a.objectId < b.objectId ? -1 : 1)),
    );
  });

  it('that of the addresses of the setting', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: hr.address, subject: 'To HR' })));
    service.mailboxes = ' HR@contoso.example ,nobody@contoso.example';
    await service.sweep();
    expect(await boxes()).toMatchObject([{ address: hr.address, state: 'reading' }]);
    expect(await service.subjects()).toEqual(['To HR']);
    // a shared mailbox alone: nobody's own mail or calendar was asked for
    const mail = service.wire.filter(({ url }) => /\/(mailFolders|messages|calendarView|events|subscriptions)/.test(url));
    expect(mail.length).toBeGreaterThan(0);
    expect(mail.filter(({ url }) => !url.includes(`/users/${hr.objectId}/`))).toEqual([]);
    // who the contacts are is another matter than whose mail is read
    const bound = await service.database.db.selectFrom('identity').select('objectId').execute();
    expect(bound.map(({ objectId }) => objectId).sort()).toEqual([anna, pieter, ruth].map(({ objectId }) => objectId).sort());
  });

  it('that of nobody whom no charter lists: ninety days later the mailbox has no name, and is read anew when somebody lists it again', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One' })));
    await service.sweep();
    service.mailboxes = hr.address;
    await service.sweep();
    const keep = (): Promise<boolean> => service.ports.transaction((tx) => emptyDue(tx, TERMS, service.clock.now()));
    await keep();
    expect((await boxes()).map(({ address }) => address)).toContain(anna.address);
    await sql`update mailbox set last_read_at = last_read_at - interval '90 days' where address in (${anna.address}, ${hr.address})`.execute(
      service.database.db,
    );
    await keep();
    const [left, read] = [(await boxes()).find(({ state }) => state === 'off')!, (await boxes()).find(({ state }) => state === 'reading')!];
    expect(left).toMatchObject({ address: `left:${left.id}`, addresses: [], userId: null, calendarLink: null, gateHash: null });
    expect(read).toMatchObject({ address: hr.address, userId: hr.objectId });
    expect((await folders()).filter(({ mailboxId }) => mailboxId === left.id)).toEqual([]);
    service.bench.graph.send({ from: joan, to: [anna.address], subject: 'Two', at: minutes(-5) });
    service.mailboxes = 'contacts';
    await service.sweep();
    expect((await boxes()).find(({ userId }) => userId === anna.objectId)).toMatchObject({ address: anna.address, state: 'reading' });
    expect(await service.subjects()).toEqual(['One', 'Two']);
  });

  it('nobody whose partnership is paused, and everything again when it goes on', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One' })));
    await service.sweep();
    await sql`update partnership set paused_at = now()`.execute(service.database.db);
    const asked = service.wire.length;
    service.bench.graph.send({ from: joan, to: [anna.address], subject: 'Two', at: minutes(-5) });
    await service.sweep();
    expect(service.wire.slice(asked)).toEqual([]);
    expect(await service.subjects()).toEqual(['One']);
    await sql`update partnership set paused_at = null`.execute(service.database.db);
    await service.sweep();
    expect(await service.subjects()).toEqual(['One', 'Two']);
  });

  it('keeps out a mailbox that the app may not read, or that is gone, and tries it again later', async () => {
    service = await Service.start(
      aTenant({ people: [anna, ruth], mailboxes: [aMailbox(anna, { state: 'none' }), aMailbox(ruth, { state: 'outOfScope' })] }),
    );
    await service.sweep();
    expect((await boxes()).map(({ state }) => state)).toEqual(['gone', 'outOfScope']);
    // nobody has read them: how far back they are read counts from when somebody does
    expect((await boxes()).map(({ firstReadAt }) => firstReadAt)).toEqual([null, null]);
    service.skippedMs += 7 * 3_600_000;
    const asked = service.wire.length;
    await service.sweep();
    expect(service.wire.length - asked).toBeGreaterThan(2);
  });
});

describe('which mail', () => {
  it('every folder that can hold mail: subfolders by rules, not junk, deleted or drafts', async () => {
    const ruled = aMailbox(anna, {
      rules: [
        { from: 'fabrikam', subject: 'Report', folder: 'Inbox/Partners/Fabrikam' },
        { from: null, subject: 'Spam', folder: 'Junk Email' },
      ],
    });
    service = await Service.start(
      aTenant({
        people,
        mailboxes: [ruled],
        mails: [
          aMail({ from: joan, to: anna.address, subject: 'Report', sentAt: days(3) }),
          aMail({ from: joan, to: anna.address, subject: 'Spam', sentAt: days(2) }),
          aMail({ from: anna.address, to: joan, subject: 'Question', sentAt: days(1) }),
          aMail({ from: 'aunt@elsewhere.example', to: anna.address, subject: 'Birthday' }),
        ],
      }),
    );
    await service.sweep();
    expect(await service.subjects()).toEqual(['Report', 'Question']);
    expect((await folders()).filter(({ role }) => role === 'sent')).toHaveLength(1);
    expect(await sql`select 1 from message_copy where sent_copy`.execute(service.database.db)).toMatchObject({ rows: [{}] });
  });

  it('goes back as far as the setting says, in a set without a cap, to a delta link', async () => {
    service = await Service.start(
      tenantWith(
        aMail({ from: joan, to: anna.address, subject: 'Old', sentAt: days(120) }),
        aMail({ from: joan, to: anna.address, subject: 'Within', sentAt: days(80) }),
        aMail({ messageId: '<root@x>', from: joan, to: anna.address, subject: 'Root', sentAt: days(99) }),
        aMail({ from: joan, to: anna.address, subject: 'RE: Root', sentAt: days(10), inReplyTo: ['<root@x>'] }),
      ),
    );
    await service.sweep();
    // What is older passes with newer mail of its conversation.
    expect(await service.subjects()).toEqual(['Root', 'Within', 'RE: Root']);
    expect((await folders()).every(({ deltaLink, complete, due }) => deltaLink && complete && due === 0)).toBe(true);
    expect(service.wire.some(({ url }) => url.includes('/delta') && url.includes('filter'))).toBe(false);
  });

  it('reads on from the delta link: new mail, changed marks, and no more requests than folders', async () => {
    const first = aMail({ from: anna.address, to: joan, subject: 'Question', sentAt: days(1) });
    service = await Service.start(tenantWith(first));
    await service.sweep();
    expect(service.changes).toHaveLength(1);
    service.bench.graph.send({ from: joan, to: [anna.address], subject: 'RE: Question', inReplyTo: first.messageId, at: minutes(-5) });
    service.bench.graph.mark({ messageId: first.messageId, on: anna.address }, { flag: 'flagged', flagDueAt: days(-3) });
    const asked = service.wire.length;
    await service.sweep();
    expect(await service.subjects()).toEqual(['Question', 'RE: Question']);
    expect(await sql`select count(distinct thread_id)::int as threads from message`.execute(service.database.db)).toMatchObject({
      rows: [{ threads: 1 }],
    });
    expect(await sql`select flag from message_copy where sent_copy`.execute(service.database.db)).toMatchObject({
      rows: [{ flag: 'flagged' }],
    });
    expect(service.wire.slice(asked).filter(({ url }) => url.includes('/messages/delta')).length).toBe((await folders()).length);
  });

  it('finds what passes only by mail that came later, in every mailbox that has it', async () => {
    const inside = aMail({ from: anna.address, to: [pieter.address], subject: 'Shall we ask Joan?', sentAt: days(2) });
    const outside = aMail({
      from: pieter.address,
      to: joan,
      subject: 'RE: Shall we ask Joan?',
      inReplyTo: [inside.messageId],
      sentAt: days(1),
    });
    const spam = aMail({ from: anna.address, to: [pieter.address], subject: 'Lunch', sentAt: days(1) });
    service = await Service.start(tenantWith(inside, outside, spam));
    await service.sweep();
    expect(await service.subjects()).toEqual(['Shall we ask Joan?', 'RE: Shall we ask Joan?']);
    const copies = await sql<{ n: number }>`select count(*)::int as n from message_copy`.execute(service.database.db);
    expect(copies.rows[0]!.n).toBe(3);
    expect(await sql`select 1 from mail_wanted`.execute(service.database.db)).toMatchObject({ rows: [] });
  });

  it('asks for a page while the one before it is being taken, and for none of them twice', async () => {
    const mails = Array.from({ length: 620 }, (_, n) =>
      aMail({ from: joan, to: anna.address, subject: `Mail ${n}`, sentAt: days(n / 10 + 1) }),
    );
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails }));
    let free!: () => void;
    const taken = new Promise<void>((resolve) => (free = resolve));
    // nobody writes a mail until the second page is asked for
    const held = service.ports.transaction(async (tx) => {
      await sql`lock table message in share mode`.execute(tx);
      await taken;
    });
    service.before = async (url) => {
      if (!url.includes('skiptoken')) return;
      expect([await service.subjects(), 'before the first page is taken']).toEqual([expect.any(Array), 'before the first page is taken']);
      free();
    };
    await service.sweep();
    await held;
    expect(await service.subjects()).toHaveLength(620);
    const pages = service.wire.filter(({ url }) => url.includes('/messages/delta')).map(({ url }) => url);
    expect([pages.length, new Set(pages).size]).toEqual([(await folders()).length + 3, pages.length]);
  });

  it('asks for nothing twice where folders are many: of what waits, ahead are those alone whose turn comes next', async () => {
    const names = Array.from({ length: 9 }, (_, n) => `Archive/${n}`);
    const mails = names.flatMap((_, n) =>
      Array.from({ length: 450 }, (_, m) =>
        aMail({ from: joan, to: anna.address, subject: `Mail ${m}`, sentAt: days(1 + (m * 9 + n) / 100) }),
      ),
    );
    service = await Service.start(aTenant({ people: [anna], mailboxes: [{ ...aMailbox(anna), folders: names }], mails }));
    for (const [index, { messageId }] of mails.entries())
      service.bench.graph.move({ messageId, on: anna.address }, names[Math.floor(index / 450)]!);
    await service.sweep();
    const pages = service.wire.filter(({ url }) => url.includes('/messages/delta')).map(({ url }) => url);
    expect(new Set(pages).size).toBe(pages.length);
    expect(pages.length).toBe((await folders()).length + names.length * 2);
  });

  it('lists folders at every depth, in requests of which none is more than Graph works on at once', async () => {
    const deep = [
      'Inbox/Partners',
      'Inbox/Partners/Fabrikam/2026',
      'Sent Items/Old',
      'Junk Email/Not so',
      ...Array.from({ length: 6 }, (_, n) => `Archive/${n}/In`),
    ];
    const mail = aMail({ from: joan, to: anna.address, subject: 'Deep', sentAt: days(1) });
    service = await Service.start(aTenant({ people: [anna], mailboxes: [{ ...aMailbox(anna), folders: deep }], mails: [mail] }));
    service.bench.graph.faults.fullBatches = true;
    await service.sweep();
    expect(service.skippedMs).toBe(0);
    const roles = (await folders()).map(({ role }) => role);
    // the inbox with three below it, sent mail with one, the archive with twelve; nothing of what is skipped
    expect([roles.filter((role) => role === 'mail').length, roles.filter((role) => role === 'sent').length]).toEqual([4 + 13, 2]);
  });

  it.each([
    ['when one process reads all', 1],
    ['when another takes over, and does not know what was forgotten', 2],
  ])('asks for conversations again only where mail of them was forgotten: %s', async (_when, processes) => {
    // Newest first: the mail to a colleague comes pages, and a turn, before the one that lets its conversation pass.
    const topics = Array.from({ length: 2_210 }, (_, n) =>
      aMail({ from: anna.address, to: joan, subject: `Topic ${n}`, sentAt: new Date(days(2).getTime() - n * 60_000) }),
    );
    const outside = aMail({ from: anna.address, to: joan, subject: 'Outside', sentAt: days(4) });
    const inside = aMail({ from: anna.address, to: [pieter.address], subject: 'Inside', inReplyTo: [outside.messageId], sentAt: days(1) });
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails: [...topics, inside, outside] }));
    service.processes = processes;
    await service.sweep();
    expect(await service.subjects()).toEqual(expect.arrayContaining(['Inside', 'Outside']));
    const asked = service.bench.graph.requests.recent.filter(({ path }) => /conversationId.eq/.test(path));
    // of two the second takes over after a turn of eleven full pages, at the twelfth, which holds twelve
    expect(asked.length).toBe(processes === 1 ? 1 : 12);
  });

  it('marks what was deleted and changes nothing else (story 43); what was moved is followed', async () => {
    const [kept, gone] = [
      aMail({ from: joan, to: anna.address, subject: 'Kept', sentAt: days(2) }),
      aMail({ from: joan, to: anna.address, subject: 'Gone', sentAt: days(1) }),
    ];
    service = await Service.start(tenantWith(kept, gone));
    await service.sweep();
    const before = service.changes.length;
    service.bench.graph.move({ messageId: kept.messageId, on: anna.address }, 'Inbox/Done');
    service.bench.graph.erase({ messageId: gone.messageId, on: anna.address });
    await service.sweep();
    expect(service.changes.length).toBe(before);
    expect(await service.subjects()).toEqual(['Kept', 'Gone']);
    const { rows } =
      await sql`select subject, removed_at is null as there from message_copy join message on key = message_key order by at`.execute(
        service.database.db,
      );
    expect(rows).toEqual([
      { subject: 'Kept', there: true },
      { subject: 'Gone', there: false },
    ]);
  });
});

describe('what Graph does on bad days', () => {
  it.each(['goneWithLocation', 'syncStateNotFound', 'resyncRequired'] as const)(
    'a token expires (%s): the folder is read again and reconciled',
    async (shape) => {
      const gone = aMail({ from: joan, to: anna.address, subject: 'Gone', sentAt: days(1) });
      service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'Kept', sentAt: days(2) }), gone));
      await service.sweep();
      const before = service.changes.length;
      service.bench.graph.erase({ messageId: gone.messageId, on: anna.address });
      service.bench.graph.faults.expireTokens(shape);
      await service.sweep();
      expect(service.changes.length).toBe(before);
      const { rows } =
        await sql`select subject, removed_at is null as there from message_copy join message on key = message_key order by at`.execute(
          service.database.db,
        );
      expect(rows).toEqual([
        { subject: 'Kept', there: true },
        { subject: 'Gone', there: false },
      ]);
      expect((await folders()).every(({ round, complete }) => round === 2 && complete)).toBe(true);
    },
  );

  it('empty pages, replayed items, whole items, hidden headers', async () => {
    service = await Service.start(
      tenantWith(
        ...Array.from({ length: 12 }, (_, n) => aMail({ from: joan, to: anna.address, subject: `Mail ${n}`, sentAt: days(n + 1) })),
      ),
    );
    Object.assign(service.bench.graph.faults, { emptyPages: true, replays: true, wholeItems: true, headersHidden: true });
    await service.sweep();
    expect(await service.subjects()).toHaveLength(12);
    await service.sweep();
    expect(await service.subjects()).toHaveLength(12);
  });

  it('asks to wait: shortly, and the request sits it out; for long, and the job comes back; the mailbox waits as a whole', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One' })));
    const hers = (what: string) => new RegExp(`${anna.objectId}/.*${what}`);
    service.bench.graph.faults.rules.push({ times: 1, status: 429, retryAfterSeconds: 0.05, matching: hers('delta') });
    service.bench.graph.faults.rules.push({ times: 1, status: 503, retryAfterSeconds: 120, matching: hers('delta') });
    service.bench.graph.faults.rules.push({ times: 1, status: 504, retryAfterSeconds: null, matching: hers('mailFolders\\?') });
    await service.sweep();
    expect(await service.subjects()).toEqual(['One']);
    expect(service.skippedMs).toBeGreaterThan(119_000); // whoever meets the wait a moment later is told what is left of it
    // one of them in a batch
    expect(service.bench.graph.requests.recent.filter(({ status }) => [429, 503, 504].includes(status))).toHaveLength(3);
  });

  it('a wait from before the wall was set back holds nothing up', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One' })));
    await service.sweep();
    service.bench.graph.send({ from: joan, to: [anna.address], subject: 'Two', at: minutes(-5) });
    const ahead = async (seconds: number) =>
      sql`update mailbox set wait_until = ${new Date(service.ports.wall.now().getTime() + seconds * 1000)}`.execute(service.database.db);
    await ahead(90);
    await service.sweep();
    expect(service.skippedMs).toBeGreaterThan(0);
    await ahead(2 * 86_400);
    const skipped = service.skippedMs;
    service.bench.graph.send({ from: joan, to: [anna.address], subject: 'Three', at: minutes(-4) });
    await service.sweep();
    expect([await service.subjects(), service.skippedMs - skipped]).toEqual([['One', 'Two', 'Three'], 0]);
  });

  it('serves a batch in part: the rest is asked for when Graph says so, and the mailbox is left alone until then', async () => {
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], mails: [] }));
    await service.sweep();
    service.bench.graph.faults.rules.push({ times: 2, status: 429, retryAfterSeconds: 90, matching: /conversationId.eq/ });
    // of a mailbox that has been read once nobody remembers what was forgotten: new conversations are asked for
    for (const n of [1, 2, 3]) service.bench.graph.send({ from: joan, to: [anna.address], subject: `Topic ${n}`, at: minutes(-n) });
    await service.sweep();
    expect(await sql`select 1 from mail_wanted`.execute(service.database.db)).toMatchObject({ rows: [] });
    const asked = service.bench.graph.requests.recent.filter(({ path }) => /conversationId.eq/.test(path));
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);
    expect(service.skippedMs).toBeGreaterThanOrEqual(90_000);
  });

  it('a folder of well-known name that was not served in a batch is not taken for one that is not there', async () => {
    service = await Service.start(tenantWith(aMail({ from: joan, to: anna.address, subject: 'One' })));
    service.bench.graph.faults.rules.push({ times: 1, status: 429, retryAfterSeconds: 30, matching: /junkemail/ });
    await service.sweep();
    expect((await folders()).filter(({ role }) => role === 'sent').length).toBe(
      (await boxes()).filter(({ state }) => state === 'reading').length,
    );
    expect(service.skippedMs).toBeGreaterThanOrEqual(30_000);
  });

  it('never has more than four requests under way in a mailbox', async () => {
    service = await Service.start(
      tenantWith(
        ...Array.from({ length: 60 }, (_, n) => aMail({ from: joan, to: anna.address, subject: `Topic ${n}`, sentAt: days(n / 2 + 1) })),
      ),
    );
    service.bench.graph.faults.slowMs = 2;
    await Promise.all([service.settle(), service.sweep()]);
    const again = Array.from({ length: 40 }, () =>
      service.graph.call({ url: `/users/${anna.objectId}/mailFolders`, mailbox: anna.objectId }),
    );
    await Promise.all(again);
    expect(service.bench.graph.requests.mostAtOnce).toBe(4);
    expect(service.bench.graph.requests.recent.every(({ status }) => status !== 429)).toBe(true);
  });
});

it('says how it wants ids and pages with every request, next links included', async () => {
  service = await Service.start(
    tenantWith(
      ...Array.from({ length: 450 }, (_, n) =>
        aMail({ from: joan, to: anna.address, subject: `Topic ${n % 3}`, sentAt: minutes(-n - 10) }),
      ),
    ),
  );
  await service.sweep();
  expect(await service.subjects()).toHaveLength(450);
  expect(service.wire.filter(({ url }) => url.includes('skiptoken')).length).toBeGreaterThanOrEqual(2);
  for (const { headers } of service.wire) expect(headers.Prefer).toMatch(/^IdType="ImmutableId", odata\.maxpagesize=\d+$/);
});

it('refuses links to another origin, and says its token to nobody else', async () => {
  service = await Service.start(tenantWith());
  await expect(service.graph.call({ url: 'https://graph.example/v1.0/users' })).rejects.toThrow('another origin');
  service.instead = (url) =>
    url.includes('/messages/delta')
      ? Response.json({ value: [], '@odata.nextLink': 'https://elsewhere.example/v1.0/users/x/messages/delta?$skiptoken=1' })
      : undefined;
  await expect(service.sweep()).rejects.toThrow('another origin');
  expect(service.wire.filter(({ url }) => !url.startsWith(service.bench.graph.url))).toEqual([]);
});

it('answers a claims challenge once with a new token', async () => {
  service = await Service.start(tenantWith());
  let challenges = 0;
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString('base64');
  const challenge = () =>
    new Response('{}', {
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${claims}"` },
    });
  service.instead = () => (challenges++ === 0 ? challenge() : undefined);
  await expect(service.graph.call({ url: `/users/${anna.objectId}` })).resolves.toMatchObject({ id: anna.objectId });
  challenges = -100;
  service.instead = () => (challenges++ < 0 ? challenge() : undefined);
  await expect(service.graph.call({ url: `/users/${anna.objectId}` })).rejects.toMatchObject({ status: 401 });
  expect(challenges).toBe(-98);
});
