import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type Life, lifeIn } from '../journeys/life.ts';
import { openPlace, type Place } from '../journeys/place.ts';
import { gate } from '../support/gate.ts';
import { goesOn } from './day.ts';

// Nothing is shortened here: what a killed instance held comes back when its lease is over, within a minute.
let place: Place;
let life: Life;
const at = (time: string) => `2027-01-05T${time}Z`;

beforeAll(async () => {
  place = await openPlace({ MAILBOXES: ['anna', 'pieter'].map((key) => `${key}@contoso.example`).join(',') });
  life = lifeIn(place);
  await life.setUp('fabrikam');
  await life.agree('fabrikam', ['anna', 'joan']);
  for (const subject of ['Stock levels', 'Invoices'])
    life.write({ at: at('01:10'), from: 'anna', to: ['carlo'], subject, importance: 'high' }); // due 03:10
  await life.until(at('03:00'));
});
afterAll(() => place?.close());

it('of two instances one is killed while it sweeps and reads: the other does both within a minute, once', async () => {
  const { db } = place.database;
  const [killed] = place.instances;
  const { id } = await life.waitOf('anna', 'Stock levels');
  // The instance that sweeps waits for this lock, holding its lease on what is due; mail comes so slowly that its reading is under way.
  const [letGo, locked] = [gate(), gate()];
  const holding = db.transaction().execute(async (tx) => {
    await sql`select 1 from thread where id = (select thread_id from obligation where id = ${id}) for update`.execute(tx);
    locked.open();
    await letGo.opened;
  });
  await locked.opened;
  const moving = life.until(at('03:20')).catch(() => {});
  // Both are due at once, and either may come first: the other may be done by now.
  const waits = async () =>
    (
      await sql<{ holds: boolean }>`
        select exists (select 1 from deadline where lease_until is not null)
          and exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as holds`.execute(db)
    ).rows[0]!.holds;
  await goesOn('the sweep', waits);
  life.write({ at: at('03:00'), from: 'pieter', to: ['joan'], subject: 'Badges', importance: 'high' });
  place.graph.faults.slowMs = 4_000;
  place.graph.release(new Date(at('03:05')));
  await sql`select graphile_worker.add_job('graph.sweep', '{}', job_key => 'graph.sweep')`.execute(db);
  const reading = async () =>
    (
      await sql<{
        n: number;
      }>`select count(*)::int as n from graphile_worker.jobs where key like 'mailbox:%' and locked_at is not null`.execute(db)
    ).rows[0]!.n;
  await goesOn('the reading', async () => (await reading()) > 0);

  await place.kill(killed);
  await place.start();
  await moving;
  letGo.open();
  await holding;
  place.graph.faults.slowMs = 0;
  await goesOn('the cards', async () => {
    for (const subject of ['Stock levels', 'Invoices'])
      if (life.cards('fabrikam', (await life.waitOf('anna', subject)).id).length !== 1) return false;
    return true;
  });
  await goesOn('the mail', async () => (await life.waitOf('pieter', 'Badges')).id !== '');
  const { rows } = await sql`select 1 from post where possible_double`.execute(db);
  expect(rows).toEqual([]);
});

it('work is shared: both press, read and post, and nothing happens twice', async () => {
  await place.start();
  expect(place.instances).toHaveLength(2);
  const subjects = ['Forecast', 'Rosters'];
  for (const subject of subjects) life.write({ at: at('04:00'), from: 'pieter', to: ['joan'], subject, importance: 'high' }); // due 06:00
  await life.until(at('06:10'));
  for (const subject of subjects) {
    const { id } = await life.waitOf('pieter', subject);
    await goesOn('the card', async () => life.cards('fabrikam', id).length > 0);
    const [card, ...doubles] = life.cards('fabrikam', id);
    expect(doubles).toEqual([]);
    await life.press('joan', card!, 'obligation.answeredElsewhere', { inputs: { how: 'phone' } });
    // the relay sends one to each instance in turn: a delivery that comes again is answered as before
    const delivery = place.deliveries.at(-1)!;
    expect(await place.deliver(delivery)).toEqual(await place.deliver(delivery));
    const { history } = await life.obligation('joan', id);
    expect(history.filter(({ said }) => said)).toHaveLength(1);
  }
});
