import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partnershipIdOf } from '../../bot/charter/index.ts';
import { ReviewsView, type ReviewView } from '../../bot/contract/review.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import type { Meeting } from '../../infra/local/tenant/tenant.ts';
import { cardErrors, cardTexts, UNKIND } from '../support/cards.ts';
import { cardOf, subjectOf } from './cards.ts';
import { type Life, lifeIn } from './life.ts';
import { openPlace, type Place } from './place.ts';

// One house around Easter, one line of time. Tuesday at ten in Amsterdam is 09:00 UTC until the clocks change on 28 March, then 08:00.
let place: Place;
let life: Life;
let series: Meeting;

beforeAll(async () => {
  const addresses = ['anna', 'pieter', 'ruth'].map((key) => `${key}@contoso.example`);
  place = await openPlace({ MAILBOXES: addresses.join(',') }, { folder: 'reviews' });
  life = lifeIn(place);
  series = place.tenant.meetings[0]!;
  await life.setUp('fabrikam');
  await life.agree('fabrikam', ['anna', 'joan']);
  await life.openChats(['anna', 'joan', 'carlo']);
});
afterAll(() => place?.close());

async function reviews(key = 'anna'): Promise<ReviewsView> {
  const { status, body } = await life.call(key, 'GET', `/api/partnerships/${partnershipIdOf('fabrikam')}/reviews`);
  expect(status).toBe(200);
  return ReviewsView.parse(body);
}
const next = async (key = 'anna'): Promise<ReviewView> => (await reviews(key)).next[0]!;
const held = async (key = 'anna'): Promise<ReviewView> => (await reviews(key)).held[0]!;
const itemOf = async (view: ReviewView, text: string): Promise<string> => view.items.find((item) => item.text.includes(text))!.id;
/** Messages of the bot in a conversation with a card of this kind, the oldest first. */
const cards = (kind: string, conversationId = life.channelId('fabrikam')): StoredMessage[] =>
  place.connector.messagesIn(conversationId).filter((message) => message.from === 'bot' && subjectOf(cardOf(message))?.kind === kind);
const cardAbout = (kind: string, id: string): StoredMessage => {
  const [card, ...others] = cards(kind).filter((message) => subjectOf(cardOf(message))?.id === id);
  expect(others).toEqual([]);
  expect(cardErrors(cardOf(card!))).toEqual([]);
  return card!;
};
const read = (message: StoredMessage): string => cardTexts(cardOf(message)).join('\n');
/** The organiser changes the meeting in her calendar; it is read within the hour. */
async function change(given: Partial<Meeting>, at: string): Promise<void> {
  series = { ...series, ...given };
  place.graph.putMeeting(series);
  await life.until(at);
}

describe('a weekly review', () => {
  it('booked for tomorrow has its agenda at once, in the channel, for both sides to change', async () => {
    await life.until('2027-03-22T10:00Z');
    const view = await next();
    expect(view).toMatchObject({ state: 'prepared', startsAt: { at: '2027-03-23T09:00:00Z' }, minutes: 45 });
    const card = cardAbout('review', view.id);
    expect(read(card)).toContain('(1) Staffing');
    const added = await life.press('carlo', card, 'review.add', { inputs: { text: 'Night line', wish: 'decide' } });
    expect(cardTexts((added as { card: unknown }).card)[0]).toContain('It stands on the agenda');
    await life.press('joan', cardAbout('review', view.id), 'review.drop', {
      inputs: { item: await itemOf(view, 'Risks'), text: 'Nothing new' },
    });
    expect(read(cardAbout('review', view.id))).toMatch(/Night line[\s\S]*Risks\. Dropped by Fabrikam: Nothing new/);
  });

  it('is held, and two who give its outcome by card at once are both heard, of one decision the first', async () => {
    await life.until('2027-03-23T09:46Z');
    const view = await held();
    const outcome = cardAbout('reviewOutcome', view.id);
    expect(read(outcome)).toContain('A decision, or that it goes on the next agenda: Night line');
    const item = await itemOf(view, 'Night line');
    const decide = (key: string, text: string) => life.press(key, outcome, 'review.decide', { inputs: { item, text } });
    const both = await Promise.all([decide('anna', 'From May'), decide('joan', 'From June')]);
    const answers = both.map((pressed) => cardTexts((pressed as { card: unknown }).card)[0]!);
    expect(answers.filter((text) => text.startsWith('Recorded.'))).toHaveLength(1);
    expect(answers.filter((text) => text.startsWith('Somebody said something'))).toHaveLength(1);
    const { outcome: said } = await held();
    expect(said!.decisions).toHaveLength(1);
    const carlo = place.tenant.people.find(({ key }) => key === 'carlo')!;
    const choices = (await held()).items[0]!.actions.find(({ verb }) => verb === 'review.action')!.inputs.find(
      ({ id }) => id === 'contactId',
    )!;
    const contactId = choices.choices!.find(({ title }) => title.includes(carlo.name))!.value;
    await life.press('anna', outcome, 'review.action', {
      inputs: { item: 'none', what: 'Plan for the night line', contactId, on: '2027-04-01', doneWhen: 'It is shared' },
    });
    await life.until('2027-03-23T10:50Z');
    const minutes = read(cardAbout('reviewOutcome', view.id));
    expect(minutes).toMatch(/Decided[\s\S]*Night line[\s\S]*To be done[\s\S]*Plan for the night line/);
    expect(minutes).not.toMatch(UNKIND);
    await life.press('carlo', cardAbout('reviewOutcome', view.id), 'review.acknowledge');
    expect(read(cardAbout('reviewOutcome', view.id))).toContain('Minutes: Fabrikam (Service desk) agreed');
  });

  it('goes on at ten though the clocks change in one place, over holidays, and its action comes back', async () => {
    await life.until('2027-03-25T07:59Z');
    expect(cards('review')).toHaveLength(1);
    await life.until('2027-03-25T08:01Z'); // two working days before: Monday is closed
    const view = await next('carlo');
    expect(view).toMatchObject({ state: 'prepared', startsAt: { at: '2027-03-30T08:00:00Z' } });
    expect(view.startsAt!.zones.map(({ text, place: city }) => `${text} ${city}`)).toEqual([
      'Tue 30 Mar, 10:00 Amsterdam',
      'Tue 30 Mar, 16:00 Manila',
    ]);
    expect(view.items.map(({ text }) => text)).toEqual(expect.arrayContaining([expect.stringContaining('Plan for the night line')]));
    expect(cards('review')).toHaveLength(2);
  });

  it('that is moved is the same card, also when the service was killed between', async () => {
    const { id } = await next();
    await place.kill();
    await place.start();
    const fromAt = new Date('2027-03-30T08:00:00Z');
    await change({ moved: [{ fromAt, startAt: new Date('2027-03-31T12:00:00Z'), minutes: 30 }] }, '2027-03-25T12:00Z');
    expect(await next()).toMatchObject({
      id,
      startsAt: { at: '2027-03-31T12:00:00Z' },
      movedFrom: { at: '2027-03-30T08:00:00Z' },
      minutes: 30,
    });
    await life.until('2027-03-31T12:05Z');
    expect(await next()).toMatchObject({ id, state: 'running' });
    expect(cards('review')).toHaveLength(2);
    expect(read(cardAbout('review', id))).toContain('Going on now');
    await life.until('2027-03-31T14:00Z');
    await life.act('joan', 'review.complete', id);
  });

  it('that is cancelled is no card, and when all are, whoever prepares it is told once, with times to book', async () => {
    await change({ cancelledAt: [new Date('2027-04-06T08:00:00Z')] }, '2027-04-01T06:00Z');
    await life.until('2027-04-06T12:00Z');
    expect(await next()).toMatchObject({ startsAt: { at: '2027-04-13T08:00:00Z' } });
    expect(cards('review')).toHaveLength(2);
    await change({ cancelled: true }, '2027-04-06T14:00Z');
    await life.until('2027-04-09T12:00Z');
    // it has links alone: nothing on it says what it is about but its words
    const messages = () =>
      place.connector
        .messagesIn(life.chatOf('anna'))
        .filter((message) => message.from === 'bot' && read(message).includes('Weekly service review'));
    expect(await next()).toMatchObject({ state: 'missing' });
    expect(cards('review')).toHaveLength(2);
    const told = messages();
    expect(told).toHaveLength(1);
    expect(cardErrors(cardOf(told[0]!))).toEqual([]);
    expect(read(told[0]!)).toMatch(/No date of it was found[\s\S]*Both sides work then/);
    expect(read(told[0]!).match(/^Book /gm)).toHaveLength(3);
    expect(cards('reviewMissing')).toEqual([]);
    // a new series takes its place, and the message says so
    place.graph.putMeeting({
      ...series,
      id: 'new',
      cancelled: false,
      cancelledAt: [],
      moved: [],
      startAt: new Date('2027-04-14T08:00:00Z'),
    });
    await life.until('2027-04-09T14:00Z');
    expect(await next()).toMatchObject({ state: 'planned', startsAt: { at: '2027-04-14T08:00:00Z' } });
    expect(read(messages()[0]!)).toContain('There is a date now.');
  });

  it('left nothing undone behind', async () => {
    const ready = (await (await fetch(`${place.url()}/readyz`)).json()) as Record<string, unknown>;
    expect(ready).toMatchObject({ parkedDeadlines: [], stuckJobs: [] });
  });
});
