import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ALERTS_DEADLINE, requestAlerts, requestPost } from '../../bot/posts/index.ts';
import { setup } from '../../bot/setup/index.ts';
import { type Note, noting } from '../support/notes.ts';
import { type TeamsWorld, teamsWorld } from '../support/teams.ts';

const notes = new Map<string, Note>();
let world: TeamsWorld;
const alert = (weight: number, over: Partial<Note> = {}): string => {
  const id = randomUUID();
  notes.set(id, { partnershipId: world.partnershipId, text: `weight ${weight} ${id}`, state: 'wanted', weight, ...over });
  return id;
};
const ask = (ids: readonly string[]) =>
  world.ports.transaction(async (tx) => {
    for (const id of ids) await requestPost(tx, { kind: 'note', id });
  });
const rest = () => world.ports.db.updateTable('conversation').set({ paceShortAt: null, paceLongAt: null, waitUntil: null }).execute();
/** Runs jobs until the pace lets all through. */
const settle = async () => {
  for (let round = 0; round < 6; round += 1) {
    await rest();
    await world.drain({ late: true });
  }
  expect(world.troubles.splice(0).filter((error) => error.message !== "the conversation's pace is used up")).toEqual([]);
};
const stands = (id: string) => world.posted().some((message) => JSON.stringify(message.content).includes(id));
const deadline = () => world.ports.db.selectFrom('deadline').select(['kind', 'at']).where('kind', '=', ALERTS_DEADLINE).executeTakeFirst();

// Monday 17:00 in Manila
beforeAll(async () => {
  world = await teamsWorld({
    capabilities: (all) => [setup(all), noting(notes).capability],
    members: ['anna', 'joan'],
    startAt: '2026-11-23T09:00:00Z',
  });
  await world.bind('anna');
  await world.client.install('fabrikam', 'anna');
  await world.drain();
  await world.ports.db.updateTable('conversation').set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' }).execute();
});
afterAll(() => world.close());
afterEach(() => expect(world.troubles.splice(0)).toEqual([]));

describe('new alert cards', () => {
  const ids: string[] = [];

  it('are at most five a day, most important first', async () => {
    ids.push(...[3, 9, 1, 8, 7, 2, 6, 5].map((weight) => alert(weight)));
    await ask(ids);
    await settle();
    const shown = ids.filter(stands).map((id) => notes.get(id)!.weight);
    expect(shown.sort()).toEqual([5, 6, 7, 8, 9]);
    // Tuesday 09:00 in Manila
    expect((await deadline())?.at).toEqual(new Date('2026-11-24T01:00:00Z'));
  });

  it('do not take the room of cards that are no alerts, nor of what stands already', async () => {
    const plain = randomUUID();
    notes.set(plain, { partnershipId: world.partnershipId, text: plain, state: 'wanted' });
    const first = ids.find((id) => notes.get(id)!.weight === 9)!;
    notes.get(first)!.text = `changed ${first}`;
    await ask([plain, first]);
    await settle();
    expect(stands(plain)).toBe(true);
    expect(world.posted().some((message) => JSON.stringify(message.content).includes(`changed ${first}`))).toBe(true);
  });

  it('wait for the next day, and are dropped when nobody wants them any more', async () => {
    const [three, one, two] = [3, 1, 2].map((weight) => ids.find((id) => notes.get(id)!.weight === weight)!);
    notes.get(three!)!.state = 'keep';
    notes.get(one!)!.weight = 4;
    world.setClock('2026-11-24T01:00:00Z');
    await world.ports.transaction((tx) => requestAlerts(tx, world.partnershipId));
    await settle();
    expect([stands(three!), stands(one!), stands(two!)]).toEqual([false, true, true]);
    const spent = await world.ports.db.selectFrom('alertSpent').selectAll().where('onDate', '=', '2026-11-24').execute();
    expect(spent).toHaveLength(2);
  });
});
