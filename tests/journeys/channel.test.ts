import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import { cardTexts } from '../support/cards.ts';
import { cardOf } from './cards.ts';
import { type Life, lifeIn } from './life.ts';
import { openPlace, type Place } from './place.ts';

// What is posted into one channel, how much of it, and what a pause or a fall of the service does to it. Manila is eight hours ahead of UTC;
// a mail of high importance is due there after two working hours.
let place: Place;
let life: Life;
const readAs = (message: StoredMessage | undefined) => (message ? cardTexts(cardOf(message)).join('\n') || message.content.text || '' : '');
const minute = (message: StoredMessage | undefined) => message?.at.slice(0, 16);
const ask = (at: string, subject: string) => life.write({ at, from: 'anna', to: ['carlo'], subject, importance: 'high' });
/** Times at which cards about this mail came into the channel. */
const postedAt = async (subject: string) => {
  const { id } = await life.waitOf('anna', subject);
  return life.cards('fabrikam', id).map(minute);
};

beforeAll(async () => {
  place = await openPlace();
  life = lifeIn(place);
  await life.setUp('fabrikam');
  await life.agree('fabrikam', ['anna', 'joan']);
});
afterAll(() => place?.close());

describe('the room for alerts', () => {
  it('is five cards a day; the rest stands in the brief and is posted when there is room again', async () => {
    const subjects = ['Doors', 'Lifts', 'Lamps', 'Locks', 'Stairs', 'Roof', 'Yard'];
    const mails = subjects.map((subject, n) => ask(`2026-12-22T01:3${n}Z`, subject));
    await life.until('2026-12-22T04:00Z');
    const ids = await Promise.all(subjects.map(async (subject) => (await life.waitOf('anna', subject)).id));
    const posted = () => ids.map((id) => life.cards('fabrikam', id).map(minute));
    const five = [0, 1, 2, 3, 4].map((n) => [`2026-12-22T03:3${n}`]);
    expect(posted()).toEqual([...five, [], []]);

    const brief = readAs(await life.say('joan', 'fabrikam', 'brief'));
    expect(brief).toContain('Waiting for Fabrikam, past the agreed time');
    expect(brief.match(/• Fabrikam \(Service desk\)/g)).toHaveLength(6);
    expect(brief).toContain('and 1 more');
    expect(brief).not.toMatch(new RegExp(subjects.join('|')));

    // The sixth is answered the same day: it never needs a card. The seventh has one when the day begins in Manila.
    life.write({ at: '2026-12-22T06:00Z', from: 'carlo', to: ['anna'], subject: 'Re: Roof', answers: mails[5]! });
    await life.until('2026-12-22T23:59Z');
    expect(posted()).toEqual([...five, [], []]);
    await life.until('2026-12-23T01:01Z');
    expect(posted()).toEqual([...five, [], ['2026-12-23T01:00']]);
    for (const [n, mail] of mails.entries())
      if (n !== 5) life.write({ at: `2026-12-23T01:1${n}Z`, from: 'carlo', to: ['anna'], subject: `Re: ${subjects[n]}`, answers: mail });
    await life.until('2026-12-23T01:30Z');
    expect(posted()).toEqual([...five, [], ['2026-12-23T01:00']]);
    for (const id of ids.filter((_, n) => n !== 5)) expect(readAs(life.cards('fabrikam', id)[0])).toContain('Answered by mail');
  });
});

describe('a pause', () => {
  it('stops posts and reading at once, and what was missed is there when it goes on', async () => {
    ask('2026-12-23T01:40Z', 'Known before the pause'); // due 03:40
    await life.until('2026-12-23T02:00Z');
    const before = life.cards('fabrikam').length;
    expect(readAs(await life.say('carlo', 'fabrikam', 'pause'))).toContain('An owner of the partnership decides this.');
    expect(readAs(await life.say('joan', 'fabrikam', 'pause'))).toContain('Paused.');
    expect((await life.today('anna')).partnership.paused).toBe(true);
    ask('2026-12-23T02:10Z', 'Written during the pause'); // due 04:10
    await life.until('2026-12-23T05:00Z');
    expect(life.cards('fabrikam')).toHaveLength(before);
    const { rows } = await sql`select 1 from message where subject = 'Written during the pause'`.execute(place.database.db);
    expect(rows).toEqual([]);

    expect(readAs(await life.say('anna', 'fabrikam', 'resume'))).toContain('goes on');
    await life.until('2026-12-23T05:05Z');
    for (const subject of ['Known before the pause', 'Written during the pause']) {
      expect((await postedAt(subject)).map((at) => at?.slice(0, 14))).toEqual(['2026-12-23T05:']);
      expect((await life.waitOf('anna', subject)).status).toBe('Past the agreed time');
    }
    expect((await life.today('anna')).partnership.paused).toBe(false);
  });
});

describe('a service that is killed', () => {
  it('knows afterwards what it knew, reads what came meanwhile, and posts nothing twice', async () => {
    const asked = life.write({ at: '2026-12-24T01:10Z', from: 'pieter', to: ['joan'], subject: 'Keys', importance: 'high' }); // due 03:10
    ask('2026-12-24T02:00Z', 'Before the fall'); // due 04:00
    await life.until('2026-12-24T03:30Z');
    const keys = await life.waitOf('pieter', 'Keys');
    const [card] = life.cards('fabrikam', keys.id);
    expect(readAs(card)).toContain('Past the agreed time');
    await place.kill();
    ask('2026-12-24T03:35Z', 'While it was away'); // due 05:35
    life.write({ at: '2026-12-24T03:40Z', from: 'joan', to: ['pieter'], subject: 'Re: Keys', answers: asked });
    await place.start();
    await life.until('2026-12-24T05:40Z');
    expect(await postedAt('Before the fall')).toEqual(['2026-12-24T04:00']);
    expect(await postedAt('While it was away')).toEqual(['2026-12-24T05:35']);
    expect(life.cards('fabrikam', keys.id).map(({ id }) => id)).toEqual([card!.id]);
    expect(readAs(life.cards('fabrikam', keys.id)[0])).toContain('Answered by mail');
  });

  it('goes on with a card that Teams did not take, and with mail that it was reading', async () => {
    ask('2026-12-24T05:41Z', 'Teams is away'); // due 07:41
    await life.until('2026-12-24T07:40Z');
    place.connector.faults.add({
      status: 429,
      retryAfterSeconds: 4,
      method: 'POST',
      conversationId: life.channelId('fabrikam'),
      times: 1000,
    });
    await life.until('2026-12-24T07:42Z');
    expect(await postedAt('Teams is away')).toEqual([]);
    ask('2026-12-24T07:43Z', 'Graph is slow'); // due 09:43
    place.graph.faults.slowMs = 3_000;
    const before = place.graph.requests.total;
    const moving = life.until('2026-12-24T07:50Z').catch(() => {});
    while (place.graph.requests.total === before) await sleep(10);
    await place.kill();
    await moving;
    place.connector.faults.clear();
    place.graph.faults.slowMs = 0;
    await place.start();
    await life.until('2026-12-24T09:50Z');
    // Teams had asked to be left alone for some seconds of the wall.
    while ((await postedAt('Teams is away')).length === 0) await sleep(200);
    await place.mover.catchUp();
    expect(await postedAt('Teams is away')).toHaveLength(1);
    expect(await postedAt('Graph is slow')).toEqual(['2026-12-24T09:43']);
  });

  it('left no job or deadline behind', async () => {
    const ready = (await (await fetch(`${place.url()}/readyz`)).json()) as Record<string, unknown>;
    expect(ready).toMatchObject({ parkedDeadlines: [], stuckJobs: [] });
    const { rows } = await sql`select 1 from post where possible_double`.execute(place.database.db);
    expect(rows).toEqual([]);
  });
});
