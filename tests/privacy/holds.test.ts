import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { contactIdOf } from '../../bot/charter/index.ts';
import { contactBack, contactLeft } from '../../bot/charter/left.ts';
import { MyDataView } from '../../bot/contract/privacy.ts';
import { bind, unbind } from '../../bot/people/index.ts';
import { eraseCommand } from '../../bot/privacy/eraseCommand.ts';
import { holdsCommand } from '../../bot/privacy/holdsCommand.ts';
import { somebody } from '../../bot/privacy/somebody.ts';
import { type House, openHouse } from '../access/house.ts';
import { askAround, FABRIKAM, tell, write } from '../access/story.ts';
import { VIEWERS, type Viewer } from '../access/viewers.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await tell(house);
  await askAround(house);
});
afterAll(() => house?.close());

const dataOf = async (viewer: Viewer): Promise<MyDataView> =>
  MyDataView.parse(await (await fetch(`${house.url}/api/me/data`, { headers: await house.headersOf(viewer) })).json());
const kinds = ({ held }: MyDataView): string[] => held.map(({ what }) => what);
const rowsOf = ({ held }: MyDataView, what: RegExp) => held.find((each) => what.test(each.what))?.rows ?? [];

async function run(command: typeof holdsCommand, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const env = { DATABASE_URL: house.database.url };
  const code = await command(words, env, { out: (line) => void out.push(line), err: (line) => void err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

it('a person reads what is held of him, of each kind with why, where from and how long', async () => {
  const view = await dataOf('external');
  expect(view).toMatchObject({
    names: ['Carlo Reyes'],
    addresses: ['carlo.reyes@fabrikam.com', 'carlo@fabrikam.com'],
    partnerships: ['Contoso and Fabrikam'],
  });
  expect(kinds(view)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^A mail: /),
      expect.stringMatching(/^That one side waits/),
      expect.stringMatching(/^Help/),
    ]),
  );
  expect(rowsOf(view, /^A mail: /)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ 'to addresses': 'carlo@fabrikam.com', subject: 'Alpha zebra', at: '2026-11-24T01:00:00+00:00' }),
    ]),
  );
  for (const { why, from, howLong } of view.held) for (const words of [why, from, howLong]) expect(words).toMatch(/\w{4}/);
});

it('the names under which he stood on mail are his, also in copies and from before both sides agreed', async () => {
  await write(house, {
    id: 'before',
    at: '2026-10-01T09:00:00Z',
    from: 'anna@contoso.com',
    to: ['joan@fabrikam.com'],
    cc: [{ address: 'carlo@fabrikam.com', name: 'Carlito' }],
    subject: 'Before it began',
  });
  expect((await somebody(house.database.db, { address: 'carlo.reyes@fabrikam.com' })).names).toEqual(
    expect.arrayContaining(['Carlito', 'Carlo Reyes']),
  );
});

it('his account, and what each version of the agreement says of him', async () => {
  const view = await dataOf('external');
  const { tenantId, objectId, teamsUserId } = VIEWERS.external.person;
  const account = { 'tenant id': tenantId, 'object id': objectId };
  expect(rowsOf(view, /^Whose account/)).toEqual([expect.objectContaining({ ...account, 'conversation user id': teamsUserId })]);
  expect(rowsOf(view, /^Who is in a channel/)).toEqual([expect.objectContaining({ ...account, 'user id': teamsUserId })]);
  expect(rowsOf(view, /^A version of what/)).toEqual([
    {
      partnership: 'Contoso and Fabrikam',
      version: 1,
      side: 'provider',
      key: 'carlo',
      addresses: 'carlo@fabrikam.com, carlo.reyes@fabrikam.com',
      role: 'Service desk',
      calendar: 'manila',
      owner: false,
      executive: false,
      left: false,
      'stands in for somebody': true,
      'is asked for help at': 'operational',
    },
  ]);
});

it('flags and categories of the mail in his own mailbox', async () => {
  await sql`
    update message_copy set flag = 'flagged', categories = '{Red category,Answer needed}' where message_key = '<alpha@mail>'`.execute(
    house.database.db,
  );
  expect(rowsOf(await dataOf('owner'), /^A copy of a mail/)).toEqual(
    expect.arrayContaining([expect.objectContaining({ flag: 'flagged', categories: 'Red category, Answer needed' })]),
  );
  expect(JSON.stringify(await dataOf('external'))).not.toContain('Red category');
});

it('what the history tells of him: that he was taken for somebody, and has left', async () => {
  const { ports, database } = house;
  const by = { partnershipId: FABRIKAM, contactId: contactIdOf(FABRIKAM, 'joan'), side: 'provider', owner: true, through: 'tab' } as const;
  const { tenantId, objectId } = VIEWERS.unbound.person;
  const said = { tenantId, objectId, contactId: contactIdOf(FABRIKAM, 'luis'), by, now: database.clock.now() };
  const carlo = { partnershipId: FABRIKAM, contactId: contactIdOf(FABRIKAM, 'carlo'), by, now: database.clock.now() };
  await ports.transaction(async (tx) => {
    await bind(tx, said);
    await unbind(tx, said);
    await contactLeft(tx, carlo);
    await contactBack(tx, carlo);
  });
  const told = async (viewer: Viewer) =>
    rowsOf(await dataOf(viewer), /^Who did what/)
      .filter(({ you }) => you === 'whom it is about')
      .map(({ kind, account }) => [kind, account]);
  expect(await told('unbound')).toEqual([
    ['people.bound', objectId],
    ['people.unbound', objectId],
  ]);
  expect(await told('external')).toEqual(
    expect.arrayContaining([
      ['charter.contactLeft', undefined],
      ['charter.contactBack', undefined],
    ]),
  );
  const { out } = await run(holdsCommand, 'luis@fabrikam.com');
  expect(out).toContain('people.unbound');
  expect(out).not.toContain(objectId);
});

it('and nothing of anybody else', async () => {
  const text = JSON.stringify(await dataOf('external'));
  for (const other of ['anna@contoso.com', 'priya@northwind.in', 'Anna', 'Joan', 'The import stopped', 'A new menu', 'Sierra giraffe'])
    expect(text).not.toContain(other);
  for (const other of ['owner', 'guest', 'unbound'] as const) expect(text).not.toContain(VIEWERS[other].person.objectId);
  expect(rowsOf(await dataOf('guest'), /^A decision/)[0]).toMatchObject({ what: 'A new menu', you: 'by' });
});

it('an account that is nobody yet reads that it is in the channel, and no more', async () => {
  const view = await dataOf('unbound');
  expect([view.addresses, kinds(view)]).toEqual([[], ['Who did what, when, through what', 'Who is in a channel']]);
});

it('another partnership in which the same address is listed is not shown to an account that is bound in one', async () => {
  const northwind = await house.database.db
    .selectFrom('contact')
    .select(['id', 'partnershipId'])
    .where('key', '=', 'priya')
    .executeTakeFirstOrThrow();
  await sql`insert into contact_address values (${northwind.partnershipId}, 'carlo@fabrikam.com', ${northwind.id})`.execute(
    house.database.db,
  );
  expect((await dataOf('external')).partnerships).toEqual(['Contoso and Fabrikam']);
  await sql`delete from contact_address where partnership_id = ${northwind.partnershipId} and address = 'carlo@fabrikam.com'`.execute(
    house.database.db,
  );
});

it('whoever answers for privacy reads the same by address, in all partnerships', async () => {
  const { code, out } = await run(holdsCommand, 'Carlo@fabrikam.com');
  const view = MyDataView.parse(JSON.parse(out));
  expect([code, view.names]).toEqual([0, expect.arrayContaining(['Account carlo', 'Carlo Reyes'])]);
  expect(rowsOf(view, /^A mail: /).map(({ subject }) => subject)).toContain('Sierra giraffe');
  expect(await run(holdsCommand, contactIdOf(FABRIKAM, 'carlo'))).toMatchObject({ code: 0 });
});

it('commands say what they need, and refuse who is not known', async () => {
  expect(await run(holdsCommand, 'nobody@fabrikam.com')).toMatchObject({ code: 2, err: 'Nothing is held about this person.' });
  expect(await run(holdsCommand)).toMatchObject({ code: 2, err: expect.stringContaining('usage: npm run holds') });
  expect(await run(eraseCommand, 'anna')).toMatchObject({ code: 2, err: expect.stringContaining('usage: npm run erase') });
  expect(await run(eraseCommand, 'nobody@fabrikam.com')).toMatchObject({ code: 2, err: expect.stringContaining('stands in no charter') });
  const none = await eraseCommand(
    ['a@b.c'],
    { STATE_DIR: '/nowhere' },
    { out: () => {}, err: (line) => expect(line).toContain('There is no database in /nowhere') },
  );
  expect(none).toBe(2);
});

it('erasing prints counts and names nobody', async () => {
  const { code, out } = await run(eraseCommand, 'luis@fabrikam.com');
  expect([code, out]).toEqual([0, expect.stringContaining('1 entry in charters')]);
  expect(out).not.toMatch(/luis|garcia/i);
  expect(await run(holdsCommand, 'luis@fabrikam.com')).toMatchObject({ code: 2 });
});
