import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Actor } from '../../bot/capability.ts';
import { contactIdOf } from '../../bot/charter/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { accessTo, bind, bindByDirectory, identify, people, proposals, unbind, whoCanBind, whoIsWho } from '../../bot/people/index.ts';
import { type Loaded, loaded } from '../charter/loaded.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const TENANT = '10000000-0000-4000-8000-000000000001';
const FABRIKAM = '20000000-0000-4000-8000-000000000002';
const NOW = new Date('2026-11-23T08:00:00Z');

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

interface Member {
  tenantId: string;
  objectId: string;
  name: string;
  address: string | null;
}
/** The channel of a partnership with these people in it. */
async function channel(it: Loaded, members: readonly Member[]): Promise<void> {
  const conversationId = randomUUID();
  const now = NOW;
  await database.db
    .insertInto('conversation')
    .values({
      id: conversationId,
      kind: 'channel',
      partnershipId: it.id,
      serviceUrl: 'https://localhost',
      tenantId: TENANT,
      conversationId: `19:${conversationId}`,
      botId: '28:x',
      installedAt: now,
    } as never)
    .execute();
  await database.db
    .insertInto('channelMember')
    .values(members.map((member) => ({ ...member, conversationId, userId: `29:${member.objectId}`, seenAt: now })))
    .execute();
}
/** A contact's chat with the bot, with a card in it. */
async function chatOf(contactId: string, userId: string): Promise<string> {
  const id = randomUUID();
  const where = { serviceUrl: 'https://localhost', tenantId: TENANT, conversationId: `a:${id}`, botId: '28:x', installedAt: NOW };
  await database.db
    .insertInto('conversation')
    .values({ id, kind: 'personal', contactId, userId, ...where } as never)
    .execute();
  const card = { subjectKind: 'obligation', subjectId: randomUUID(), state: 'posted' as const, activityId: `card-${id}`, intendedAt: NOW };
  await database.db
    .insertInto('post')
    .values({ id: randomUUID(), conversationId: id, ...card })
    .execute();
  return id;
}
const member = (name: string, address: string | null = null, tenantId = TENANT): Member => ({
  tenantId,
  objectId: randomUUID(),
  name,
  address,
});
const say = (it: Loaded, who: Member, key: string, by: Actor) =>
  database.ports.transaction((tx) =>
    bind(tx, { tenantId: who.tenantId, objectId: who.objectId, contactId: contactIdOf(it.id, key), by, now: NOW }),
  );
const takeBack = (it: Loaded, who: Member, key: string, by: Actor) =>
  database.ports.transaction((tx) =>
    unbind(tx, { tenantId: who.tenantId, objectId: who.objectId, contactId: contactIdOf(it.id, key), by, now: NOW }),
  );
const directory = (...users: { objectId: string; addresses: string[]; guest?: boolean }[]) =>
  database.ports.transaction((tx) => bindByDirectory(tx, { tenantId: TENANT, users, now: NOW }));
const who = (each: { tenantId: string; objectId: string }) => identify(database.db, each);

describe('an owner says who somebody is', () => {
  it("a guest of the client's tenant is on the side of his contact", async () => {
    const it = await loaded(database);
    const guest = member('Joan Santos');
    await channel(it, [guest]);
    await say(it, guest, 'joan', it.actor('anna', 'client'));
    const person = await who(guest);
    expect(person.actors).toEqual([{ partnershipId: it.id, contactId: contactIdOf(it.id, 'joan'), side: 'provider', owner: true }]);
    expect(accessTo(person, it.id, 'card')).toMatchObject({ side: 'provider', through: 'card' });
    expect(person).toMatchObject({ name: 'Joan Santos', admin: false, executive: false });
    expect(
      (await eventsOf(database.db, { kind: 'contact', id: contactIdOf(it.id, 'joan') })).map(({ kind, data }) => [kind, data]),
    ).toEqual([['people.bound', { how: 'owner', side: 'provider', tenantId: TENANT, objectId: guest.objectId }]]);
  });

  it('an owner of the provider for his own people, an owner of the client for everyone, nobody else for anyone', async () => {
    const it = await loaded(database);
    const [one, two, three] = [member('One'), member('Two', null, FABRIKAM), member('Three')] as const;
    await channel(it, [one, two, three]);
    const refused = { code: 'people.not_allowed' };
    await expect(say(it, one, 'pieter', it.actor('joan', 'provider'))).rejects.toMatchObject(refused);
    await expect(say(it, one, 'carlo', it.actor('carlo', 'provider', false))).rejects.toMatchObject(refused);
    await expect(say(it, one, 'pieter', it.actor('ruth', 'client', false))).rejects.toMatchObject(refused);
    await say(it, two, 'carlo', it.actor('joan', 'provider'));
    await say(it, three, 'pieter', it.actor('anna', 'client'));
    expect((await who(two)).actors[0]?.side).toBe('provider');
    expect((await who(three)).actors[0]?.side).toBe('client');
  });

  it('only people of the channel, one contact of a partnership at a time, and only contacts of the own partnership', async () => {
    const it = await loaded(database);
    const other = await loaded(database);
    const guest = member('Carlo');
    await channel(it, [guest]);
    const anna = it.actor('anna', 'client');
    await expect(say(it, member('Stranger'), 'carlo', anna)).rejects.toMatchObject({ code: 'people.not_in_channel' });
    await expect(say(other, guest, 'carlo', anna)).rejects.toMatchObject({ code: 'people.contact_not_found' });
    await say(it, guest, 'carlo', anna);
    await say(it, guest, 'carlo', anna);
    await expect(say(it, guest, 'joan', anna)).rejects.toMatchObject({ code: 'people.bound_already' });
    await takeBack(it, guest, 'carlo', anna);
    await expect(takeBack(it, guest, 'carlo', anna)).rejects.toMatchObject({ code: 'people.not_bound' });
    await say(it, guest, 'joan', anna);
    expect((await who(guest)).actors.map(({ contactId }) => contactId)).toEqual([contactIdOf(it.id, 'joan')]);
  });

  it('one account may be a contact of several partnerships', async () => {
    const [one, two] = [await loaded(database), await loaded(database, 'northwind')];
    const guest = member('Somebody');
    await channel(one, [guest]);
    await channel(two, [guest]);
    await say(one, guest, 'pieter', one.actor('anna', 'client'));
    await say(two, guest, 'noor', two.actor('bas', 'client'));
    expect((await who(guest)).actors.map(({ partnershipId }) => partnershipId).sort()).toEqual([one.id, two.id].sort());
  });

  it('takes it back, and what was written to the account in private goes with it', async () => {
    const it = await loaded(database);
    const [wrong, right] = [member('Joan Santos'), member('Joan Santos')];
    await channel(it, [wrong, right]);
    const anna = it.actor('anna', 'client');
    await say(it, wrong, 'joan', anna);
    const joan = contactIdOf(it.id, 'joan');
    const chat = await chatOf(joan, `29:${wrong.objectId}`);
    await takeBack(it, wrong, 'joan', anna);
    expect((await who(wrong)).actors).toEqual([]);
    const stands = await database.db.selectFrom('conversation').select(['contactId', 'tombstonedAt']).where('id', '=', chat).execute();
    expect(stands).toEqual([{ contactId: null, tombstonedAt: null }]);
    expect(await database.db.selectFrom('post').select('state').where('conversationId', '=', chat).execute()).toEqual([{ state: 'dead' }]);
    const { rows } = await sql`select payload from graphile_worker._private_jobs where key like ${`post.remove:${chat}%`}`.execute(
      database.db,
    );
    expect(rows).toEqual([{ payload: { conversationId: chat, activityId: `card-${chat}` } }]);
    await say(it, right, 'joan', anna);
    const own = await chatOf(joan, `29:${right.objectId}`);
    await say(it, wrong, 'carlo', anna);
    await takeBack(it, wrong, 'carlo', anna);
    const kept = await database.db.selectFrom('conversation').select('contactId').where('id', '=', own).execute();
    expect(kept).toEqual([{ contactId: joan }]);
    const history = await eventsOf(database.db, { kind: 'contact', id: joan });
    expect(history.map(({ kind, data, by }) => [kind, data.objectId, by?.contactId])).toEqual([
      ['people.bound', wrong.objectId, anna.contactId],
      ['people.unbound', wrong.objectId, anna.contactId],
      ['people.bound', right.objectId, anna.contactId],
    ]);
  });

  it('not what the directory says: that is corrected by the address', async () => {
    const it = await loaded(database);
    const own = member('Pieter');
    await channel(it, [own]);
    await directory({ objectId: own.objectId, addresses: ['pieter@contoso.com'] });
    await expect(takeBack(it, own, 'pieter', it.actor('anna', 'client'))).rejects.toMatchObject({ code: 'people.by_directory' });
    expect((await who(own)).actors.filter(({ partnershipId }) => partnershipId === it.id)).toHaveLength(1);
  });

  it('sees who is who of his own side, at the client of both', async () => {
    const it = await loaded(database);
    const [joan, zoe] = [member('Joan Santos (Fabrikam)'), member('Zoe')];
    await channel(it, [zoe, joan]);
    const seen = (by: Actor) => database.ports.transaction((tx) => whoIsWho(tx, by));
    const client = await seen(it.actor('anna', 'client'));
    expect(client.unknown.map(({ name, contact }) => [name, contact?.id ?? null])).toEqual([
      ['Joan Santos (Fabrikam)', contactIdOf(it.id, 'joan')],
      ['Zoe', null],
    ]);
    expect(new Set(client.contacts.map(({ side }) => side))).toEqual(new Set(['client', 'provider']));
    await say(it, joan, 'joan', it.actor('anna', 'client'));
    const provider = await seen(it.actor('joan', 'provider'));
    expect(new Set(provider.contacts.map(({ side }) => side))).toEqual(new Set(['provider']));
    expect(provider.contacts.find(({ id }) => id === contactIdOf(it.id, 'joan'))?.accounts).toEqual([
      {
        tenantId: TENANT,
        objectId: joan.objectId,
        contactId: contactIdOf(it.id, 'joan'),
        by: contactIdOf(it.id, 'anna'),
        at: NOW,
        name: joan.name,
      },
    ]);
    expect(await seen(it.actor('carlo', 'provider', false))).toEqual({ contacts: [], unknown: [] });
  });

  it('by the action of the card, whose input is hostile until it is parsed', async () => {
    const it = await loaded(database);
    const guest = member('Joan');
    await channel(it, [guest]);
    const action = people.actions!['people.bind']!;
    const input = { tenantId: guest.tenantId, objectId: guest.objectId, contactId: contactIdOf(it.id, 'joan') };
    expect(action.schema.safeParse({ ...input, objectId: "' or 1=1" }).success).toBe(false);
    const outcome = await database.ports.transaction((tx) =>
      action.run({ tx, now: NOW, actor: it.actor('anna', 'client'), subjectId: it.id, input: action.schema.parse(input) }),
    );
    expect(outcome).toMatchObject({ subject: { kind: 'charter', id: it.id } });
    expect((await who(guest)).actors).toHaveLength(1);
  });
});

describe('the own directory', () => {
  it('binds the contacts whose address a user has, once', async () => {
    const it = await loaded(database);
    const anna = { objectId: randomUUID(), addresses: ['Anna@Contoso.com', 'a.devries@contoso.com'] };
    expect(await directory(anna)).toBe(await countOf('anna@contoso.com'));
    expect(await directory(anna)).toBe(0);
    const person = await who({ tenantId: TENANT, objectId: anna.objectId });
    expect(accessTo(person, it.id, 'tab')).toMatchObject({ contactId: contactIdOf(it.id, 'anna'), side: 'client', owner: true });
  });

  it('never binds a guest', async () => {
    await loaded(database);
    const objectId = randomUUID();
    expect(await directory({ objectId, addresses: ['joan@fabrikam.com'], guest: true })).toBe(0);
    expect((await who({ tenantId: TENANT, objectId })).actors).toEqual([]);
  });

  it('has the last word: an address that went to another user, and an account that was called somebody else', async () => {
    const it = await loaded(database);
    const [first, second] = [randomUUID(), randomUUID()];
    await directory({ objectId: first, addresses: ['pieter@contoso.com'] });
    await directory({ objectId: second, addresses: ['pieter@contoso.com'] });
    expect((await who({ tenantId: TENANT, objectId: first })).actors).toEqual([]);
    const called = { ...member('Ruth'), objectId: second };
    await channel(it, [called]);
    expect((await who(called)).actors.filter((actor) => actor.partnershipId === it.id)).toHaveLength(1);
    const ruth = member('Ruth');
    await database.db
      .insertInto('identity')
      .values({
        tenantId: TENANT,
        objectId: ruth.objectId,
        contactId: contactIdOf(it.id, 'carlo'),
        conversationUserId: null,
        boundBy: contactIdOf(it.id, 'joan'),
        boundAt: NOW,
      })
      .execute();
    await directory({ objectId: ruth.objectId, addresses: ['ruth@contoso.com'] });
    const actors = (await who(ruth)).actors.filter((actor) => actor.partnershipId === it.id);
    expect(actors).toEqual([{ partnershipId: it.id, contactId: contactIdOf(it.id, 'ruth'), side: 'client', owner: false }]);
  });
});

const countOf = async (address: string): Promise<number> =>
  (await database.db.selectFrom('contactAddress').select('contactId').where('address', '=', address).execute()).length;

describe('who may read', () => {
  it('bound contacts, the executives of the client, and admins of the own tenant', async () => {
    const [one, two] = [await loaded(database), await loaded(database)];
    const [ruth, carlo, nobody] = [member('Ruth'), member('Carlo'), member('Nobody')] as const;
    await channel(one, [ruth, carlo]);
    await say(one, ruth, 'ruth', one.actor('anna', 'client'));
    await say(one, carlo, 'carlo', one.actor('anna', 'client'));
    const read = async (each: Member, admins?: { tenantId: string; objectIds: string[] }) => {
      const person = await identify(database.db, each, admins);
      return [one, two].map(({ id }) => {
        const access = accessTo(person, id, 'tab');
        return access && ('contactId' in access ? access.side : access.as);
      });
    };
    expect(await read(ruth)).toEqual(['client', 'executive']);
    expect(await read(carlo)).toEqual(['provider', null]);
    expect(await read(nobody)).toEqual([null, null]);
    expect(await read(nobody, { tenantId: TENANT, objectIds: [nobody.objectId.toUpperCase()] })).toEqual(['admin', 'admin']);
    expect(await read(nobody, { tenantId: FABRIKAM, objectIds: [nobody.objectId] })).toEqual([null, null]);
  });

  it('nobody who left', async () => {
    const it = await loaded(database, 'northwind');
    const dev = member('Dev');
    await channel(it, [dev]);
    await say(it, dev, 'dev', it.actor('bas', 'client'));
    expect((await who(dev)).actors).toEqual([]);
  });
});

it('proposes who the people of the channel are, and binds nobody by it', async () => {
  const it = await loaded(database);
  const members = [
    member('J. Santos', 'JOAN@fabrikam.com', FABRIKAM),
    member('Réyes, Cárlo (Fabrikam)'),
    member('Somebody Else', 'x@else.example'),
    member('Anna de Vries'),
  ];
  await channel(it, members);
  await say(it, members[3]!, 'anna', it.actor('anna', 'client'));
  const found = await proposals(database.db, it.id);
  const proposed = (each: Member) => found.find(({ objectId }) => objectId === each.objectId);
  expect(found).toHaveLength(3);
  expect(proposed(members[0]!)).toMatchObject({ because: 'address', contact: { name: 'Joan Santos', side: 'provider' } });
  expect(proposed(members[1]!)).toMatchObject({ because: 'name', contact: { name: 'Carlo Reyes' } });
  expect(proposed(members[2]!)).toMatchObject({ because: null, contact: null });
  expect((await who(members[0]!)).actors).toEqual([]);
});

it('says who can bind somebody, by name only where the partnership is known', async () => {
  const it = await loaded(database);
  expect(await whoCanBind(database.db, it.id)).toBe('Anna de Vries or Joan Santos can say who you are.');
  expect(await whoCanBind(database.db)).toBe('The person who answers for the partnership can say who you are.');
});
