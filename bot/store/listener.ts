import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Connection, clientConfig } from './connection.ts';

export interface Listener {
  /** Calls `heard` with each payload committed on the channel from now on, and with null after a gap in which some may have been missed. */
  subscribe(channel: string, heard: (payload: string | null) => void): Promise<() => void>;
  close(): Promise<void>;
}

const RECONNECT_MS = 1000;

/** One LISTEN connection, shared by all who wait for something in this process; made anew when it is cut. */
export async function openListener(connection: Connection): Promise<Listener> {
  const subscribers = new Map<string, Set<(payload: string | null) => void>>();
  let closed = false;
  let client = await connected();

  async function connected(): Promise<pg.Client> {
    const fresh = new pg.Client({ ...clientConfig(connection), keepAlive: true });
    fresh.on('error', () => {}); // 'end' follows
    fresh.on('notification', ({ channel, payload }) => tell(channel, payload ?? ''));
    await fresh.connect();
    for (const channel of subscribers.keys()) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
    fresh.once('end', () => void reconnect());
    return fresh;
  }
  async function reconnect(): Promise<void> {
    while (!closed) {
      try {
        client = await connected();
        for (const channel of subscribers.keys()) tell(channel, null);
        return;
      } catch {
        await sleep(RECONNECT_MS, undefined, { ref: false }); // the database is away; whoever queries it says so
      }
    }
  }
  function tell(channel: string, payload: string | null): void {
    for (const heard of subscribers.get(channel) ?? []) heard(payload);
  }

  return {
    async subscribe(channel, heard) {
      const all = subscribers.get(channel) ?? new Set();
      subscribers.set(channel, all.add(heard));
      if (all.size === 1) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      return () => all.delete(heard);
    },
    async close() {
      closed = true;
      await client.end();
    },
  };
}
