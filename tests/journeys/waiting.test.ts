import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { cardTexts, UNKIND } from '../support/cards.ts';
import { buttonsOn, cardOf } from './cards.ts';
import { type Life, lifeIn } from './life.ts';
import { openPlace, type Place, unmistakable } from './place.ts';

// One house, one line of time: each story begins where the one before it ended. Manila is seven hours ahead of Amsterdam, eight of UTC.
let place: Place;
let life: Life;
const readAs = (card: unknown) => cardTexts(card).join('\n');
const minute = (at: string) => at.slice(0, 16);

beforeAll(async () => {
  const addresses = ['anna', 'pieter', 'olga', 'eva'].map((key) => `${key}@contoso.example`);
  place = await openPlace({ MAILBOXES: addresses.join(',') });
  life = lifeIn(place);
  await life.setUp('fabrikam');
  await life.setUp('northwind');
  await life.agree('northwind', ['anna', 'priya']);
  await life.openChats(['anna', 'pieter', 'joan', 'carlo', 'maria']);
});
afterAll(() => place?.close());

describe('agreeing', () => {
  it('nothing is alerted before both sides agreed, and afterwards only what opened later', async () => {
    // Two working hours: due on Tuesday at 09:30 in Manila.
    life.write({ at: '2026-12-21T08:30Z', from: 'anna', to: ['carlo'], subject: 'Before the agreement', importance: 'high' });
    await life.until('2026-12-21T09:00Z');
    await life.agree('fabrikam', ['anna']);
    await life.until('2026-12-22T02:00Z');
    expect(life.cards('fabrikam')).toEqual([]);
    expect((await life.today('joan')).charter.acknowledged).toMatchObject({ client: expect.any(String), provider: null });

    await life.agree('fabrikam', ['joan']);
    life.write({ at: '2026-12-22T02:10Z', from: 'anna', to: ['carlo'], subject: 'After the agreement', importance: 'high' });
    await life.until('2026-12-22T04:30Z');
    const { id } = await life.waitOf('anna', 'After the agreement');
    expect(life.cards('fabrikam').map(cardOf)).toEqual(life.cards('fabrikam', id).map(cardOf));
    expect(life.cards('fabrikam', id)).toHaveLength(1);
    life.write({ at: '2026-12-22T05:00Z', from: 'carlo', to: ['anna'], subject: 'Re: After the agreement' });
    await life.until('2026-12-22T05:10Z');
  });
});

describe('presses on a card', () => {
  it('are heard from whom they are for, once, seen by the other side, and undone; all others change nothing', async () => {
    const asked = life.write({ at: '2026-12-22T08:00Z', from: 'pieter', to: ['carlo'], subject: 'Badge readers' });
    await life.until('2026-12-23T07:01Z');
    const { id } = await life.waitOf('pieter', 'Badge readers');
    const [message] = life.cards('fabrikam', id);
    const seen = async () => (await life.obligation('pieter', id)).status;
    const stored = () => readAs(cardOf(life.cards('fabrikam', id)[0]!));
    expect(await seen()).toBe('Past the agreed time');
    const promise = buttonsOn(cardOf(message!)).find(({ verb }) => verb === 'obligation.promise')!;
    const inputs = { on: '2026-12-23' };

    // The wrong side, somebody whom nobody bound, and verbs that no card has.
    const wrongSide = await life.pressButton('pieter', message!, promise, { inputs });
    expect(wrongSide).toMatchObject({ kind: 'card' });
    expect(readAs(wrongSide)).toContain('Only the other side can say this.');
    const unbound = await life.pressButton('olga', message!, promise, { inputs });
    expect(readAs(unbound)).toContain('Rapport does not know yet who you are here.');
    expect(buttonsOn(unbound)).toEqual([]);
    for (const verb of ['obligation.settle', 'setup.bind', '__proto__', 'charter.acknowledge']) {
      const forged = await life.pressButton('carlo', message!, { ...promise, verb }, { inputs });
      expect(forged).not.toMatchObject({ kind: 'error' });
    }
    const history = async () => (await life.obligation('carlo', id)).history.filter(({ said }) => said);
    expect(await history()).toEqual([]);
    expect(await seen()).toBe('Past the agreed time');

    // Carlo gives a date; Teams delivers it twice.
    const promised = await life.pressButton('carlo', message!, promise, { inputs });
    expect(readAs(promised)).toContain('Noted. The other side sees the date.');
    const delivery = place.deliveries.at(-1)!;
    const again = await place.deliver(delivery);
    expect(again).toEqual({
      status: 200,
      body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: kindCard(promised) },
    });
    expect(await history()).toHaveLength(1);
    expect(await seen()).toBe('Answer by Wed 23 Dec');
    expect(stored()).toContain('Answer by Wed 23 Dec');

    const undo = buttonsOn(promised).find(({ verb }) => verb === 'obligation.undo')!;
    expect(readAs(await life.pressButton('carlo', message!, undo))).toContain('Taken back.');
    expect(await seen()).toBe('Past the agreed time');
    expect(await place.deliver(delivery)).toEqual(again);
    await place.mover.catchUp();
    expect(await seen()).toBe('Past the agreed time');
    expect(stored()).toContain('Past the agreed time');

    // A client that knows no Action.Execute.
    expect(await life.press('carlo', message!, 'obligation.answeredElsewhere', { inputs: { how: 'phone' }, submit: true })).toEqual({
      kind: 'nothing',
    });
    expect(await seen()).toBe('Answered elsewhere');
    expect(stored()).toContain('Answered elsewhere');
    await life.press('pieter', message!, 'obligation.putBack', { submit: true });
    expect(await seen()).toBe('Past the agreed time');

    life.write({ at: '2026-12-23T08:00Z', from: 'carlo', to: ['pieter'], subject: 'Re: Badge readers', answers: asked });
    await life.until('2026-12-23T08:10Z');
    expect(await seen()).toBe('Answered by mail');
    expect(life.cards('fabrikam', id).map((card) => card.id)).toEqual([message!.id]);
  });
});

describe('a wait over Christmas', () => {
  it('runs in working time, warns the side asked alone, posts one card when it is due, and settles on that card', async () => {
    // Thursday 12:00 in Amsterdam: five working hours until the evening, three more on Monday.
    const asked = life.write({ at: '2026-12-24T11:00Z', from: 'joan', to: ['anna'], subject: 'Headcount for January' });
    life.write({ at: '2026-12-24T11:00Z', from: 'priya', to: ['anna'], subject: 'Release notes' });
    await life.until('2026-12-24T16:40Z');
    const { id, waitingFor, expectedBy } = await life.waitOf('anna', 'Headcount for January');
    expect(waitingFor).toMatchObject({ side: 'client', role: 'Store services' });
    // A mail from outside counts from its arrival, some seconds after it was written.
    expect(minute(expectedBy!.at)).toBe('2026-12-28T11:00');
    expect(await foldersOf('anna@contoso.example', 'Headcount for January')).not.toEqual(
      await foldersOf('anna@contoso.example', 'Release notes'),
    );

    await life.until('2026-12-28T08:55Z');
    expect([...life.cards('fabrikam', id), ...life.chatCards('anna', id)]).toEqual([]);
    await life.until('2026-12-28T10:55Z');
    const [warning, ...others] = life.chatCards('anna', id);
    expect([minute(warning!.at), others]).toEqual(['2026-12-28T09:00', []]);
    for (const other of ['pieter', 'joan', 'carlo', 'maria']) expect(life.chatCards(other, id)).toEqual([]);
    expect(life.cards('fabrikam', id)).toEqual([]);

    await life.until('2026-12-28T11:01Z');
    const [card, ...doubles] = life.cards('fabrikam', id);
    expect([minute(card!.at), doubles]).toEqual(['2026-12-28T11:00', []]);
    const everyone = JSON.stringify(card!.content);
    for (const secret of ['Headcount', 'Joan', 'Anna', 'joan@', 'anna@']) expect(everyone).not.toContain(secret);
    expect(readAs(cardOf(card!))).toMatch(/Past the agreed time[\s\S]*Waiting for Contoso \(Store services\)/);
    expect(readAs(cardOf(card!))).toMatch(/Not counted: Fri 25 Dec, [\s\S]*Not counted: Sat 26 Dec/);
    expect(everyone).not.toMatch(/<at>|"mention"/);
    expect(cardTexts(cardOf(card!)).filter((text) => UNKIND.test(text))).toEqual([]);
    for (const onThread of ['anna', 'joan'])
      expect(readAs(await life.view(onThread, card!))).toMatch(/“Headcount for January”[\s\S]*Joan Santos/);
    for (const notOnThread of ['pieter', 'carlo']) expect(readAs(await life.view(notOnThread, card!))).not.toMatch(/Headcount|Joan|Anna/);
    // whoever is nobody yet reads who can say who he is, and finds nothing to press
    const [whoCan, ...rest] = readAs(await life.view('olga', card!)).split('\n');
    expect(whoCan).toMatch(/^Rapport does not know yet who you are here/);
    expect(rest.join('\n')).not.toMatch(/Headcount|Joan|Anna/);
    expect(buttonsOn(await life.view('olga', card!))).toEqual([]);

    life.write({ at: '2026-12-28T12:00Z', from: 'anna', to: ['joan'], subject: 'Re: Headcount for January', answers: asked });
    await life.until('2026-12-28T12:05Z');
    const settled = life.cards('fabrikam', id);
    expect(settled.map((one) => one.id)).toEqual([card!.id]);
    expect(readAs(cardOf(settled[0]!))).toContain('Answered by mail');
    expect(readAs(cardOf(life.message('anna', warning!.id)))).toContain('Answered by mail');
    const [ours, theirs] = [await life.today('anna'), await life.today('joan')];
    const states = (view: typeof ours) => view.answered.map(({ actions: _actions, openMailUrl: _url, ...same }) => same);
    expect(states(ours)).toEqual(states(theirs));
    expect(ours.answered.find((view) => view.id === id)).toMatchObject({ state: 'settled', subject: 'Headcount for January' });
    expect([ours.waitingFor, theirs.waitingFor]).toEqual([
      { client: [], provider: [] },
      { client: [], provider: [] },
    ]);
    expect((await life.today('pieter')).answered.find((view) => view.id === id)).toMatchObject({ subject: null, people: null });
  });
});

describe('an answer in another place', () => {
  it('holds the alert once and asks; yes ends it there', async () => {
    // Both due on Tuesday 5 January at 16:00 in Manila.
    life.write({ at: '2027-01-04T08:00Z', from: 'anna', to: ['carlo'], subject: 'Token delivery' });
    life.write({ at: '2027-01-04T08:02Z', from: 'pieter', to: ['joan'], subject: 'Move of the hotline' });
    const elsewhere = life.write({ at: '2027-01-05T05:00Z', from: 'maria', to: ['anna'], subject: 'Parcel 4711' });
    life.write({ at: '2027-01-05T05:30Z', from: 'anna', to: ['maria'], subject: 'Re: Parcel 4711', answers: elsewhere });
    invite({ at: '2027-01-05T05:10Z', from: 'joan', to: 'pieter', subject: 'Talk about the hotline' });
    await life.until('2027-01-05T07:30Z');
    const [token, hotline] = [await life.waitOf('anna', 'Token delivery'), await life.waitOf('pieter', 'Move of the hotline')];
    expect(token.expectedBy?.at).toBe('2027-01-05T07:00:00Z');
    for (const { id } of [token, hotline]) expect(life.cards('fabrikam', id)).toEqual([]);
    expect([token.status, hotline.status]).toEqual(['May be answered already', 'May be answered already']);

    const [question] = life.chatCards('anna', token.id);
    expect(buttonsOn(cardOf(question!)).map(({ verb }) => verb)).toEqual(
      expect.arrayContaining(['obligation.wasAnswer', 'obligation.wasNotAnswer']),
    );
    expect(
      life.chatCards('carlo', token.id).some((card) => buttonsOn(cardOf(card)).some(({ verb }) => verb === 'obligation.wasAnswer')),
    ).toBe(false);
    await life.press('anna', question!, 'obligation.wasAnswer');
    expect(await life.obligation('carlo', token.id)).toMatchObject({ state: 'settled', status: 'Answered in another conversation' });

    const [invitation] = life.chatCards('pieter', hotline.id);
    await life.press('pieter', invitation!, 'obligation.wasNotAnswer');
    expect(life.cards('fabrikam', hotline.id)).toHaveLength(1);
    // A second mail elsewhere does not hold it again.
    life.write({ at: '2027-01-05T08:00Z', from: 'maria', to: ['pieter'], subject: 'Rota' });
    life.write({ at: '2027-01-05T08:10Z', from: 'joan', to: ['pieter'], subject: 'Re: Move of the hotline' });
    await life.until('2027-01-05T08:05Z');
    expect(readAs(cardOf(life.cards('fabrikam', hotline.id)[0]!))).toContain('Past the agreed time');
    await life.until('2027-01-06T12:00Z');
    expect(life.cards('fabrikam', token.id)).toEqual([]);
  });
});

describe('two providers on one mail', () => {
  it('each partnership waits for itself, and sees neither the other nor the subject', async () => {
    const subject = 'Joint cut-over plan';
    life.write({ at: '2027-01-11T08:00Z', from: 'anna', to: ['carlo', 'priya'], subject });
    await life.until('2027-01-12T12:30Z');
    const ours = await life.waitOf('anna', subject, 'fabrikam');
    const theirs = await life.waitOf('anna', subject, 'northwind');
    expect(ours.id).not.toBe(theirs.id);
    const sides = [
      { slug: 'fabrikam', id: ours.id, people: ['joan', 'carlo'], foreign: /Priya|Arjun|Northwind|@northwind|Joint cut-over/i },
      { slug: 'northwind', id: theirs.id, people: ['priya', 'arjun'], foreign: /Carlo|Joan|Fabrikam|@fabrikam|Joint cut-over/i },
    ] as const;
    for (const { slug, id, people, foreign } of sides) {
      const cards = life.cards(slug, id);
      expect(cards).toHaveLength(1);
      expect(JSON.stringify(cards[0]!.content)).not.toMatch(foreign);
      for (const key of people) {
        expect(JSON.stringify(await life.view(key, cards[0]!))).not.toMatch(foreign);
        expect(JSON.stringify(await life.obligation(key, id))).not.toMatch(foreign);
        expect(JSON.stringify(await life.today(key, slug))).not.toMatch(foreign);
      }
      // The client's own person on the mail reads its subject, and nobody of the other provider.
      const own = JSON.stringify(await life.view('anna', cards[0]!));
      expect(own).toContain(subject);
      expect(own.replaceAll(subject, '')).not.toMatch(foreign);
    }
    // Nobody reaches over to the other partnership, by API or by a press in his own channel.
    expect(await life.call('carlo', 'GET', `/api/obligations/${theirs.id}`)).toMatchObject({ status: expect.any(Number) });
    expect((await life.call('carlo', 'GET', `/api/obligations/${theirs.id}`)).status).toBeGreaterThanOrEqual(403);
    expect((await life.act('carlo', 'obligation.cannot', theirs.id, { remark: 'no' })).status).toBeGreaterThanOrEqual(403);
    const [card] = life.cards('fabrikam', ours.id);
    const [button] = buttonsOn(cardOf(card!));
    const reached = await life.pressButton('carlo', card!, { ...button!, verb: 'obligation.cannot', data: { subjectId: theirs.id } });
    expect(JSON.stringify(reached)).not.toMatch(/Joint cut-over|Priya|Northwind/);
    expect((await life.obligation('priya', theirs.id)).history.filter(({ said }) => said)).toEqual([]);
  });
});

describe('mail that is nobody’s business', () => {
  it('never reaches the database, nor the log', async () => {
    const [secret, known] = [unmistakable('Salary of J. Doe'), unmistakable('Cabling')];
    life.write({ at: '2027-01-13T08:00Z', from: 'eva', to: ['hr@fabrikam.example'], subject: secret });
    life.write({ at: '2027-01-13T08:01Z', from: 'hr@fabrikam.example', to: ['eva'], cc: ['olga'], subject: `Re: ${secret}` });
    life.write({ at: '2027-01-13T08:02Z', from: 'eva', to: ['anna'], subject: `Fw: ${secret}` });
    life.write({ at: '2027-01-13T08:03Z', from: 'anna', to: ['carlo'], subject: known });
    await life.until('2027-01-13T08:30Z');
    await place.mover.catchUp();
    expect(place.graph.mailOf('eva@contoso.example').filter((mail) => mail.subject.includes(secret))).toHaveLength(3);
    expect(await tablesWith(known)).not.toEqual([]);
    expect(await tablesWith(secret)).toEqual([]);
    expect(await tablesWith('hr@fabrikam.example')).toEqual([]);
    expect(place.log()).not.toContain(secret);
    expect(place.log()).not.toContain(known);
  });

  it('and nothing that went on left an error in the log, a job stuck or a deadline parked', async () => {
    const troubles = place
      .log()
      .split('\n')
      .filter((line) => /"level":(50|60)/.test(line));
    expect(troubles).toEqual([]);
    const ready = (await (await fetch(`${place.url()}/readyz`)).json()) as Record<string, unknown>;
    expect(ready).toMatchObject({ parkedDeadlines: [] });
  });
});

/** The folders in which the copies of a mail lie: a rule puts what Fabrikam writes into one of its own. */
async function foldersOf(address: string, subject: string): Promise<string[]> {
  const { rows } = await sql<{ folder: string }>`
    select distinct copy.folder_id as folder from message_copy copy
    join message on message.key = copy.message_key join mailbox on mailbox.id = copy.mailbox_id
    where message.subject = ${subject} and mailbox.address = ${address}`.execute(place.database.db);
  expect(rows).toHaveLength(1);
  return rows.map(({ folder }) => folder);
}

/** An invitation, as Outlook sends it to those who are asked to come. */
function invite({ at, from, to, subject }: { at: string; from: string; to: string; subject: string }): void {
  const named = (key: string) => {
    const { address, name } = place.tenant.people.find((one) => one.key === key)!;
    return { address, name };
  };
  place.graph.addMail({
    messageId: `<${subject.replaceAll(' ', '-')}@meeting>`,
    inReplyTo: [],
    references: [],
    from: named(from),
    to: [named(to)],
    cc: [],
    subject,
    sentAt: new Date(at),
    receivedAt: null,
    importance: 'normal',
    headers: [],
    text: null,
    meeting: 'request',
    marks: [],
  });
}

const kindCard = (pressed: unknown): unknown => (pressed as { card?: unknown }).card;

/** Every table, of the worker too, that holds a text anywhere in a row. */
async function tablesWith(text: string): Promise<string[]> {
  const { db } = place.database;
  const { rows } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`.execute(db);
  expect(rows.length).toBeGreaterThan(20);
  const holding: string[] = [];
  for (const { schema, name } of rows) {
    const table = sql.table(`${schema}.${name}`);
    const { rows: found } = await sql`select 1 from ${table} as each where position(${text} in each::text) > 0 limit 1`.execute(db);
    if (found.length) holding.push(`${schema}.${name}`);
  }
  return holding;
}
