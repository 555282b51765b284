import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partnershipIdOf } from '../../bot/charter/index.ts';
import { type MatterKind, MatterView } from '../../bot/contract/matter.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import { cardErrors, cardTexts, UNKIND } from '../support/cards.ts';
import { until } from '../support/until.ts';
import { buttonsOn, cardOf, subjectOf } from './cards.ts';
import { type Life, lifeIn } from './life.ts';
import { openPlace, type Place } from './place.ts';

// One house around Easter, one line of time: each story begins where the one before it ended. Manila is eight hours ahead of UTC.
let place: Place;
let life: Life;
const PARTNERSHIP = partnershipIdOf('fabrikam');
const REQUEST = {
  what: 'The nightly import has stopped twice',
  why: 'Invoices go out late',
  wanted: 'Somebody who knows the import',
  doneWhen: 'Two nights without a stop',
};
const WISH = { what: 'Open on Sundays in December', why: 'The sale', doneWhen: 'It stands on the door' };

beforeAll(async () => {
  const addresses = ['anna', 'pieter', 'sam', 'ruth'].map((key) => `${key}@contoso.example`);
  place = await openPlace({ MAILBOXES: addresses.join(',') }, { folder: 'matters' });
  life = lifeIn(place);
  await life.setUp('fabrikam');
  await life.agree('fabrikam', ['anna', 'joan']);
  await life.openChats(['anna', 'pieter', 'ruth', 'joan', 'carlo']);
});
afterAll(() => place?.close());

/** Begins something as somebody. @returns its id */
async function begin(key: string, verb: string, inputs: Record<string, string>): Promise<string> {
  const { status, body } = await life.act(key, verb, PARTNERSHIP, inputs);
  expect([status, (body as { message?: string }).message]).toEqual([200, expect.any(String)]);
  return (body as { matter: { id: string } }).matter.id;
}
async function matter(key: string, kind: MatterKind, id: string): Promise<MatterView> {
  const { status, body } = await life.call(key, 'GET', `/api/matters/${kind}/${id}`);
  expect(status).toBe(200);
  return MatterView.parse(body);
}
/** Presses as somebody what his own view of it offers. */
async function say(key: string, kind: MatterKind, id: string, verb: string, inputs: Record<string, string> = {}) {
  const button = (await matter(key, kind, id)).actions.find((each) => each.verb === `${kind}.${verb}`);
  return life.act(key, `${kind}.${verb}`, id, { ...button?.carries, ...inputs });
}
/** What happened to it, oldest first, with gaps seen: the history as the database has it. */
async function history(kind: MatterKind, id: string): Promise<string[]> {
  const rows = await place.database.db
    .selectFrom('journal')
    .select(['seq', 'kind', 'data'])
    .where('subjectKind', '=', kind)
    .where('subjectId', '=', id)
    .orderBy('seq')
    .execute();
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_row, index) => index + 1));
  return rows.map(({ kind: each, data }) => {
    const { level } = data as { level?: number };
    return each.replace(`${kind}.`, '') + (each === 'escalation.asked' ? ` ${level}` : '');
  });
}
const inChannel = (): readonly StoredMessage[] => place.connector.messagesIn(life.channelId('fabrikam'));
const cardsOf = (id: string) => inChannel().filter((message) => message.from === 'bot' && subjectOf(cardOf(message))?.id === id);
const cardOfMatter = (id: string): StoredMessage => {
  const [card, ...others] = cardsOf(id);
  expect(others).toEqual([]);
  return card!;
};
const read = (card: unknown): string => cardTexts(card).join('\n');
/** By role, who was mentioned below its card, oldest first. */
const mentioned = (id: string): string[] =>
  inChannel()
    .filter(({ thread, from }) => from === 'bot' && thread === cardOfMatter(id).thread)
    .flatMap(({ content }) => (content.entities ?? []) as { mentioned?: { name: string } }[])
    .flatMap((entity) => entity.mentioned?.name ?? []);
/** Cards about it in somebody's own chat: each leads to it in the tab. */
const chatsAbout = (key: string, id: string): StoredMessage[] =>
  place.connector.messagesIn(life.chatOf(key)).filter((message) => message.from === 'bot' && JSON.stringify(message.content).includes(id));

describe('help over Easter', () => {
  it('climbs three levels, each in the working days of whoever is asked, tells each of them once, and stops when it is taken', async () => {
    await life.until('2027-03-24T09:00Z'); // Wednesday, 17:00 in Manila
    const id = await begin('anna', 'escalation.open', REQUEST);
    expect(mentioned(id)).toEqual(['Service desk']);
    // an hour of that day, which went on by a second or two, and one after the days off
    expect((await matter('carlo', 'escalation', id)).expectedBy?.at).toMatch(/^2027-03-29T02:00/);
    await life.until('2027-03-29T01:59Z');
    expect(await history('escalation', id)).toEqual(['open', 'asked 1']);
    await life.until('2027-03-29T02:01Z');
    expect(mentioned(id)).toEqual(['Service desk', 'Delivery manager']);
    await life.until('2027-03-29T06:01Z'); // Easter Monday: nobody in London is told yet
    expect(await history('escalation', id)).toEqual(['open', 'asked 1', 'asked 2', 'asked 3']);
    expect(mentioned(id)).toEqual(['Service desk', 'Delivery manager']);
    await life.until('2027-03-30T08:01Z'); // Tuesday 09:00 there, in summer time
    expect(mentioned(id)).toEqual(['Service desk', 'Delivery manager', 'Managing director']);
    expect((await matter('luis', 'escalation', id)).expectedBy?.at).toBe('2027-03-30T10:00:00Z');

    const card = cardOfMatter(id);
    expect(cardErrors(cardOf(card))).toEqual([]);
    expect(read(cardOf(card))).toMatch(/level 3 of 3/);
    expect(cardTexts(cardOf(card)).filter((text) => UNKIND.test(text))).toEqual([]);
    expect(JSON.stringify(card.content)).not.toMatch(/Anna|Carlo|Joan|Luis/);
    const taken = await life.press('luis', card, 'escalation.take', { inputs: { nextUpdate: '2027-03-31', 'nextUpdate~time': '12:00' } });
    expect(read(taken)).toContain('It is yours.');
    await life.until('2027-03-31T10:59Z');
    expect(await history('escalation', id)).toEqual(['open', 'asked 1', 'asked 2', 'asked 3', 'take']);
    expect(mentioned(id)).toHaveLength(3);
    expect(chatsAbout('carlo', id)).toEqual([]); // a mention was how he was told

    // Wednesday noon in London comes and goes without a word.
    await life.until('2027-03-31T11:01Z');
    expect(await history('escalation', id)).toEqual(['open', 'asked 1', 'asked 2', 'asked 3', 'take', 'resumed', 'asked 3']);
    expect(mentioned(id)).toEqual(['Service desk', 'Delivery manager', 'Managing director', 'Managing director']);

    // Resolved, and reopened: whoever resolved it is told, nobody else again.
    await say('joan', 'escalation', id, 'resolve', { text: 'The disk was replaced' });
    const { status } = await say('anna', 'escalation', id, 'reopen', { text: 'It stopped again last night' });
    expect(status).toBe(200);
    await life.until('2027-04-01T01:30Z');
    expect(mentioned(id).slice(4)).toEqual(['Delivery manager']);
    await say('joan', 'escalation', id, 'resolve', { text: 'And its controller' });
    await say('anna', 'escalation', id, 'confirm');
    expect(await matter('carlo', 'escalation', id)).toMatchObject({ open: false, status: 'Confirmed' });
    expect(cardsOf(id).map((each) => each.id)).toEqual([card.id]);
    expect(read(cardOf(cardOfMatter(id)))).toContain('Confirmed');
  });
});

describe('decisions', () => {
  it('two hundred clicks at once leave one outcome and a history without gaps', async () => {
    const id = await begin('joan', 'approval.ask', { ...WISH, scope: 'Opening hours' });
    const card = cardOfMatter(id);
    const [approve, decline] = ['approval.approve', 'approval.decline'].map(
      (verb) => buttonsOn(cardOf(card)).find((each) => each.verb === verb)!,
    );
    const people = ['anna', 'pieter', 'ruth', 'olga', 'joan', 'carlo', 'luis'];
    const clicks = Array.from({ length: 200 }, (_, n) => {
      const { verb, data, type } = n % 3 ? approve! : decline!;
      return place.connector.client.press(people[n % people.length]!, card.id, {
        type,
        verb,
        data: { ...data, 'approval.decline:text': 'Not now' },
      });
    });
    const answers = await Promise.all(clicks);
    await place.mover.catchUp();
    expect(answers.filter(({ kind }) => kind === 'error')).toEqual([]);
    const told = answers.map((answer) =>
      answer.kind === 'card' ? cardTexts(answer.card)[0]! : answer.kind === 'message' ? answer.text : '',
    );
    expect(told.filter((text) => text.startsWith('Recorded.'))).toHaveLength(1);
    const [asked, decided, ...rest] = (await history('approval', id)).slice(1);
    expect([asked, rest]).toEqual(['asked', ['ended']]);
    expect(['approve', 'decline']).toContain(decided);
    const status = decided === 'approve' ? 'Approved' : 'Not approved';
    for (const key of ['anna', 'joan']) expect((await matter(key, 'approval', id)).status).toBe(status);
    expect(read(cardOf(cardOfMatter(id)))).toContain(status);
    // a second click, and one from a card of yesterday: the card as it is now, and nothing changed
    const late = await place.connector.client.press('pieter', card.id, {
      type: 'Action.Execute',
      verb: approve!.verb,
      data: approve!.data,
    });
    expect(read(late)).toMatch(new RegExp(`^(This does not fit any more|You have said so already)[\\s\\S]*${status}`));
    expect(await history('approval', id)).toHaveLength(4);
  });

  it('in a sequence of three whose second is absent, it waits for the owner to say who decides, and passes nobody over', async () => {
    const id = await begin('joan', 'approval.ask', { ...WISH, scope: 'Move of the contact centre' });
    await say('anna', 'approval', id, 'approve');
    expect(await history('approval', id)).toEqual(['ask', 'asked', 'approve', 'absent']);
    const waiting = await matter('joan', 'approval', id);
    expect(waiting.steps.map(({ state }) => state)).toEqual(['done', 'skipped', 'next']);
    expect(waiting.notes).toContain('An owner of Contoso can say who decides in their place.');
    const { status, body } = await say('ruth', 'approval', id, 'approve', {
      of: buttonsOn(cardOf(cardOfMatter(id)))[0]?.data['approval.approve:of'] as string,
    });
    expect([status, (body as { code: string }).code]).toEqual([409, 'approval.not_now']);
    const hand = (await matter('anna', 'approval', id)).actions.find(({ verb }) => verb === 'approval.handOver')!;
    await life.until('2027-04-01T07:01Z'); // their morning
    const pieter = hand.inputs[0]!.choices!.find(({ title }) => title.startsWith('Pieter'))!.value;
    await say('anna', 'approval', id, 'handOver', { contactId: pieter });
    await say('pieter', 'approval', id, 'approve');
    expect(chatsAbout('ruth', id)).toHaveLength(1);
    await say('ruth', 'approval', id, 'approve');
    expect(await history('approval', id)).toEqual([
      'ask',
      'asked',
      'approve',
      'absent',
      'handOver',
      'approve',
      'asked',
      'approve',
      'ended',
    ]);
    expect((await matter('joan', 'approval', id)).status).toBe('Approved');
  });
});

describe('unless somebody objects', () => {
  it('is stopped in the last minute; passes in silence; stops where an objector cannot be reached', async () => {
    await life.until('2027-04-05T08:00Z'); // Easter is over; Monday
    const [stopped = '', passed = '', unheard = ''] = [
      await begin('joan', 'approval.notice', { ...WISH, scope: 'Change in production' }),
      await begin('joan', 'approval.notice', { ...WISH, what: 'Another menu', scope: 'Opening hours' }),
      await begin('joan', 'approval.notice', { ...WISH, what: 'New numbers', scope: 'Invoicing' }),
    ];
    // Dirk has no account here: no message can reach him
    expect((await matter('joan', 'approval', unheard)).notes).toEqual([
      'It has not reached Contoso (Controller) yet. Without that it does not go ahead.',
    ]);
    const end = (await matter('anna', 'approval', stopped)).expectedBy!.at;
    expect(end).toBe('2027-04-08T15:00:00Z'); // three whole working days after that Monday
    expect((await matter('joan', 'approval', stopped)).notes).toEqual([]); // it has arrived
    for (const key of ['anna', 'pieter', 'ruth']) expect(chatsAbout(key, passed)).toHaveLength(1);

    await life.until('2027-04-08T14:59:00Z'); // time goes by while she presses
    const late = await say('anna', 'approval', stopped, 'decline', { text: 'Not in the week of the audit' });
    expect(late.status).toBe(200);
    await life.until('2027-04-08T15:01Z');
    expect(await matter('joan', 'approval', stopped)).toMatchObject({ open: false, status: 'Objected to' });
    expect(await matter('joan', 'approval', passed)).toMatchObject({ open: false, status: 'Nobody objected', endedAt: { at: end } });
    expect(await matter('joan', 'approval', unheard)).toMatchObject({ open: false, status: 'Does not go ahead' });
    await life.until('2027-04-12T01:01Z'); // her next working morning: Friday is a holiday
    for (const each of [stopped, passed, unheard]) expect(chatsAbout('joan', each)).toHaveLength(1);
    expect(read(cardOf(cardOfMatter(passed)))).toContain('Nobody objected');
  });
});

describe('what is not theirs to say', () => {
  it('forged verbs, other people’s buttons, deliveries again and cards of yesterday change nothing, and each is answered', async () => {
    const help = await begin('anna', 'escalation.open', { ...REQUEST, what: 'Labels do not print' });
    const wish = await begin('joan', 'approval.ask', { ...WISH, scope: 'Change in production' });
    const [helpCard, wishCard] = [cardOfMatter(help), cardOfMatter(wish)];
    const approve = buttonsOn(cardOf(wishCard)).find(({ verb }) => verb === 'approval.approve')!;
    const before = [await history('escalation', help), await history('approval', wish)];
    const forged: [string, StoredMessage, string, Record<string, unknown>, RegExp][] = [
      ['joan', wishCard, 'approval.approve', approve.data, /^This is for somebody else to say/],
      [
        'carlo',
        wishCard,
        'approval.handOver',
        { subjectId: wish, 'approval.handOver:contactId': PARTNERSHIP },
        /^This is for somebody else/,
      ],
      ['pieter', helpCard, 'escalation.take', { subjectId: help }, /^This is for somebody else/],
      ['carlo', helpCard, 'escalation.confirm', { subjectId: help }, /^This is for somebody else/],
      ['carlo', helpCard, 'escalation.sent', { subjectId: help, 'escalation.sent:contactId': PARTNERSHIP }, /^This is for somebody else/],
      ['olga', wishCard, 'approval.approve', approve.data, /^Rapport does not know yet who you are/],
      [
        'anna',
        wishCard,
        'approval.approve',
        { ...approve.data, 'approval.approve:of': 'f'.repeat(16) },
        /^What is asked has changed since/,
      ],
      ['anna', wishCard, 'approval.approve', { subjectId: help, 'approval.approve:of': '' }, /^Rapport does not know yet who you are/],
      ['anna', wishCard, 'approval.approve', { subjectId: "' or 1=1 --" }, /earlier version/],
      ['anna', wishCard, 'approval.settle', approve.data, /earlier version/],
      ['anna', wishCard, '__proto__', approve.data, /earlier version/],
      ['carlo', helpCard, 'escalation.take', { subjectId: help, 'escalation.take:nextUpdate': 'never' }, /^Please give a time/],
    ];
    for (const [key, card, verb, data, answer] of forged) {
      const pressed = await place.connector.client.press(key, card.id, { type: 'Action.Execute', verb, data });
      const text = pressed.kind === 'card' ? read(pressed.card) : pressed.kind === 'message' ? pressed.text : pressed.kind;
      expect([verb, text]).toEqual([verb, expect.stringMatching(answer)]);
    }
    await place.mover.catchUp();
    expect([await history('escalation', help), await history('approval', wish)]).toEqual(before);

    // what Teams delivers again is answered as before, and counts once
    await life.press('carlo', helpCard, 'escalation.take');
    const delivery = place.deliveries.findLast(({ body }) => body.includes('escalation.take'))!;
    const again = await place.deliver(delivery);
    expect(again.status).toBe(200);
    expect(read((again.body as { value: unknown }).value)).toContain('It is yours.');
    expect((await history('escalation', help)).filter((kind) => kind === 'take')).toHaveLength(1);

    // a card of yesterday: what it asked was changed since, and what was to be confirmed is not done any more
    await life.act('joan', 'approval.change', wish, { ...WISH, what: 'Open on Saturdays, rather' });
    const old = await place.connector.client.press('anna', wishCard.id, { type: approve.type, verb: approve.verb, data: approve.data });
    expect(read(old)).toMatch(/^What is asked has changed since[\s\S]*Saturdays/);
    await say('carlo', 'escalation', help, 'resolve', { text: 'New paper' });
    const confirm = buttonsOn(cardOf(cardOfMatter(help))).find(({ verb }) => verb === 'escalation.confirm')!;
    await say('anna', 'escalation', help, 'reopen', { text: 'Still empty' });
    await say('carlo', 'escalation', help, 'resolve', { text: 'And a new roll' });
    const stale = await place.connector.client.press('anna', helpCard.id, { type: confirm.type, verb: confirm.verb, data: confirm.data });
    expect(read(stale)).toMatch(/^This changed while you looked at it/);
    expect((await matter('anna', 'escalation', help)).status).toBe('Resolved, to be confirmed');

    // every refusal left a line in the log, which names ids alone
    const log = place.log();
    const lines = log.split('\n').filter((line) => line.includes('was refused'));
    expect(lines.length).toBeGreaterThanOrEqual(forged.length + 2);
    for (const id of [help, wish]) expect(lines.some((line) => line.includes(id))).toBe(true);
    for (const word of ['Labels', 'Saturdays', 'Anna', 'carlo@']) expect(log).not.toContain(word);
  });
});

describe('two instances on one database', () => {
  it('never climb a ladder twice, whoever looks first', async () => {
    const other = await place.another();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await begin('anna', 'escalation.open', { ...REQUEST, what: `Till ${n} does not open` }));
    const [first] = ids;
    const { at } = (await matter('anna', 'escalation', first!)).expectedBy!;
    // so many messages in one channel keep to its pace, and who was not mentioned before the next one is asked is not mentioned any more
    await until(place.database.db, () => ids.every((id) => cardsOf(id).length > 0 && mentioned(id).length === 1));
    // both tick at the same moment: each has its own ticker, and both are told to look now
    const to = new Date(new Date(at).getTime() + 60_000);
    await Promise.all([life.until(to.toISOString()), other.step(to), other.step(to)]);
    await life.until(new Date(to.getTime() + 60_000).toISOString());
    await until(place.database.db, () => ids.every((id) => mentioned(id).length > 1));
    for (const id of ids) {
      expect((await history('escalation', id)).filter((kind) => kind.startsWith('asked'))).toEqual(['asked 1', 'asked 2']);
      expect(cardsOf(id)).toHaveLength(1);
      expect(mentioned(id)).toEqual(['Service desk', 'Delivery manager']);
    }
  });
});
