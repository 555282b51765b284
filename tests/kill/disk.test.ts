import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { buttonsOn } from '../journeys/cards.ts';
import { type Life, lifeIn } from '../journeys/life.ts';
import { openPlace, type Place } from '../journeys/place.ts';
import { type Day, dayOf, goesOn, healDoubles, ready, rest, type Step } from './day.ts';
import { type EmbeddedDatabase, embeddedDatabase, statOf } from './embedded.ts';
import { mountRefused, smallDisk } from './smallDisk.ts';

/** Room for the database, its log ahead and a day; what is left is taken by the ballast. */
const DISK_MEGABYTES = 400;
/** The disk stays full for so long. */
const FULL_MS = Number(process.env.KILL_FULL_SECONDS ?? 5) * 1_000;

const refused = mountRefused();
if (refused) console.warn(`no disk can be filled here, since none can be mounted: ${refused}`);
const withDisk = refused ? it.skip : it;

const disk = smallDisk(DISK_MEGABYTES);
let place: Place;
let life: Life;
let database: EmbeddedDatabase;
let expected: Awaited<ReturnType<Day['outcome']>>;

beforeAll(async () => {
  if (refused) return;
  const addresses = ['anna', 'pieter'].map((key) => `${key}@contoso.example`);
  place = await openPlace(
    { MAILBOXES: addresses.join(',') },
    {
      notified: true,
      database: async (folder) => {
        database = await embeddedDatabase(disk.mountAt)(folder);
        const { close } = database;
        database.close = async () => {
          await close();
          disk.unmount();
        };
        return database;
      },
    },
  );
  life = lifeIn(place);
  await life.setUp('fabrikam');
  await life.agree('fabrikam', ['anna', 'joan']);
  await life.openChats(['anna', 'joan', 'carlo']);
  const quiet = dayOf(place, life, '2027-01-05');
  for (const step of quiet.steps) await step.run();
  expected = await quiet.outcome();
  expect(expected).toMatchObject([{ ending: 'mail' }, { ending: 'elsewhere' }]);
});
afterAll(async () => {
  try {
    await place?.close();
  } finally {
    disk.unmount();
  }
});

/** PostgreSQL's log ahead comes to the end of the files it has; with no room for another one it stops. */
async function useUpLog(): Promise<void> {
  for (let files = 0; files < 64; files++) {
    const stopped = await sql`select pg_switch_wal(), pg_logical_emit_message(false, 'kill', repeat('x', 65536))`.execute(database.db).then(
      () => false,
      () => true,
    );
    if (stopped) return;
  }
  throw new Error('the log ahead found room');
}

const readyz = async () => {
  const answer = await fetch(`${place.url()}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

/** Somebody presses as he looks at the card that he had open. */
async function pressNow(key: string, messageId: string, verb: string, inputs: Record<string, string>) {
  const button = buttonsOn(await place.connector.client.view(key, messageId)).find((one) => one.verb === verb)!;
  const written = Object.fromEntries(Object.entries(inputs).map(([id, value]) => [`${verb}:${id}`, value]));
  return () => place.connector.client.press(key, messageId, { type: button.type, verb, data: { ...button.data, ...written } });
}

/** What has to hold as soon as there is room again, with nobody doing anything. */
async function goesOnByItself(pid: number): Promise<void> {
  disk.empty();
  await ready(place);
  expect(place.instances.map((one) => one.pid)).toEqual([pid]);
  expect(statOf(pid)[0]).not.toBe('Z');
  await goesOn('what was under way', async () => {
    const { rows } = await sql<{ left: number }>`
      select ((select count(*) from graphile_worker.jobs where last_error is not null or locked_at is not null)
        + (select count(*) from deadline where failures > 0 or lease_until is not null)
        + (select count(*) from graph_wake)
        + (select count(*) from post where state = 'sending' and not possible_double))::int as left`.execute(database.db);
    return rows[0]!.left === 0;
  });
}

withDisk('a disk that is full: nothing that was acknowledged is lost, and with room again work goes on by itself', async () => {
  const day = dayOf(place, life, '2027-01-06');
  const { pid } = place.instances[0]!;
  const [ask, warn, promise, ...others] = day.steps as readonly [Step, Step, Step, ...Step[]];
  await ask.run();
  const subject = 'Stock levels 2027-01-06';

  // cards are due; the database stops in the middle of it
  const under = warn.run().catch(() => {});
  disk.fill();
  await useUpLog();
  await goesOn('the notice', async () => {
    const { status, body } = await readyz();
    return status === 503 && body.database === 'full' && /make room/i.test(String(body.advice));
  });
  expect(await place.notify(place.notifications.at(-1)!)).toBeGreaterThanOrEqual(500);
  await sleep(FULL_MS);
  expect(statOf(pid)[0]).not.toBe('Z');
  await goesOnByItself(pid);
  await under;
  await warn.run();
  expect(await day.lost()).toEqual([]);

  // a button is pressed on a card that is open, mail comes and is notified
  const { id } = await life.waitOf('anna', subject);
  await goesOn('the card', async () => life.cards('fabrikam', id).length > 0);
  const press = await pressNow('carlo', life.cards('fabrikam', id).at(-1)!.id, 'obligation.promise', { on: '2027-01-06' });
  disk.fill();
  await useUpLog();
  const pressed = await press();
  expect(pressed).toMatchObject({ kind: 'message', text: expect.stringMatching(/nothing was changed\. Please try again/) });
  expect(await place.notify(place.notifications.at(-1)!)).toBeGreaterThanOrEqual(500);
  await goesOnByItself(pid);
  const said = async () => (await life.obligation('carlo', id)).history.filter((line) => line.said).map((line) => line.text);
  expect(await said()).toEqual([]); // as the sentence said

  await promise.run();
  expect(await said()).toHaveLength(1);
  for (const step of others) await step.run();
  await rest(place);
  await healDoubles(place, life);
  expect(await day.outcome()).toEqual(expected);
});

withDisk('a disk that fills while a day goes on, without anybody seeing how far it came', async () => {
  const day = dayOf(place, life, '2027-01-07');
  const { pid } = place.instances[0]!;
  for (const step of day.steps) {
    if (!['answer and ask', 'post'].includes(step.name)) {
      await step.run();
      continue;
    }
    disk.fill();
    const filling = step.run().catch(() => {});
    await place.notify(place.notifications.at(-1)!).catch(() => 0); // 202 or not: what follows from it is in the outcome
    await sleep(1_500);
    disk.fill();
    await sleep(500);
    await goesOnByItself(pid);
    await filling;
    expect(await day.lost()).toEqual([]);
    await step.run();
  }
  await rest(place);
  await healDoubles(place, life);
  expect(await day.outcome()).toEqual(expected);
});
