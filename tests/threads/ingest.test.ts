import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadThreads, mailTo } from '../../bot/threads/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aCharter, copyOf, type Mail, World } from './world.ts';

const FABRIKAM = '11111111-1111-4111-8111-111111111111';
const LITWARE = '22222222-2222-4222-8222-222222222222';
const client = { domains: ['contoso.com'], contacts: ['anna@contoso.com', 'pieter@contoso.com'], services: ['it@contoso.com'] };
const fabrikam = aCharter(FABRIKAM, {
  client,
  provider: {
    domains: ['fabrikam.com'],
    contacts: ['joan@fabrikam.com', 'lee@gmail.com'],
    services: ['tickets@desk.com'],
    actsFor: ['subworks.com'],
  },
});
const litware = aCharter(LITWARE, { client, provider: { domains: ['litware.com'], contacts: ['max@litware.com'] } });

let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = new World(database.db, [fabrikam, litware]);
});
afterAll(() => database.close());

const stored = async (): Promise<string[]> =>
  (await database.db.selectFrom('message').select('key').orderBy('key').execute()).map(({ key }) => key.slice(1, -6));
const threads = async () => {
  const ids = await database.db.selectFrom('thread').select('id').where('mergedInto', 'is', null).execute();
  return database.db.transaction().execute((tx) =>
    loadThreads(
      tx,
      ids.map(({ id }) => id),
    ),
  );
};
const ask: Mail = { id: 'ask', from: 'anna@contoso.com', to: ['joan@fabrikam.com'], sentAt: '2026-11-23T09:00:00Z' };

describe('the privacy gate', () => {
  it.each<[string, string, Partial<Mail>, string[]]>([
    ['a listed contact of the provider writes', 'anna@contoso.com', { from: 'joan@fabrikam.com', to: ['anna@contoso.com'] }, [FABRIKAM]],
    ['to somebody of the client whom nobody lists', 'hr@contoso.com', { from: 'joan@fabrikam.com', to: ['hr@contoso.com'] }, [FABRIKAM]],
    [
      'a listed contact of the client, and a colleague of the provider',
      'anna@contoso.com',
      { from: 'new@fabrikam.com', to: ['anna@contoso.com'] },
      [FABRIKAM],
    ],
    ['a service address', 'hr@contoso.com', { from: 'tickets@desk.com', to: ['hr@contoso.com'] }, [FABRIKAM]],
    [
      'a freelancer at a public mail domain who is a contact',
      'anna@contoso.com',
      { from: 'lee@gmail.com', to: ['anna@contoso.com'] },
      [FABRIKAM],
    ],
    ['another person at that public mail domain', 'anna@contoso.com', { from: 'aunt@gmail.com', to: ['anna@contoso.com'] }, []],
    ['two departments, neither listed (story 32)', 'hr@contoso.com', { from: 'hr@contoso.com', to: ['people@fabrikam.com'] }, []],
    ['internal mail of listed contacts', 'anna@contoso.com', { from: 'anna@contoso.com', to: ['pieter@contoso.com'] }, []],
    ['a subcontractor alone', 'anna@contoso.com', { from: 'sub@subworks.com', to: ['anna@contoso.com'] }, []],
    ['a domain that only ends alike', 'anna@contoso.com', { from: 'x@notfabrikam.com', to: ['anna@contoso.com'] }, []],
    [
      'two providers in To (story 28)',
      'anna@contoso.com',
      { from: 'anna@contoso.com', to: ['joan@fabrikam.com', 'max@litware.com'] },
      [FABRIKAM, LITWARE],
    ],
    ['written in capitals', 'anna@contoso.com', { from: 'Joan@FABRIKAM.com', to: ['Anna@Contoso.com'] }, [FABRIKAM]],
  ])('%s', async (_why, owner, mail, partnerships) => {
    await world.start(owner);
    const { changed } = await world.deliver(owner, [copyOf({ ...ask, ...mail }, owner)]);
    expect(changed.map(({ partnershipId }) => partnershipId).sort()).toEqual(partnerships);
    expect(await stored()).toEqual(partnerships.length ? ['ask'] : []);
    if (partnerships.length === 0) {
      const left = await database.db.selectFrom('threadTie').selectAll().execute();
      expect(left).toEqual([]);
    }
  });

  it('reads the other mail of a conversation again once one mail of it passes', async () => {
    await world.start('anna@contoso.com', 'pieter@contoso.com');
    const inside: Mail = { ...ask, id: 'inside', to: ['pieter@contoso.com'], thread: 'c', sentAt: '2026-11-23T08:00:00Z' };
    const outside: Mail = { ...ask, id: 'outside', cc: ['pieter@contoso.com'], thread: 'c', replyTo: 'inside' };
    world.hold({ owner: 'anna@contoso.com', item: copyOf(inside, 'anna@contoso.com') });
    world.hold({ owner: 'pieter@contoso.com', item: copyOf({ ...inside, thread: 'd' }, 'pieter@contoso.com') });
    await world.deliver('anna@contoso.com', [copyOf(inside, 'anna@contoso.com')]);
    await world.deliver('pieter@contoso.com', [copyOf({ ...inside, thread: 'd' }, 'pieter@contoso.com')]);
    expect(await stored()).toEqual([]);
    await world.deliver('anna@contoso.com', [copyOf(outside, 'anna@contoso.com')]);
    expect(await stored()).toEqual(['inside', 'outside']);
    const copies = await database.db.selectFrom('messageCopy').select('graphId').orderBy('graphId').execute();
    expect(copies.map(({ graphId }) => graphId)).toEqual([
      'anna@contoso.com/inside',
      'anna@contoso.com/outside',
      'pieter@contoso.com/inside',
    ]);
    expect((await threads()).filter(({ messages }) => messages.length > 0)).toHaveLength(1);
  });

  it('lets nothing in by a reply header alone, and joins by it what passes', async () => {
    await world.start('anna@contoso.com', 'hr@contoso.com');
    await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')]);
    await world.deliver('hr@contoso.com', [
      copyOf({ id: 'hr', from: 'people@fabrikam.com', to: ['hr@contoso.com'], replyTo: 'ask' }, 'hr@contoso.com'),
    ]);
    await world.deliver('hr@contoso.com', [
      copyOf({ id: 'joan', from: 'joan@fabrikam.com', to: ['hr@contoso.com'], replyTo: 'ask' }, 'hr@contoso.com'),
    ]);
    expect(await stored()).toEqual(['ask', 'joan']);
    expect(await threads()).toHaveLength(1);
  });
});

describe('joining', () => {
  it('joins over an ancestor that nobody here has', async () => {
    await world.start('anna@contoso.com', 'pieter@contoso.com');
    await world.deliver('anna@contoso.com', [
      copyOf({ ...ask, id: 'a', from: 'joan@fabrikam.com', to: ['anna@contoso.com'], replyTo: 'absent' }, 'anna@contoso.com'),
    ]);
    await world.deliver('pieter@contoso.com', [
      copyOf({ ...ask, id: 'b', from: 'joan@fabrikam.com', to: ['pieter@contoso.com'], replyTo: 'absent' }, 'pieter@contoso.com'),
    ]);
    expect((await threads()).map(({ messages }) => messages.map(({ key }) => key))).toEqual([['<a@mail>', '<b@mail>']]);
  });

  it('lets the older of two threads live, and says which were joined to it', async () => {
    await world.start('anna@contoso.com');
    const late: Mail = { ...ask, id: 'late', thread: 'late', sentAt: '2026-11-23T11:00:00Z' };
    await world.deliver('anna@contoso.com', [copyOf(late, 'anna@contoso.com')]);
    await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')]);
    const before = await threads();
    const old = before.find(({ messages }) => messages[0]!.key === '<ask@mail>')!;
    const young = before.find(({ messages }) => messages[0]!.key === '<late@mail>')!;
    const link: Mail = {
      id: 'link',
      from: 'joan@fabrikam.com',
      to: ['anna@contoso.com'],
      replyTo: 'ask',
      thread: 'late',
      sentAt: '2026-11-23T12:00:00Z',
    };
    const { changed } = await world.deliver('anna@contoso.com', [copyOf(link, 'anna@contoso.com')]);
    expect(changed).toEqual([{ threadId: old.id, partnershipId: FABRIKAM }]);
    expect(await threads()).toMatchObject([
      { id: old.id, absorbed: [young.id], messages: [{ key: '<ask@mail>' }, { key: '<late@mail>' }, { key: '<link@mail>' }] },
    ]);
  });

  it('gives a delivery that was there before no effect', async () => {
    await world.start('anna@contoso.com');
    await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')], { role: 'sent' });
    expect((await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')], { role: 'sent' })).changed).toEqual([]);
  });
});

describe('what happened when', () => {
  it('takes the first receipt of mail to the client, whatever the sender says', async () => {
    await world.start('anna@contoso.com', 'pieter@contoso.com');
    const mail: Mail = {
      ...ask,
      from: 'joan@fabrikam.com',
      to: ['anna@contoso.com', 'pieter@contoso.com'],
      sentAt: '2027-01-01T00:00:00Z',
    };
    await world.deliver('pieter@contoso.com', [copyOf(mail, 'pieter@contoso.com', { receivedAt: new Date('2026-11-23T10:00:07.900Z') })]);
    await world.deliver('anna@contoso.com', [copyOf(mail, 'anna@contoso.com', { receivedAt: new Date('2026-11-23T10:00:05Z') })]);
    expect((await threads())[0]!.messages[0]!.at).toEqual(new Date('2026-11-23T10:00:05Z'));
  });
  it('takes the sending of mail from the client by its own copy, and never a time after the receipt', async () => {
    await world.start('anna@contoso.com', 'pieter@contoso.com');
    const mail: Mail = { ...ask, cc: ['pieter@contoso.com'] };
    await world.deliver('pieter@contoso.com', [copyOf(mail, 'pieter@contoso.com', { sentAt: new Date('2026-11-23T08:59:00Z') })]);
    await world.deliver('anna@contoso.com', [copyOf(mail, 'anna@contoso.com')], { role: 'sent' });
    expect((await threads())[0]!.messages[0]!.at).toEqual(new Date('2026-11-23T09:00:00Z'));
    const second: Mail = { ...mail, id: 'second', sentAt: '2026-11-24T00:00:00Z' };
    await world.deliver('pieter@contoso.com', [copyOf(second, 'pieter@contoso.com', { receivedAt: new Date('2026-11-23T23:59:00Z') })]);
    expect((await threads()).flatMap(({ messages }) => messages.map(({ at }) => at.toISOString())).sort()[1]).toBe(
      '2026-11-23T23:59:00.000Z',
    );
  });
  it('counts the boss whose mail a delegate sent (story 41)', async () => {
    await world.start('pieter@contoso.com');
    const item = copyOf({ ...ask, from: 'anna@contoso.com' }, 'pieter@contoso.com', {
      sender: { address: 'pieter@contoso.com', name: 'Pieter' },
    });
    await world.deliver('pieter@contoso.com', [{ ...item, flag: { status: 'flagged', due: null } }], { role: 'sent' });
    expect((await threads())[0]!.messages[0]).toMatchObject({
      from: { address: 'anna@contoso.com' },
      marks: [{ owner: 'anna@contoso.com', flag: 'flagged' }],
    });
  });
});

describe('what its owners do to a copy', () => {
  it('merges what a later delivery leaves out, and tells of a changed mark once', async () => {
    await world.start('anna@contoso.com');
    await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')], { role: 'sent' });
    const flagged = {
      id: 'anna@contoso.com/ask',
      flag: { status: 'flagged', due: { wallTime: '2026-11-26T00:00:00.0000000', zone: 'UTC' } },
    } as const;
    expect((await world.deliver('anna@contoso.com', [flagged], { role: 'sent' })).changed).toHaveLength(1);
    expect((await world.deliver('anna@contoso.com', [{ id: 'anna@contoso.com/ask' }], { role: 'sent' })).changed).toEqual([]);
    const [thread] = await threads();
    expect(thread!.messages[0]).toMatchObject({ subject: 'Pump 4', to: [{ address: 'joan@fabrikam.com' }] });
    // Thursday 26 November ends in Amsterdam at 23:00 UTC.
    expect(thread!.messages[0]!.marks).toEqual([
      { owner: 'anna@contoso.com', flag: 'flagged', flagDueAt: new Date('2026-11-26T23:00:00Z'), categories: [] },
    ]);
  });
  it('changes nothing when a mail is moved or deleted (story 43)', async () => {
    await world.start('anna@contoso.com');
    await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')], { role: 'sent' });
    const before = await threads();
    expect((await world.deliver('anna@contoso.com', [], { role: 'sent', removed: ['anna@contoso.com/ask'] })).changed).toEqual([]);
    expect(await threads()).toEqual(before);
    await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')], { folder: 'archive' });
    await world.deliver('anna@contoso.com', [], { role: 'sent', removed: ['anna@contoso.com/ask'] });
    expect(await threads()).toEqual(before);
    const copies = await database.db.selectFrom('messageCopy').selectAll().execute();
    expect(copies).toMatchObject([{ folderId: 'archive', removedAt: null, sentCopy: true }]);
  });
  it('takes a thread out of the record, and keeps out what comes later', async () => {
    await world.start('anna@contoso.com');
    await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com')], { role: 'sent' });
    const out = await world.deliver('anna@contoso.com', [{ id: 'anna@contoso.com/ask', categories: ['Rapport: Leave out'] }], {
      role: 'sent',
    });
    expect(out.changed).toMatchObject([{ partnershipId: FABRIKAM }]);
    expect(await threads()).toMatchObject([{ leftOut: true, messages: [] }]);
    const answer: Mail = { id: 'answer', from: 'joan@fabrikam.com', to: ['anna@contoso.com'], replyTo: 'ask', thread: 'other' };
    expect((await world.deliver('anna@contoso.com', [copyOf(answer, 'anna@contoso.com')])).changed).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(await database.db.selectFrom('messageCopy').selectAll().execute()).toEqual([]);
  });
});

it('survives what mail may hold', async () => {
  await world.start('anna@contoso.com');
  const item = copyOf({ ...ask, subject: `\u0000\ud800${'ﷺ'.repeat(2000)}` }, 'anna@contoso.com', {
    messageId: `<${'é'.repeat(3000)}>`,
    conversationId: 'x'.repeat(9000),
    from: { address: 'anna@contoso.com', name: '\udfff\u0000' },
    categories: ['a\u0000', 'a'],
    headers: new Map([['references', ['nonsense <<>> <a b> <ok@x>']]]),
  });
  await world.deliver('anna@contoso.com', [item]);
  expect(await threads()).toMatchObject([{ messages: [{ from: { name: '\ufffd' } }] }]);
});

it('finds the mail to somebody in other threads, from since both sides agreed', async () => {
  await world.start('anna@contoso.com');
  world.agreed = [new Date('2026-11-23T10:00:00Z')];
  const later = (id: string, sentAt: string) =>
    copyOf({ id, from: 'joan@fabrikam.com', to: ['anna@contoso.com'], sentAt }, 'anna@contoso.com');
  await world.deliver('anna@contoso.com', [copyOf(ask, 'anna@contoso.com'), later('before', '2026-11-23T09:30:00Z')]);
  await world.deliver('anna@contoso.com', [later('new', '2026-11-23T10:00:00Z')]);
  world.agreed = [];
  const found = (after: string) =>
    database.db
      .transaction()
      .execute((tx) => mailTo(tx, { partnershipId: FABRIKAM, toAddresses: ['anna@contoso.com'], after: new Date(after) }));
  expect(await found('2026-11-23T09:00:00Z')).toMatchObject([{ key: '<new@mail>', threadId: expect.any(String) }]);
  expect(await found('2026-11-23T10:00:03Z')).toEqual([]);
});
