import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cardTexts } from '../support/cards.ts';
import { type House, openHouse } from './house.ts';
import { FABRIKAM, type Letter, type Story, tell, until, write } from './story.ts';
import { VIEWERS, type Viewer } from './viewers.ts';

const shows = (detail: string) => (text: string) => text.replace('channel shows: roles', `channel shows: ${detail}`);
const settled = async (house: House) => {
  for (let round = 0; round < 3; round += 1) await house.drain();
};
/** What everyone in Fabrikam's channel reads about a wait. */
const stored = (house: House, id: string): string => {
  const card = house
    .messages(house.channelId('fabrikam'))
    .map(({ content }) => content.attachments?.[0]?.content as Record<string, unknown> | undefined)
    .find((each) => JSON.stringify(each?.refresh ?? '').includes(id));
  if (!card) throw new Error('no card of it stands in the channel');
  return cardTexts(card).join('\n');
};
const get = async (house: House, viewer: Viewer, path: string): Promise<Record<string, unknown>> =>
  (await (await fetch(house.url + path, { headers: await house.headersOf(viewer) })).json()) as Record<string, unknown>;

describe('where both sides agreed to show subjects in the channel', () => {
  let house: House;
  let story: Story;
  beforeAll(async () => {
    house = await openHouse(shows('subject'));
    story = await tell(house);
  });
  afterAll(() => house?.close());

  it('everyone there reads subject and names, and somebody who only looks by his role does not', async () => {
    expect(stored(house, story.waits.alpha)).toMatch(/Alpha zebra[\s\S]*Anna de Vries[\s\S]*Carlo Reyes/);
    expect(await get(house, 'member', `/api/obligations/${story.waits.alpha}`)).toMatchObject({ subject: 'Alpha zebra' });
    expect(await get(house, 'executive', `/api/obligations/${story.waits.alpha}`)).toMatchObject({ subject: null, people: null });
  });

  it('not of a mail in which another provider takes part', () => {
    expect(stored(house, story.waits.sierra)).not.toMatch(/Sierra|Anna de Vries|Carlo Reyes|Priya|Northwind/);
  });

  it('nor of one in which he begins to: the card that stands loses it', async () => {
    const joined: Letter = {
      id: 'joined',
      at: '2026-11-24T14:05:00Z',
      from: 'anna@contoso.com',
      to: ['arjun@northwind.in'],
      subject: 'Alpha zebra',
      replyTo: 'alpha',
    };
    await write(house, joined);
    await settled(house);
    expect(stored(house, story.waits.alpha)).toMatch(/Past the agreed time/);
    expect(stored(house, story.waits.alpha)).not.toMatch(/Alpha|Anna de Vries|Carlo Reyes/);
    expect(await get(house, 'external', `/api/obligations/${story.waits.alpha}`)).toMatchObject({ subject: null });
    expect(await get(house, 'owner', `/api/obligations/${story.waits.alpha}`)).toMatchObject({ subject: 'Alpha zebra' });
  });
});

describe('an amendment', () => {
  let house: House;
  let story: Story;
  beforeAll(async () => {
    house = await openHouse(shows('names'));
    story = await tell(house);
  });
  afterAll(() => house?.close());

  it('that shows less hides at once what stands, also what was answered', async () => {
    const { waits } = story;
    expect(stored(house, waits.alpha)).toContain('Carlo Reyes');
    const headers = { ...(await house.headersOf('external')), 'content-type': 'application/json' };
    const body = JSON.stringify({ subjectId: waits.alpha, inputs: { how: 'phone' } });
    await fetch(`${house.url}/api/actions/obligation.answeredElsewhere`, { method: 'POST', headers, body });
    await settled(house);
    expect(stored(house, waits.alpha)).toMatch(/Answered elsewhere[\s\S]*Carlo Reyes/);
    await house.amend(shows('roles'));
    await settled(house);
    expect(stored(house, waits.alpha)).toMatch(/Answered elsewhere/);
    expect(stored(house, waits.alpha)).not.toMatch(/Carlo Reyes|Anna de Vries/);
  });

  it('that shows more tells nothing of what was written before', async () => {
    await house.amend(shows('subject'));
    await settled(house);
    // names were agreed when it was written, and are again; its subject never was
    expect(stored(house, story.waits.alpha)).toContain('Carlo Reyes');
    expect(stored(house, story.waits.alpha)).not.toContain('Alpha');
    await write(house, {
      id: 'later',
      at: '2026-11-24T14:20:00Z',
      from: 'anna@contoso.com',
      to: ['carlo@fabrikam.com'],
      subject: 'Written after',
    });
    await until(house, '2026-11-26T14:00:00Z');
    await settled(house);
    const later = await house.database.db
      .selectFrom('obligation')
      .select('id')
      .where('openingKey', '=', '<later@mail>')
      .executeTakeFirstOrThrow();
    expect(stored(house, later.id)).toContain('Written after');
  });
});

describe('a mail in which another provider takes part', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
    await tell(house);
  });
  afterAll(() => house?.close());

  /** Somebody of Northwind whom nobody named answers Carlo's question: his owner is asked who that was. */
  const newcomer = async (id: string, to: readonly string[], from: string): Promise<string> => {
    await write(house, {
      id,
      at: '2026-11-24T14:30:00Z',
      from: 'carlo@fabrikam.com',
      to: ['anna@contoso.com', ...to],
      subject: `Question ${id}`,
    });
    await write(house, {
      id: `${id}-2`,
      at: '2026-11-24T14:40:00Z',
      from,
      to: ['carlo@fabrikam.com', 'anna@contoso.com'],
      subject: `Re: Question ${id}`,
      replyTo: id,
    });
    await house.drain();
    const { mine } = (await get(house, 'guest', `/api/partnerships/${FABRIKAM}/today`)) as {
      mine: { question: string; subject: string | null }[];
    };
    expect(mine.every(({ subject }) => subject === null)).toBe(true);
    return mine.map(({ question }) => question).join('\n');
  };

  it('asks the provider about a newcomer without saying where he is from; where nobody else takes part it says so', async () => {
    expect(VIEWERS.guest.contact[1]).toBe('joan');
    expect(await newcomer('one', [], 'somebody@elsewhere.example')).toContain('Somebody at elsewhere.example, whom no earlier mail named');
    const both = await newcomer('two', ['priya@northwind.in'], 'temp@northwind.in');
    expect(both).toContain('Somebody outside both sides, whom no earlier mail named');
    expect(both).not.toMatch(/northwind/i);
  });
});
