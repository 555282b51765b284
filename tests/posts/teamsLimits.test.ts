import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { requestPost } from '../../bot/posts/index.ts';
import { appTurn } from '../../bot/posts/slot.ts';
import { setup } from '../../bot/setup/index.ts';
import { testDatabase } from '../support/database.ts';
import { type Note, noting } from '../support/notes.ts';
import { teamsWorld } from '../support/teams.ts';

it("keeps inside Teams' pace, so that the connector never refuses", async () => {
  const notes = new Map<string, Note>();
  const world = await teamsWorld({
    capabilities: (all) => [setup(all), noting(notes).capability],
    members: ['anna', 'joan'],
    limits: true,
  });
  try {
    await world.bind('anna');
    await world.client.install('fabrikam', 'anna');
    await world.drain();
    await world.ports.db.updateTable('conversation').set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' }).execute();
    const ids = Array.from({ length: 12 }, () => randomUUID());
    for (const id of ids) {
      notes.set(id, { partnershipId: world.partnershipId, text: id, state: 'wanted' });
      await world.ports.transaction((tx) => requestPost(tx, { kind: 'note', id }));
    }
    const cards = () => ids.map((id) => world.posted().filter((message) => JSON.stringify(message.content).includes(id)).length);
    for (let round = 0; round < 12 && cards().includes(0); round += 1) {
      await world.drain({ late: true });
      expect(world.troubles.splice(0).filter(({ message }) => message !== "the conversation's pace is used up")).toEqual([]);
    }
    expect(cards()).toEqual(ids.map(() => 1));
  } finally {
    await world.close();
  }
});

it('keeps one pace of the app over all instances', async () => {
  const database = await testDatabase();
  try {
    const [one, other] = [database.ports, { ...database.ports }];
    await Promise.all(Array.from({ length: 24 }, (_, n) => appTurn(n % 2 ? one : other)));
    const { fullAt } = await database.db.selectFrom('teamsPace').select('fullAt').executeTakeFirstOrThrow();
    // nobody's clock moved: 24 places of 26 ms were given out, each of them once
    expect(fullAt!.getTime() - database.clock.now().getTime()).toBe(24 * 26);
  } finally {
    await database.close();
  }
});
