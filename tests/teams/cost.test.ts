import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { allCapabilities } from '../../bot/capabilities.ts';
import type { Action, Actor } from '../../bot/capability.ts';
import { acknowledge } from '../../bot/charter/index.ts';
import { REQUEST } from '../escalations/world.ts';
import { type TeamsWorld, teamsWorld } from '../support/teams.ts';

const capabilities = allCapabilities(() => ({ name: 'reader' }));
const actions: Record<string, Action> = Object.assign({}, ...capabilities.map((each) => each.actions ?? {}));
let world: TeamsWorld;
let helpId: string;
let decisionId: string;

beforeAll(async () => {
  world = await teamsWorld({ capabilities: () => capabilities, startAt: '2026-11-24T08:00:00Z' });
  for (const key of ['anna', 'joan', 'carlo'] as const) await world.bind(key);
  for (const key of ['anna', 'joan'])
    await world.ports.transaction((tx) =>
      acknowledge(tx, { partnershipId: world.partnershipId, by: actor(key), now: world.ports.clock.now() }),
    );
  await world.client.install('fabrikam', 'joan');
  await drained();
  await world.ports.db
    .updateTable('conversation')
    .set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' })
    .where('kind', '=', 'channel')
    .execute();
  helpId = await begin('anna', 'escalation.open', REQUEST);
  decisionId = await begin('joan', 'approval.ask', { ...WISH, scope: 'Change in production' });
  await drained();
});
afterAll(() => world?.close());

const WISH = { what: 'A newer till', why: 'The old one stops', doneWhen: 'It runs' };
const actor = (key: string): Actor => ({
  partnershipId: world.partnershipId,
  contactId: world.contactId(key),
  side: key === 'anna' ? 'client' : 'provider',
  owner: true,
  through: 'tab',
});
async function begin(key: string, verb: string, inputs: object): Promise<string> {
  const { run, schema } = actions[verb]!;
  const context = { now: world.ports.clock.now(), actor: actor(key), subjectId: world.partnershipId, input: schema.parse(inputs) };
  const outcome = await world.ports.transaction((tx) => run({ tx, ...context }));
  return outcome.subject.id;
}
async function drained(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await world.ports.db.updateTable('conversation').set({ paceShortAt: null, paceLongAt: null, waitUntil: null }).execute();
    await world.drain({ late: true });
  }
  world.troubles.splice(0);
}

/** Statements that PostgreSQL is sent from the press to the new card, `begin` and `commit` among them. */
async function statements(key: string, verb: string, id: string, inputs: Record<string, string>): Promise<number> {
  const message = world.posted().find(({ content }) => JSON.stringify(content).includes(id))!;
  const data = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`${verb}:${name}`, value]));
  const sent = jest.spyOn(pg.Client.prototype, 'query');
  const answer = await world.client.press(key, message.id, { type: 'Action.Execute', verb, data: { subjectId: id, ...data } });
  const count = sent.mock.calls.length;
  sent.mockRestore();
  expect(answer.kind).toBe('card');
  expect(JSON.stringify(answer)).toContain(inputs.text);
  return count;
}

describe('a press takes few statements', () => {
  it('on help that is asked for, however long its history', async () => {
    await statements('carlo', 'escalation.take', helpId, { text: 'On my way' });
    const first = await statements('carlo', 'escalation.update', helpId, { text: 'The part is ordered' });
    for (let n = 0; n < 5; n += 1) await statements('carlo', 'escalation.update', helpId, { text: `Day ${n}` });
    expect(first).toBeLessThanOrEqual(20);
    expect(await statements('carlo', 'escalation.update', helpId, { text: 'The part is here' })).toBe(first);
  });

  it('on a decision', async () => {
    expect(await statements('joan', 'approval.withdraw', decisionId, { text: 'It runs again' })).toBeLessThanOrEqual(23);
  });
});
