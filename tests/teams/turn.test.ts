import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { partnershipIdOf } from '../../bot/charter/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { requestPost } from '../../bot/posts/index.ts';
import { setup } from '../../bot/setup/index.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { type Note, noting } from '../support/notes.ts';
import { PEOPLE, TENANT, type TeamsWorld, teamsWorld } from '../support/teams.ts';

const notes = new Map<string, Note>();
const { capability, signed } = noting(notes);
let world: TeamsWorld;
/** Join links of meetings that were said to be over. */
const over: string[] = [];

const CARD = 'application/vnd.microsoft.card.adaptive';
const SENTENCE = 'application/vnd.microsoft.activity.message';
const BOT = { id: '28:11111111-1111-4111-8111-111111111111' };

async function postedNote(over: Partial<Note> = {}): Promise<{ id: string; messageId: string }> {
  const id = randomUUID();
  notes.set(id, { partnershipId: world.partnershipId, text: `note ${id}`, state: 'wanted', secret: 'for you', ...over });
  await world.ports.transaction((tx) => requestPost(tx, { kind: 'note', id }));
  await world.ports.db.updateTable('conversation').set({ paceShortAt: null, paceLongAt: null }).execute();
  await world.drain();
  const messageId = world.posted().find((message) => JSON.stringify(message.content).includes(id))!.id;
  return { id, messageId };
}
const execute = (verb: string, subjectId: string, data: Record<string, unknown> = { 'note.sign:word': 'ok' }) => ({
  type: 'Action.Execute' as const,
  verb,
  data: { subjectId, ...data },
});
type From = keyof typeof PEOPLE;
/** An activity as Teams makes it, from the channel. */
const activity = (from: From, over: Record<string, unknown>) => ({
  id: `f:${randomUUID()}`,
  channelId: 'msteams',
  from: { id: PEOPLE[from].teamsUserId, aadObjectId: PEOPLE[from].objectId, name: PEOPLE[from].name },
  recipient: BOT,
  conversation: { id: `${world.channel.id};messageid=1`, conversationType: 'channel', tenantId: TENANT, isGroup: true },
  channelData: { tenant: { id: PEOPLE[from].tenantId }, channel: { id: world.channel.id }, team: { id: world.channel.teamId } },
  ...over,
});
const invoke = (from: From, messageId: string, action: unknown, over: Record<string, unknown> = {}) =>
  activity(from, { type: 'invoke', name: 'adaptiveCard/action', replyToId: messageId, value: { action, trigger: 'manual' }, ...over });
const texts = (answer: { body: unknown }) => cardTexts((answer.body as { value: unknown }).value);
const verbs = (card: unknown): string[] => [...JSON.stringify(card).matchAll(/"verb":"([^"]+)"/g)].map((match) => match[1]!);

beforeAll(async () => {
  world = await teamsWorld({
    capabilities: (all) => [setup(all), capability, { name: 'listening', on: { meetingEnded: async (_tx, url) => void over.push(url) } }],
    members: ['anna', 'pieter', 'joan', 'carlo', 'zoe', 'root'],
  });
  await world.bind('anna');
  await world.bind('joan');
  await world.bind('carlo');
  await world.client.install('fabrikam', 'anna');
  await world.drain();
  await world.ports.db.updateTable('conversation').set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' }).execute();
});
afterAll(() => world.close());
afterEach(() => {
  world.faults.clear();
  expect(world.troubles.splice(0)).toEqual([]);
});

describe('a press', () => {
  it('runs as the bound person, and answers with his card', async () => {
    const { id, messageId } = await postedNote();
    const answer = await world.client.press('anna', messageId, execute('note.sign', id));
    expect(answer.kind).toBe('card');
    const { card } = answer as { card: unknown };
    expect(cardErrors(card)).toEqual([]);
    expect(cardTexts(card).slice(0, 2)).toEqual(['Signed.', 'Undo']);
    expect(cardTexts(card).join('\n')).toContain('signed');
    expect(cardTexts(card)).toContain('for you');
    expect(signed.at(-1)).toMatchObject({
      id,
      word: 'ok',
      by: { contactId: world.contactId('anna'), side: 'client', owner: true, through: 'card' },
    });
    await world.drain();
    const stored = cardTexts(world.cardOf(world.posted().find((message) => message.id === messageId)));
    expect(stored[0]).toContain('signed');
    expect(stored).not.toContain('for you');
  });

  it('takes an external member for who he is bound to where the activity names the tenant of the channel', async () => {
    const { id, messageId } = await postedNote();
    const channelData = { tenant: { id: TENANT }, channel: { id: world.channel.id }, team: { id: world.channel.teamId } };
    await world.deliver(invoke('carlo', messageId, execute('note.sign', id), { channelData }));
    expect(signed.at(-1)).toMatchObject({ by: { contactId: world.contactId('carlo'), side: 'provider' } });
    // an account that no roster knows by this id stays nobody's
    const before = signed.length;
    const stranger = { id: PEOPLE.zoe.teamsUserId, aadObjectId: PEOPLE.carlo.objectId, name: 'Carlo' };
    const refused = await world.deliver(invoke('carlo', messageId, execute('note.sign', id), { channelData, from: stranger }));
    expect([signed.length, texts(refused)[0]]).toEqual([before, expect.stringMatching(/does not know yet/)]);
  });
  it('takes a guest and an external member for who they are bound to, whatever their tenant', async () => {
    const { id, messageId } = await postedNote();
    await world.client.press('joan', messageId, execute('note.sign', id));
    expect(signed.at(-1)).toMatchObject({ by: { contactId: world.contactId('joan'), side: 'provider' } });
    await world.client.press('carlo', messageId, execute('note.sign', id));
    expect(signed.at(-1)).toMatchObject({ by: { contactId: world.contactId('carlo'), side: 'provider' } });
    const known = await world.ports.db
      .selectFrom('identity')
      .select('conversationUserId')
      .where('objectId', '=', PEOPLE.carlo.objectId)
      .executeTakeFirst();
    expect(known?.conversationUserId).toBe('29:carlo');
  });

  it('never believes the card about who presses', async () => {
    const { id, messageId } = await postedNote();
    const before = signed.length;
    const forged = {
      contactId: world.contactId('anna'),
      partnershipId: world.partnershipId,
      from: { aadObjectId: PEOPLE.anna.objectId },
      tenantId: TENANT,
    };
    const answer = await world.client.press('zoe', messageId, execute('note.sign', id, { 'note.sign:word': 'ok', ...forged }));
    expect(signed).toHaveLength(before);
    const { card } = answer as { card: unknown };
    expect(cardErrors(card)).toEqual([]);
    expect(cardTexts(card)[0]).toMatch(/does not know yet who you are here\. Anna de Vries or Joan Santos can say who you are/);
    expect(verbs(card)).toEqual([]);
    expect(cardTexts(card).join('\n')).toContain(id);
  });

  it('does not take an object id of one tenant for the same id in another', async () => {
    const { id, messageId } = await postedNote();
    const before = signed.length;
    const stranger = invoke('anna', messageId, execute('note.sign', id), {
      channelData: {
        tenant: { id: '99999999-9999-4999-8999-999999999999' },
        channel: { id: world.channel.id },
        team: { id: world.channel.teamId },
      },
    });
    expect(texts(await world.deliver(stranger))[0]).toMatch(/does not know yet/);
    expect(signed).toHaveLength(before);
  });

  it('for another partnership is nobody, and learns nothing about it', async () => {
    const { id, messageId } = await postedNote();
    notes.get(id)!.partnershipId = partnershipIdOf('litware');
    const before = signed.length;
    const answer = await world.client.press('anna', messageId, execute('note.sign', id));
    expect(signed).toHaveLength(before);
    expect(answer).toMatchObject({ kind: 'message', text: expect.stringContaining('does not know yet who you are') });
  });

  it('that the rules say no to comes back with a sentence over the card as it is', async () => {
    const { id, messageId } = await postedNote();
    notes.get(id)!.text = 'closed';
    const answer = await world.client.press('anna', messageId, execute('note.sign', id));
    const { card } = answer as { card: unknown };
    expect(cardTexts(card).slice(0, 2)).toEqual(['This note is closed.', 'closed']);
    expect(await eventsOf(world.ports.db, { kind: 'note', id })).toEqual([]);
  });

  it.each([
    ['inputs that do not fit', { 'note.sign:word': 'x'.repeat(30) }],
    ['inputs of another kind', { 'note.sign:word': { $ne: 1 } }],
    ['no inputs', {}],
  ])('with %s is refused', async (_what, data) => {
    const { id, messageId } = await postedNote();
    const before = signed.length;
    const answer = await world.client.press('anna', messageId, execute('note.sign', id, data));
    expect(cardTexts((answer as { card: unknown }).card)[0]).toBe('Please check what you entered.');
    expect(signed).toHaveLength(before);
  });

  it.each([
    ['an unknown verb', 'note.unknown', randomUUID()],
    ['a subject that is no id', 'note.sign', "x'; drop table post; --"],
    ['a subject that is not there', 'note.sign', randomUUID()],
    ['no verb of ours', '__proto__', randomUUID()],
  ])('with %s is a sentence', async (_what, verb, subjectId) => {
    const { messageId } = await postedNote();
    const answer = await world.client.press('anna', messageId, execute(verb, subjectId));
    expect(answer).toMatchObject({ kind: 'message' });
  });

  it('delivered twice runs once, and both get the same answer', async () => {
    const { id, messageId } = await postedNote();
    const before = signed.length;
    const twice = invoke('anna', messageId, execute('note.sign', id));
    const [first, second] = await Promise.all([world.deliver(twice), world.deliver(twice)]);
    expect(signed).toHaveLength(before + 1);
    expect(second.body).toEqual(first.body);
    expect(await world.deliver(twice)).toEqual(first);
    expect(await eventsOf(world.ports.db, { kind: 'note', id })).toHaveLength(1);
  });

  it('that takes longer than Teams waits is answered before it gives up, and done all the same, once', async () => {
    const { id, messageId } = await postedNote();
    const before = signed.length;
    const pressed = invoke('anna', messageId, execute('note.sign', id));
    const answer = await world.ports.db.transaction().execute(async (tx) => {
      await sql`lock table activity_seen in exclusive mode`.execute(tx);
      return world.deliver(pressed);
    });
    expect(answer).toMatchObject({ status: 200, body: { type: SENTENCE, value: expect.stringMatching(/longer than usual/) } });
    // what Teams sends again waits for the first, and gets its answer
    const again = await world.deliver(pressed);
    expect(texts(again)[0]).toBe('Signed.');
    expect(signed).toHaveLength(before + 1);
  });

  it('that meets a bug changes nothing, and says so without what people wrote', async () => {
    const { id, messageId } = await postedNote();
    const answer = await world.deliver(invoke('anna', messageId, execute('note.break', id, {})));
    expect(answer).toMatchObject({
      status: 200,
      body: { statusCode: 200, type: SENTENCE, value: expect.stringMatching(/nothing was changed/) },
    });
    expect(world.troubles.splice(0)).toHaveLength(1);
  });
});

describe('Action.Submit of older clients', () => {
  it('does the same, and the living card follows', async () => {
    const { id, messageId } = await postedNote();
    const before = world.posted().length;
    const pressed = { type: 'Action.Submit' as const, data: { subjectId: id, verb: 'note.sign', 'note.sign:word': 'ok' } };
    expect(await world.client.press('anna', messageId, pressed)).toEqual({ kind: 'nothing' });
    expect(signed.at(-1)).toMatchObject({ id });
    await world.drain();
    expect(world.posted()).toHaveLength(before);
    expect(cardTexts(world.cardOf(world.posted().find((message) => message.id === messageId)))[0]).toContain('signed');
  });

  it('that is refused is answered with the reason', async () => {
    const { id, messageId } = await postedNote();
    notes.get(id)!.text = 'closed';
    await world.client.press('anna', messageId, {
      type: 'Action.Submit',
      data: { subjectId: id, verb: 'note.sign', 'note.sign:word': 'ok' },
    });
    expect(world.posted().at(-1)?.content.text).toBe('This note is closed.');
  });
});

describe("a person's own view", () => {
  it('is made for each who asks, and the message stays as it is', async () => {
    const { id, messageId } = await postedNote();
    const stored = world.posted().find((message) => message.id === messageId)!;
    expect(cardTexts(await world.client.view('anna', messageId))).toContain('for you');
    expect(cardTexts(await world.client.view('zoe', messageId))).not.toContain('for you');
    await world.drain();
    expect(world.posted().find((message) => message.id === messageId)?.revision).toBe(stored.revision);
    expect(await eventsOf(world.ports.db, { kind: 'note', id })).toEqual([]);
  });

  it.each([
    ['for a while', '2020-01-01T00:00:00Z'],
    ['no longer where the wall was set back', '2100-01-01T00:00:00Z'],
  ])('keeps what he was told over the changes that follow, %s', async (_how, seenAt) => {
    const { id, messageId } = await postedNote();
    await world.client.press('anna', messageId, execute('note.sign', id));
    await world.drain();
    expect(cardTexts(await world.client.view('anna', messageId)).slice(0, 2)).toEqual(['Signed.', 'Undo']);
    expect(cardTexts(await world.client.view('joan', messageId))).not.toContain('Signed.');
    await world.ports.db
      .updateTable('activitySeen')
      .set({ seenAt: new Date(seenAt) })
      .execute();
    notes.get(id)!.text = `later ${id}`;
    await world.ports.transaction((tx) => requestPost(tx, { kind: 'note', id }));
    await world.drain();
    expect(cardTexts(await world.client.view('anna', messageId))).not.toContain('Signed.');
  });

  it('that cannot be made is the card that everyone sees, never an error', async () => {
    const { id, messageId } = await postedNote();
    const kind = capability.cards!.note!;
    const view = kind.view;
    kind.view = async (tx, subjectId, viewer, now) => {
      if (viewer !== 'everyone') throw new Error('a bug');
      return view(tx, subjectId, viewer, now);
    };
    try {
      const refresh = { type: 'Action.Execute', verb: 'card.refresh', data: { subjectKind: 'note', subjectId: id } };
      const answer = await world.deliver(invoke('anna', messageId, refresh, { value: { action: refresh, trigger: 'automatic' } }));
      expect(answer).toMatchObject({ status: 200, body: { statusCode: 200, type: CARD } });
      expect(texts(answer)).not.toContain('for you');
      expect(world.troubles.splice(0)).toHaveLength(1);
    } finally {
      kind.view = view;
    }
  });
});

describe('words', () => {
  const answers = async (from: From, words: string, conversationId = world.channel.id) => {
    const before = world.posted(conversationId).length;
    await world.client.say(from, conversationId, words);
    return world.posted(conversationId).slice(before);
  };

  it('are answered below what was said, without the mention', async () => {
    const [answer] = await answers('anna', 'HELP me');
    expect(answer?.content.text).toBe('Words: help, show');
  });

  it('that nobody knows are answered with help', async () => {
    expect((await answers('joan', 'what is this?'))[0]?.content.text).toBe('Words: help, show');
  });

  it('in a channel are answered for everyone, in private for the one who asks', async () => {
    const [inChannel] = await answers('anna', 'show');
    expect(cardTexts(world.cardOf(inChannel))).toEqual(['For everyone']);
    const chat = await world.client.openPersonal('anna');
    const [inPrivate] = await answers('anna', 'show', chat);
    expect(cardTexts(world.cardOf(inPrivate))).toEqual(['For you']);
  });

  it('of somebody unknown are answered with who can say who he is', async () => {
    expect((await answers('pieter', 'help'))[0]?.content.text).toMatch(/Anna de Vries or Joan Santos can say/);
    const chat = await world.client.openPersonal('pieter');
    const [answer] = await answers('pieter', 'help', chat);
    expect(answer?.content.text).toMatch(/does not know yet who you are/);
    expect(answer?.content.text).not.toMatch(/Anna|Joan/);
  });

  it('delivered twice are answered once', async () => {
    const said = activity('anna', {
      type: 'message',
      text: '<at>Rapport</at> help',
      entities: [{ type: 'mention', mentioned: BOT, text: '<at>Rapport</at>' }],
    });
    const before = world.posted().length;
    await Promise.all([world.deliver(said), world.deliver(said)]);
    expect(world.posted()).toHaveLength(before + 1);
  });

  it('go unanswered when Teams does not take the answer, and the bot lives on', async () => {
    world.faults.add({ status: 502, method: 'POST', times: 1 });
    expect(await answers('anna', 'help')).toEqual([]);
    expect(world.troubles.splice(0)).toMatchObject([{ name: 'Unavailable' }]);
  });

  it('that were deleted before the answer go unanswered, and that is no trouble', async () => {
    world.faults.add({ status: 404, code: 'ActivityNotFoundInConversation', method: 'POST', times: 1 });
    expect(await answers('anna', 'help')).toEqual([]);
    expect(world.troubles).toEqual([]);
  });
});

describe('at the door', () => {
  it.each([
    ['no token', undefined],
    ['a bad token', 'Bearer abc'],
  ])('%s is 401, and nobody learns why', async (_what, authorization) => {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const body = JSON.stringify(activity('anna', { type: 'message', text: 'help', serviceUrl: 'https://evil.example/' }));
    const response = await fetch(world.messagesUrl, { method: 'POST', headers, body });
    expect(response.status).toBe(401);
    expect(JSON.stringify(await response.json())).not.toMatch(/jwt|jose|stack|node_modules/i);
  });

  it.each(['{}', '[]', '"x"', '{"type":1}'])('what is no activity is refused: %s', async (body) => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x' };
    expect((await fetch(world.messagesUrl, { method: 'POST', headers, body })).status).toBe(400);
  });

  it('a large body is refused', async () => {
    const response = await fetch(world.messagesUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
      body: JSON.stringify({ type: 'message', text: 'x'.repeat(300_000) }),
    });
    expect(response.status).toBe(413);
  });

  it.each([
    ['an unknown type', { type: 'somethingNew', value: { deep: [1] } }],
    ['an unknown event', { type: 'event', name: 'application/vnd.microsoft.readReceipt', value: {} }],
    ['a reaction', { type: 'messageReaction', reactionsAdded: [{ type: 'like' }] }],
    [
      'a renamed channel',
      {
        type: 'conversationUpdate',
        channelData: { eventType: 'channelRenamed', tenant: { id: TENANT }, team: { id: 't' }, channel: { id: 'c' } },
      },
    ],
    ['an upgrade', { type: 'installationUpdate', action: 'add-upgrade' }],
    ['an unknown invoke', { type: 'invoke', name: 'composeExtension/query', value: {} }],
    [
      'an activity of another tenant',
      { type: 'message', text: 'help', conversation: { id: 'x', tenantId: '99999999-9999-4999-8999-999999999999' } },
    ],
    ['an activity without a sender', { type: 'conversationUpdate', from: null, membersAdded: null }],
  ])('%s is answered 200 and does nothing', async (_what, over) => {
    const before = world.posted().length;
    const answer = await world.deliver(activity('anna', over));
    expect(answer.status).toBe(200);
    expect(world.posted()).toHaveLength(before);
    if (over.type === 'message') expect(world.troubles.splice(0)).toEqual([]);
  });
});

describe('the end of a meeting', () => {
  const JOIN = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0';
  const end = (value: unknown, extra: Record<string, unknown> = {}) =>
    activity('anna', {
      type: 'event',
      name: 'application/vnd.microsoft.meetingEnd',
      conversation: { id: '19:meeting_x@thread.v2', conversationType: 'groupChat', tenantId: TENANT },
      value,
      ...extra,
    });

  it('is told to whoever wants to know, by the link by which people join', async () => {
    expect((await world.deliver(end({ MeetingType: 'Recurring', JoinUrl: JOIN, EndTime: '2026-12-01T10:00:00Z' }))).status).toBe(200);
    expect(over.splice(0)).toEqual([JOIN]);
  });

  it.each<[string, unknown, Record<string, unknown>]>([
    ['without a link', { Title: 'x' }, {}],
    ['with a link of another kind', { JoinUrl: 'javascript:alert(1)' }, {}],
    ['of another tenant', { JoinUrl: JOIN }, { conversation: { id: 'x', tenantId: '99999999-9999-4999-8999-999999999999' } }],
  ])('is let pass %s', async (_what, value, extra) => {
    expect((await world.deliver(end(value, extra))).status).toBe(200);
    expect(over).toEqual([]);
    world.troubles.splice(0);
  });
});
