import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { compiled } from '../../bot/charter/compile.ts';
import { importHolidays } from '../../bot/charter/holidays.ts';
import { readCharter } from '../../bot/charter/read.ts';
import { resolveVersion } from '../../bot/charter/resolve.ts';
import type { StoredCharter } from '../../bot/charter/store.ts';
import { SIDES } from '../../bot/contract/sides.ts';
import { partyOf } from '../../bot/people/index.ts';
import { add, endOfWorkingDay, explain } from '../../bot/worktime/index.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../support/charters/fabrikam.yaml'), 'utf8');

const two = (value: number) => String(value).padStart(2, '0');
const time = fc.tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 45)).map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
const hours = fc.tuple(time, time).map(([start, end]) => `${start}-${end}`);
const days = fc.constantFrom('mon-fri', 'sun-thu', 'sat', 'tue, thu', 'wed', 'mon-sun', 'fri-mon');
const calendar = fc.record({
  zone: fc.constantFrom(
    'Europe/Amsterdam',
    'Asia/Manila',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'UTC',
    'Pacific/Apia',
  ),
  hours: fc.dictionary(days, hours, { minKeys: 1, maxKeys: 1 }),
  holidays: fc.record({
    country: fc.constantFrom('NL', 'PH', 'IN', 'US'),
    rule: fc.constantFrom('date', 'shift'),
    whose: fc.constantFrom('ours', 'both'),
    add: fc.constant({ '2026-11-25 to 2026-11-27': 'Days off' }),
  }),
  exceptions: fc.dictionary(
    fc.constantFrom('2026-12-24', '2026-12-28 to 2026-12-31', '2026-11-30'),
    fc.record({ hours: fc.oneof(hours, fc.constant('closed')), reason: fc.constant('because') }),
    { maxKeys: 3 },
  ),
});
const target = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map((n) => `end of working day ${n}`),
  fc.integer({ min: 1, max: 400 }).map((n) => `${n} working hours`),
);
const domain = fc.constantFrom('a', 'b', 'c', 'd').map((name) => `${name}.example.com`);
const charter = fc.record({
  calendars: fc.record({ here: calendar, there: calendar }),
  domains: fc.tuple(domain, domain),
  normal: fc.tuple(target, target),
});

describe('a charter that can be read', () => {
  it('never throws in the rules', async () => {
    await fc.assert(
      fc.asyncProperty(
        charter,
        fc.date({ min: new Date('2026-01-01'), max: new Date('2029-01-01'), noInvalidDate: true }),
        async (drawn, at) => {
          const person = (key: string) => [{ key, name: key, address: `${key}@mail.example.org`, owner: true }];
          const side = (index: 0 | 1, key: string, calendarKey: string) => ({
            name: key,
            domains: drawn.domains[index],
            calendar: calendarKey,
            people: person(key),
          });
          const text = stringify({
            client: side(0, 'ann', 'here'),
            provider: side(1, 'bob', 'there'),
            calendars: drawn.calendars,
            answers: { client: { normal: drawn.normal[0], high: '1 hour' }, provider: { normal: drawn.normal[1], high: '30 minutes' } },
          });
          const read = await readCharter(text, 'drawn.yaml');
          if ('problems' in read) {
            expect(read.problems.every(({ line, column, message }) => line > 0 && column > 0 && message.length > 0)).toBe(true);
            return;
          }
          const { document } = read;
          const holidays = Object.fromEntries(
            await Promise.all(
              Object.entries(document.calendars).map(async ([key, each]) => [key, await importHolidays(each, 2027)] as const),
            ),
          );
          const stored: StoredCharter = {
            format: 1,
            document: JSON.parse(JSON.stringify(document)) as typeof document,
            holidays,
            through: 2031,
          };
          const versions = [{ version: 1, effectiveAt: at, loadedAt: at }];
          const resolved = resolveVersion('p', 1, stored, { versions, acknowledgements: [], edits: [], names: {}, stamp: '' });
          for (const name of SIDES) {
            const work = compiled(resolved.sides[name].calendar);
            for (const wanted of Object.values(resolved.targets[name])) {
              const due = wanted.kind === 'hours' ? add(work, at, wanted.seconds) : endOfWorkingDay(work, at, wanted.days);
              expect(due.getTime()).toBeGreaterThan(at.getTime());
              expect(explain(work, at, due).zone).toBe(work.zone);
            }
          }
          expect(partyOf(resolved, 'ANN@mail.example.org')?.side).toBe('client');
        },
      ),
      { numRuns: 100 },
    );
  });

  it('any text is read or said to be wrong at a place, never thrown', async () => {
    const lines = EXAMPLE.split('\n');
    const broken = fc
      .tuple(
        fc.nat(lines.length - 1),
        fc.nat(5),
        fc.oneof(fc.string(), fc.constantFrom('', '*x', '&x', '{', '- ', 'null', '[]', '~', '!!binary x', '__proto__: 1')),
      )
      .map(([at, how, text]) => {
        const changed = [...lines];
        if (how === 0) changed.splice(at, 1);
        else if (how === 1) changed.splice(at, 0, text);
        else if (how === 2) changed[at] = `${lines[at]}${text}`;
        else if (how === 3) changed[at] = lines[at]!.replace(/:.*/, `: ${text}`);
        else if (how === 4) changed.splice(at);
        else changed[at] = lines[at]!.slice(2);
        return changed.join('\n');
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(broken, broken, broken, fc.string({ maxLength: 200 })), async (text) => {
        const read = await readCharter(text, 'x.yaml');
        if (!('problems' in read)) return;
        expect(read.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of read.problems) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(text.split(/\n/).length + 1);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toMatch(/undefined|\[object|Invalid input/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
