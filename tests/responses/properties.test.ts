import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Press, PressKind } from '../../bot/responses/press.ts';
import { fold } from '../../bot/responses/rules.ts';
import type { Message } from '../../bot/threads/message.ts';
import { aCharter, aMail, aPress } from '../support/builders.ts';

const PEOPLE = ['anna@contoso.com', 'arno@contoso.com', 'pia@fabrikam.com', 'paul@fabrikam.com', 'ops@fabrikam.com', 'ticket@desk.example'];
const SUBJECTS = ['Server move', 'Re: Server move', 'FW: Server move', 'Rack plan', 'Re: Rack plan'];
const START = Date.UTC(2026, 2, 2);
const MINUTE = 60_000;

const mail = fc.record({
  /** The last is another conversation, folded elsewhere. */
  thread: fc.integer({ min: 0, max: 3 }),
  from: fc.constantFrom(...PEOPLE),
  to: fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 3 }),
  cc: fc.uniqueArray(fc.constantFrom(...PEOPLE), { maxLength: 2 }),
  minute: fc.integer({ min: 0, max: 60 * 24 * 40 }),
  subject: fc.constantFrom(...SUBJECTS),
  kind: fc.constantFrom('human', 'human', 'human', 'automatic', 'meeting', 'nonDelivery', 'list', 'robot') as fc.Arbitrary<Message['kind']>,
  importance: fc.constantFrom('normal', 'normal', 'high') as fc.Arbitrary<Message['importance']>,
  complete: fc.boolean(),
});
const press = fc.record({
  of: fc.nat(20),
  side: fc.constantFrom('client', 'provider') as fc.Arbitrary<'client' | 'provider'>,
  debtor: fc.constantFrom('client', 'provider') as fc.Arbitrary<'client' | 'provider'>,
  kind: fc.constantFrom<PressKind>(
    'promise',
    'answeredElsewhere',
    'cannot',
    'unclear',
    'setAside',
    'stillWaiting',
    'putBack',
    'expected',
    'notExpected',
    'neverLikeThis',
    'wasAnswer',
    'wasNotAnswer',
    'agreeDate',
    'notNeeded',
    'stillNeeded',
    'askAgain',
  ),
  minute: fc.integer({ min: 0, max: 60 * 24 * 40 }),
});
const MEETINGS = ['pia@fabrikam.com', 'anna@contoso.com'].flatMap((organizer) =>
  [3, 9].map((day) => ({
    organizer,
    bareSubject: 'server move',
    startAt: new Date(START + day * 24 * 60 * MINUTE),
    endAt: new Date(START + (day * 24 + 1) * 60 * MINUTE),
  })),
);
const iso = (minute: number): string => new Date(START + minute * MINUTE).toISOString();

const scenario = fc
  .record({
    mails: fc.array(mail, { minLength: 1, maxLength: 14 }),
    presses: fc.array(press, { maxLength: 5 }),
    minute: fc.integer({ min: 0, max: 60 * 24 * 70 }),
  })
  .map(({ mails, presses, minute }) => {
    const messages = mails.map((m, n) => ({
      thread: m.thread,
      message: aMail(m.from, iso(m.minute), {
        to: m.to,
        cc: m.cc,
        subject: m.subject,
        kind: m.kind,
        importance: m.importance,
        key: `<${n}>`,
        marks: m.complete ? [{ flag: 'complete' }] : [],
      }),
    }));
    const said: Press[] = presses.map((p, n) =>
      aPress(
        p.kind,
        p.side,
        iso(p.minute),
        { key: `<${p.of % mails.length}>` },
        { id: String(n + 1), debtor: p.debtor, on: p.kind === 'promise' ? '2026-03-20' : null },
      ),
    );
    const latest = Math.max(minute, ...mails.map((m) => m.minute), ...presses.map((p) => p.minute));
    return { messages, presses: said, now: new Date(START + latest * MINUTE) };
  });
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const charters = [aCharter()];
const folded = ({ messages, presses, now }: Scenario, order: <T>(list: readonly T[]) => T[] = (list) => [...list]) =>
  fold(
    {
      partnershipId: charters[0]!.partnershipId,
      threads: order([0, 1, 2]).map((n) => ({
        id: `t${n}`,
        messages: order(messages.filter((each) => each.thread === n)).map((each) => each.message),
      })),
      otherMail: order(messages.filter((each) => each.thread === 3)).map((each) => each.message),
      meetings: order(MEETINGS),
      charters,
      presses: order(presses),
      learned: [],
      lapses: [],
    },
    now,
  );

describe('what must never happen', () => {
  it('a result that depends on the order of delivery', () => {
    fc.assert(
      fc.property(scenario, fc.infiniteStream(fc.nat()), (given, random) => {
        const shuffled = <T>(list: readonly T[]): T[] => {
          const rest = [...list];
          return list.map(() => rest.splice(random.next().value % rest.length, 1)[0]!);
        };
        expect(folded(given, shuffled)).toEqual(folded(given));
      }),
      { numRuns: 300 },
    );
  });

  it('a negative wait, a time before its opening, or an alert for what may not need an answer', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        for (const o of folded(given)) {
          if (o.settledAt) expect(o.settledAt >= o.openedAt).toBe(true);
          expect(o.agreedAt >= o.openedAt).toBe(true);
          expect(o.dueAt >= o.agreedAt).toBe(true);
          expect(o.pausedSeconds).toBeGreaterThanOrEqual(0);
          if (o.verdict.answer !== 'expected') expect([o.alertAt, o.warnAt]).toEqual([null, null]);
          if (o.alertAt && o.warnAt) expect(o.warnAt < o.alertAt).toBe(true);
          if (o.state === 'open') expect(o.settledAt).toBeNull();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('an ended wait that time alone opens again, or a past that time alone changes', () => {
    fc.assert(
      fc.property(scenario, fc.integer({ min: 1, max: 60 * 24 * 60 }), (given, minutes) => {
        const before = folded(given);
        const after = folded({ ...given, now: new Date(given.now.getTime() + minutes * MINUTE) });
        expect(after.map((o) => [o.threadId, o.openingKey, o.debtor])).toEqual(before.map((o) => [o.threadId, o.openingKey, o.debtor]));
        for (const [n, o] of before.entries()) if (o.state !== 'open') expect(after[n]).toEqual(o);
      }),
      { numRuns: 300 },
    );
  });

  it('two open waits for one side in one conversation, or one message in two waits of a side', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const found = folded(given);
        const seen = new Set<string>();
        for (const o of found)
          for (const key of o.messageKeys) {
            expect(seen.has(`${o.debtor} ${key}`)).toBe(false);
            seen.add(`${o.debtor} ${key}`);
          }
        for (const o of found) {
          const kinds = o.questions.map((question) => question.kind);
          expect(new Set(kinds).size).toBe(kinds.length);
          expect(o.state === 'open' ? !kinds.includes('told') : kinds.every((kind) => kind === 'told' || kind === 'hasLeft')).toBe(true);
        }
        const open = found.filter((o) => o.state === 'open').map((o) => `${o.threadId} ${o.debtor}`);
        expect(new Set(open).size).toBe(open.length);
      }),
      { numRuns: 300 },
    );
  });
});
