import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { sql } from 'kysely';
import { healthRoutes } from '../../bot/http/health.ts';
import { portsOf } from '../../bot/store/index.ts';
import { PARTNER_TENANT } from './parts.ts';
import { anna, app, as, elsewhere, jose, KEY, partnership, press, stranger, test, ticker } from './stage.ts';

describe('who asks', () => {
  it('is the person of the token, from the client’s tenant or one in which somebody is bound', async () => {
    const me = async (headers: Record<string, string>) => (await app.inject({ url: '/api/me', headers })).json();
    expect(await me(await as(anna))).toMatchObject({ bound: true, name: 'Anna', admin: true });
    expect(await me(await as(jose, { tid: PARTNER_TENANT }))).toMatchObject({ bound: true, name: 'Jose', admin: false });
    expect(await me(await as(stranger))).toMatchObject({ bound: false, name: null });
    expect(await me(await as(anna, { tid: PARTNER_TENANT }))).toMatchObject({ bound: false, admin: false });
  });

  it('is told in a sentence when he is not signed in', async () => {
    const bare = await app.inject({ url: '/api/me' });
    expect(bare.statusCode).toBe(401);
    expect(bare.headers['www-authenticate']).toBe('Bearer');
    expect(bare.json()).toEqual({ code: 'token.missing', message: 'You are not signed in. Please open Rapport from Teams.' });
    const ended = await app.inject({ url: '/api/me', headers: await as(anna, { exp: 1 }) });
    expect(ended.json()).toMatchObject({ code: 'token.expired' });
  });

  it('gets nothing that the contract does not name', async () => {
    expect((await app.inject({ url: '/api/me', headers: await as(anna) })).body).not.toContain('secret');
  });
});

describe('actions', () => {
  it('run in a transaction, as who the token says, and answer with what can be taken back', async () => {
    const answer = await press('note.make', { subjectId: partnership, inputs: { text: 'hello' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      now: '2026-11-23T08:00:00Z',
      message: 'Noted.',
      obligation: null,
      matter: null,
      review: null,
      undo: { subjectId: partnership, eventId: expect.stringMatching(/^\d+$/) },
    });
    const headers = { ...(await as(anna)), 'x-rapport-surface': 'outlook' };
    const { eventId } = (await press('note.make', { subjectId: partnership, inputs: { text: 'again' } }, headers)).json().undo;
    const row = await test.db.selectFrom('journal').select(['through', 'bySide']).where('id', '=', eventId).executeTakeFirstOrThrow();
    expect(row).toEqual({ through: 'outlook', bySide: 'client' });
  });

  it.each<[string, string, object, number, object]>([
    [
      'a partnership that an admin only looks at',
      'note.make',
      { subjectId: elsewhere, inputs: { text: 'x' } },
      403,
      { code: 'access.look_only' },
    ],
    ['what is not there', 'note.make', { subjectId: randomUUID(), inputs: { text: 'x' } }, 404, { code: 'subject.not_found' }],
    ['an id that is none', 'note.make', { subjectId: "1'; drop table journal", inputs: { text: 'x' } }, 404, { code: 'subject.not_found' }],
    ['an unknown verb', 'note.burn', { subjectId: partnership }, 404, { code: 'action.unknown' }],
    ['a missing input', 'note.make', { subjectId: partnership, inputs: {} }, 400, { code: 'input.invalid', details: { field: 'text' } }],
    ['a body that is none', 'note.make', { inputs: { text: 'x' } }, 400, { code: 'input.invalid', details: { field: 'subjectId' } }],
    [
      'a rule that says no',
      'note.refuse',
      { subjectId: partnership, inputs: { text: 'x' } },
      409,
      { code: 'note.locked', message: 'Notes are closed for today.', details: { minutes: 5 } },
    ],
    [
      'a bug, without a word of what went wrong',
      'note.bug',
      { subjectId: partnership, inputs: { text: 'private words' } },
      500,
      { code: 'internal' },
    ],
  ])('refuse %s', async (_why, verb, body, status, error) => {
    const before = await test.db.selectFrom('journal').select('id').execute();
    const answer = await press(verb, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject(error);
    expect(answer.body).not.toContain('private words');
    expect(await test.db.selectFrom('journal').select('id').execute()).toHaveLength(before.length);
  });

  it('tell what is another partnership’s and what is not there alike', async () => {
    const headers = await as(jose, { tid: PARTNER_TENANT });
    const told = async (subjectId: string) => {
      const answer = await press('note.make', { subjectId, inputs: { text: 'x' } }, headers);
      return [answer.statusCode, answer.body];
    };
    expect(await told(elsewhere)).toEqual(await told(randomUUID()));
    expect((await told(elsewhere))[0]).toBe(404);
  });

  it('say when to come again while the outside is away', async () => {
    const answer = await press('note.wait', { subjectId: partnership, inputs: { text: 'x' } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.json().code).toBe('unavailable');
  });
});
describe('the rest of the house', () => {
  it('may be framed by Teams and Outlook, and by nobody else', async () => {
    const { headers } = await app.inject({ url: '/tab/' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toMatch(
      /frame-ancestors 'self' https:\/\/teams\.microsoft\.com https:\/\/\*\.teams\.microsoft\.com .*https:\/\/outlook\.office\.com .* http:\/\/localhost:\*/,
    );
    expect(headers['x-frame-options']).toBeUndefined();
  });

  it('serves the tab, any page of it, and its files for a long time; there is no budget of requests for them', async () => {
    for (const url of ['/tab/', '/tab/partnerships/1', '/tab']) {
      const page = await app.inject({ url });
      const followed = page.statusCode === 302 || page.statusCode === 301 ? await app.inject({ url: String(page.headers.location) }) : page;
      expect(followed.body).toContain('<title>Rapport</title>');
      expect(followed.headers['cache-control']).toBe('no-cache');
      expect(followed.headers['x-ratelimit-limit']).toBeUndefined();
    }
    const script = await app.inject({ url: '/tab/assets/index-abc.js' });
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await app.inject({ url: '/api/me', headers: await as(anna) })).headers['x-ratelimit-limit']).toBe('600');
    expect((await app.inject({ url: '/elsewhere' })).json()).toMatchObject({ code: 'not_found' });
  });

  it('says whether it works, and what waits for somebody to look', async () => {
    await ticker.sweepNow();
    expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200);
    const ready = await app.inject({ url: '/readyz' });
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({ status: 'ready', database: 'ok', parkedDeadlines: [], stuckJobs: [] });
    await sql`insert into deadline (kind, subject_kind, subject_id, at, failures, parked_at, last_error)
      values ('k', 'obligation', 'o1', ${test.clock.now()}, 5, ${test.clock.now()}, 'TypeError at rules.ts:1')`.execute(test.db);
    const { status, parkedDeadlines } = (await app.inject({ url: '/readyz' })).json();
    await sql`delete from deadline`.execute(test.db);
    expect(status).toBe('attention');
    expect(parkedDeadlines).toMatchObject([{ kind: 'k', subjectId: 'o1', lastError: 'TypeError at rules.ts:1' }]);
  });

  it('says that the disk is full and what to do, whether the database answers or not', async () => {
    const own = Fastify();
    let full = true;
    await own.register(healthRoutes, {
      ports: portsOf(test.db, test.clock, () => 0),
      ticker,
      config: {},
      room: { full: async () => full },
    });
    await ticker.sweepNow();
    const answer = await own.inject({ url: '/readyz' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ status: 'notReady', database: 'full', advice: expect.stringMatching(/make room/i) });
    full = false;
    expect((await own.inject({ url: '/readyz' })).json()).toMatchObject({ status: 'ready', database: 'ok' });
    await own.close();
  });

  it('is not ready until the scope of the app is proven, where a proof is asked for', async () => {
    const health = Fastify();
    await health.register(healthRoutes, { ports: test.ports, ticker, config: { OUT_OF_SCOPE_MAILBOX: 'hr@contoso.com' } });
    await ticker.sweepNow();
    const asked = async () => {
      const answer = await health.inject({ url: '/readyz' });
      return [answer.statusCode, answer.json().status, answer.json().scope];
    };
    expect(await asked()).toEqual([503, 'notReady', 'unproven']);
    for (const [scope, status] of [['tooWide', 503] as const, ['proven', 200] as const]) {
      await sql`update graph_tenant set scope = ${scope}`.execute(test.db);
      expect((await asked())[0]).toBe(status);
    }
    await health.close();
  });

  it('describes its API', async () => {
    const { openapi, paths, components } = (await app.inject({ url: '/openapi.json' })).json();
    expect(openapi).toBe('3.0.3');
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/me', '/api/partnerships/{id}/today', '/api/actions/{verb}']));
    // who may ask, and what is answered when it is refused
    const { security, responses } = paths['/api/me'].get;
    expect(Object.keys(security[0])).toEqual(Object.keys(components.securitySchemes));
    expect(Object.keys(responses)).toEqual(['200', 'default']);
    expect(Object.keys(responses.default.content['application/json'].schema.properties)).toEqual(
      expect.arrayContaining(['code', 'message']),
    );
    expect(paths['/healthz'].get.security).toBeUndefined();
  });

  it('ends although somebody holds a connection on which he never asked', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const silent = connect((app.server.address() as { port: number }).port, '127.0.0.1');
    await once(silent, 'connect');
    const gone = once(silent, 'close');
    await app.close();
    await gone;
  });

  it('moves product time for the holder of the local key alone', async () => {
    const to = '2026-11-24T09:30:00.250Z';
    const move = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/local/clock', headers, payload: { to } });
    expect((await move({})).statusCode).toBe(401);
    expect((await move({ 'x-local-key': `${KEY}x` })).statusCode).toBe(401);
    expect((await move({ 'x-local-key': KEY })).json()).toEqual({ now: to, nextDeadlineAt: null, idle: true });
    const back = await app.inject({
      method: 'POST',
      url: '/local/clock',
      headers: { 'x-local-key': KEY },
      payload: { to: '2026-11-24T09:00:00Z' },
    });
    expect(back.json()).toMatchObject({ code: 'clock.backwards' });
    const read = await app.inject({ method: 'POST', url: '/local/read', headers: { 'x-local-key': KEY } });
    expect(read.json()).toMatchObject({ idle: false });
    const jobs = await sql<{ name: string }>`select task_identifier as name from graphile_worker.jobs`.execute(test.db);
    expect(jobs.rows).toEqual([{ name: 'graph.sweep' }]);
  });
});
