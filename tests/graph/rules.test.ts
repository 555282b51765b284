import { describe, expect, it } from '@jest/globals';
import type { Unavailable } from '../../bot/errors.ts';
import { GraphEvent, meetingItem } from '../../bot/graph/event.ts';
import { NotServed } from '../../bot/graph/exchange.ts';
import { graphMessage } from '../../bot/graph/item.ts';
import { lanes } from '../../bot/graph/lanes.ts';
import { claimsChallenge, isExpiredToken, isNoMailbox, isOutOfScope, quoted, retryAfterSeconds } from '../../bot/graph/rules.ts';
import type { Mailbox, MailFolder } from '../../bot/graph/store.ts';
import { nextWork, priorityOf } from '../../bot/graph/work.ts';
import { testClock } from '../support/database.ts';

const now = new Date('2026-11-23T08:00:00Z');

describe('how long a mailbox is left alone', () => {
  it.each([
    ['seconds', '7', 0, 7],
    ['decimals', '1.5', 0, 1.5],
    ['a date', 'Mon, 23 Nov 2026 08:00:30 GMT', 0, 30],
    ['a date that has passed', 'Mon, 23 Nov 2026 07:00:00 GMT', 0, 0],
    ['nothing said', null, 0, 0.75],
    ['nothing said, the fourth time', null, 3, 6],
    ['nonsense', 'soon', 0, 0.75],
    ['one second for ever', '1', 5, 25],
    ['never more than five minutes of its own', null, 40, 225],
  ])('%s', (_what, header, attempt, seconds) => expect(retryAfterSeconds(header, attempt, now, 0.5)).toBe(seconds));
});

it('reads what refusals mean', () => {
  expect(
    [
      { status: 410, code: 'unknown' },
      { status: 400, code: 'SyncStateNotFound' },
      { status: 404, code: 'resyncRequired' },
    ].every(isExpiredToken),
  ).toBe(true);
  expect(isExpiredToken({ status: 400, code: 'ErrorInvalidSyncStateData' })).toBe(true);
  expect(isExpiredToken({ status: 403, code: 'ErrorAccessDenied' })).toBe(false);
  expect(isExpiredToken({ status: 404, code: 'ErrorItemNotFound' })).toBe(false);
  expect(isOutOfScope({ status: 403, code: 'ErrorAccessDenied' })).toBe(true);
  expect(isOutOfScope({ status: 403, code: 'RequestDenied' })).toBe(false);
  expect(isNoMailbox({ status: 404, code: 'MailboxNotEnabledForRESTAPI' })).toBe(true);
  expect(isNoMailbox({ status: 404, code: 'ErrorItemNotFound' })).toBe(false);
  expect(claimsChallenge('Bearer realm="x"')).toBeNull();
  expect(claimsChallenge(`Bearer error="insufficient_claims", claims="${Buffer.from('{"a":1}').toString('base64')}"`)).toBe('{"a":1}');
  expect(quoted("it's a&b #1 + 50%")).toBe("'it''s%20a%26b%20%231%20%2B%2050%25'");
});

it('what Graph adds later, or writes in another form, counts as not told', () => {
  const message = {
    id: 'a',
    importance: 'unknownFutureValue',
    flag: { flagStatus: 'snoozed' },
    toRecipients: 'all',
    isDraft: 'no',
    subject: 7,
  };
  const read = graphMessage(message);
  expect(read).toMatchObject({ id: 'a', flag: { status: 'none', due: null } });
  for (const name of ['importance', 'to', 'draft', 'subject'] as const) expect([name, read[name]]).toEqual([name, undefined]);
  const event = { id: 'e', type: 'floating', start: { dateTime: '2026-11-24T10:00:00', timeZone: 'UTC' }, attendees: [{ type: 'robot' }] };
  const meeting = meetingItem(GraphEvent.parse({ ...event, end: event.start, isCancelled: 'maybe' }));
  expect(meeting).toMatchObject({ kind: 'singleInstance', attendees: [], cancelled: undefined });
  const nowhere = { ...event, end: event.start, start: { dateTime: '2026-11-24T10:00:00', timeZone: 'tzone://Microsoft/Custom' } };
  expect(meetingItem(GraphEvent.parse(nowhere))).toBeNull();
});

describe('a lane', () => {
  it('lets four in, and a batch takes all four places', async () => {
    const lane = lanes(testClock(), 100);
    const [order, doors]: [string[], (() => void)[]] = [[], []];
    const enter = (name: string, places = 1) =>
      lane.run('m', places, () => {
        order.push(name);
        return new Promise<void>((leave) => doors.push(leave));
      });
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => enter(name));
    const batch = enter('batch', 4);
    const after = enter('after');
    const other = lane.run('other mailbox', 1, async () => void order.push('other'));
    await other;
    expect(order).toEqual(['a', 'b', 'c', 'd', 'other']);
    for (const step of [1, 2, 3, 4, 5]) {
      doors.shift()!();
      await new Promise(setImmediate);
      expect(order.includes('batch')).toBe(step === 5);
    }
    expect(order).not.toContain('after');
    doors.shift()!();
    await Promise.all([...all, batch]);
    await new Promise(setImmediate);
    doors.shift()!();
    await after;
    expect(order).toEqual(['a', 'b', 'c', 'd', 'other', 'e', 'batch', 'after']);
  });
  it('lets no more in over all mailboxes than the cap', async () => {
    const lane = lanes(testClock(), 5);
    let [inside, most] = [0, 0];
    const visit = async () => {
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, (_, n) => lane.run(`m${n}`, 1, visit)));
    expect(most).toBe(5);
  });
  it('sends a long wait back to the job, for the whole mailbox and no other', async () => {
    const clock = testClock(now);
    const lane = lanes(clock, 10);
    lane.hold('m', () => 60);
    clock.forward(20_000);
    await expect(lane.run('m', 1, async () => 'in')).rejects.toMatchObject({ retryAfterSeconds: 40 } satisfies Partial<Unavailable>);
    await expect(lane.run('other', 1, async () => 'in')).resolves.toBe('in');
    clock.forward(40_000);
    await expect(lane.run('m', 1, async () => 'in')).resolves.toBe('in');
  });
  it('counts how often in a row Graph asked to wait: together once, over requests, until one is served', async () => {
    const clock = testClock(now);
    const lane = lanes(clock, 10);
    const refused = () => {
      let counted = -1;
      lane.hold('m', (refusals) => {
        counted = refusals;
        return 10;
      });
      clock.forward(1_000);
      return counted;
    };
    expect([refused(), refused()]).toEqual([0, 0]); // they were under way together
    clock.forward(10_000);
    await lane.run('m', 1, async () => {}); // nobody says yet how that went
    expect(refused()).toBe(1);
    clock.forward(10_000);
    expect(refused()).toBe(2);
    lane.served('m');
    await expect(lane.run('m', 1, async () => {})).rejects.toBeInstanceOf(NotServed); // what it asked for last still holds
    clock.forward(10_000);
    expect(refused()).toBe(0);
  });
});

describe('what a step does', () => {
  const mailbox = { listingDue: false, calendarDue: true } as Mailbox;
  const folder = (folderId: string, rest: Partial<MailFolder>): MailFolder =>
    ({ folderId, due: 1, complete: false, readAt: null, ...rest }) as MailFolder;
  const past = [folder('old', { readAt: now }), folder('waited longest', {}), folder('resting', { due: 0, complete: true })];
  const wanted = [{ kind: 'conversation', value: 'x' }] as const;
  it.each([
    ['which folders there are', { ...mailbox, listingDue: true }, past, wanted, { kind: 'list' }],
    [
      'news before everything past',
      mailbox,
      [...past, folder('new', { complete: true })],
      wanted,
      { kind: 'pages', folders: [{ folderId: 'new' }], calendar: true },
    ],
    ['what passed late', mailbox, past, wanted, { kind: 'wanted' }],
    [
      'the past, what waited longest first, four at once',
      { ...mailbox, calendarDue: false },
      [...past, ...['c', 'd', 'e'].map((id) => folder(id, { readAt: now }))],
      [],
      {
        kind: 'pages',
        folders: ['waited longest', 'old', 'c', 'd'].map((folderId) => ({ folderId })),
        waiting: [{ folderId: 'e' }],
        calendar: false,
      },
    ],
    [
      'the calendar as one of the four',
      mailbox,
      [...past, ...['c', 'd', 'e'].map((id) => folder(id, { readAt: now }))],
      [],
      { kind: 'pages', folders: ['waited longest', 'old', 'c'].map((folderId) => ({ folderId })), calendar: true },
    ],
    ['the calendar alone', mailbox, [folder('resting', { due: 0 })], [], { kind: 'pages', folders: [], calendar: true }],
    ['nothing', { ...mailbox, calendarDue: false }, [], [], { kind: 'nothing' }],
  ])('%s', (_what, box, folders, again, work) => expect(nextWork(box, folders, again)).toMatchObject(work));
  it('puts the past behind', () => {
    const pages = (folders: MailFolder[]) => priorityOf({ kind: 'pages', folders, waiting: [], calendar: true });
    expect(pages([past[0]!])).toBeGreaterThan(pages([folder('new', { complete: true })]));
    expect(pages([])).toBe(pages([folder('new', { complete: true })]));
  });
});
