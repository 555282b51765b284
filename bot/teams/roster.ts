import { sql } from 'kysely';
import { z } from 'zod';
import type { JobHandler, Ports } from '../capability.ts';
import { addJob } from '../jobs/index.ts';
import { ERASED_WORDS, erasedMember, hashOfAccount, hashOfAddress, marksOf } from '../people/erased.ts';
import { refreshCards } from '../posts/index.ts';
import { type Member, type TeamsPort, Tombstoned } from '../posts/port.ts';
import { conversationById, refOf, tombstone } from '../posts/store.ts';
import { viewersOf } from '../posts/targets.ts';
import { conversationChanged } from '../setup/index.ts';
import type { Tx } from '../store/database.ts';
import { knowAs } from './person.ts';

/** Reads who is in a channel: who will see its cards, and by what name the bot knows those who are bound. */
export const rosterJob = (teams: TeamsPort): JobHandler => ({
  schema: z.object({ conversationId: z.string() }),
  async run({ conversationId }: { conversationId: string }, { ports }) {
    const conversation = await conversationById(ports.db, conversationId);
    if (conversation?.kind !== 'channel') return;
    try {
      const members = await teams.members(refOf(conversation));
      await ports.transaction(async (tx) => {
        const before = new Set(await viewersOf(tx, conversation));
        await keepMembers(tx, conversation.id, conversation.tenantId, members, ports.clock.now());
        // cards ask for the own view of those who are there: now of more
        if ((await viewersOf(tx, conversation)).some((userId) => !before.has(userId))) await refreshCards(tx, conversation.id);
        await conversationChanged(tx, conversation.id, ports.clock.now());
      });
    } catch (error) {
      if (!(error instanceof Tombstoned)) throw error;
      await ports.transaction((tx) => tombstone(tx, conversation.id, error.reason, ports.clock.now()));
    }
  },
});

async function keepMembers(tx: Tx, conversationId: string, hostTenantId: string, members: readonly Member[], at: Date): Promise<void> {
  await sql`select 1 from conversation where id = ${conversationId} for update`.execute(tx);
  await tx.deleteFrom('channelMember').where('conversationId', '=', conversationId).execute();
  // who is there by more than one team of a shared channel is told once for each
  const people = new Map(members.filter(({ userId }) => userId.startsWith('29:')).map((member) => [member.userId, member]));
  const all = [...people.values()].map(({ userId, tenantId, objectId, name, address }) => ({
    conversationId,
    userId,
    tenantId: uuid(tenantId) ?? hostTenantId,
    objectId: uuid(objectId),
    name: name.replaceAll('\0', '').slice(0, 200),
    address: address?.slice(0, 320) ?? null,
    seenAt: at,
  }));
  const rows = await withoutErased(tx, all);
  if (rows.length) await tx.insertInto('channelMember').values(rows).execute();
  for (const { tenantId, objectId, userId } of rows) if (objectId) await knowAs(tx, { tenantId, objectId }, userId);
}

/** Somebody who was erased is in the channel as nobody in particular: that he reads it counts for its audience, who he is does not. */
async function withoutErased<
  Row extends { userId: string; tenantId: string | null; objectId: string | null; name: string; address: string | null },
>(tx: Tx, rows: readonly Row[]): Promise<Row[]> {
  const hashes = ({ tenantId, objectId, address }: Row): [account: string, address: string] => [
    tenantId && objectId ? hashOfAccount(tenantId, objectId) : '',
    address ? hashOfAddress(address) : '',
  ];
  const marks = await marksOf(tx, rows.flatMap(hashes));
  return rows.map((row) => {
    const [byAccount, byAddress] = hashes(row).map((hash) => marks.get(hash));
    const mark = byAccount ?? byAddress;
    if (mark === undefined) return row;
    // without a tenant: whose he was is known by his account, not by an address that his tenant may write as it likes
    const tenantId = byAccount === undefined ? row.tenantId : null;
    return { ...row, userId: erasedMember(row), tenantId, objectId: null, name: ERASED_WORDS, address: mark };
  });
}

/** Reads all channels again, when nothing else is to be done. */
export async function requestRosters({ db }: Pick<Ports, 'db'>): Promise<void> {
  const channels = await db
    .selectFrom('conversation')
    .select('id')
    .where('kind', '=', 'channel')
    .where('tombstonedAt', 'is', null)
    .execute();
  for (const { id } of channels) await addJob(db, 'teams.roster', { conversationId: id }, { key: `roster:${id}`, priority: 10 });
}

const uuid = (value: string | null): string | null => (value && z.guid().safeParse(value).success ? value : null);
