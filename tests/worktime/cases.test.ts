import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { caseReader } from '../../bot/worktime/cases.ts';
import { isOpen, within, workCalendar } from '../../bot/worktime/index.ts';
import { calendars } from './calendars.ts';
import { openByWallClock, workedByMinutes } from './oracle.ts';
import { asLine, ownCases } from './ownCases.ts';

describe('own cases', () => {
  const answer = caseReader();
  it.each(ownCases.map((own) => [own[1], own[0], own] as const))('%s: %s', (_calendar, _why, own) =>
    expect(answer(JSON.stringify(asLine(own))).answer).toBe(own[5]),
  );

  const DAYS = 24 * 3600 * 1000;
  const countable = ownCases.filter(
    (own) => own[2] === 'in_hours' || (own[2] === 'within' && Date.parse(own[4] as string) - Date.parse(own[3]) < 10 * DAYS),
  );
  it.each(countable.map((own) => [own[1], own[0], own] as const))('counted by hand, %s: %s', (name, _why, [, , op, from, to, expected]) => {
    const at = new Date(from);
    expect(op === 'within' ? workedByMinutes(calendars[name], at, new Date(to as string)) : openByWallClock(calendars[name], at)).toBe(
      expected,
    );
  });

  it('gives the same answer from a calendar that has answered everything else before', () => {
    for (const [name, data] of Object.entries(calendars)) {
      const used = workCalendar(data);
      const mine = ownCases.filter((own) => own[1] === name && (own[2] === 'within' || own[2] === 'in_hours'));
      for (const [, , op, from, to, expected] of [...mine, ...mine.toReversed()]) {
        expect(op === 'within' ? within(used, new Date(from), new Date(to as string)) : isOpen(used, new Date(from))).toBe(expected);
      }
    }
  });
});

/** What other libraries and help desks say, with the answer by minutes beside it. */
const PEERS = new URL('../../../shared/data/worktime/peer-cases.jsonl', import.meta.url);

(existsSync(PEERS) ? describe : describe.skip)('cases of other libraries (skipped without ../shared/data/worktime)', () => {
  const answer = caseReader();
  const lines = existsSync(PEERS) ? readFileSync(PEERS, 'utf8').trim().split('\n') : [];

  it('are all there', () => expect(lines).toHaveLength(567));

  it.each(lines.map((text) => [JSON.parse(text).id, text]))('%s', (_id, text) =>
    expect(answer(text).answer).toEqual(JSON.parse(text).computed),
  );
});
