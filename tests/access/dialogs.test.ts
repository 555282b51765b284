import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contactIdOf } from '../../bot/charter/index.ts';
import type { MatterView } from '../../bot/contract/matter.ts';
import type { CalledOn, Dialogue } from '../../infra/local/connector/client.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { type House, openHouse } from './house.ts';
import { FABRIKAM, NORTHWIND, tell } from './story.ts';
import { VIEWERS, type Viewer, viewers } from './viewers.ts';

/** What a command brings: the form, a sentence that there is nothing to begin, that one can only look, or who can say who one is. */
type Brought = 'form' | 'nothing' | 'looks' | 'who are you';
const EVERYBODY: Partial<Record<Viewer, Brought>> = {
  owner: 'form',
  member: 'form',
  providerA: 'form',
  providerB: 'form', // in her own channel, about her own partnership
  guest: 'form',
  external: 'form',
  unbound: 'who are you',
  otherTenant: 'who are you',
  executive: 'looks',
  admin: 'looks',
};
const DIALOGS: Readonly<Record<string, Partial<Record<Viewer, Brought>>>> = {
  escalate: EVERYBODY,
  // the client decides, and is asked; the other charter names nothing that is decided
  approve: { ...EVERYBODY, owner: 'nothing', member: 'nothing', providerB: 'nothing' },
};

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await tell(house);
});
afterAll(() => house?.close());

const keyOf = (viewer: Viewer) => VIEWERS[viewer].person.key;
/** A message that somebody wrote in a channel. */
async function said(viewer: Viewer, words: string, slug: 'fabrikam' | 'northwind' = 'fabrikam'): Promise<CalledOn> {
  const conversationId = house.channelId(slug);
  await house.client.say(keyOf(viewer), conversationId, words);
  return { conversationId, messageId: house.messages(conversationId).findLast(({ from }) => from === keyOf(viewer))!.id };
}
interface Submit {
  data: Record<string, string>;
}
const elementsOf = (page: Dialogue) =>
  page.kind === 'page' ? (page.card as { body: { id?: string; value?: string; actions?: Submit[] }[] }).body : [];
/** What a page would send, with what is written into it. */
function filled(page: Dialogue, written: Record<string, string> = {}): Record<string, string> {
  const elements = elementsOf(page);
  const submit = elements.flatMap(({ actions }) => actions ?? [])[0]!;
  const verb = submit.data.verb!;
  const before = elements.flatMap(({ id, value }) => (id && value !== undefined ? [[id, value] as const] : []));
  const mine = Object.entries(written).map(([id, value]) => [`${verb}:${id}`, value] as const);
  return { ...submit.data, ...Object.fromEntries([...before, ...mine]) };
}
const readIn = (page: Dialogue): string =>
  page.kind === 'page' ? cardTexts(page.card).join('\n') : page.kind === 'message' ? page.text : page.code;
const open = async (kind: 'escalation' | 'approval', viewer: Viewer): Promise<MatterView[]> => {
  const response = await fetch(`${house.url}/api/partnerships/${FABRIKAM}/matters/${kind}`, { headers: await house.headersOf(viewer) });
  return ((await response.json()) as { open: MatterView[] }).open;
};
const REQUEST = { why: 'Invoices go out late', wanted: 'Somebody who knows it', doneWhen: 'Two nights without a stop' };

it('every dialog of every capability has a row', () => {
  expect(house.capabilities.flatMap(({ dialogs }) => Object.keys(dialogs ?? {})).sort()).toEqual(Object.keys(DIALOGS).sort());
});

describe.each(Object.entries(DIALOGS))('%s', (command, expected) => {
  it.each(viewers.filter((viewer) => expected[viewer] !== undefined))('called by %s', async (viewer) => {
    const slug = viewer === 'providerB' ? 'northwind' : 'fabrikam';
    const conversationId = house.channelId(slug);
    const messageId = house.messages(conversationId).find(({ from }) => from === 'bot')!.id;
    const page = await house.client.openDialog(keyOf(viewer), { conversationId, messageId }, command);
    if (page.kind === 'page') expect(cardErrors(page.card)).toEqual([]);
    const text = readIn(page);
    const brought =
      page.kind === 'page'
        ? 'form'
        : text.startsWith('Rapport does not know yet')
          ? 'who are you'
          : text.startsWith('You can look here')
            ? 'looks'
            : text.startsWith('What was agreed names nobody')
              ? 'nothing'
              : text;
    expect(brought).toBe(expected[viewer]);
  });
});

describe('asked from a message', () => {
  it('the form begins with its words, and what is begun points to it', async () => {
    const on = await said('owner', 'The import <b>stopped</b> [again](https://evil.example) & {{name}}');
    const page = await house.client.openDialog('anna', on, 'escalate');
    const data = filled(page, REQUEST);
    expect(data['escalation.open:what']).toBe('Rapport The import <b>stopped</b> [again](https://evil.example) & {{name}}');
    const done = await house.client.sendDialog('anna', on, 'escalate', data);
    expect(readIn(done)).toMatch(/^Recorded\./);
    const [help] = await open('escalation', 'guest');
    expect(help!.title).toContain('The import');
    const link = help!.actions.find(({ label }) => label === 'Open the message')!.openUrl!;
    expect(decodeURIComponent(link)).toContain(`https://teams.microsoft.com/l/message/${on.conversationId}/${on.messageId}`);
    await house.drain();
    const card = house.messages(on.conversationId).findLast(({ content }) => JSON.stringify(content).includes('The import'))!.content
      .attachments![0]!.content;
    expect(cardErrors(card)).toEqual([]);
    expect(JSON.stringify(card)).toContain(JSON.stringify(link));
    for (const each of await open('escalation', 'admin')) expect(each.actions).toEqual([]);
  });

  it('of a chat of its own side, the other side is not told where it was said', async () => {
    const on = { conversationId: house.personalChat('anna'), messageId: null };
    const page = await house.client.openDialog('anna', on, 'escalate');
    const elsewhere = 'https://teams.microsoft.com/l/message/19%3Aaaaa_bbbb%40unq.gbl.spaces/1790000000000';
    const data = { ...filled(page, { ...REQUEST, what: 'Said among ourselves' }), 'escalation.open:evidence': elsewhere };
    expect(readIn(await house.client.sendDialog('anna', on, 'escalate', data))).toMatch(/^Recorded\./);
    const pointed = async (viewer: Viewer) =>
      (await open('escalation', viewer))
        .find(({ title }) => title === 'Said among ourselves')!
        .actions.some(({ openUrl }) => openUrl === elsewhere);
    expect([await pointed('owner'), await pointed('member'), await pointed('guest'), await pointed('external')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([
    'https://evil.example/l/message/19:x/1',
    'javascript:alert(1)',
    'https://teams.microsoft.com/l/chat/0/0?users=x',
    `https://teams.microsoft.com/l/message/${'x'.repeat(1000)}/1`,
  ])('with the link %p, nothing is begun', async (evidence) => {
    const on = await said('owner', 'Another one');
    const before = (await open('escalation', 'owner')).length;
    const data = { ...filled(await house.client.openDialog('anna', on, 'escalate'), REQUEST), 'escalation.open:evidence': evidence };
    expect(readIn(await house.client.sendDialog('anna', on, 'escalate', data))).toContain('Please check what you entered.');
    expect(await open('escalation', 'owner')).toHaveLength(before);
  });

  it('what the rules say no to comes back with everything that was written', async () => {
    const on = await said('guest', 'Two more agents');
    const page = await house.client.openDialog('joan', on, 'approve');
    const data = filled(page, { scope: 'No such thing', what: 'Two more agents, please', why: 'Calls wait', doneWhen: 'Both work' });
    const again = await house.client.sendDialog('joan', on, 'approve', data);
    expect(readIn(again).split('\n')[0]).toBe('What was agreed names nobody of the other side who decides about this.');
    expect(elementsOf(again).find(({ id }) => id === 'approval.ask:what')?.value).toBe('Two more agents, please');
    expect(await open('approval', 'guest')).toEqual([]);
    const scope = elementsOf(page).find(({ id }) => id === 'approval.ask:scope')?.value ?? '';
    expect(readIn(await house.client.sendDialog('joan', on, 'approve', { ...data, 'approval.ask:scope': scope }))).toMatch(/^Recorded\./);
    expect(await open('approval', 'guest')).toMatchObject([{ title: 'Two more agents, please' }]);
  });

  it('in a place of nobody’s, somebody of two partnerships says which one he means; another one stays closed', async () => {
    const { tenantId, objectId } = VIEWERS.member.person;
    const binding = {
      tenantId,
      objectId,
      contactId: contactIdOf(NORTHWIND, 'bas'),
      boundBy: 'directory',
      boundAt: house.ports.clock.now(),
    };
    await house.database.db
      .insertInto('identity')
      .values(binding as never)
      .execute();
    const on = { conversationId: house.personalChat('pieter'), messageId: null };
    const which = await house.client.openDialog('pieter', on, 'escalate');
    expect(readIn(which)).toContain('Which partnership is it about?');
    const { data } = elementsOf(which).flatMap(({ actions }) => actions ?? [])[0]!;
    const page = await house.client.sendDialog('pieter', on, 'escalate', { ...data, partnershipId: NORTHWIND });
    expect(filled(page).subjectId).toBe(NORTHWIND);
    const carlo = { conversationId: house.channelId('fabrikam'), messageId: null };
    expect(readIn(await house.client.sendDialog('carlo', carlo, 'escalate', { ...data, partnershipId: NORTHWIND }))).toMatch(
      /^Rapport does not know yet/,
    );
  });

  it.each([
    ['zoe', 'in her own chat', () => house.personalChat('zoe')],
    ['mallory', 'in his own chat', () => house.personalChat('mallory')],
    ['carlo', 'in his channel', () => house.channelId('fabrikam')],
  ])('an id that %s wrote into it %s is answered as one that is not there, and names nobody', async (who, _where, place) => {
    const on = { conversationId: place(), messageId: null };
    for (const id of [NORTHWIND, '00000000-0000-4000-8000-000000000000', "no id'; \0", ''])
      for (const verb of ['dialog.choose', 'escalation.open']) {
        const said = readIn(await house.client.sendDialog(who, on, 'escalate', { verb, partnershipId: id, subjectId: id }));
        if (verb === 'dialog.choose')
          expect(said).toBe('Rapport does not know yet who you are here. The person who answers for the partnership can say who you are.');
        expect(said).not.toMatch(/wrong|Bas|Priya/);
      }
  });

  it('forged verbs and commands begin nothing', async () => {
    const on = await said('external', 'Forged');
    const before = [(await open('escalation', 'owner')).length, (await open('approval', 'owner')).length];
    for (const data of [
      { verb: '__proto__', subjectId: FABRIKAM },
      { verb: 'escalation.open', subjectId: NORTHWIND, 'escalation.open:what': 'x' },
      {
        verb: 'escalation.crisis',
        subjectId: FABRIKAM,
        ...Object.fromEntries(Object.entries({ what: 'x', ...REQUEST }).map(([id, value]) => [`escalation.crisis:${id}`, value])),
      },
      {},
    ])
      expect((await house.client.sendDialog('carlo', on, 'escalate', data)).kind).not.toBe('error');
    expect(readIn(await house.client.openDialog('carlo', on, 'constructor'))).toBe('Rapport does not know this dialog any more.');
    expect([(await open('escalation', 'owner')).length, (await open('approval', 'owner')).length]).toEqual(before);
  });
});
