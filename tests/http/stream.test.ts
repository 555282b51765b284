import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { journalCursor } from '../../bot/journal/index.ts';
import { gate } from '../support/gate.ts';
import { until } from '../support/until.ts';
import { PARTNER_TENANT, TENANT } from './parts.ts';
import { anna, app, as, bindContact, jose, KEY, partnership, press, stranger, test } from './stage.ts';

describe('the stream', () => {
  type Line = { kind: string; cursor: string; position?: string; subjects?: string[] };
  async function open(oid: string, query = '', claims: Record<string, unknown> = {}) {
    const url = app.server.listening
      ? `http://127.0.0.1:${(app.server.address() as { port: number }).port}`
      : await app.listen({ port: 0, host: '127.0.0.1' });
    const response = await fetch(`${url}/api/partnerships/${partnership}/stream${query}`, { headers: await as(oid, claims) });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    const next = async (kind: string): Promise<Line> => {
      for (;;) {
        const end = rest.indexOf('\n');
        if (end >= 0) {
          const line = JSON.parse(rest.slice(0, end)) as Line;
          rest = rest.slice(end + 1);
          if (line.kind === kind) return line;
          continue;
        }
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before a line ${kind}`);
        rest += value;
      }
    };
    return { response, next, cancel: () => reader.cancel() };
  }
  const note = () => press('note.make', { subjectId: partnership, inputs: { text: 'streamed' } });

  it('tells what changed, to those of the partnership alone', async () => {
    const stream = await open(jose, '', { tid: PARTNER_TENANT });
    expect(stream.response.headers.get('content-type')).toContain('application/x-ndjson');
    await stream.next('heartbeat');
    await note();
    expect(await stream.next('changed')).toMatchObject({ now: '2026-11-23T08:00:00Z', subjects: [`charter:${partnership}`] });
    await stream.cancel();
    expect((await open(stranger)).response.status).toBe(403);
  });

  it('resumes after the cursor of a view, and after its own lines', async () => {
    const before = await journalCursor(test.db);
    await note();
    const stream = await open(anna, `?after=${before}`);
    expect((await stream.next('changed')).subjects).toEqual([`charter:${partnership}`]);
    const { cursor } = await stream.next('heartbeat');
    await stream.cancel();
    const again = await open(anna, `?after=${cursor}`);
    await note();
    expect((await again.next('changed')).subjects).toHaveLength(1);
    await again.cancel();
  });

  it('says of a change where it lies: a transaction that is still open keeps the cursor of every view before it', async () => {
    const [begun, end] = [gate(), gate()];
    let held = 0n;
    const long = test.db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(tx);
      held = BigInt(rows[0]!.id);
      begun.open();
      await end.opened;
    });
    try {
      await begun.opened;
      const stream = await open(anna, `?after=${await journalCursor(test.db)}`);
      await stream.next('heartbeat');
      await note();
      const { cursor, position } = await stream.next('changed');
      // others of this server may keep cursors back further, and let go meanwhile
      expect(BigInt(cursor)).toBeLessThanOrEqual(held);
      expect(BigInt(position!)).toBeGreaterThan(held);
      end.open();
      await long;
      await until(test.db, async () => BigInt(await journalCursor(test.db)) > BigInt(position!)); // a view of now holds it, and knows
      await stream.cancel();
    } finally {
      end.open(); // what is left open here holds up everybody on this server
      await long;
    }
  });

  it('ends with the token', async () => {
    const stream = await open(anna, '', { exp: Math.floor(test.clock.now().getTime() / 1000) });
    expect(await stream.next('end')).toMatchObject({ kind: 'end' });
  });

  it('ends when access does, before anything more is told', async () => {
    const leaver = randomUUID();
    await bindContact(leaver, TENANT, 'client', 'Leaver');
    const stream = await open(leaver);
    await stream.next('heartbeat');
    await sql`delete from identity where object_id = ${leaver}`.execute(test.db);
    await note();
    await expect(stream.next('changed')).rejects.toThrow('the stream ended');
  });

  it('says what time it is as soon as it was moved', async () => {
    const stream = await open(anna);
    await stream.next('heartbeat');
    const to = '2026-11-23T12:30:00Z';
    await app.inject({ method: 'POST', url: '/local/clock', headers: { 'x-local-key': KEY }, payload: { to } });
    expect(await stream.next('heartbeat')).toMatchObject({ now: to });
    await stream.cancel();
  });
});
