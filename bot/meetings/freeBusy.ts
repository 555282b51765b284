import { sql } from 'kysely';
import type { Db, Tx } from '../store/database.ts';

/** A stretch of time: `[from, to)`. */
export interface Stretch {
  readonly from: Date;
  readonly to: Date;
}

/** Whose time is asked for, and through whose mailbox. */
export interface FreeBusyQuestion extends Stretch {
  /** Object id of a user whose mailbox is read. */
  readonly askedBy: string;
  /** Of people who have a mailbox in the client's tenant. */
  readonly addresses: readonly string[];
}

/** When people are taken, as far as their calendars tell others: times alone, those of all in one. */
export interface FreeBusyPort {
  /**
   * @returns when at least one of them is taken, in quarters of an hour, in the order of time, and whose time that is; somebody of whom nothing
   * is told counts as free. Null where it is not told at all
   * @throws {Unavailable} to be asked again
   */
  taken(question: FreeBusyQuestion): Promise<{ readonly times: readonly Stretch[]; readonly of: readonly string[] } | null>;
}

/** Through whose mailbox the time of some people can be asked for: one of them where his is read, else any that is read for the partnership. */
export async function askerFor(tx: Tx | Db, partnershipId: string, addresses: readonly string[]): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select user_id as id from mailbox join mailbox_partnership as link on link.mailbox_id = mailbox.id
    where link.partnership_id = ${partnershipId} and mailbox.state = 'reading' and user_id is not null
    order by addresses && ${[...addresses]}::text[] desc, mailbox.id limit 1`.execute(tx);
  return rows[0]?.id ?? null;
}
