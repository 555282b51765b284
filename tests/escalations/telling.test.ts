import { afterEach, describe, expect, it } from '@jest/globals';
import { allCapabilities } from '../../bot/capabilities.ts';
import type { Action, ActionOutcome, Actor } from '../../bot/capability.ts';
import { acknowledge } from '../../bot/charter/index.ts';
import { Unavailable } from '../../bot/errors.ts';
import { requestPost } from '../../bot/posts/index.ts';
import { type FeedLine, type FeedPort, Uncertain } from '../../bot/posts/port.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import { cardTexts } from '../support/cards.ts';
import { FABRIKAM_TENANT, PEOPLE, type TeamsWorld, teamsWorld } from '../support/teams.ts';
import { REQUEST } from './world.ts';

type Key = 'anna' | 'pieter' | 'joan' | 'carlo';
/** An activity feed that takes lines, or does what a test says. */
function aFeed(told: FeedLine[], tell: FeedPort['tell'] = async () => true): FeedPort {
  return {
    async tell(line) {
      told.push(line);
      return tell(line);
    },
  };
}
let world: TeamsWorld;
/** What happens while a mention that arrived is still on its way back. */
let meanwhile = async () => {};
afterEach(() => {
  meanwhile = async () => {};
  return world?.close();
});

async function open(members: readonly Key[], feed?: FeedPort): Promise<void> {
  const capabilities = allCapabilities(() => ({ name: 'reader' }));
  world = await teamsWorld({
    capabilities: () => capabilities,
    members,
    startAt: '2026-11-24T08:00:00Z',
    ...(feed && { feed }),
    edges: {
      ports: (real) => real,
      teams: (real) => ({
        ...real,
        async reply(...given) {
          const activityId = await real.reply(...given);
          await meanwhile();
          return activityId;
        },
      }),
    },
  });
  for (const key of ['anna', 'joan', 'carlo'] as const) await world.bind(key);
  for (const key of ['anna', 'joan']) {
    const by = { ...actor(key), owner: true };
    await world.ports.transaction((tx) => acknowledge(tx, { partnershipId: world.partnershipId, by, now: world.ports.clock.now() }));
  }
  await world.client.install('fabrikam', 'joan');
  await drained();
  await world.ports.db
    .updateTable('conversation')
    .set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' })
    .where('kind', '=', 'channel')
    .execute();
}
async function drained(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await world.ports.db.updateTable('conversation').set({ paceShortAt: null, paceLongAt: null, waitUntil: null }).execute();
    await world.drain({ late: true });
  }
  const told = world.troubles.splice(0).filter((error) => !(error instanceof Unavailable));
  expect(told).toEqual([]);
}
const actor = (key: string): Actor => ({
  partnershipId: world.partnershipId,
  contactId: world.contactId(key),
  side: key === 'anna' ? 'client' : 'provider',
  owner: key !== 'carlo',
  through: 'tab',
});
const actions: Record<string, Action> = Object.assign(
  {},
  ...allCapabilities(() => ({ name: 'reader' })).map(({ actions: own }) => own ?? {}),
);
/** @returns the escalation's id */
async function press(key: string, verb: string, subjectId: string, inputs: Record<string, string> = {}): Promise<string> {
  const action = actions[`escalation.${verb}`]!;
  const now = world.ports.clock.now();
  const outcome: ActionOutcome = await world.ports.transaction((tx) =>
    action.run({ tx, now, actor: actor(key), subjectId, input: action.schema.parse(inputs) }),
  );
  await drained();
  return outcome.subject.id;
}
const ask = (key: string) => press(key, 'open', world.partnershipId, REQUEST);
const mentions = (): { to: unknown; text: string; below: boolean; thread: string | null }[] =>
  world.posted().flatMap(({ content, thread, id }: StoredMessage) =>
    (content.entities ?? []).map((entity) => {
      const { mentioned } = entity as { mentioned: { id: string } };
      return { to: mentioned.id, text: content.text ?? '', below: thread !== null && thread !== id, thread };
    }),
  );
/** What the cards in people's own chats say. */
async function cardsInChats(): Promise<string[][]> {
  const rows = await world.ports.db.selectFrom('conversation').selectAll().where('kind', '=', 'personal').execute();
  const messages = rows.flatMap(({ conversationId }) => world.posted(conversationId)).filter(({ content }) => content.attachments);
  return messages.map((message) => cardTexts(world.cardOf(message)));
}
const chats = async () => (await cardsInChats()).length;

describe('whoever is asked for help is told once', () => {
  it('by a mention below the card, by role, where he is in the channel: of another company too', async () => {
    await open(['anna', 'pieter', 'joan', 'carlo']);
    await world.client.openPersonal('anna');
    const id = await ask('anna');
    const [said, ...others] = mentions();
    expect(others).toEqual([]);
    expect(said).toMatchObject({ to: PEOPLE.carlo.teamsUserId, below: true });
    expect(said!.text).toMatch(/^<at>Service desk<\/at>, you are asked\. Help is asked for: level 1 of 3, until .* in Manila\.$/);
    await world.ports.transaction((tx) => requestPost(tx, { kind: 'escalationCall', id: `${id}/1` }));
    await drained();
    expect(mentions()).toHaveLength(1);
    // the client is asked: the same
    await ask('joan');
    expect(mentions().map(({ to }) => to)).toEqual([PEOPLE.carlo.teamsUserId, PEOPLE.anna.teamsUserId]);
    expect(await chats()).toBe(0);
  });

  it('not by a mention of somebody else, who has his object id in another tenant', async () => {
    await open(['anna', 'pieter', 'joan', 'carlo']);
    await world.client.openPersonal('anna');
    const { id: conversationId } = await world.ports.db
      .selectFrom('conversation')
      .select('id')
      .where('kind', '=', 'channel')
      .executeTakeFirstOrThrow();
    await world.ports.db
      .updateTable('channelMember')
      .set({ tenantId: FABRIKAM_TENANT })
      .where('conversationId', '=', conversationId)
      .where('objectId', '=', PEOPLE.anna.objectId)
      .execute();
    await ask('joan');
    expect([mentions().length, await chats()]).toEqual([0, 1]);
  });

  it('a reopening tells whoever resolved it, and nobody else again', async () => {
    await open(['anna', 'pieter', 'joan', 'carlo']);
    const id = await ask('anna');
    await press('joan', 'resolve', id, { text: 'Restarted' });
    await press('anna', 'reopen', id, { text: 'It stopped again' });
    expect(mentions().map(({ to }) => to)).toEqual([PEOPLE.carlo.teamsUserId, PEOPLE.joan.teamsUserId]);
  });

  it('by a card in his own chat where he is not in the channel', async () => {
    await open(['pieter', 'joan', 'carlo']);
    await world.client.openPersonal('anna');
    await ask('joan');
    expect(mentions()).toEqual([]);
    expect(await chats()).toBe(1);
  });

  it('whoever is asked again in his own chat reads there once what was said: the newest card goes on', async () => {
    await open(['pieter', 'joan', 'carlo']);
    await world.client.openPersonal('anna');
    const id = await ask('joan');
    for (const n of [1, 2]) {
      await press('anna', 'resolve', id, { text: `Restarted ${n}` });
      await press('joan', 'reopen', id, { text: `It stopped again ${n}` });
    }
    const told = await cardsInChats();
    const times = (text: string) => told.flat().filter((line) => line.includes(text)).length;
    for (const said of ['It stopped again 1', 'Restarted 2', 'It stopped again 2', REQUEST.why])
      expect([said, times(said)]).toEqual([said, 1]);
    const earlier = '○ You were asked again: it goes on in the newer card';
    expect(told.map(([status]) => status)).toEqual([earlier, earlier, '◐ Help is asked for: level 1 of 3']);
    // without the newer ones the first one says it again
    await world.ports.db
      .updateTable('post')
      .set({ state: 'dead', deadReason: 'deleted' })
      .where('subjectId', '<>', `${id}/1`)
      .where('subjectKind', '=', 'escalationCall')
      .execute();
    await press('anna', 'take', id);
    expect((await cardsInChats())[0]![0]).toBe('◷ Taken');
  });

  it('by a line in his activity feed where that is granted, which opens the exact place; then by no card', async () => {
    const lines: FeedLine[] = [];
    await open(['pieter', 'joan', 'carlo'], aFeed(lines));
    await world.client.openPersonal('anna');
    const id = await ask('joan');
    await drained();
    expect(lines).toMatchObject([{ objectId: PEOPLE.anna.objectId, subject: { kind: 'escalation', id } }]);
    expect(lines[0]!.text).toContain('Help is asked for: level 1 of 3');
    expect([mentions().length, await chats()]).toEqual([0, 0]);
  });

  it.each([
    ['refuses him', async () => false],
    [
      'is cut off, so that nobody knows',
      async () => {
        throw new Uncertain('cut off');
      },
    ],
  ] as [string, FeedPort['tell']][])('where the feed %s, the card follows, and the feed is not tried twice', async (_what, tell) => {
    const lines: FeedLine[] = [];
    await open(['pieter', 'joan', 'carlo'], aFeed(lines, tell));
    await world.client.openPersonal('anna');
    const id = await ask('joan');
    await world.ports.transaction((tx) => requestPost(tx, { kind: 'escalationCall', id: `${id}/1` }));
    await drained();
    expect([lines.length, await chats()]).toEqual([1, 1]);
  });

  it('while another instance tells him, whose clock is ahead, nobody tells him beside it', async () => {
    await open(['anna', 'pieter', 'joan', 'carlo']);
    await world.client.openPersonal('anna');
    const id = await ask('joan');
    const leaseUntil = new Date(world.ports.wall.now().getTime() + 40_000);
    await world.ports.db.updateTable('telling').set({ saidAt: null, leaseUntil }).execute();
    await world.ports.transaction((tx) => requestPost(tx, { kind: 'escalationCall', id: `${id}/1` }));
    await drained();
    expect([mentions().length, await chats()]).toEqual([1, 0]);
    // a lease of before the wall was set back is nobody's
    await world.ports.db
      .updateTable('telling')
      .set({ leaseUntil: new Date(world.ports.wall.now().getTime() + 7_200_000) })
      .execute();
    await drained();
    expect([mentions().length, await chats()]).toEqual([1, 1]);
  });

  it('below a card that somebody deleted he is not mentioned: the card in his own chat follows, and the channel stays open', async () => {
    await open(['anna', 'pieter', 'joan', 'carlo']);
    await world.client.openPersonal('anna');
    const id = await ask('joan');
    const [said, ...others] = mentions();
    expect(others).toEqual([]);
    // as if he had not been told before the card went
    await world.ports.db.deleteFrom('telling').execute();
    const below = world.posted().find(({ id: own }) => own === said!.thread)!;
    world.deleteMessage(below.id);
    await world.ports.transaction((tx) => requestPost(tx, { kind: 'escalationCall', id: `${id}/1` }));
    await drained();
    expect([mentions().length, await chats()]).toEqual([1, 1]);
    const channel = await world.ports.db.selectFrom('conversation').selectAll().where('kind', '=', 'channel').executeTakeFirstOrThrow();
    expect(channel.tombstonedAt).toBeNull();
    const card = await world.ports.db.selectFrom('post').selectAll().where('activityId', '=', below.id).executeTakeFirstOrThrow();
    expect(card).toMatchObject({ state: 'dead', deadReason: 'deleted' });
  });

  it('a mention of somebody who is erased while it is sent goes again', async () => {
    await open(['anna', 'pieter', 'joan', 'carlo']);
    let seen = 0;
    meanwhile = async () => {
      seen += mentions().length;
      await world.ports.db.deleteFrom('telling').execute();
      await world.ports.db.deleteFrom('identity').where('contactId', '=', world.contactId('anna')).execute();
    };
    await ask('joan');
    expect([seen, mentions().length]).toEqual([1, 0]);
  });

  it('with a mention that was cut off he is not mentioned again', async () => {
    await open(['anna', 'pieter', 'joan', 'carlo']);
    await world.client.openPersonal('anna');
    const id = await ask('joan');
    expect(mentions()).toHaveLength(1);
    // as if the answer to that send had never come back
    await world.ports.db.updateTable('telling').set({ saidAt: null, leaseUntil: null }).execute();
    await world.ports.transaction((tx) => requestPost(tx, { kind: 'escalationCall', id: `${id}/1` }));
    await drained();
    expect([mentions().length, await chats()]).toEqual([1, 1]);
  });
});
