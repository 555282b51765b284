import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type Counted, countedAs } from '../../bot/responses/counted.ts';
import { countedWaits } from '../../bot/responses/counting.ts';
import { ResponsesWorld } from './world.ts';

// How one wait counts, whatever became of it: the row as the store holds it, on a real database. Agreed for 12:00; the period ends at 20:00.

const at = (hour: number) => new Date(Date.UTC(2026, 10, 24, hour));
const DAY = { from: at(0), to: at(20) };
interface Row {
  state?: string;
  ending?: string;
  settled?: number;
  due?: number;
  /** When a card may appear; null: never, or not while its time rests. */
  alert?: number | null;
  history?: boolean;
  verdict?: string;
}
let world: ResponsesWorld;
beforeAll(async () => {
  world = await ResponsesWorld.open('2026-11-24T00:00:00Z');
  await world.deliver([{ id: 'q', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'], at: '2026-11-24T00:00:00Z' }]);
});
afterAll(() => world?.close());

async function counted({
  state = 'open',
  ending,
  settled,
  due = 12,
  alert = 12,
  history = false,
  verdict = 'expected',
}: Row): Promise<Counted[]> {
  const { db } = world.base;
  const settledAt = settled === undefined ? null : at(settled);
  await sql`
    update obligation set state = ${state}, ending = ${ending ?? null}, settled_at = ${settledAt}, agreed_at = ${at(12)}, due_at = ${at(due)},
      alert_at = ${alert === null ? null : at(alert)}, verdict = ${verdict}, facts = facts || ${JSON.stringify({ history })}::jsonb,
      opened_at = coalesce(${settledAt}::timestamptz - interval '90 seconds', opened_at), worked_seconds = ${state === 'settled' ? 60 : null}`.execute(
    db,
  );
  const found = await countedWaits(db, world.partnershipId, DAY, true);
  // how long it took is known of what was answered, and of nothing else
  for (const { worked, elapsed, times } of found)
    expect([worked, elapsed, times]).toEqual(state === 'settled' ? [[60], [90], 1] : [null, null, 1]);
  return found.map(countedAs);
}

it.each<[string, Row, Counted[]]>([
  ['an answer before the agreed time', { state: 'settled', ending: 'mail', settled: 11 }, ['inTime']],
  ['an answer at the very time', { state: 'settled', ending: 'mail', settled: 12 }, ['inTime']],
  ['an answer after it', { state: 'settled', ending: 'mail', settled: 13 }, ['late']],
  ['an honest no', { state: 'settled', ending: 'cannot', settled: 11 }, ['inTime']],
  ['an answer after the period: it was not there yet', { state: 'settled', ending: 'mail', settled: 21 }, ['unanswered']],
  ['none', {}, ['unanswered']],
  ['none, and it was given up', { state: 'lapsed', ending: 'lapsed', settled: 19 }, ['unanswered']],
  ['none, though another date stands: the figures keep the agreed time', { due: 30, alert: 30 }, ['unanswered']],
  ['none, held: an answer may have come elsewhere', { alert: 22 }, ['leftOut']],
  ['none, and the asker is asked what was meant', { alert: null }, ['leftOut']],
  ['none, before both sides agreed: measured', { alert: null, history: true }, ['unanswered']],
  ['the asker needs it no more', { state: 'waived', ending: 'notNeeded', settled: 15 }, ['leftOut']],
  ['the asker marked it complete', { state: 'waived', ending: 'flag', settled: 11 }, ['leftOut']],
  ['set aside in time', { state: 'waived', ending: 'setAside', settled: 11 }, ['leftOut']],
  ['set aside after the agreed time: no way to a better figure', { state: 'waived', ending: 'setAside', settled: 13 }, ['unanswered']],
  ['it never arrived', { state: 'notDelivered', ending: 'notDelivered', settled: 9 }, ['leftOut']],
  ['it does not count', { state: 'notCounted', ending: 'notCounted', settled: 9 }, ['leftOut']],
  ['nobody knows whether an answer is expected: in no figure', { verdict: 'unsure' }, []],
])('%s', async (_why, row, expected) => {
  expect(await counted(row)).toEqual(expected);
});
