import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { allCapabilities } from '../../bot/capabilities.ts';
import type { Action, Actor } from '../../bot/capability.ts';
import { acknowledge } from '../../bot/charter/index.ts';
import { contactLeft } from '../../bot/charter/left.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { Unavailable } from '../../bot/errors.ts';
import { escalations } from '../../bot/escalations/index.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { type TeamsWorld, teamsWorld } from '../support/teams.ts';
import { REQUEST } from './world.ts';

let world: TeamsWorld;
let chats: Readonly<Record<'anna' | 'joan', string>>;
afterEach(() => world?.close());
beforeEach(async () => {
  const all = allCapabilities(() => ({ name: 'reader' }));
  world = await teamsWorld({ capabilities: () => all, members: ['anna', 'pieter', 'joan', 'carlo'], startAt: '2026-11-24T08:00:00Z' });
  for (const key of ['anna', 'joan', 'carlo'] as const) await world.bind(key);
  for (const key of ['anna', 'joan'] as const) {
    const by = { partnershipId: world.partnershipId, now: world.ports.clock.now(), by: actor(key) };
    await world.ports.transaction((tx) => acknowledge(tx, by));
  }
  await world.client.install('fabrikam', 'joan');
  await drained();
  await world.ports.db
    .updateTable('conversation')
    .set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' })
    .where('kind', '=', 'channel')
    .execute();
  for (const key of ['anna', 'joan'] as const) await world.client.openPersonal(key);
  await drained();
  const rows = await world.ports.db.selectFrom('conversation').selectAll().where('kind', '=', 'personal').execute();
  const chatOf = (key: string) => rows.find(({ contactId }) => contactId === world.contactId(key))!.conversationId;
  chats = { anna: chatOf('anna'), joan: chatOf('joan') };
});

async function drained(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await world.ports.db.updateTable('conversation').set({ paceShortAt: null, paceLongAt: null, waitUntil: null }).execute();
    await world.drain({ late: true });
  }
  expect(world.troubles.splice(0).filter((error) => !(error instanceof Unavailable))).toEqual([]);
}
const actor = (key: string): Actor => ({
  partnershipId: world.partnershipId,
  contactId: world.contactId(key),
  side: key === 'anna' ? 'client' : 'provider',
  owner: key !== 'carlo',
  through: 'tab',
});
async function press(key: string, verb: string, subjectId: string, inputs: Record<string, string> = {}): Promise<string> {
  const action: Action = escalations.actions![`escalation.${verb}`]!;
  const { subject } = await world.ports.transaction((tx) =>
    action.run({ tx, now: world.ports.clock.now(), actor: actor(key), subjectId, input: action.schema.parse(inputs) }),
  );
  await drained();
  return subject.id;
}
/** Lists of people that stand in an owner's chat now, by their message. */
const lists = (key: keyof typeof chats): StoredMessage[] =>
  world.posted(chats[key]).filter((message) => JSON.stringify(message.content).includes('Mail the list of people'));
const ids = (): string[][] => [lists('anna'), lists('joan')].map((messages) => messages.map(({ id }) => id));
const mailOf = (message: StoredMessage | undefined): string =>
  decodeURIComponent(/mailto:[^"]*/.exec(JSON.stringify(message?.content))?.[0] ?? '');

describe('in a crisis the owners of both sides', () => {
  it('have the list of people in their own chats, and are told once of each change by a new card in place of the one before', async () => {
    const id = await press('anna', 'crisis', world.partnershipId, { ...REQUEST, everyHours: '1' });
    let before: string[][] = [[], []];
    const changed = () => {
      const now = ids();
      expect(now.map(({ length }) => length)).toEqual([1, 1]);
      const fresh = now.map(([one], side) => one !== before[side]![0]);
      before = now;
      return fresh;
    };
    expect(changed()).toEqual([true, true]);
    const [card] = lists('joan');
    expect(cardErrors(world.cardOf(card))).toEqual([]);
    expect(cardTexts(world.cardOf(card)).join('\n')).toContain('Crisis. Help is asked for: level 1 of 3');
    expect(mailOf(card)).toMatch(/^mailto:anna@contoso\.com,joan@fabrikam\.com\?cc=carlo@fabrikam\.com,/);

    await press('carlo', 'take', id);
    expect(changed()).toEqual([true, true]);
    expect(mailOf(lists('anna')[0])).toContain('Taken by:\nFabrikam, Service desk: Carlo Reyes, carlo@fabrikam.com\nNext update by');

    // an update moves the time on the card that stands, and tells nobody
    world.setClock('2026-11-24T08:30:00Z');
    const mail = mailOf(lists('anna')[0]);
    await press('carlo', 'update', id, { text: 'Still at it' });
    expect(changed()).toEqual([false, false]);
    expect(mailOf(lists('anna')[0])).not.toBe(mail);

    // no update came: it climbs on
    world.setClock('2026-11-24T10:00:00Z');
    await sweep(world.ports, escalations.deadlines!);
    await drained();
    expect(changed()).toEqual([true, true]);

    const left = {
      partnershipId: world.partnershipId,
      contactId: world.contactId('luis'),
      by: actor('joan'),
      now: world.ports.clock.now(),
    };
    await world.ports.transaction((tx) => contactLeft(tx, left));
    await drained();
    expect(changed()).toEqual([true, true]);
    expect(mailOf(lists('anna')[0])).not.toContain('luis@fabrikam.com');

    await press('anna', 'withdraw', id);
    expect(changed()).toEqual([true, true]);
    expect(mailOf(lists('joan')[0])).toContain('The crisis has ended.');
    expect(cardTexts(world.cardOf(lists('joan')[0])).join('\n')).toContain('The crisis has ended.');
  });

  it('alone: the channel and whoever is asked read no address', async () => {
    await press('joan', 'crisis', world.partnershipId, REQUEST);
    expect(JSON.stringify(world.posted().map(({ content }) => content))).not.toMatch(/mailto:|@(?:contoso|fabrikam)\.com/);
  });

  it('have no list where help is asked for otherwise', async () => {
    await press('anna', 'open', world.partnershipId, { ...REQUEST, urgency: 'critical' });
    expect(ids()).toEqual([[], []]);
  });
});
