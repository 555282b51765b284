import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import { nameOfError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Db, Tx } from '../store/database.ts';
import { callTurns } from './calls.ts';
import { callMailboxesById } from './store.ts';

interface GraphWakeTable {
  mailboxId: string;
}
declare module '../store/database.ts' {
  interface Database {
    graphWake: GraphWakeTable;
  }
}

/** A mail brings several notifications within a moment, and is read once. */
const MOMENT_MS = 1_000;

/**
 * Notes that something happened in these mailboxes. Rows and nothing else: a job would be told to all who wait for jobs, and commits that tell
 * something wait for each other.
 */
export async function noteWakes(db: Db | Tx, mailboxIds: readonly string[]): Promise<void> {
  if (mailboxIds.length > 0) await sql`insert into graph_wake (mailbox_id) select unnest(${mailboxIds}::uuid[])`.execute(db);
}

/** Calls for what is new in the mailboxes that were noted. @returns how many there were */
export const takeWakes = (ports: Pick<Ports, 'transaction'>): Promise<number> =>
  ports.transaction(async (tx) => {
    const { rows } = await sql<{ mailboxId: string }>`
      with taken as (
        delete from graph_wake where id in (select id from graph_wake order by id limit 10000 for update skip locked) returning mailbox_id
      )
      select distinct mailbox_id from taken order by mailbox_id`.execute(tx);
    const ids = rows.map(({ mailboxId }) => mailboxId);
    if (ids.length > 0) await callMailboxesById(tx, ids);
    await callTurns(tx, ids);
    return ids.length;
  });

/** Looks each moment whether somebody was woken, here or at another instance. */
export function startWaking(ports: Pick<Ports, 'transaction'>, log: Log): { stop(): Promise<void> } {
  let looking: Promise<unknown> | null = null;
  const look = async (): Promise<void> => {
    try {
      await takeWakes(ports);
    } catch (error) {
      log.warn({ error: nameOfError(error) }, 'notifications could not be followed up, and will be in a moment');
    } finally {
      looking = null;
    }
  };
  const timer = setInterval(() => {
    looking ??= look();
  }, MOMENT_MS);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
