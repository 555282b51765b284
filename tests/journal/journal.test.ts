import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Capability } from '../../bot/capability.ts';
import { appendEvent, eventsAfter, eventsOf, journalCursor, registerReactions, remarkOf } from '../../bot/journal/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { gate } from '../support/gate.ts';
import { until } from '../support/until.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const subject = () => ({ kind: 'obligation', id: randomUUID() });
const plain = (about: { kind: string; id: string }, partnershipId: string | null = null) => ({
  kind: 'obligation.opened',
  subject: about,
  partnershipId,
  at: test.clock.now(),
  by: null,
});

describe('the journal', () => {
  it('numbers a subject without gaps or doubles under 50 concurrent writers, one in five of which gives up', async () => {
    const about = subject();
    const writes = Array.from({ length: 50 }, (_, index) =>
      test.ports.transaction(async (tx) => {
        await appendEvent(tx, { ...plain(about), data: { index } });
        if (index % 5 === 0) throw new Error('gives up');
      }),
    );
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
    const rows = await test.db.selectFrom('journal').select('seq').where('subjectId', '=', about.id).orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('keeps what people wrote apart from the record', async () => {
    const about = subject();
    const by = { partnershipId: randomUUID(), contactId: randomUUID(), side: 'provider', owner: false, through: 'card' } as const;
    const event = await test.ports.transaction((tx) =>
      appendEvent(tx, { ...plain(about), by, data: { days: 2 }, remark: 'We moved house' }),
    );
    expect(event).toMatchObject({ subject: about, by: { contactId: by.contactId, side: 'provider' }, data: { days: 2 } });
    expect(await eventsOf(test.db, about)).toEqual([event]);
    expect(await remarkOf(test.db, event.id)).toBe('We moved house');
    await test.db.deleteFrom('remark').where('journalId', '=', event.id).execute();
    expect(await eventsOf(test.db, about)).toEqual([event]);
  });

  it('enqueues a reaction for each capability that reacts to the kind, in the same transaction', async () => {
    const react = async () => {};
    const capabilities: Capability[] = [
      { name: 'posts', reactions: { 'obligation.opened': react } },
      { name: 'reviews', reactions: { 'obligation.opened': react, 'review.held': react } },
    ];
    await test.ports.transaction((tx) => registerReactions(tx, capabilities));
    const jobs = async () =>
      (await sql<{ key: string }>`select key from graphile_worker.jobs order by key`.execute(test.db)).rows.map(({ key }) => key);
    await expect(
      test.ports.transaction(async (tx) => {
        await appendEvent(tx, plain(subject()));
        throw new Error('gives up');
      }),
    ).rejects.toThrow('gives up');
    expect(await jobs()).toEqual([]);
    const event = await test.ports.transaction((tx) => appendEvent(tx, plain(subject())));
    expect(await jobs()).toEqual([`event:${event.id}:posts`, `event:${event.id}:reviews`]);
    await test.ports.transaction((tx) => registerReactions(tx, []));
  });

  it('a reader that resumes misses nothing, even what was numbered before and committed after', async () => {
    const partnershipId = randomUUID();
    const [commit, numbered] = [gate(), gate()];
    const slow = test.ports.transaction(async (tx) => {
      const event = await appendEvent(tx, plain(subject(), partnershipId));
      numbered.open();
      await commit.opened;
      return event;
    });
    await numbered.opened;
    const fast = await test.ports.transaction((tx) => appendEvent(tx, plain(subject(), partnershipId)));
    const cursor = await journalCursor(test.db);
    commit.open();
    const late = await slow;
    expect(BigInt(late.id)).toBeLessThan(BigInt(fast.id));
    expect((await eventsAfter(test.db, partnershipId, cursor, 10)).map(({ id }) => id)).toContain(late.id);
    // what any open transaction of the server may still number is not passed over: those of other databases count too, until they end
    await until(test.db, async () => (await eventsAfter(test.db, partnershipId, await journalCursor(test.db), 10)).length === 0);
  });
});
