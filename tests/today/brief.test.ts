import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Capability } from '../../bot/capability.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { responses } from '../../bot/responses/index.ts';
import { briefCard, briefView, nextBriefAt } from '../../bot/today/brief.ts';
import { today } from '../../bot/today/index.ts';
import { type Letter, ResponsesWorld } from '../responses/world.ts';
import { aCalendar, aCharter } from '../support/builders.ts';
import { cardErrors } from '../support/cards.ts';

const at = (text: string) => new Date(text);

describe('when the brief is due', () => {
  const due = (client: ReturnType<typeof aCalendar>, provider: ReturnType<typeof aCalendar>, after: string) =>
    nextBriefAt(aCharter({ client, provider }), at(after))?.toISOString();
  const amsterdam = aCalendar('Europe/Amsterdam', '09:00-17:00');
  const manila = aCalendar('Asia/Manila', '09:00-18:00');
  it.each([
    ['both at work: when the later one has begun', amsterdam, manila, '2026-03-02T22:00Z', '2026-03-03T08:00:00.000Z'],
    ['after that, the next day', amsterdam, manila, '2026-03-03T08:00Z', '2026-03-04T08:00:00.000Z'],
    ['over the weekend', amsterdam, manila, '2026-03-06T08:00Z', '2026-03-09T08:00:00.000Z'],
    [
      'no time in common: when the provider begins',
      amsterdam,
      aCalendar('Asia/Manila', '06:00-14:00'),
      '2026-03-02T12:00Z',
      '2026-03-02T22:00:00.000Z',
    ],
    [
      'the provider is closed: when the client begins',
      amsterdam,
      aCalendar('Asia/Manila', '09:00-18:00', { holidays: ['2026-03-03'] }),
      '2026-03-02T22:00Z',
      '2026-03-03T08:00:00.000Z',
    ],
    [
      'the day in common bears another date at the client',
      aCalendar('Australia/Sydney', '09:00-17:00'),
      aCalendar('America/Los_Angeles', '09:00-17:00'),
      '2026-03-03T12:00Z',
      // Wednesday 09:00 in Sydney is Tuesday 14:00 in Los Angeles
      '2026-03-03T22:00:00.000Z',
    ],
  ])('%s', (_why, client, provider, after, expected) => expect(due(client, provider, after)).toBe(expected));
});

describe('the brief', () => {
  const capabilities: Capability[] = [responses];
  const brief = today(capabilities);
  let world: ResponsesWorld;
  beforeAll(async () => {
    world = await ResponsesWorld.open('2026-11-20T00:00:00Z');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.forget();
    await sql`delete from journal where subject_kind = 'briefs'`.execute(world.base.db);
  });
  const question: Letter = { id: 'q', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], at: '2026-11-20T01:00:00Z' };
  const until = async (when: string) => {
    const { clock, ports, db } = world.base;
    for (;;) {
      const next = await db.selectFrom('deadline').select('at').where('at', '<=', at(when)).orderBy('at').limit(1).executeTakeFirst();
      if (!next) break;
      if (next.at > clock.now()) clock.set(next.at);
      expect((await sweep(ports, { ...responses.deadlines, ...brief.deadlines })).failed).toBe(0);
    }
    clock.set(when);
  };
  const plan = () => world.base.ports.transaction((tx) => brief.on!.charter!(tx, world.partnershipId, world.base.clock.now()));
  const sent = async () =>
    (await eventsOf(world.base.db, { kind: 'briefs', id: world.partnershipId })).map((event) => event.at.toISOString().slice(0, 16));
  const view = () =>
    world.base.ports.transaction((tx) => briefView(tx, capabilities, world.partnershipId, 'everyone', world.base.clock.now()));

  it('nothing waits: once a week that all is quiet; something waits: each working day', async () => {
    world.base.clock.set('2026-11-08T00:00:00Z');
    await plan();
    await until('2026-11-17T23:00:00Z');
    expect(await sent()).toEqual(['2026-11-09T08:00', '2026-11-16T08:00']);
    await world.deliver([{ ...question, at: '2026-11-17T22:00:00Z' }]);
    await until('2026-11-19T23:00:00Z');
    expect((await sent()).slice(2)).toEqual(['2026-11-18T08:00', '2026-11-19T08:00']);
  });

  it('on Monday it tells what was answered since Friday, by side', async () => {
    world.base.clock.set('2026-11-20T09:30:00Z');
    await world.deliver([
      question,
      {
        id: 'a',
        from: 'carlo@fabrikam.com',
        to: ['anna@contoso.com'],
        at: '2026-11-20T09:20:00Z',
        subject: 'Re: Server move',
        replyTo: 'q',
      },
    ]);
    world.base.clock.set('2026-11-23T08:00:00Z');
    const { sections } = await view();
    expect(sections.map(({ heading, lines }) => [heading, ...lines.map((line) => line.text)])).toEqual([
      ['Answered since Fri 20 Nov', 'Fabrikam: 1, after the agreed time'],
    ]);
    world.base.clock.set('2026-11-24T08:00:00Z');
    expect((await view()).sections).toEqual([]);
  });

  it('what may be answered already, or rests until the other side says what was meant, is not told as past its time', async () => {
    world.base.clock.set('2026-11-20T02:00:00Z');
    await world.deliver([
      question,
      { ...question, id: 'q2', subject: 'Rack plan' },
      { id: 'e', from: 'carlo@fabrikam.com', to: ['anna@contoso.com'], at: '2026-11-20T01:30:00Z', subject: 'Something else' },
    ]);
    const [first] = await world.rows();
    await world.press('unclear', first!.id, world.actor('provider', 'joan'), { remark: 'Which one?' });
    await until('2026-11-20T10:00:00Z');
    const headings = (await view()).sections.map((section) => section.heading);
    expect(headings.some((heading) => heading.includes('past'))).toBe(false);
    const card = briefCard(await view());
    expect(cardErrors(card)).toEqual([]);
    expect(JSON.stringify(card)).not.toMatch(/Server move|Rack plan|Carlo|@/);
  });
});
