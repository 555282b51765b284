import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contactIdOf, partnershipIdOf } from '../../bot/charter/index.ts';
import { MattersView, type MatterView } from '../../bot/contract/matter.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import { cardErrors, cardTexts, UNKIND } from '../support/cards.ts';
import { buttonsOn, cardOf, subjectOf } from './cards.ts';
import { type Life, lifeIn } from './life.ts';
import { openPlace, type Place } from './place.ts';

// One line of time from the week before Easter 2027. Manila is eight hours ahead of UTC, Amsterdam one, and two from the 28th of March on.
let place: Place;
let life: Life;
const PARTNERSHIP = partnershipIdOf('fabrikam');

beforeAll(async () => {
  place = await openPlace({ MAILBOXES: 'anna@contoso.example' }, { folder: 'updates' });
  life = lifeIn(place);
  await life.setUp('fabrikam');
  await life.agree('fabrikam', ['anna', 'joan']);
  await life.openChats(['anna', 'joan', 'carlo']);
});
afterAll(() => place?.close());

const read = (message: StoredMessage): string => cardTexts(cardOf(message)).join('\n');
const list = async (key: string, kind: 'rhythm' | 'actionItem'): Promise<MattersView> => {
  const { status, body } = await life.call(key, 'GET', `/api/partnerships/${PARTNERSHIP}/matters/${kind}`);
  expect(status).toBe(200);
  return MattersView.parse(body);
};
const update = async (key: string, title = 'Weekly report'): Promise<MatterView> => {
  const { open, ended } = await list(key, 'rhythm');
  return [...open, ...ended].find((matter) => matter.title === title)!;
};
const inChannel = (): readonly StoredMessage[] => place.connector.messagesIn(life.channelId('fabrikam'));
const cardsAbout = (title: string): StoredMessage[] =>
  inChannel().filter((message) => message.from === 'bot' && subjectOf(cardOf(message))?.kind === 'rhythm' && read(message).includes(title));
const chatsAbout = (key: string, id: string): StoredMessage[] =>
  place.connector.messagesIn(life.chatOf(key)).filter((message) => message.from === 'bot' && JSON.stringify(message.content).includes(id));

describe('an agreed update', () => {
  let card: string;

  it('is expected by itself, on Today, without a card; the week in which both agreed is passed over', async () => {
    await life.until('2027-03-25T10:00Z');
    expect((await list('anna', 'rhythm')).open).toEqual([]);
    await life.until('2027-03-29T00:00Z');
    const today = await life.today('anna');
    expect(today.matters.map(({ title, expectedBy }) => [title, expectedBy?.at])).toEqual([
      ['Weekly report', '2027-04-01T04:00:00Z'],
      ['Sales forecast', '2027-04-01T10:00:00Z'], // noon in Amsterdam, in summer time by now
    ]);
    await life.until('2027-04-01T03:59Z');
    expect(cardsAbout('Weekly report')).toEqual([]);
  });

  it('past its time has one card, which says so without blame; a mail of theirs gives it', async () => {
    await life.until('2027-04-01T04:01Z');
    const [message, ...others] = cardsAbout('Weekly report');
    expect(others).toEqual([]);
    card = message!.id;
    expect(cardErrors(cardOf(message!))).toEqual([]);
    expect(read(message!)).toContain('Past the agreed time');
    expect(cardTexts(cardOf(message!)).filter((text) => UNKIND.test(text))).toEqual([]);
    expect(JSON.stringify(message!.content)).not.toMatch(/Anna|Carlo|Joan/);

    life.write({ at: '2027-04-01T04:30Z', from: 'carlo', to: ['joan'], subject: 'Weekly report 13' }); // among themselves
    life.write({ at: '2027-04-01T05:00Z', from: 'anna', to: ['carlo'], subject: 'Weekly report?' });
    await life.until('2027-04-01T05:30Z');
    expect(await update('anna')).toMatchObject({ pastDue: true });
    life.write({ at: '2027-04-01T06:00Z', from: 'carlo', to: ['anna'], subject: 'Weekly report 13' });
    await life.until('2027-04-01T06:05Z');
    expect(await update('anna')).toMatchObject({
      status: 'Given, after the agreed time',
      endedAt: { at: expect.stringMatching(/^2027-04-01T06:00/) },
    });
    expect(read(cardsAbout('Weekly report')[0]!)).toContain('Given, after the agreed time');
    // the mail itself waits for nothing
    expect((await life.today('anna')).waitingFor.client).toEqual([]);
  });

  it('goes on into the next date with the same card, which a mail in time gives', async () => {
    await life.until('2027-04-05T00:00Z');
    expect(cardsAbout('Weekly report').map(({ id }) => id)).toEqual([card]);
    expect(read(cardsAbout('Weekly report')[0]!)).toContain('Expected Thu 8 Apr');
    life.write({ at: '2027-04-07T02:00Z', from: 'carlo', to: ['anna'], subject: 'WEEKLY REPORT week 14' });
    await life.until('2027-04-08T05:00Z');
    expect(await update('anna')).toMatchObject({ status: 'Given', endedAt: { at: expect.stringMatching(/^2027-04-07T02:00/) } });
    expect(cardsAbout('Weekly report').map(({ id }) => id)).toEqual([card]);
  });

  it('past its time again, the button on that card gives it; its words say where work stands', async () => {
    await life.until('2027-04-15T04:01Z');
    const [message] = cardsAbout('Weekly report');
    expect(message!.id).toBe(card);
    expect(read(message!)).toContain('Past the agreed time');
    const anna = buttonsOn(await life.view('anna', message!)).map(({ verb }) => verb);
    expect(anna.filter((verb) => verb.startsWith('rhythm.'))).toEqual([]);
    const given = await life.press('carlo', message!, 'rhythm.give', {
      inputs: { done: 'All stores have it', blocked: 'The list of new stores' },
    });
    expect(cardTexts(given).join('\n')).toContain('Recorded. Both sides see where it stands.');
    expect(read(cardsAbout('Weekly report')[0]!)).toContain('The list of new stores');
    await life.until('2027-04-19T00:00Z');
    expect((await update('anna')).said).toContainEqual({ label: 'Blocked (Thu 15 Apr)', text: 'The list of new stores' });
    expect(read(cardsAbout('Weekly report')[0]!)).not.toContain('The list of new stores');
    expect(cardsAbout('Weekly report').map(({ id }) => id)).toEqual([card]);
  });
});

describe('an action', () => {
  it('is noted, reminds whoever does it alone, and is past its day in the working days of his place', async () => {
    const inputs = {
      what: 'Send the list of new stores',
      doneWhen: 'Carlo has it',
      contactId: contactIdOf(PARTNERSHIP, 'carlo'),
      on: '2027-04-23',
    };
    const { status, body } = await life.act('anna', 'actionItem.note', PARTNERSHIP, inputs);
    expect(status).toBe(200);
    const { id } = (body as { matter: { id: string } }).matter;
    const channel = inChannel().length;
    await life.until('2027-04-19T02:00Z');
    expect(chatsAbout('carlo', id)).toHaveLength(1); // at the beginning of his day
    await life.until('2027-04-22T01:01Z');
    expect(chatsAbout('carlo', id)).toHaveLength(1); // the reminder stands in its place
    await life.until('2027-04-23T09:59Z');
    expect((await life.today('joan')).matters.find((matter) => matter.id === id)).toMatchObject({ pastDue: false });
    await life.until('2027-04-23T10:01Z');
    expect((await life.today('anna')).matters.find((matter) => matter.id === id)).toMatchObject({ pastDue: true });
    await life.until('2027-04-26T01:01Z');
    const [told] = chatsAbout('carlo', id);
    expect(read(told!)).toContain('Past the agreed day');
    const answer = await life.press('carlo', told!, 'actionItem.done', { inputs: { text: 'It went out this morning' } });
    expect(cardTexts(answer).join('\n')).toContain('Recorded as done.');
    expect((await list('anna', 'actionItem')).ended).toEqual([expect.objectContaining({ id, status: 'Done' })]);
    await life.until('2027-04-26T07:01Z');
    expect(chatsAbout('anna', id)).toHaveLength(1);
    const since = inChannel().slice(channel);
    expect(since.filter((message) => subjectOf(cardOf(message))?.kind.startsWith('actionItem'))).toEqual([]);
  });
});
