import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { contactIdOf, partnershipIdOf } from '../../bot/charter/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { setup } from '../../bot/setup/index.ts';
import { PEOPLE, type TeamsWorld, teamsWorld } from '../support/teams.ts';

const capabilities = (all: Parameters<typeof setup>[0]) => [setup(all)];
const idsOf = ({ tenantId, objectId }: { tenantId: string; objectId: string }) => ({ tenantId, objectId });
const only = (messages: ReturnType<TeamsWorld['posted']>) => {
  expect(messages).toHaveLength(1);
  return messages[0]!;
};

let world: TeamsWorld;
afterEach(() => expect(world.troubles.splice(0)).toEqual([]));

describe('pause', () => {
  beforeAll(async () => {
    world = await teamsWorld({ capabilities });
    await world.bind('anna');
    await world.bind('pieter');
    await world.client.install('fabrikam', 'anna');
    await world.drain();
  });
  afterAll(() => world.close());
  const pausedAt = async () => (await world.ports.db.selectFrom('partnership').select('pausedAt').executeTakeFirstOrThrow()).pausedAt;
  const lastText = () => world.posted().at(-1)?.content.text;

  it("is an owner's or an admin's word", async () => {
    await world.client.say('pieter', world.channel.id, 'pause');
    expect(lastText()).toBe('An owner of the partnership decides this.');
    expect(await pausedAt()).toBeNull();
    await world.client.say('anna', world.channel.id, 'Pause');
    expect(lastText()).toMatch(/^Paused\./);
    expect(await pausedAt()).not.toBeNull();
    await world.client.say('root', world.channel.id, 'resume');
    expect(await pausedAt()).toBeNull();
    const history = await eventsOf(world.ports.db, { kind: 'partnership', id: world.partnershipId });
    expect(history.map(({ kind, by }) => [kind, by?.contactId ?? null])).toEqual([
      ['partnership.paused', world.contactId('anna')],
      ['partnership.resumed', null],
    ]);
  });
});

describe("pause in one's own chat", () => {
  let litware: string;
  const bindTo = async (who: keyof typeof PEOPLE, contactId: string) => {
    const identity = { ...idsOf(PEOPLE[who]), contactId, conversationUserId: null, boundBy: 'directory', boundAt: world.ports.clock.now() };
    await world.ports.db.insertInto('identity').values(identity).execute();
  };
  beforeAll(async () => {
    world = await teamsWorld({ capabilities, slugs: ['fabrikam', 'litware'] });
    litware = partnershipIdOf('litware');
    await world.bind('anna');
    await bindTo('anna', contactIdOf(litware, 'sam'));
    await world.bind('joan');
    // an admin who is a contact of one partnership, and answers for none
    await world.bind('root', 'pieter');
  });
  afterAll(() => world.close());
  afterEach(() => world.ports.db.updateTable('partnership').set({ pausedAt: null }).execute());
  const paused = async () =>
    (await world.ports.db.selectFrom('partnership').select('name').where('pausedAt', 'is not', null).orderBy('name').execute()).map(
      ({ name }) => name,
    );
  const say = async (who: string, words: string): Promise<string> => {
    const chat = await world.client.openPersonal(who);
    const before = world.posted(chat).length;
    await world.client.say(who, chat, words);
    return only(world.posted(chat).slice(before)).content.text ?? '';
  };
  const WHICH = [
    'Which partnership do you mean? Please write its name after the word, for example: pause Contoso and Fabrikam',
    'You can write this for:',
    '- Contoso and Fabrikam',
    '- Contoso and Litware',
    'For all of them: pause all',
  ].join('\n');

  it.each(['pause', 'pause Contoso', 'pause Northwind'])(
    'of somebody of two partnerships changes nothing by %p, and names both',
    async (words) => {
      expect(await say('anna', words)).toBe(WHICH);
      expect(await paused()).toEqual([]);
    },
  );

  it.each(['Litware', 'contoso and LITWARE', ' litware! '])('is for the one that he names: %p', async (name) => {
    expect(await say('anna', `pause ${name}`)).toBe(
      'Paused. Rapport posts nothing and reads nothing for Contoso and Litware until somebody writes resume.',
    );
    expect(await paused()).toEqual(['Contoso and Litware']);
    expect(await say('anna', 'resume')).toContain('for example: resume Contoso and Fabrikam');
    expect(await say('anna', 'resume Fabrikam')).toBe('Rapport is not paused for Contoso and Fabrikam.');
    expect(await say('anna', `resume ${name}`)).toBe('Rapport goes on for Contoso and Litware.');
    expect(await paused()).toEqual([]);
  });

  it('is for the only one of somebody who has one, and for no other that he names', async () => {
    const which = await say('joan', 'pause Litware');
    expect(which).toContain('for example: pause Contoso and Fabrikam');
    expect(which).not.toContain('Litware');
    expect(await paused()).toEqual([]);
    expect(await say('joan', 'pause')).toMatch(/^Paused\. .*Contoso and Fabrikam/);
    expect(await paused()).toEqual(['Contoso and Fabrikam']);
  });

  it('is for all where somebody may, in one answer, where he writes so', async () => {
    const both = ['Contoso and Fabrikam', 'Contoso and Litware'];
    expect((await say('anna', 'pause All')).split('\n').sort()).toEqual(
      both.map((name) => `Paused. Rapport posts nothing and reads nothing for ${name} until somebody writes resume.`),
    );
    expect(await paused()).toEqual(both);
    expect((await say('anna', 'resume all')).split('\n').sort()).toEqual(both.map((name) => `Rapport goes on for ${name}.`));
    expect(await paused()).toEqual([]);
    expect(await say('joan', 'pause all')).toMatch(/^Paused\. .*Contoso and Fabrikam/);
    expect(await paused()).toEqual(['Contoso and Fabrikam']);
  });

  it('of an admin is for every partnership, also for one of which he is a contact who answers for nothing', async () => {
    expect(await say('root', 'pause')).toBe(WHICH);
    expect(await say('root', 'pause Fabrikam')).toMatch(/^Paused\. .*Contoso and Fabrikam/);
    expect(await say('root', 'pause Litware')).toMatch(/^Paused\. .*Contoso and Litware/);
    expect(await paused()).toEqual(['Contoso and Fabrikam', 'Contoso and Litware']);
  });
});
