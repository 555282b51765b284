import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeadlineHandler, Subject } from '../../bot/capability.ts';
import { clearDeadline, nextDeadlineAt, parkedDeadlines, setDeadline, startTicker, sweep } from '../../bot/deadlines/index.ts';
import { appendEvent, eventsOf } from '../../bot/journal/index.ts';
import { createLog } from '../../bot/log.ts';
import { openListener, openProductClock, portsOf } from '../../bot/store/index.ts';
import { type TestDatabase, testClock, testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterEach(async () => {
  await test.db.deleteFrom('deadline').execute();
});
afterAll(() => test.close());

const KIND = 'obligation.due';
const at = (minutes: number) => new Date(test.clock.now().getTime() + minutes * 60_000);
const subjects = (count: number): Subject[] => Array.from({ length: count }, () => ({ kind: 'obligation', id: randomUUID() }));
const set = (subject: Subject, when: Date, kind = KIND) => test.ports.transaction((tx) => setDeadline(tx, { kind, subject, at: when }));
const handling = (run: DeadlineHandler['run']): Record<string, DeadlineHandler> => ({ [KIND]: { run } });

describe('deadlines', () => {
  it('run what is due, in order, with the due time, and leave the rest', async () => {
    const [late, early, future] = subjects(3) as [Subject, Subject, Subject];
    await set(late, at(-1));
    await set(early, at(-90));
    await set(future, at(1));
    const ran: { subject: Subject; dueAt: Date }[] = [];
    expect(
      await sweep(
        test.ports,
        handling(async (due) => void ran.push(due)),
      ),
    ).toEqual({ run: 2, failed: 0 });
    expect(ran).toEqual([
      { subject: early, dueAt: at(-90) },
      { subject: late, dueAt: at(-1) },
    ]);
    expect(await nextDeadlineAt(test.db)).toEqual(at(1));
  });

  it('never run twice under concurrent sweeps, of more than one batch', async () => {
    const due = subjects(450);
    await test.ports.transaction(async (tx) => {
      for (const subject of due) await setDeadline(tx, { kind: KIND, subject, at: at(-5) });
    });
    const handlers = handling(async ({ subject, dueAt }, { tx }) => {
      await appendEvent(tx, { kind: 'ran', subject, partnershipId: null, at: dueAt, by: null, through: 'deadline' });
    });
    const results = await Promise.all([sweep(test.ports, handlers), sweep(test.ports, handlers), sweep(test.ports, handlers)]);
    expect(results.reduce((total, { run }) => total + run, 0)).toBe(450);
    for (const subject of due) expect(await eventsOf(test.db, subject)).toHaveLength(1);
  });

  it('one that was claimed and then moved runs at its new time alone, one that was cleared not at all', async () => {
    const [first, moved, cleared] = subjects(3) as [Subject, Subject, Subject];
    await set(first, at(-30));
    await set(moved, at(-20));
    await set(cleared, at(-10));
    const ran: Subject[] = [];
    const handlers = handling(async ({ subject }, { tx }) => {
      ran.push(subject);
      if (subject.id !== first.id) return;
      await setDeadline(tx, { kind: KIND, subject: moved, at: at(60) });
      await clearDeadline(tx, { kind: KIND, subject: cleared });
    });
    await sweep(test.ports, handlers);
    expect(ran).toEqual([first]);
    test.clock.forward(3600_000);
    await sweep(test.ports, handlers);
    expect(ran).toEqual([first, moved]);
  });

  it('are met as due by a clock that was set back between claim and act', async () => {
    const [subject] = subjects(1) as [Subject];
    await set(subject, at(-5));
    const back = at(-60);
    let asked = 0;
    const clock = { now: () => (asked++ === 0 ? test.clock.now() : back) };
    const seen: Date[] = [];
    const handlers = handling(async (_due, { now }) => void seen.push(now));
    await sweep({ ...test.ports, clock }, handlers, () => seen.length > 0);
    expect(seen).toEqual([at(-5)]);
  });

  it('a claim of an instance that was killed comes back within a minute', async () => {
    const [subject] = subjects(1) as [Subject];
    await set(subject, at(-5));
    const wall = testClock(test.clock.now());
    const ports = { ...test.ports, wall };
    const killed = sweep(
      { ...ports, transaction: () => new Promise<never>(() => {}) },
      handling(async () => {}),
    ); // never ends
    void killed;
    await until(
      test.db,
      async () => (await test.db.selectFrom('deadline').select('leaseUntil').executeTakeFirstOrThrow()).leaseUntil !== null,
    );
    wall.forward(59_000);
    expect(
      (
        await sweep(
          ports,
          handling(async () => {}),
        )
      ).run,
    ).toBe(1);
  });

  it('a claim from before the wall was set back holds nothing up', async () => {
    const [subject] = subjects(1) as [Subject];
    await set(subject, at(-5));
    const wall = testClock(test.clock.now());
    await test.db
      .updateTable('deadline')
      .set({ leaseUntil: new Date(wall.now().getTime() + 3_600_000) })
      .execute();
    expect(
      (
        await sweep(
          { ...test.ports, wall },
          handling(async () => {}),
        )
      ).run,
    ).toBe(1);
  });

  it('claims of an instance that is gone come back when their lease ends, by the wall', async () => {
    const [subject] = subjects(1) as [Subject];
    await set(subject, at(-5));
    const wall = testClock(test.clock.now());
    const ports = { ...test.ports, wall };
    await test.db
      .updateTable('deadline')
      .set({ leaseUntil: new Date(wall.now().getTime() + 1000) })
      .execute();
    expect(
      (
        await sweep(
          ports,
          handling(async () => {}),
        )
      ).run,
    ).toBe(0);
    wall.forward(1001);
    expect(
      (
        await sweep(
          ports,
          handling(async () => {}),
        )
      ).run,
    ).toBe(1);
  });

  it('five failures park one, whole transaction undone; setting it anew frees it', async () => {
    const [subject] = subjects(1) as [Subject];
    await set(subject, at(-5));
    const wall = testClock(test.clock.now());
    const ports = { ...test.ports, wall };
    const failing = handling(async (due, { tx }) => {
      await appendEvent(tx, { kind: 'ran', subject: due.subject, partnershipId: null, at: due.dueAt, by: null });
      throw new Error('what somebody wrote');
    });
    for (let failure = 1; failure <= 5; failure++) {
      expect(await parkedDeadlines(test.db)).toEqual([]);
      expect((await sweep(ports, failing)).failed).toBe(1);
      expect((await sweep(ports, failing)).failed).toBe(0);
      wall.forward(60_000);
    }
    const parked = await parkedDeadlines(test.db);
    expect(parked).toMatchObject([{ kind: KIND, subjectId: subject.id, lastError: expect.stringMatching(/^Error at deadlines\//) }]);
    expect(await sweep(ports, failing)).toEqual({ run: 0, failed: 0 });
    expect(await nextDeadlineAt(test.db)).toBeNull();
    expect(await eventsOf(test.db, subject)).toEqual([]);
    await set(subject, at(-4));
    expect(
      (
        await sweep(
          ports,
          handling(async () => {}),
        )
      ).run,
    ).toBe(1);
  });

  it.each(['53100', '57P03', '08006'])('a database in trouble (%s) parks none: it is no failure of theirs', async (code) => {
    const [subject] = subjects(1) as [Subject];
    await set(subject, at(-5));
    const wall = testClock(test.clock.now());
    const ports = { ...test.ports, wall };
    for (let failure = 1; failure <= 6; failure++) {
      const troubled = handling(async () => {
        throw Object.assign(new Error('no room'), { code });
      });
      expect((await sweep(ports, troubled)).failed).toBe(1);
      wall.forward(15_000); // tried again as soon as after the first
    }
    expect(await parkedDeadlines(test.db)).toEqual([]);
    expect(
      (
        await sweep(
          ports,
          handling(async () => {}),
        )
      ).run,
    ).toBe(1);
  });

  it('of a kind that this release does not know are left to one that does', async () => {
    const [subject] = subjects(1) as [Subject];
    await set(subject, at(-5), 'review.asked');
    expect(
      (
        await sweep(
          test.ports,
          handling(async () => {}),
        )
      ).run,
    ).toBe(0);
    expect(await nextDeadlineAt(test.db)).toEqual(at(-5));
  });
});

describe('moving product time', () => {
  it('stops at each deadline on the way, even at those set on the way, and goes forward only, in all instances', async () => {
    const [subject] = subjects(1) as [Subject];
    const wall = testClock('2026-11-23T08:00:00Z');
    const listener = await openListener(test.url);
    const offset = await openProductClock(test.db, listener, wall, new Date('2026-11-02T08:00:00Z'));
    const other = await openProductClock(test.db, listener, wall, new Date('2020-01-01T00:00:00Z'));
    const ports = portsOf(test.db, wall, offset.offsetMs);
    expect(ports.clock.now()).toEqual(new Date('2026-11-02T08:00:00Z'));
    const seen: { dueAt: string; now: string }[] = [];
    const handlers = handling(async ({ dueAt, subject: about }, { tx, now }) => {
      seen.push({ dueAt: dueAt.toISOString(), now: now.toISOString() });
      if (seen.length < 3) await setDeadline(tx, { kind: KIND, subject: about, at: new Date(dueAt.getTime() + 86_400_000) });
    });
    const ticker = startTicker({ ports, handlers, offset, log: createLog('silent') });
    await set(subject, new Date('2026-11-03T09:00:00Z'));
    await ticker.moveTo(new Date('2026-11-05T09:00:00Z'));
    const days = ['2026-11-03T09:00:00.000Z', '2026-11-04T09:00:00.000Z', '2026-11-05T09:00:00.000Z'];
    expect(seen).toEqual(days.map((day) => ({ dueAt: day, now: day })));
    await expect(ticker.moveTo(new Date('2026-11-04T09:00:00Z'))).rejects.toMatchObject({ code: 'clock.backwards' });
    await ticker.stop();
    while (other.offsetMs() !== offset.offsetMs()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ports.clock.now()).toEqual(new Date('2026-11-05T09:00:00Z'));
    await listener.close();
  });
});

describe('deadlines of a kind that is run together', () => {
  /** Runs many at once; `fails` says for whom it does not go. */
  const together = (ran: string[][], fails: (id: string) => boolean = () => false): Record<string, DeadlineHandler> => {
    const one = async (due: readonly { subject: Subject }[]): Promise<void> => {
      ran.push(due.map(({ subject }) => subject.id));
      if (due.some(({ subject }) => fails(subject.id))) throw new Error('not this one');
    };
    return { [KIND]: { run: (due) => one([due]), runAll: (due) => one(due) } };
  };

  it('are run in one transaction, in order, and neighbours of another kind alone', async () => {
    const [first, second, other, third] = subjects(4) as [Subject, Subject, Subject, Subject];
    await set(first, at(-40));
    await set(second, at(-30));
    await set(other, at(-20), 'other.kind');
    await set(third, at(-10));
    const ran: string[][] = [];
    const alone: DeadlineHandler = { run: async ({ subject }) => void ran.push([subject.id]) };
    expect(await sweep(test.ports, { ...together(ran), 'other.kind': alone })).toEqual({ run: 4, failed: 0 });
    expect(ran).toEqual([[first.id, second.id], [other.id], [third.id]]);
  });

  it('never run twice under concurrent sweeps', async () => {
    const due = subjects(450);
    for (const subject of due) await set(subject, at(-5));
    const record: NonNullable<DeadlineHandler['runAll']> = async (all, { tx }) => {
      for (const { subject, dueAt } of all)
        await appendEvent(tx, { kind: 'ran', subject, partnershipId: null, at: dueAt, by: null, through: 'deadline' });
    };
    // a claim that finds a single one left runs it alone
    const counting: Record<string, DeadlineHandler> = { [KIND]: { run: (one, context) => record([one], context), runAll: record } };
    const results = await Promise.all([1, 2, 3].map(() => sweep(test.ports, counting)));
    expect(results.reduce((total, { run }) => total + run, 0)).toBe(450);
    for (const subject of due) expect(await eventsOf(test.db, subject)).toHaveLength(1);
  });

  it('where one does not go, are run by themselves: the others go, and that one comes again', async () => {
    const [good, bad, fine] = subjects(3) as [Subject, Subject, Subject];
    for (const [index, subject] of [good, bad, fine].entries()) await set(subject, at(index - 10));
    const ran: string[][] = [];
    const result = await sweep(
      test.ports,
      together(ran, (id) => id === bad.id),
    );
    expect(result).toEqual({ run: 2, failed: 1 });
    expect(ran).toEqual([[good.id, bad.id, fine.id], [good.id], [bad.id], [fine.id]]);
    expect(await test.db.selectFrom('deadline').select(['subjectId', 'failures']).execute()).toEqual([{ subjectId: bad.id, failures: 1 }]);
  });
});
