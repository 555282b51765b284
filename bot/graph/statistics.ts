import { sql } from 'kysely';
import type { Db } from '../store/database.ts';

const FIRST_AFTER = 2_000;
/** 300 times as many rows are looked at: enough for how big a table is. PostgreSQL's own looks, which follow, take ten times as many. */
const TARGET = 10;

/** What mail is looked up by. The texts and addresses beside it would take most of the time, and no plan rests on them. */
const LOOKED_UP_BY = `
  thread (id, merged_into, first_at), thread_tie (tie, thread_id, left_out), thread_partnership (thread_id, partnership_id, bare_subject),
  message (key, thread_id, at, bare_subject, prefix, is_reply), message_to (address, at, message_key),
  message_copy (mailbox_id, graph_id, message_key), obligation (id, partnership_id, thread_id, state, due_at, settled_at)`;

/**
 * Tells the planner how big the tables of mail have become. A first reading fills them faster than PostgreSQL looks by itself (once a minute), and
 * a plan made for an empty table walks the whole of it. After 2,000 items, then each time twice as many.
 */
export function tableStatistics(): (db: Db, items: number) => Promise<void> {
  let [read, next] = [0, FIRST_AFTER];
  return async (db, items) => {
    read += items;
    if (read < next) return;
    next = read * 2;
    await db.transaction().execute(async (tx) => {
      await sql`set local default_statistics_target = ${sql.lit(TARGET)}`.execute(tx);
      await sql`analyze ${sql.raw(LOOKED_UP_BY)}`.execute(tx);
    });
  };
}
