import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Unavailable } from '../../bot/errors.ts';
import { postsOf, reachable, removeCards, requestPost } from '../../bot/posts/index.ts';
import { setup } from '../../bot/setup/index.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { type Note, noting } from '../support/notes.ts';
import { channelRowOf, PEOPLE, type TeamsWorld, teamsWorld } from '../support/teams.ts';
import { until } from '../support/until.ts';

const notes = new Map<string, Note>();
let world: TeamsWorld;
/** What happens while a send that arrived is still on its way back. */
let meanwhile = async () => {};
const subjectOf = (id: string) => ({ kind: 'note', id });

/** A note that is wanted in the channel, unless said otherwise. */
function note(over: Partial<Note> = {}): string {
  const id = randomUUID();
  notes.set(id, { partnershipId: world.partnershipId, text: `note ${id}`, state: 'wanted', ...over });
  return id;
}
const ask = (id: string) => world.ports.transaction((tx) => requestPost(tx, subjectOf(id)));
const show = async (id: string, options?: { late?: boolean }) => {
  await ask(id);
  await world.drain(options);
};
const cardsOf = (id: string) => world.posted().filter((message) => JSON.stringify(message.content).includes(id));
const rowOf = async (id: string) => (await postsOf(world.ports.db, subjectOf(id)))[0];
const confirm = () =>
  world.ports.db
    .updateTable('conversation')
    .set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' })
    .where('kind', '=', 'channel')
    .execute();
/** As if the conversation had been quiet for long. */
const rest = () => world.ports.db.updateTable('conversation').set({ paceShortAt: null, paceLongAt: null, waitUntil: null }).execute();

beforeAll(async () => {
  world = await teamsWorld({
    capabilities: (all) => [setup(all), noting(notes).capability],
    members: ['anna', 'pieter', 'joan'],
    edges: {
      ports: (real) => real,
      teams: (real) => ({
        ...real,
        async send(to, message) {
          const activityId = await real.send(to, message);
          await meanwhile();
          return activityId;
        },
      }),
    },
  });
  await world.bind('anna');
  await world.client.install('fabrikam', 'anna');
  await world.drain();
});
afterAll(() => world.close());
beforeEach(async () => {
  await confirm();
  await rest();
});
afterEach(() => {
  world.faults.clear();
  meanwhile = async () => {};
  expect(world.troubles.splice(0)).toEqual([]);
});

describe('a living card', () => {
  it('is posted once, updated when it changed, and removed when it is gone', async () => {
    const id = note();
    await show(id);
    await show(id);
    expect(cardsOf(id)).toHaveLength(1);
    const [message] = cardsOf(id);
    expect(cardErrors(world.cardOf(message))).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ state: 'posted', activityId: message?.id, attempt: 1, leaseUntil: null });
    expect(world.cardOf(message).refresh).toMatchObject({
      action: { verb: 'card.refresh', data: { subjectKind: 'note', subjectId: id } },
      userIds: ['29:anna', '29:joan', '29:pieter'],
    });

    notes.get(id)!.text = `changed ${id}`;
    await show(id);
    expect(cardsOf(id)).toHaveLength(1);
    expect(cardTexts(world.cardOf(cardsOf(id)[0]))[0]).toContain('changed');
    expect((await rowOf(id))?.attempt).toBe(2);

    notes.get(id)!.state = 'gone';
    await show(id);
    expect(cardsOf(id)).toHaveLength(0);
    expect(await rowOf(id)).toBeUndefined();
  });

  it('asks for an own view of at most 60: in a larger channel whom it concerns comes first, then who is bound, then who is there', async () => {
    const channel = await world.ports.db.selectFrom('conversation').select('id').where('kind', '=', 'channel').executeTakeFirstOrThrow();
    const crowd = Array.from({ length: 80 }, (_, n) => ({
      conversationId: channel.id,
      userId: `29:aa-${String(n).padStart(2, '0')}`,
      tenantId: null,
      objectId: null,
      name: 'Somebody',
      address: null,
      seenAt: world.ports.clock.now(),
    }));
    await world.ports.db.insertInto('channelMember').values(crowd).execute();
    await world.bind('pieter');
    await world.ports.db
      .updateTable('identity')
      .set({ conversationUserId: PEOPLE.pieter.teamsUserId })
      .where('contactId', '=', world.contactId('pieter'))
      .execute();
    try {
      const [plain, his] = [note(), note({ concerns: [world.contactId('pieter')] })];
      await show(plain);
      await show(his);
      const asked = (id: string) => (world.cardOf(cardsOf(id)[0]).refresh as { userIds: string[] }).userIds;
      expect([asked(plain).length, asked(his).length]).toEqual([60, 60]);
      expect(asked(plain).slice(0, 3)).toEqual(['29:anna', '29:pieter', '29:aa-00']);
      expect(asked(his).slice(0, 3)).toEqual(['29:pieter', '29:anna', '29:aa-00']);
      expect(cardErrors(world.cardOf(cardsOf(his)[0]))).toEqual([]);
    } finally {
      await world.ports.db.deleteFrom('channelMember').where('userId', 'like', '29:aa-%').execute();
      await world.ports.db.deleteFrom('identity').where('contactId', '=', world.contactId('pieter')).execute();
    }
  });

  it('that is only to be kept true is not posted', async () => {
    const id = note({ state: 'keep' });
    await show(id);
    expect(cardsOf(id)).toHaveLength(0);
  });

  it('is not posted before the audience is agreed, nor while paused', async () => {
    const id = note();
    await world.ports.db.updateTable('conversation').set({ audienceConfirmedAt: null }).execute();
    await show(id);
    expect(cardsOf(id)).toHaveLength(0);
    await confirm();
    await world.ports.db.updateTable('partnership').set({ pausedAt: world.ports.clock.now() }).execute();
    await show(id);
    expect(cardsOf(id)).toHaveLength(0);
    await world.ports.db.updateTable('partnership').set({ pausedAt: null }).execute();
    await show(id);
    expect(cardsOf(id)).toHaveLength(1);
  });

  it('that a person deleted is not posted again', async () => {
    const id = note();
    await show(id);
    world.faults.add({ status: 404, code: 'ActivityNotFoundInConversation', method: 'PUT', times: 1 });
    notes.get(id)!.text = `changed ${id}`;
    await show(id);
    const before = cardsOf(id).length;
    await show(id);
    expect(cardsOf(id)).toHaveLength(before);
    expect(await rowOf(id)).toBeUndefined();
  });
});

describe('trouble', () => {
  it.each([429, 412, 502, 504] as const)('a refusal with %s is repeated when Teams says so, and posts one card', async (status) => {
    const id = note();
    world.faults.add({ status, retryAfterSeconds: 1, method: 'POST', times: 1 });
    await show(id);
    expect(cardsOf(id)).toHaveLength(0);
    // a gateway may give up on what arrived
    expect(await rowOf(id)).toMatchObject({ state: status > 500 ? 'unknown' : 'intended', leaseUntil: null });
    expect(world.troubles.splice(0)).toMatchObject([{ name: 'Unavailable' }]);
    const { waitUntil } = await world.ports.db
      .selectFrom('conversation')
      .select('waitUntil')
      .where('kind', '=', 'channel')
      .executeTakeFirstOrThrow();
    expect(waitUntil!.getTime()).toBeGreaterThan(world.ports.wall.now().getTime() - 1_000);
    await rest();
    await world.drain({ late: true });
    expect(cardsOf(id)).toHaveLength(1);
  });

  it('a refusal that names no time is repeated later each time, spread', async () => {
    const id = note();
    world.faults.add({ status: 412, method: 'POST', times: 4 });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await show(id, { late: true });
      const [trouble] = world.troubles.splice(0);
      waits.push((trouble as Unavailable).retryAfterSeconds! / 2 ** attempt);
    }
    for (const share of waits) {
      expect(share).toBeGreaterThanOrEqual(0.75);
      expect(share).toBeLessThan(1.25);
    }
    expect(new Set(waits).size).toBe(4);
    await world.drain({ late: true });
    expect(cardsOf(id)).toHaveLength(1);
  });

  it.each([502, 504] as const)('a %s that names no time is repeated after about a minute', async (status) => {
    const id = note();
    world.faults.add({ status, method: 'POST', times: 1 });
    await show(id);
    const [trouble] = world.troubles.splice(0);
    expect((trouble as Unavailable).retryAfterSeconds! / 60).toBeGreaterThanOrEqual(0.75);
    expect((trouble as Unavailable).retryAfterSeconds! / 60).toBeLessThan(1.25);
    await world.drain({ late: true });
    expect(cardsOf(id)).toHaveLength(1);
  });

  it('a conversation that Teams asks to leave alone for two hours rests, and is tried after a quarter of an hour', async () => {
    const [id, other] = [note(), note()];
    world.faults.add({ status: 429, retryAfterSeconds: 7_200, method: 'POST', times: 1 });
    await show(id);
    await show(other);
    expect(cardsOf(other)).toHaveLength(0);
    expect(world.troubles.splice(0).map(({ message }) => message)).toEqual([
      'the Bot Connector answered 429',
      "the conversation's pace is used up",
    ]);
    await world.ports.db.updateTable('conversation').set({ waitUntil: sql`wait_until - interval '15 minutes'` }).execute();
    await world.drain({ late: true });
    expect([cardsOf(id).length, cardsOf(other).length]).toEqual([1, 1]);
  });

  it('a card that is too large says where to look, is not tried again in vain, and is whole again when it fits', async () => {
    const id = note();
    world.faults.add({ status: 413, method: 'POST', times: 1 });
    await show(id);
    await show(id);
    expect(cardsOf(id)).toHaveLength(1);
    expect(cardErrors(world.cardOf(cardsOf(id)[0]))).toEqual([]);
    expect(cardTexts(world.cardOf(cardsOf(id)[0])).slice(0, 2)).toEqual([
      `note ${id}`,
      'There is more to this than fits here. Please look in the Rapport tab.',
    ]);
    expect(await rowOf(id)).toMatchObject({ state: 'posted', leaseUntil: null, attempt: 1 });
    notes.get(id)!.text = `changed ${id}`;
    await show(id);
    expect(JSON.stringify(world.cardOf(cardsOf(id)[0]))).toContain('note.sign');
  });

  it('a card behind which a gateway gave up is recorded as a possible double', async () => {
    const id = note();
    world.faults.add({ status: 504, method: 'POST', times: 1, after: true });
    await show(id);
    expect(world.troubles.splice(0)).toMatchObject([{ name: 'Unavailable' }]);
    await world.drain({ late: true });
    expect(cardsOf(id)).toHaveLength(2);
    expect(await rowOf(id)).toMatchObject({ state: 'posted', possibleDouble: true });
  });

  it('a card behind which the gateway gives up each time is sent twice at most', async () => {
    const id = note();
    world.faults.add({ status: 502, method: 'POST', times: 5, after: true });
    await show(id);
    expect(world.troubles.splice(0)).toMatchObject([{ name: 'Unavailable' }]);
    for (let round = 0; round < 3; round += 1) await show(id, { late: true });
    expect(cardsOf(id)).toHaveLength(2);
    expect(await rowOf(id)).toMatchObject({ state: 'unknown', possibleDouble: true, leaseUntil: null });
  });

  it('a wall that was set back leaves no card waiting for the old time', async () => {
    const id = note();
    await show(id);
    const later = new Date(world.ports.wall.now().getTime() + 7_200_000);
    await world.ports.db.updateTable('post').set({ leaseUntil: later }).where('subjectId', '=', id).execute();
    await world.ports.db
      .updateTable('conversation')
      .set({ paceShortAt: later, paceLongAt: later, waitUntil: later })
      .where('kind', '=', 'channel')
      .execute();
    notes.get(id)!.text = `changed ${id}`;
    await show(id);
    await world.drain({ late: true });
    world.troubles.splice(0);
    expect(cardTexts(world.cardOf(cardsOf(id)[0]))[0]).toContain('changed');
  });

  it('a send that was killed is repeated once, recorded as a possible double', async () => {
    const id = note();
    await show(id);
    const row = await rowOf(id);
    const killed = { state: 'sending' as const, activityId: null, leaseUntil: new Date(world.ports.wall.now().getTime() - 1) };
    await world.ports.db.updateTable('post').set(killed).where('id', '=', row!.id).execute();
    await show(id);
    expect(cardsOf(id)).toHaveLength(2);
    expect(await rowOf(id)).toMatchObject({ state: 'posted', possibleDouble: true });
    await world.ports.db
      .updateTable('post')
      .set({ ...killed, state: 'unknown' })
      .where('id', '=', row!.id)
      .execute();
    await show(id);
    expect(cardsOf(id)).toHaveLength(2);
  });

  it('while somebody else holds the card it waits', async () => {
    const id = note();
    await show(id);
    await world.ports.db
      .updateTable('post')
      .set({ leaseUntil: new Date(world.ports.wall.now().getTime() + 20_000) })
      .where('subjectId', '=', id)
      .execute();
    notes.get(id)!.text = `changed ${id}`;
    await show(id);
    expect(world.troubles.splice(0)).toMatchObject([{ name: 'Unavailable', retryAfterSeconds: 1 }]);
    await world.ports.db.updateTable('post').set({ leaseUntil: null }).where('subjectId', '=', id).execute();
    await world.drain({ late: true });
    expect(cardTexts(world.cardOf(cardsOf(id)[0]))[0]).toContain('changed');
  });

  it('a press on a double makes it go, one on a lost card adopts it', async () => {
    const id = note();
    await show(id);
    const [first] = cardsOf(id);
    await world.ports.db
      .updateTable('post')
      .set({ state: 'sending', activityId: null, leaseUntil: null })
      .where('subjectId', '=', id)
      .execute();
    await show(id);
    expect(cardsOf(id)).toHaveLength(2);
    const live = (await rowOf(id))?.activityId;
    await world.client.press('anna', first!.id, sign(id));
    await world.drain();
    expect(cardsOf(id).map((message) => message.id)).toEqual([live]);

    await world.ports.db
      .updateTable('post')
      .set({ state: 'unknown', activityId: null, possibleDouble: true })
      .where('subjectId', '=', id)
      .execute();
    await world.client.press('anna', live!, sign(id));
    expect(await rowOf(id)).toMatchObject({ state: 'posted', activityId: live });
    await world.drain();
    expect(cardTexts(world.cardOf(cardsOf(id)[0]))[0]).toContain('signed, signed');
  });
});

const sign = (id: string) => ({ type: 'Action.Execute' as const, verb: 'note.sign', data: { subjectId: id, 'note.sign:word': 'ok' } });

describe('a card on its way', () => {
  const channelRow = () => channelRowOf(world);

  it('is not sent where the place closed while it waited for the pace, and comes once the place is open again', async () => {
    const id = note();
    const paceShortAt = new Date(world.ports.wall.now().getTime() + 4_400);
    await world.ports.db.updateTable('conversation').set({ paceShortAt }).where('kind', '=', 'channel').execute();
    const shown = show(id);
    await until(world.ports.db, async () => (await rowOf(id))?.state === 'sending');
    await world.ports.db.updateTable('conversation').set({ audienceConfirmedAt: null }).where('kind', '=', 'channel').execute();
    await shown;
    expect(cardsOf(id)).toHaveLength(0);
    expect(await rowOf(id)).toMatchObject({ state: 'intended', possibleDouble: false, leaseUntil: null });
    await confirm();
    await rest();
    await show(id);
    expect(cardsOf(id)).toHaveLength(1);
  });

  it('that arrives after the channel was given free goes again', async () => {
    const id = note();
    const { id: conversationId } = await channelRow();
    meanwhile = async () => {
      meanwhile = async () => {};
      expect(cardsOf(id)).toHaveLength(1);
      await world.ports.transaction((tx) => removeCards(tx, conversationId, null, world.ports.clock.now()));
    };
    await show(id);
    expect(cardsOf(id)).toHaveLength(0);
    expect(await rowOf(id)).toBeUndefined();
  });

  it('to somebody who is erased meanwhile goes before his chat is forgotten', async () => {
    await world.bind('pieter');
    const contactId = world.contactId('pieter');
    await world.ports.db
      .updateTable('identity')
      .set({ conversationUserId: PEOPLE.pieter.teamsUserId })
      .where('contactId', '=', contactId)
      .execute();
    const chatOf = () => world.ports.db.selectFrom('conversation').selectAll().where('contactId', '=', contactId).executeTakeFirstOrThrow();
    const leave = world.handlers['post.leave']!;
    const id = note({ where: { kind: 'personal', contactId } });
    meanwhile = async () => {
      meanwhile = async () => {};
      const chat = await chatOf();
      await world.ports.transaction((tx) => removeCards(tx, chat.id, null, world.ports.clock.now()));
      await expect(leave.run({ conversationId: chat.id }, { ports: world.ports, lastAttempt: false })).rejects.toThrow(Unavailable);
    };
    try {
      await show(id);
      const chat = await chatOf();
      await leave.run({ conversationId: chat.id }, { ports: world.ports, lastAttempt: false });
      expect(world.posted(chat.conversationId)).toEqual([]);
      expect(await chatOf()).toMatchObject({ tombstoneReason: 'erased' });
    } finally {
      const chats = world.ports.db.selectFrom('conversation').select('id').where('contactId', '=', contactId);
      await world.ports.db.deleteFrom('post').where('conversationId', 'in', chats).execute();
      await world.ports.db.deleteFrom('conversation').where('contactId', '=', contactId).execute();
      await world.ports.db.deleteFrom('identity').where('contactId', '=', contactId).execute();
    }
  });
});

describe('personal chats', () => {
  it('are opened for a bound person the bot has met, and reached again after', async () => {
    const contactId = world.contactId('anna');
    const id = note({ where: { kind: 'personal', contactId } });
    expect(await reachable(world.ports.db, contactId)).toBe(true);
    await show(id);
    const chat = await world.ports.db.selectFrom('conversation').selectAll().where('contactId', '=', contactId).executeTakeFirstOrThrow();
    expect(chat).toMatchObject({ kind: 'personal', userId: '29:anna' });
    expect(world.posted(chat.conversationId)).toHaveLength(1);
  });

  it('are not tried for people of another tenant, nor for those nobody has bound', async () => {
    world.setMembers(['anna', 'pieter', 'joan', 'carlo']);
    await world.bind('carlo');
    await world.ports.db
      .updateTable('identity')
      .set({ conversationUserId: '29:carlo' })
      .where('objectId', '=', PEOPLE.carlo.objectId)
      .execute();
    expect(await reachable(world.ports.db, world.contactId('carlo'))).toBe(false);
    expect(await reachable(world.ports.db, world.contactId('joan'))).toBe(false);
    await show(note({ where: { kind: 'personal', contactId: world.contactId('carlo') } }));
  });

  it.each([
    [403, 'ForbiddenOperationException', []],
    [404, 'NotFound', [{ name: 'Error', message: 'the Bot Connector answered 404 NotFound' }]],
  ] as const)('one that Teams refuses with %s %s stops none of the others', async (status, code, troubles) => {
    const keys = ['pieter', 'joan', 'anna'] as const;
    const known = (['pieter', 'joan'] as const).map((key) => world.contactId(key));
    for (const key of ['pieter', 'joan'] as const) {
      await world.bind(key);
      const as = { conversationUserId: PEOPLE[key].teamsUserId };
      await world.ports.db.updateTable('identity').set(as).where('contactId', '=', world.contactId(key)).execute();
    }
    try {
      const [where, ...also] = keys.map((key) => ({ kind: 'personal' as const, contactId: world.contactId(key) }));
      const id = note({ where: where!, also });
      world.faults.add({ status, code, method: 'POST', times: 1 });
      await show(id);
      expect(world.troubles.splice(0)).toMatchObject(troubles);
      const chats = await world.ports.db.selectFrom('conversation').selectAll().where('kind', '=', 'personal').execute();
      const told = chats.filter(({ conversationId }) => JSON.stringify(world.posted(conversationId)).includes(id));
      expect(told.map(({ contactId }) => contactId).sort()).toEqual([world.contactId('joan'), world.contactId('anna')].sort());
    } finally {
      const chats = world.ports.db.selectFrom('conversation').select('id').where('contactId', 'in', known);
      await world.ports.db.deleteFrom('post').where('conversationId', 'in', chats).execute();
      await world.ports.db.deleteFrom('conversation').where('contactId', 'in', known).execute();
      await world.ports.db.deleteFrom('identity').where('contactId', 'in', known).execute();
    }
  });

  it('that somebody blocked are never written to again', async () => {
    const contactId = world.contactId('anna');
    const chat = await world.ports.db.selectFrom('conversation').selectAll().where('contactId', '=', contactId).executeTakeFirstOrThrow();
    world.faults.add({ status: 403, code: 'ConversationBlockedByUser', conversationId: chat.conversationId, times: 1 });
    await show(note({ where: { kind: 'personal', contactId } }));
    expect(await reachable(world.ports.db, contactId)).toBe(false);
    const before = world.posted(chat.conversationId).length;
    await show(note({ where: { kind: 'personal', contactId } }));
    expect(world.posted(chat.conversationId)).toHaveLength(before);
  });
});

describe.each(['MessageWritesBlocked', 'BotNotInConversationRoster', 'BotDisabledByAdmin', 'ConversationNotFound'])('%s', (code) => {
  it('closes the channel for good', async () => {
    const row = await world.ports.db
      .selectFrom('conversation')
      .selectAll()
      .where('kind', '=', 'channel')
      .where('tombstonedAt', 'is', null)
      .executeTakeFirstOrThrow();
    world.faults.add({ status: code === 'ConversationNotFound' ? 404 : 403, code, method: 'POST', times: 1 });
    const id = note();
    await show(id);
    await show(note());
    expect(cardsOf(id)).toHaveLength(0);
    const closed = await world.ports.db.selectFrom('conversation').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow();
    expect(closed).toMatchObject({ tombstoneReason: code });
    expect(
      await world.ports.db.selectFrom('post').selectAll().where('conversationId', '=', row.id).where('state', '<>', 'dead').execute(),
    ).toEqual([]);
    // for the next case
    await world.client.install('fabrikam', 'anna');
    await world.drain();
  });
});
