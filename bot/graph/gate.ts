import { sql } from 'kysely';
import { activePartnerships, charters, currentCharter } from '../charter/index.ts';
import type { Db } from '../store/database.ts';
import { type Gate, gateOf } from '../threads/index.ts';
import { gathered } from './gathered.ts';

/**
 * The gate as of now: all partnerships that are not paused, each by its charter in force. Made again when anything it rests on has changed,
 * which one small query tells, asked after the call: mailboxes that ask meanwhile share the next one.
 */
export function currentGate(db: Db): (now: Date) => Promise<Gate> {
  let known: { stamp: string; gate: Gate } | null = null;
  const look = gathered<Date>(
    async (asked) => {
      const now = new Date(Math.max(...asked.map((at) => at.getTime())));
      const stamp = await stampOf(db, now);
      if (known?.stamp !== stamp) known = { stamp, gate: await gateAt(db, now) };
    },
    { most: Number.POSITIVE_INFINITY, atOnce: 1 },
  );
  return async (now) => {
    await look(now);
    return known!.gate;
  };
}

async function gateAt(db: Db, now: Date): Promise<Gate> {
  const active = await activePartnerships(db);
  const current = await Promise.all(active.map(({ id }) => currentCharter(db, id, now)));
  const versions = await Promise.all(active.map(({ id }) => charters(db, id)));
  const agreed = versions.flatMap((all) => all.find(({ acknowledgedAt }) => acknowledgedAt)?.acknowledgedAt ?? []);
  return gateOf(current, agreed);
}

async function stampOf(db: Db, now: Date): Promise<string> {
  const { rows } = await sql<{ stamp: string }>`
    select concat_ws(' ',
      (select md5(string_agg(id::text, ' ' order by id)) from partnership where paused_at is null),
      (select concat_ws(' ', count(*), max(loaded_at), count(*) filter (where effective_at <= ${now})) from charter_version),
      (select concat_ws(' ', count(*), max(at)) from charter_acknowledgement)) as stamp`.execute(db);
  return rows[0]!.stamp;
}
