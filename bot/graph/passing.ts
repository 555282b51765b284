import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Tx } from '../store/database.ts';
import type { Gate } from '../threads/index.ts';
import { type ReadableMailbox, restart } from './store.ts';

/** Who passes in a partnership, as a hash; made once per gate. */
const hashes = new WeakMap<Gate, Map<string, string>>();
function hashesOf(gate: Gate): Map<string, string> {
  const known = hashes.get(gate);
  if (known) return known;
  const lines = new Map<string, string[]>(gate.partnerships.map((id) => [id, []]));
  for (const entry of gate.entries) lines.get(entry.slice(0, entry.indexOf(' ')))?.push(entry);
  const made = new Map([...lines].map(([id, list]) => [id, createHash('sha256').update(list.join('\n')).digest('base64url')]));
  hashes.set(gate, made);
  return made;
}

/**
 * Others may pass now than passed when a mailbox was read (a contact was added, a pause is over): what was forgotten is read again, from the
 * beginning.
 * @returns whether it has to be
 */
export async function readAgainWhereMorePass(
  tx: Tx | Db,
  gate: Gate,
  { id, gateHash, partnerships }: Pick<ReadableMailbox, 'id' | 'gateHash' | 'partnerships'>,
): Promise<boolean> {
  const byPartnership = hashesOf(gate);
  const hash = partnerships.flatMap((partnership) => byPartnership.get(partnership) ?? []).join(' ');
  if (hash === gateHash) return false;
  if (gateHash !== null) await restart(tx, id, null);
  await tx.updateTable('mailbox').set({ gateHash: hash }).where('id', '=', id).execute();
  return gateHash !== null;
}

/** The same for all mailboxes: a charter changed. */
export async function readAgainEverywhere(tx: Tx, gate: Gate): Promise<void> {
  const { rows } = await sql<Pick<ReadableMailbox, 'id' | 'gateHash' | 'partnerships'>>`
    select mailbox.id, gate_hash, array_agg(partnership_id::text order by partnership_id::text) as partnerships
    from mailbox join mailbox_partnership on mailbox_id = mailbox.id join partnership on partnership.id = partnership_id
    where paused_at is null group by mailbox.id`.execute(tx);
  for (const mailbox of rows) await readAgainWhereMorePass(tx, gate, mailbox);
}
