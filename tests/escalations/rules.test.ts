import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Escalation } from '../../bot/escalations/escalation.ts';
import { askFrom, levelEndsAt, look, nextAt, reopened, resolved, taken } from '../../bot/escalations/rules.ts';
import type { World } from '../../bot/people/index.ts';
import { aCalendar, aCharter, aContact, anEscalation } from '../support/builders.ts';

const desk = aContact('provider', 'desk@fabrikam.com');
const lead = aContact('provider', 'lead@fabrikam.com', { owner: true, standIn: desk.id });
const boss = aContact('provider', 'boss@fabrikam.com', { executive: true, calendar: aCalendar('Asia/Kolkata', '10:00-19:00') });
const asker = aContact('client', 'asker@contoso.com', { owner: true });
const charter = aCharter({
  client: aCalendar('Europe/Amsterdam', '09:00-17:00'),
  provider: aCalendar('Asia/Manila', '09:00-12:00,13:00-18:00'),
  contacts: [desk, lead, boss, asker],
});
const start = new Date('2026-11-27T09:00:00Z');

const opened = (asked: readonly string[][]): Escalation => anEscalation(charter, asker, asked, start);

const contacts = [desk, lead, boss];
const rung = fc.uniqueArray(fc.constantFrom(...contacts.map(({ id }) => id)), { maxLength: 3 });
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('time' as const), lateMinutes: fc.constantFrom(0, 0, 0, 30, 6000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), minutes: fc.integer({ min: 1, max: 600 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resolve' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who: fc.integer({ min: 0, max: 2 }), back: fc.boolean() }) },
);

describe('whatever happens', () => {
  it('only people of the side asked are asked, who are there; every asking is a new one; it rests, ends or has a time to look again', () => {
    fc.assert(
      fc.property(fc.array(rung, { minLength: 1, maxLength: 4 }), fc.array(happening, { maxLength: 40 }), (asked, story) => {
        const gone = new Set<string>();
        const world: World = { charter, isGone: ({ id }) => gone.has(id), isKnown: (id) => id !== desk.id };
        let now = start;
        let asking = 0;
        let step = askFrom(opened(asked), world, 0, now);
        const check = () => {
          const { e, told } = step;
          const askings = told.filter(({ kind }) => kind === 'asked');
          expect(askings.length).toBeLessThanOrEqual(1);
          for (const { data = {} } of askings) {
            expect(data.asking).toBe(asking + 1);
            for (const id of data.contactIds as string[]) {
              expect(contacts.map((each) => each.id)).toContain(id);
              expect(gone.has(id)).toBe(false);
            }
            asking += 1;
          }
          expect(e.asking).toBe(asking);
          expect(e.repeated).toBeLessThanOrEqual(2);
          if (e.state === 'taken') expect([e.holder === null, e.calls.length]).toEqual([false, 0]);
          for (const call of e.calls) {
            expect(call.tellAt >= call.askedAt).toBe(true);
            expect(call.endsAt > call.askedAt).toBe(true);
            expect(e.everAsked).toContain(call.contactId);
          }
          const at = nextAt(e, now);
          if (at === null) expect(e.spentAt !== null || e.state === 'closed').toBe(true);
          else expect(at > now).toBe(true);
        };
        check();
        for (const each of story) {
          const { e } = step;
          if (each.kind === 'time') {
            const at = nextAt(e, now);
            if (at === null) continue;
            now = new Date(at.getTime() + each.lateMinutes * 60_000);
            step = look(e, world, now);
          } else if (each.kind === 'take' && (e.state === 'asking' || e.state === 'taken'))
            step = { e: taken(e, lead.id, new Date(now.getTime() + each.minutes * 60_000)), told: [] };
          else if (each.kind === 'resolve' && (e.state === 'asking' || e.state === 'taken'))
            step = { e: resolved(e, lead.id, charter, now), told: [] };
          else if (each.kind === 'reopen' && e.state === 'resolved') step = reopened(e, world, now);
          else if (each.kind === 'leave') {
            if (each.back) gone.delete(contacts[each.who]!.id);
            else gone.add(contacts[each.who]!.id);
            continue;
          } else continue;
          check();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('untouched it comes to its end: each level once, the top three times', () => {
    fc.assert(
      fc.property(fc.array(rung, { minLength: 1, maxLength: 4 }), (asked) => {
        const world: World = { charter, isGone: () => false, isKnown: () => true };
        let now = start;
        let { e } = askFrom(opened(asked), world, 0, now);
        const levels: number[] = e.calls.length ? [e.level] : [];
        for (let turn = 0; turn < 50 && nextAt(e, now); turn += 1) {
          now = nextAt(e, now)!;
          const next = look(e, world, now);
          if (next.e.asking > e.asking) levels.push(next.e.level);
          ({ e } = next);
        }
        const filled = asked.flatMap((people, index) => (people.length ? [index] : []));
        const last = filled.at(-1);
        expect(e.spentAt).not.toBeNull();
        expect(levelEndsAt(e)).toBeNull();
        expect(levels).toEqual(last === undefined ? [] : [...filled, last, last]);
      }),
      { numRuns: 200 },
    );
  });
});
