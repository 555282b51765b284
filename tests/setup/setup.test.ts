import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { partnershipIdOf } from '../../bot/charter/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { people } from '../../bot/people/index.ts';
import type { TeamsPort } from '../../bot/posts/port.ts';
import { openChannel } from '../../bot/posts/store.ts';
import { setup } from '../../bot/setup/index.ts';
import { requestRoster } from '../../bot/teams/installation.ts';
import { DAILY } from '../../bot/teams/jobs.ts';
import { cardErrors, cardTexts, UNKIND } from '../support/cards.ts';
import { channelRowOf, PEOPLE, type TeamsWorld, teamsWorld } from '../support/teams.ts';

const installed: string[] = [];
const capabilities = (all: Parameters<typeof setup>[0] & unknown[]) => [
  setup(all),
  { name: 'witness', on: { installed: async (_tx: unknown, partnershipId: string) => void installed.push(partnershipId) } },
];

let world: TeamsWorld;
beforeEach(() => {
  installed.length = 0;
});
afterEach(() => expect(world.troubles.splice(0)).toEqual([]));
const channelRow = () => channelRowOf(world);
const only = (messages: ReturnType<TeamsWorld['posted']>) => {
  expect(messages).toHaveLength(1);
  return messages[0]!;
};
const buttons = (card: unknown): { title: string; verb: string; data: Record<string, unknown> }[] => {
  const found: never[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    else if (typeof node === 'object' && node !== null) {
      if ((node as { type?: string }).type === 'Action.Execute' && 'title' in node) found.push(node as never);
      for (const [key, value] of Object.entries(node)) if (key !== 'fallback' && key !== 'refresh') walk(value);
    }
  };
  walk(card);
  return found;
};
const idsOf = ({ tenantId, objectId }: { tenantId: string; objectId: string }) => ({ tenantId, objectId });
const pressAs = (who: string, messageId: string, button: { verb: string; data: unknown; title?: string } | undefined) =>
  world.client.press(who, messageId, { type: 'Action.Execute', verb: button?.verb ?? '', data: button?.data });
/** An owner presses that it may be posted here. */
const confirm = async () => {
  const message = only(world.posted());
  const post = buttons(await world.client.view('anna', message.id)).find(({ title }) => title === 'Post here');
  await pressAs('anna', message.id, post);
  await world.drain();
  return (await channelRow()).audienceConfirmedAt;
};

describe('a channel of the only partnership', () => {
  beforeAll(async () => {
    world = await teamsWorld({ capabilities, members: ['anna', 'pieter', 'joan', 'carlo', 'zoe', 'root'] });
    await world.bind('anna');
  });
  afterAll(() => world.close());

  it('shows who will see the cards, and posts nothing else before an owner agrees', async () => {
    await world.client.install('fabrikam', 'anna');
    await world.drain();
    const card = world.cardOf(only(world.posted()));
    expect(cardErrors(card)).toEqual([]);
    const texts = cardTexts(card).join('\n');
    expect(texts).toContain('Before Rapport posts here for Contoso and Fabrikam, an owner looks at who will see it.');
    expect(texts).toMatch(/Contoso\n3 people/);
    expect(texts).toMatch(/Fabrikam\n1 person/);
    // an external member comes without an address: nobody's until an owner says whose
    expect(texts).toMatch(/Neither side\n2 people/);
    expect(texts).not.toMatch(/Zoe|Joan|Carlo|Anna/);
    expect(texts).not.toMatch(UNKIND);
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
    expect(world.troubles).toEqual([]);
  });

  it('is not captured twice when Teams says it twice', async () => {
    await world.client.install('fabrikam', 'anna');
    await world.drain();
    only(world.posted());
    expect(await world.ports.db.selectFrom('conversation').selectAll().execute()).toHaveLength(1);
  });

  it('is written to where Teams says it is now', async () => {
    const { serviceUrl } = await channelRow();
    const from = (url: string) =>
      world.deliver({
        type: 'conversationUpdate',
        id: `f:${Math.random()}`,
        channelId: 'msteams',
        serviceUrl: url,
        from: { id: '29:anna', aadObjectId: PEOPLE.anna.objectId },
        recipient: { id: '28:11111111-1111-4111-8111-111111111111' },
        membersAdded: [{ id: '28:11111111-1111-4111-8111-111111111111' }],
        conversation: { id: world.channel.id, isGroup: true, conversationType: 'channel', tenantId: PEOPLE.anna.tenantId },
        channelData: { channel: { id: world.channel.id }, team: { id: world.channel.teamId }, tenant: { id: PEOPLE.anna.tenantId } },
      });
    for (const url of [`${serviceUrl}emea/`, serviceUrl]) {
      expect((await from(url)).status).toBe(200);
      expect((await channelRow()).serviceUrl).toBe(url);
    }
    expect(await world.ports.db.selectFrom('conversation').selectAll().execute()).toHaveLength(1);
  });

  it('names people of neither side to an owner alone, as plain text', async () => {
    const message = only(world.posted());
    const own = await world.client.view('anna', message.id);
    expect(cardErrors(own)).toEqual([]);
    expect(cardTexts(own).join('\n')).toContain('shown to you alone: Carlo Example, Zoe [Auditor] (http:∕∕x.example)');
    expect(cardTexts(await world.client.view('joan', message.id)).join('\n')).not.toContain('Zoe');
  });

  it('refuses somebody who is not an owner, and somebody unknown', async () => {
    const message = only(world.posted());
    const post = buttons(world.cardOf(message)).find(({ title }) => title === 'Post here');
    await world.bind('pieter');
    const pieter = await pressAs('pieter', message.id, post);
    expect(pieter).toMatchObject({ kind: 'card' });
    expect(cardTexts((pieter as { card: unknown }).card)[0]).toBe('An owner of the partnership decides this.');
    const zoe = await pressAs('zoe', message.id, post);
    const texts = cardTexts((zoe as { card: unknown }).card);
    expect(texts[0]).toMatch(/does not know yet who you are here.*Anna de Vries or Joan Santos can say who you are/);
    expect(buttons((zoe as { card: unknown }).card)).toEqual([]);
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
  });

  it('asks for the own view of everybody who is there, so that whoever is unknown has no buttons', async () => {
    const userIds = () => (world.cardOf(only(world.posted())).refresh as { userIds: string[] } | undefined)?.userIds;
    // those whom the bot knows first, so that they have their views in a large channel as well
    expect(userIds()).toEqual(['29:anna', '29:carlo', '29:joan', '29:pieter', '29:root', '29:zoe']);
    const zoe = await world.client.view('zoe', only(world.posted()).id);
    expect(cardTexts(zoe)[0]).toMatch(/does not know yet who you are/);
    expect(buttons(zoe)).toEqual([]);
  });

  it("binds a guest by an owner's click", async () => {
    const message = only(world.posted());
    const own = await world.client.view('anna', message.id);
    const joan = buttons(own).find(
      ({ verb, data }) => verb === 'setup.bind' && data['setup.bind:account'] === `${PEOPLE.joan.tenantId}/${PEOPLE.joan.objectId}`,
    );
    expect(joan?.title).toBe('Joan Example is Joan Santos');
    expect(await pressAs('pieter', message.id, joan)).toMatchObject({ kind: 'card' });
    expect(await world.ports.db.selectFrom('identity').selectAll().where('objectId', '=', PEOPLE.joan.objectId).execute()).toEqual([]);
    await pressAs('anna', message.id, joan);
    const bound = await world.ports.db.selectFrom('identity').selectAll().where('objectId', '=', PEOPLE.joan.objectId).executeTakeFirst();
    expect(bound).toMatchObject({ contactId: world.contactId('joan'), conversationUserId: '29:joan', boundBy: world.contactId('anna') });
  });

  it('does not let an owner agree to somebody he was not shown', async () => {
    const message = only(world.posted());
    const stale = { verb: 'setup.confirm', data: { subjectId: (await channelRow()).id, 'setup.confirm:marks': '' } };
    const answer = await pressAs('anna', message.id, stale);
    expect(cardTexts((answer as { card: unknown }).card)[0]).toMatch(/Somebody new is in this channel/);
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
  });

  it("posts after an owner's word", async () => {
    await world.drain();
    const message = only(world.posted());
    const post = buttons(await world.client.view('anna', message.id)).find(({ title }) => title === 'Post here');
    const answer = await pressAs('anna', message.id, post);
    expect(cardTexts((answer as { card: unknown }).card)[0]).toBe('Agreed. Rapport posts here from now on.');
    expect(installed).toEqual([world.partnershipId]);
    const row = await channelRow();
    expect(row).toMatchObject({ partnershipId: world.partnershipId, audienceConfirmedBy: world.contactId('anna') });
    await world.drain();
    const texts = cardTexts(world.cardOf(only(world.posted()))).join('\n');
    expect(texts).toContain('Rapport posts here for Contoso and Fabrikam.');
    expect(texts).toContain('Agreed by Contoso (Service owner).');
    const history = await eventsOf(world.ports.db, { kind: 'setup', id: row.id });
    expect(history.map(({ kind }) => kind)).toEqual(['setup.captured', 'setup.confirmed']);
  });

  it('stops posting when somebody new from neither side comes', async () => {
    world.setMembers(['anna', 'pieter', 'joan', 'carlo', 'root']);
    await world.deliver(membersChanged());
    await world.drain();
    expect((await channelRow()).audienceConfirmedAt).not.toBeNull();
    await world.ports.db.updateTable('conversation').set({ audienceHash: '' }).execute();
    world.setMembers(['anna', 'pieter', 'joan', 'carlo', 'zoe', 'root']);
    await world.deliver(membersChanged());
    await world.drain();
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
    expect(cardTexts(world.cardOf(only(world.posted()))).join('\n')).toContain('an owner looks at who will see it');
  });

  it('is closed for good when the bot is taken out', async () => {
    await world.client.uninstall('fabrikam', 'anna');
    const rows = await world.ports.db.selectFrom('conversation').selectAll().execute();
    expect(rows.filter(({ tombstonedAt }) => tombstonedAt === null)).toEqual([]);
    expect(await world.ports.db.selectFrom('channelMember').selectAll().execute()).toEqual([]);
    await world.drain();
    expect(world.troubles).toEqual([]);
  });

  const membersChanged = () => ({
    type: 'conversationUpdate',
    id: `f:${Math.random()}`,
    channelId: 'msteams',
    from: { id: '29:anna', aadObjectId: PEOPLE.anna.objectId },
    recipient: { id: '28:11111111-1111-4111-8111-111111111111' },
    membersAdded: [{ id: '29:zoe' }],
    conversation: { id: world.channel.teamId, conversationType: 'channel', tenantId: PEOPLE.anna.tenantId },
    channelData: { eventType: 'teamMemberAdded', team: { id: world.channel.teamId }, tenant: { id: PEOPLE.anna.tenantId } },
  });
});

describe('a channel when there are several partnerships', () => {
  beforeAll(async () => {
    world = await teamsWorld({ capabilities, slugs: ['fabrikam', 'litware'] });
    await world.bind('anna');
    await world.bind('pieter');
  });
  afterAll(() => world.close());

  it('asks which one, without naming any to everyone, once though Teams tells of the installation several times at once', async () => {
    const told = (over: object) =>
      world.deliver({
        id: `f:${Math.random()}`,
        channelId: 'msteams',
        from: { id: '29:anna', aadObjectId: PEOPLE.anna.objectId },
        recipient: { id: '28:11111111-1111-4111-8111-111111111111' },
        conversation: { id: world.channel.id, isGroup: true, conversationType: 'channel', tenantId: PEOPLE.anna.tenantId },
        channelData: { channel: { id: world.channel.id }, team: { id: world.channel.teamId }, tenant: { id: PEOPLE.anna.tenantId } },
        ...over,
      });
    const membersAdded = [{ id: '28:11111111-1111-4111-8111-111111111111' }];
    const both = [
      { type: 'installationUpdate', action: 'add' },
      { type: 'conversationUpdate', membersAdded },
    ];
    await Promise.all([...both, ...both, ...both].map(told));
    expect(await world.ports.db.selectFrom('conversation').selectAll().execute()).toHaveLength(1);
    await world.client.install('fabrikam', 'anna');
    await world.drain();
    const card = world.cardOf(only(world.posted()));
    expect(cardErrors(card)).toEqual([]);
    expect(cardTexts(card).join('\n')).toContain('Which partnership is this channel for?');
    expect(cardTexts(card).join('\n')).not.toMatch(/Fabrikam|Litware/);
  });

  it('says in plain words what to do where a client cannot show the choice, and shows it to nobody else', async () => {
    const message = only(world.posted());
    const [button] = buttons(world.cardOf(message)) as unknown as { title: string; fallback: { data: Record<string, unknown> } }[];
    expect(button?.title).toBe('Choose the partnership');
    const told: string[] = [];
    for (const who of ['anna', 'joan']) {
      await world.client.press(who, message.id, { type: 'Action.Submit', data: button?.fallback.data });
      told.push(world.posted().at(-1)?.content.text ?? '');
    }
    expect(told).toEqual([
      'Teams cannot show this here. Please press the button in Teams on a computer or in a browser.',
      'Rapport does not know yet who you are here. The person who answers for the partnership can say who you are.',
    ]);
    const gone = { ...button?.fallback.data, subjectId: '00000000-0000-4000-8000-000000000000' };
    await world.client.press('anna', message.id, { type: 'Action.Submit', data: gone });
    expect(world.posted().at(-1)?.content.text).toBe('This is not there any more.');
  });

  it("offers an owner his own, and takes nobody else's word", async () => {
    const message = world.posted()[0]!;
    const own = await world.client.view('anna', message.id);
    const choice = buttons(own).find(({ verb }) => verb === 'setup.choose');
    expect(choice).toMatchObject({ title: 'Contoso and Fabrikam', data: { partnershipId: world.partnershipId } });
    expect(buttons(own).filter(({ verb }) => verb === 'setup.choose')).toHaveLength(1);
    const pieter = await pressAs('pieter', message.id, choice);
    expect(cardTexts((pieter as { card: unknown }).card)[0]).toBe('An owner of the partnership decides this.');
    const other = { verb: 'setup.choose', data: { ...choice?.data, partnershipId: partnershipIdOf('litware') } };
    expect(cardTexts(((await pressAs('anna', message.id, other)) as { card: unknown }).card)[0]).toMatch(/does not know yet who you are/);
    await pressAs('anna', message.id, choice);
    expect((await channelRow()).partnershipId).toBe(world.partnershipId);
  });
});

describe('a channel of the only partnership, into which the bot is brought', () => {
  beforeAll(async () => {
    world = await teamsWorld({ capabilities, members: ['anna', 'pieter', 'zoe', 'root'] });
    await world.bind('anna');
    await world.bind('pieter');
  });
  afterAll(() => world.close());
  const broughtBy = async (who: string) => {
    await world.client.install('fabrikam', who);
    await world.drain();
    return channelRow();
  };

  it.each([
    ['somebody unknown', 'zoe'],
    ['a contact who does not answer for it', 'pieter'],
  ])('by %s is for none: its owner is asked, and chooses', async (_what, who) => {
    expect((await broughtBy(who)).partnershipId).toBeNull();
    const message = world.posted().at(-1)!;
    expect(cardTexts(world.cardOf(message)).join('\n')).toContain('Which partnership is this channel for?');
    expect(cardTexts(world.cardOf(message)).join('\n')).not.toMatch(/Fabrikam/);
    await pressAs(
      'anna',
      message.id,
      buttons(await world.client.view('anna', message.id)).find(({ verb }) => verb === 'setup.choose'),
    );
    expect((await channelRow()).partnershipId).toBe(world.partnershipId);
    await world.client.uninstall('fabrikam', who);
  });

  it.each([
    ['an owner', 'anna'],
    ['an admin', 'root'],
  ])('by %s is for that one', async (_what, who) => {
    expect((await broughtBy(who)).partnershipId).toBe(world.partnershipId);
    await world.client.uninstall('fabrikam', who);
  });
});

describe('another channel', () => {
  beforeAll(async () => {
    world = await teamsWorld({ capabilities, members: ['anna', 'joan'] });
    await world.bind('anna');
    await world.client.install('fabrikam', 'anna');
    await world.drain();
  });
  afterAll(() => world.close());

  it('can be chosen by an owner: the first is free again', async () => {
    const message = only(world.posted());
    const release = buttons(await world.client.view('anna', message.id)).find(({ verb }) => verb === 'setup.release');
    const answer = await pressAs('anna', message.id, release);
    expect(cardTexts((answer as { card: unknown }).card)[0]).toMatch(/^This channel is free again/);
    expect((await channelRow()).partnershipId).toBeNull();
    await world.drain();
    expect(cardTexts(world.cardOf(only(world.posted()))).join('\n')).toContain('Which partnership is this channel for?');
    await world.client.say('anna', world.channel.id, 'hello');
    expect(cardTexts(world.cardOf(world.posted().at(-1))).join('\n')).toContain('Which partnership is this channel for?');
  });
});

describe('a shared channel', () => {
  beforeAll(async () => {
    world = await teamsWorld({ capabilities, members: ['anna', 'joan', 'carlo'] });
    await world.bind('anna');
    await world.bind('carlo');
    // whoever comes through two teams is told twice
    world.setMembers(['anna', 'joan', 'carlo', 'joan', 'carlo']);
    await world.client.install('fabrikam', 'anna');
    await world.drain();
  });
  afterAll(() => world.close());
  const told = (eventType: string, more: Record<string, unknown> = {}) =>
    world.deliver({
      type: 'conversationUpdate',
      id: `f:${eventType}`,
      channelId: 'msteams',
      from: { id: '29:anna', aadObjectId: PEOPLE.anna.objectId },
      recipient: { id: '28:11111111-1111-4111-8111-111111111111' },
      conversation: { id: world.channel.id, isGroup: true, conversationType: 'channel', tenantId: PEOPLE.anna.tenantId },
      channelData: {
        eventType,
        channel: { id: world.channel.id },
        team: { id: world.channel.teamId },
        tenant: { id: PEOPLE.anna.tenantId },
        ...more,
      },
    });

  it('counts everybody once', () => {
    const texts = cardTexts(world.cardOf(only(world.posted()))).join('\n');
    expect(texts).toMatch(/Contoso\n1 person\nFabrikam\n2 people\nNeither side\nnobody/);
  });

  it('that is shared with another team is looked at again, whoever is in that team', async () => {
    expect(await confirm()).not.toBeNull();
    await told('channelShared', { sharedWithTeams: [{ id: '19:others@thread.tacv2', name: 'Others' }] });
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
    await world.drain();
    const texts = cardTexts(world.cardOf(only(world.posted()))).join('\n');
    expect(texts).toContain('an owner looks at who will see it');
    expect(await openChannel(world.ports.db, world.partnershipId)).toBeUndefined();
    expect((await eventsOf(world.ports.db, { kind: 'setup', id: (await channelRow()).id })).at(-1)).toMatchObject({
      kind: 'setup.audienceChanged',
      by: null,
    });
    expect(await confirm()).not.toBeNull();
    expect(await openChannel(world.ports.db, world.partnershipId)).toMatchObject({ kind: 'channel' });
  });

  it.each([
    ['a member comes', 'channelMemberAdded', { membersAdded: [{ id: '29:zoe' }] }],
    ['a share ends', 'channelUnshared', {}],
  ])('is read again when %s', async (_what, eventType, more) => {
    world.setMembers(['anna', 'joan', 'carlo', 'zoe']);
    await told(eventType, more);
    await world.drain();
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
    world.setMembers(['anna', 'joan', 'carlo']);
    await told(eventType);
    await world.drain();
    expect(await confirm()).not.toBeNull();
  });

  it('is read again each day, whatever Teams told', async () => {
    world.setMembers(['anna', 'joan', 'carlo', 'zoe']);
    await world.drain();
    expect((await channelRow()).audienceConfirmedAt).not.toBeNull();
    await world.handlers[DAILY]!.run({}, { ports: world.ports, lastAttempt: false });
    await world.drain();
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
    expect(cardTexts(world.cardOf(only(world.posted()))).join('\n')).toMatch(/Neither side\n1 person/);
  });
});

describe('a shared channel whose external members come with an address', () => {
  const OTHER = '99999999-9999-4999-8999-999999999999';
  /** What their own tenants say of external members: an address that any tenant may write. */
  const said = new Map<string, { address: string; tenantId: string }>();
  const teams = (real: TeamsPort): TeamsPort => ({
    ...real,
    members: async (to) => (await real.members(to)).map((member) => ({ ...member, ...said.get(member.userId) })),
  });
  beforeAll(async () => {
    said.set('29:carlo', { address: 'carlo@fabrikam.com', tenantId: PEOPLE.carlo.tenantId });
    world = await teamsWorld({
      capabilities: (all) => [people, ...capabilities(all)],
      members: ['anna', 'joan', 'carlo'],
      edges: { ports: (real) => real, teams },
    });
    await world.bind('anna');
    await world.client.install('fabrikam', 'anna');
    await world.drain();
  });
  afterAll(() => world.close());
  const read = async () => {
    await world.ports.transaction(async (tx) => requestRoster(tx, (await channelRow()).id));
    await world.drain();
  };
  const audience = () =>
    cardTexts(world.cardOf(only(world.posted())))
      .join('\n')
      .match(/Contoso\n(\d) .*\nFabrikam\n(\d) .*\nNeither side\n(\w+)/)
      ?.slice(1);

  it('nobody vouches for it before somebody of that tenant is bound: an owner is shown them, and agrees to them', async () => {
    // a guest was invited by hers
    expect(audience()).toEqual(['1', '1', '1']);
    expect(cardTexts(await world.client.view('anna', only(world.posted()).id)).join('\n')).toContain('shown to you alone: Carlo Example');
    expect(await confirm()).not.toBeNull();
    await read();
    expect((await channelRow()).audienceConfirmedAt).not.toBeNull();
  });

  it('counts for the provider in a tenant in which somebody of the provider is bound', async () => {
    const colleague = { ...PEOPLE.carlo, objectId: 'bbbbbbbb-0000-4000-8000-000000000001' };
    const contactId = world.contactId('carlo');
    await world.ports.db
      .insertInto('identity')
      .values({ ...idsOf(colleague), contactId, conversationUserId: null, boundBy: world.contactId('anna'), boundAt: new Date(0) })
      .execute();
    await read();
    expect(audience()).toEqual(['1', '2', 'nobody']);
    expect((await channelRow()).audienceConfirmedAt).not.toBeNull();
  });

  it.each([
    ["the provider's", 'mallory@fabrikam.com', OTHER],
    ["the client's", 'mallory@contoso.com', OTHER],
    ["the client's, from the provider's tenant", 'mallory@contoso.com', PEOPLE.carlo.tenantId],
  ])(
    'that is %s and comes from elsewhere makes nobody one of them: nothing is posted until an owner looks',
    async (_whose, address, tenantId) => {
      said.set('29:zoe', { address, tenantId });
      world.setMembers(['anna', 'joan', 'carlo', 'zoe']);
      await read();
      expect(audience()).toEqual(['1', '2', '1']);
      expect((await channelRow()).audienceConfirmedAt).toBeNull();
      world.setMembers(['anna', 'joan', 'carlo']);
      await read();
      expect(await confirm()).not.toBeNull();
    },
  );
});

describe('who is who', () => {
  beforeAll(async () => {
    world = await teamsWorld({ capabilities: (all) => [people, ...capabilities(all)], members: ['anna', 'joan', 'carlo'] });
    await world.bind('anna');
    await world.client.install('fabrikam', 'anna');
    await world.drain();
  });
  afterAll(() => world.close());
  const carlo = () => ({ account: `${PEOPLE.carlo.tenantId}/${PEOPLE.carlo.objectId}`, contactId: world.contactId('carlo') });
  const bound = () => world.ports.db.selectFrom('identity').select('contactId').where('objectId', '=', PEOPLE.carlo.objectId).execute();
  /** Presses the last button of a verb on the own card, with a form's inputs. */
  const send = async (who: string, verb: string, inputs: Record<string, string>) => {
    const message = only(world.posted());
    const button = buttons(await world.client.view(who, message.id)).findLast((each) => each.verb === verb);
    expect(button).toBeDefined();
    const written = Object.fromEntries(Object.entries(inputs).map(([id, value]) => [`${verb}:${id}`, value]));
    const answer = await pressAs(who, message.id, { verb, data: { ...button!.data, ...written } });
    return cardTexts((answer as { card: unknown }).card)[0];
  };

  it('an owner says of an external member whom nothing proposes, and the audience is his side then', async () => {
    const own = await world.client.view('anna', only(world.posted()).id);
    expect(cardErrors(own)).toEqual([]);
    expect(cardTexts(own)).toEqual(expect.arrayContaining(['Say who somebody is …', 'Carlo Example', 'Carlo Reyes', 'This is so']));
    expect(await send('anna', 'setup.bind', carlo())).toBe('Recorded: this account can press buttons as this person now.');
    expect(await bound()).toEqual([{ contactId: world.contactId('carlo') }]);
    await world.drain();
    expect(cardTexts(world.cardOf(only(world.posted()))).join('\n')).toMatch(/Fabrikam\n2 people/);
  });

  it('nobody else does: the form is on no other card, and its press is refused', async () => {
    const message = only(world.posted());
    for (const who of ['carlo', 'joan'])
      expect(buttons(await world.client.view(who, message.id)).filter(({ verb }) => /bind/.test(verb))).toEqual([]);
    const forged = { verb: 'setup.bind', data: { subjectId: (await channelRow()).id, 'setup.bind:account': carlo().account } };
    const joan = { ...forged, data: { ...forged.data, 'setup.bind:contactId': world.contactId('joan') } };
    const answer = await pressAs('carlo', message.id, joan);
    expect(cardTexts((answer as { card: unknown }).card)[0]).toMatch(/^Only a person who answers for this side/);
  });

  it('takes it back: he is outside both sides again, so that nothing is posted until an owner looks', async () => {
    await send('anna', 'setup.confirm', {});
    await world.drain();
    expect((await channelRow()).audienceConfirmedAt).not.toBeNull();
    const before = only(world.posted()).revision;
    const own = cardTexts(await world.client.view('carlo', only(world.posted()).id));
    expect(own[0]).not.toMatch(/does not know/);
    expect(await send('anna', 'setup.unbind', { binding: `${carlo().account}/${carlo().contactId}` })).toMatch(/^Taken back/);
    expect(await bound()).toEqual([]);
    await world.drain();
    expect((await channelRow()).audienceConfirmedAt).toBeNull();
    // his client holds his own view until the card is another
    expect(only(world.posted()).revision).toBeGreaterThan(before);
    const read = cardTexts(await world.client.view('carlo', only(world.posted()).id)).join('\n');
    expect(read).toContain('an owner looks at who will see it');
    expect(await send('anna', 'setup.bind', carlo())).toMatch(/^Recorded/);
    expect(await bound()).toEqual([{ contactId: world.contactId('carlo') }]);
  });
});
