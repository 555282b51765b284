import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Action, Actor } from '../../bot/capability.ts';
import { contactIdOf, currentCharter } from '../../bot/charter/index.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { saveMeetings } from '../../bot/meetings/index.ts';
import { askedBy } from '../../bot/privacy/command.ts';
import { type Erased, erase } from '../../bot/privacy/erase.ts';
import { prepare } from '../../bot/reviews/prepare.ts';
import { reviewById } from '../../bot/reviews/store.ts';
import type { Tx } from '../../bot/store/index.ts';
import { type House, openHouse } from '../access/house.ts';
import { askAround, FABRIKAM, type Story, tell, until, write } from '../access/story.ts';
import { VIEWERS } from '../access/viewers.ts';
import { everything } from './dump.ts';

/** By which Carlo and Joan can be told, wherever it stands: keys, names, addresses, accounts, Teams' names for them. */
const CARLO = [/carlo/i, /reyes/i, new RegExp(VIEWERS.external.person.objectId)];
const JOAN = [/joan/i, /santos/i, new RegExp(VIEWERS.guest.person.objectId)];
/** Zoe was said to be somebody, wrote to the bot, and it was taken back; Quentin and Mallory are in the channel and were never anybody. */
// three letters stand in many a hash
const ZOE = [/(29:|account )zoe|zoe@/i, new RegExp(VIEWERS.unbound.person.objectId)];
const QUENTIN = [/quentin/i, /29:root/, /root@contoso/i, new RegExp(VIEWERS.admin.person.objectId)];
const MALLORY = [/mallory/i, new RegExp(VIEWERS.otherTenant.person.objectId)];
/** What they wrote, in mail, on cards, for meetings. */
const CARLOS_WORDS = [
  'Echo platypus',
  'Ostriches cannot fly',
  'The lift stands',
  'Nobody gets up',
  'A mechanic',
  'It moves again',
  'Wombat talk',
  'Numbat on the agenda',
  'Numbat no more',
];
const JOANS_WORDS = ['Golf heron', 'A new menu', 'Callers get lost', 'It is live'];

let house: House;
let story: Story;
beforeAll(async () => {
  house = await openHouse();
  story = await tell(house);
  await fill();
});
afterAll(() => house?.close());

async function agendaAnew(tx: Tx, id: string): Promise<void> {
  const now = house.database.clock.now();
  await prepare(tx, house.capabilities, await currentCharter(tx, FABRIKAM, now), (await reviewById(tx, id))!, now);
}

async function say(key: string, verb: string, subjectId: string, inputs: Record<string, string>): Promise<string> {
  const side: Side = ['anna', 'pieter'].includes(key) ? 'client' : 'provider';
  const actor: Actor = {
    partnershipId: FABRIKAM,
    contactId: contactIdOf(FABRIKAM, key),
    side,
    owner: ['anna', 'joan'].includes(key),
    through: 'tab',
  };
  const action: Action = Object.assign({}, ...house.capabilities.map((each) => each.actions ?? {}))[verb];
  const run = (tx: Tx) => action.run({ tx, now: house.database.clock.now(), actor, subjectId, input: action.schema.parse(inputs) });
  return (await house.ports.transaction(run)).subject.id;
}

/** Everything that Rapport stores about people, made the way it is made: mail, presses, words typed, help, decisions, meetings, chats. */
async function fill(): Promise<void> {
  const { client, database, ports } = house;
  const { review } = await askAround(house);
  const at = '2026-11-24T14:10:00Z';
  await write(house, { id: 'echo', at, from: 'carlo@fabrikam.com', to: ['anna@contoso.com'], subject: 'Echo platypus' });
  await write(house, {
    id: 'golf',
    at,
    from: 'joan@fabrikam.com',
    to: ['anna@contoso.com', 'carlo.reyes@fabrikam.com'],
    subject: 'Golf heron',
  });
  await say('carlo', 'escalation.open', FABRIKAM, {
    what: 'The lift stands',
    why: 'Nobody gets up',
    wanted: 'A mechanic',
    doneWhen: 'It moves again',
  });
  // an agenda quotes the help that he asks for, and holds what he adds
  await say('carlo', 'review.add', review, { text: 'Numbat on the agenda' });
  await ports.transaction((tx) => agendaAnew(tx, review));
  const { rows: lift } = await sql<{ id: string }>`select id from review_item where text like 'The lift stands%'`.execute(database.db);
  expect(lift).toHaveLength(1);
  await say('carlo', 'review.drop', review, { item: lift[0]!.id, text: 'Numbat no more' });
  await say('anna', 'obligation.notNeeded', story.waits.delta, { remark: 'Santos, Joan knows; or ask Carlo Reyes (Carlo@fabrikam.com)' });
  await ports.transaction((tx) =>
    saveMeetings(tx, '00000000-0000-4000-8000-000000000001', [
      {
        id: 'meeting',
        kind: 'singleInstance',
        seriesMasterId: null,
        startAt: new Date(at),
        endAt: new Date(at),
        icalUid: 'uid',
        subject: 'Wombat talk',
        organizer: 'carlo@fabrikam.com',
        attendees: [{ address: 'joan@fabrikam.com', response: 'accepted' }],
        cancelled: false,
        zone: null,
        joinUrl: null,
        originalAt: null,
      },
    ]),
  );
  const { key } = VIEWERS.guest.person;
  const chat = await client.openPersonal(key);
  await client.say(key, chat, 'brief on');
  await client.say(key, chat, 'open');
  for (let round = 0; round < 3; round += 1) await house.drain();
  const alpha = house.messages(house.channelId('fabrikam')).find(({ content }) => JSON.stringify(content).includes(story.waits.alpha))!;
  await client.press('carlo', alpha.id, {
    type: 'Action.Execute',
    verb: 'obligation.cannot',
    data: { subjectId: story.waits.alpha, 'obligation.cannot:remark': 'Ostriches cannot fly' },
  });
  await house.drain();
  await mistakeZoe();
  expect(database.clock.now()).toEqual(new Date(at));
}

async function mistakeZoe(): Promise<void> {
  const { client } = house;
  const { key, tenantId, objectId } = VIEWERS.unbound.person;
  const binding = { tenantId, objectId, contactId: contactIdOf(FABRIKAM, 'luis') };
  await say('anna', 'people.bind', FABRIKAM, binding);
  await client.say(key, await client.openPersonal(key), 'open');
  await house.drain();
  expect(await chatsOfZoe()).toHaveLength(1);
  await say('anna', 'people.unbind', FABRIKAM, binding);
}
const chatsOfZoe = async (): Promise<unknown[]> => {
  const { rows } = await sql`
    select 1 from conversation where user_id = ${VIEWERS.unbound.person.teamsUserId} or conversation_id = ${chatOf(VIEWERS.unbound.person.key)}`.execute(
    house.database.db,
  );
  return rows;
};

const eraseNow = (asked: Parameters<typeof erase>[1]): Promise<Erased> => erase(house.ports, asked);
const told = (text: string, needles: readonly (RegExp | string)[]): string[] =>
  text.split('\n').filter((line) => needles.some((needle) => (typeof needle === 'string' ? line.includes(needle) : needle.test(line))));
/** What the bot says in Teams now, a message a line. */
const inTeams = (): string =>
  ['fabrikam', 'northwind']
    .flatMap((slug) => house.messages(house.channelId(slug as 'fabrikam')))
    .concat(...['joan', 'carlo', 'anna', 'pieter'].map((key) => house.messages(chatOf(key))))
    .filter(({ from }) => from === 'bot')
    .map(({ content }) => JSON.stringify(content))
    .join('\n');
const chatOf = (key: string): string => house.personalChat(key);
/** Order, times and outcome of everything that happened. */
async function figures(): Promise<unknown> {
  const { db } = house.database;
  const { rows: journal } = await sql`
    select id, subject_kind, subject_id, seq, kind, partnership_id, at, by_contact_id, by_side, through from journal
    where kind <> 'privacy.erased' order by id`.execute(db);
  const { rows: waits } = await sql`
    select id, thread_id, debtor, opened_at, due_at, agreed_at, past_due_at, settled_at, state, ending, verdict, worked_seconds, counted from obligation order by id`.execute(
    db,
  );
  const { rows: asked } = await sql`select id, state, opened_at, ended_at, asking_side, facts from escalation order by id`.execute(db);
  return { journal, waits, asked };
}
/** Who is in the channel is read anew. */
async function readFabrikam(): Promise<void> {
  await house.readRoster(story.setup);
  await settle();
}
async function settle(): Promise<void> {
  for (let round = 0; round < 4; round += 1) await house.drain();
}

describe('somebody who is erased', () => {
  it('stood in the database before, with everything he wrote', async () => {
    const text = await everything(house.database.db);
    for (const needle of [...CARLO, ...JOAN, ...ZOE, ...QUENTIN, ...MALLORY, ...CARLOS_WORDS, ...JOANS_WORDS])
      expect(told(text, [needle])).not.toEqual([]);
    expect(told(inTeams(), [...CARLOS_WORDS, ...JOANS_WORDS])).not.toEqual([]);
    expect(house.messages(chatOf('joan')).filter(({ from }) => from === 'bot')).not.toEqual([]);
  });

  it('stands nowhere in it afterwards, neither he nor a word of his; order, times and figures are what they were', async () => {
    const before = await figures();
    const done = await eraseNow({ address: ' Carlo@Fabrikam.com ' });
    expect(done).toMatchObject({ addresses: 2, people: 1, accounts: 1, left: 0, owned: 0 });
    expect(await figures()).toEqual(before);
    await settle();
    const text = await everything(house.database.db);
    expect(told(text, [...CARLO, ...CARLOS_WORDS])).toEqual([]);
    for (const needle of [...JOAN, ...JOANS_WORDS]) expect(told(text, [needle])).not.toEqual([]);
  });

  it('stands on no card in Teams either', () => {
    expect(told(inTeams(), [...CARLO, ...CARLOS_WORDS])).toEqual([]);
    expect(inTeams()).toContain('(erased)');
  });

  it('leaves his mail that of his side', async () => {
    const { rows } = await sql<{ asker: string; debtor: string; state: string }>`
      select asker_address as asker, debtor, state from obligation where opening_key = '<echo@mail>'`.execute(house.database.db);
    expect(rows).toEqual([{ asker: expect.stringMatching(/^former-[0-9a-f]{10}(-\d)?@fabrikam\.com$/), debtor: 'client', state: 'open' }]);
  });

  it('is not stored again when mail of his comes, and what he answers is answered', async () => {
    const later = { at: '2026-11-24T14:30:00Z', from: 'carlo.reyes@fabrikam.com', to: ['anna@contoso.com'] };
    await write(house, { ...later, id: 'sierra-re', subject: 'Re: Sierra giraffe', replyTo: 'sierra' });
    await write(house, { ...later, id: 'hotel', subject: 'Hotel lynx' });
    await settle();
    expect(told(await everything(house.database.db), [...CARLO, ...CARLOS_WORDS, 'Hotel lynx'])).toEqual([]);
    const { rows } = await sql<{ key: string; state: string }>`
      select opening_key as key, state from obligation where partnership_id = ${FABRIKAM} and opening_key in ('<sierra@mail>', '<hotel@mail>') order by 1`.execute(
      house.database.db,
    );
    expect(rows).toEqual([
      { key: '<hotel@mail>', state: 'open' },
      { key: '<sierra@mail>', state: 'settled' },
    ]);
  });

  it('is not taken up again by a charter that goes on listing him, nor by the roster of the channel', async () => {
    await house.amend((text) => text.replace('note: First version.', 'note: Second version.'));
    await readFabrikam();
    expect(told(await everything(house.database.db), [...CARLO, ...CARLOS_WORDS])).toEqual([]);
    const { rows } = await sql`select 1 from channel_member where name = '(erased)'`.execute(house.database.db);
    expect(rows).toHaveLength(1);
  });

  it('may be erased once more, and somebody unknown is refused', async () => {
    expect(await eraseNow({ address: 'carlo@fabrikam.com' })).toMatchObject({ mails: 0, texts: 0, mentions: 0, left: 0 });
    await expect(eraseNow({ address: 'nobody@fabrikam.com' })).rejects.toThrow('Nothing is held about nobody@fabrikam.com');
    await expect(eraseNow({ contactId: '00000000-0000-4000-8000-000000000000' })).rejects.toThrow('There is no such person');
  });

  it('is known again once a charter lists him anew, under another key', async () => {
    await house.amend((text) =>
      text
        .replace(
          '      role: Service desk',
          '      role: Desk\n    - { key: desk-2, name: Carlo Reyes, address: carlo@fabrikam.org, role: Service desk }',
        )
        .replace('address: [carlo@fabrikam.com, carlo.reyes@fabrikam.com]', 'address: carlo.reyes@fabrikam.com')
        .replace('carlo@fabrikam.org', 'carlo@fabrikam.com'),
    );
    await write(house, {
      id: 'india',
      at: '2026-11-24T14:40:00Z',
      from: 'carlo@fabrikam.com',
      to: ['anna@contoso.com'],
      subject: 'India tapir',
    });
    expect(told(await everything(house.database.db), ['India tapir'])).not.toEqual([]);
  });
});

it('an owner with a chat of her own, after all has come to rest', async () => {
  await until(house, '2026-12-12T08:00:00Z');
  await settle();
  const done = await eraseNow({ contactId: contactIdOf(FABRIKAM, 'joan') });
  expect(done).toMatchObject({ people: 1, accounts: 1, chats: 1, left: 0, owned: 1 });
  await settle();
  expect(told(await everything(house.database.db), [...JOAN, ...JOANS_WORDS])).toEqual([]);
  expect(told(inTeams(), [...JOAN, ...JOANS_WORDS])).toEqual([]);
  // answers in words, which say nothing of anybody, stay; cards do not
  expect(house.messages(chatOf('joan')).filter(({ from, content }) => from === 'bot' && content.attachments?.length)).toEqual([]);
});

describe('somebody who is bound to nobody', () => {
  it('leaves no chat behind once it was taken back that he is somebody', async () => {
    await settle();
    expect(await chatsOfZoe()).toEqual([]);
    expect(house.messages(chatOf('zoe')).filter(({ from, content }) => from === 'bot' && content.attachments?.length)).toEqual([]);
  });

  it.each([
    ['was taken for somebody else', 'zoe@contoso.com', ZOE],
    ['is known by the roster of a channel alone, under one word', 'Root@contoso.com', QUENTIN],
    ['stands there without an address', `${VIEWERS.otherTenant.person.tenantId}/${VIEWERS.otherTenant.person.objectId}`, MALLORY],
  ])('and %s', async (_who, word, needles) => {
    expect(await eraseNow(askedBy([word], ''))).toMatchObject({ people: 0, accounts: 1, left: 0 });
    await settle();
    expect(told(await everything(house.database.db), needles)).toEqual([]);
    await readFabrikam();
    expect(told(await everything(house.database.db), needles)).toEqual([]);
  });
});

it('a chat from which the bot was removed keeps no account either', async () => {
  const { client } = house;
  const { key, teamsUserId } = VIEWERS.member.person;
  await client.say(key, await client.openPersonal(key), 'open');
  await sql`update conversation set tombstoned_at = now(), tombstone_reason = 'remove' where user_id = ${teamsUserId}`.execute(
    house.database.db,
  );
  expect(await eraseNow({ address: 'pieter@contoso.com' })).toMatchObject({ chats: 1 });
  await settle();
  expect(told(await everything(house.database.db), [/pieter/i])).toEqual([]);
});
