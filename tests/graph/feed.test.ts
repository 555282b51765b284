import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { wall } from '../../bot/clock.ts';
import { type Config, readConfig } from '../../bot/config.ts';
import { Unavailable } from '../../bot/errors.ts';
import { NotServed } from '../../bot/graph/exchange.ts';
import { activityFeed, graphClient } from '../../bot/graph/index.ts';
import { Uncertain } from '../../bot/posts/port.ts';
import { toWire } from '../../infra/local/graph/wire.ts';

const TENANT = '22222222-2222-4222-8222-222222222222';
const OBJECT = 'aaaaaaaa-0000-4000-8000-000000000001';
const LINE = { tenantId: TENANT, objectId: OBJECT, text: 'Help is asked for', subject: { kind: 'escalation', id: 'e1' } };

let server: http.Server;
afterEach(() => new Promise((done) => server.close(done)));

/** Graph as far as this goes: answers as told, and keeps what it was asked. */
async function graphThat(answers: { status: number; headers?: Record<string, string> }) {
  const asked: { method: string; url: string; body: Record<string, unknown> }[] = [];
  server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as Record<string, unknown>;
    asked.push({ method: request.method ?? '', url: request.url ?? '', body });
    response.writeHead(answers.status, { 'content-type': 'application/json', ...answers.headers });
    const answer = answers.status === 204 ? null : { error: { code: 'Forbidden', message: 'no' } };
    // held against Graph's contract, like all that goes to the stand-in
    toWire({
      method: request.method ?? '',
      url: `https://graph.example${request.url}`,
      headers: {},
      request: body,
      status: answers.status,
      answer,
    });
    response.end(answer ? JSON.stringify(answer) : '');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const config: Config = readConfig({
    PUBLIC_URL: 'https://rapport.example',
    TENANT_ID: TENANT,
    APP_ID: '11111111-1111-4111-8111-111111111111',
    TEAMS_APP_ID: '44444444-4444-4444-8444-444444444444',
    CHARTERS_DIR: '/nowhere',
    ACTIVITY_FEED: 'true',
    GRAPH_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const getToken = async () => ({ token: 't', expiresOnTimestamp: wall.now().getTime() + 3_600_000 });
  return { asked, feed: activityFeed(graphClient(config, wall, { getToken }), config)!, config };
}

describe('a line in the activity feed', () => {
  it('is sent to the person, and opens the exact place in the tab', async () => {
    const { asked, feed } = await graphThat({ status: 204 });
    expect(await feed.tell(LINE)).toBe(true);
    const [call] = asked;
    expect(call).toMatchObject({ method: 'POST', url: `/v1.0/users/${OBJECT}/teamwork/sendActivityNotification` });
    const { topic, ...rest } = call!.body as { topic: { source: string; value: string; webUrl: string } };
    expect(rest).toEqual({
      activityType: 'yourTurn',
      previewText: { content: LINE.text },
      templateParameters: [],
      teamsAppId: '44444444-4444-4444-8444-444444444444',
    });
    const link = new URL(topic.webUrl);
    expect([link.origin, link.pathname]).toEqual(['https://teams.microsoft.com', '/l/entity/44444444-4444-4444-8444-444444444444/today']);
    expect(link.searchParams.get('webUrl')).toBe('https://rapport.example/tab/#/escalation/e1');
    expect(JSON.parse(link.searchParams.get('context')!)).toEqual({ subEntityId: 'escalation/e1' });
  });

  it('is not for somebody of another tenant, nor where Graph refuses: another way is looked for', async () => {
    const { asked, feed } = await graphThat({ status: 403 });
    expect(await feed.tell({ ...LINE, tenantId: '99999999-9999-4999-8999-999999999999' })).toBe(false);
    expect(asked).toEqual([]);
    expect(await feed.tell(LINE)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('that Graph puts off was not told; one that broke off may have been, and is asked for once', async () => {
    const later = await graphThat({ status: 429, headers: { 'retry-after': '600' } });
    await expect(later.feed.tell(LINE)).rejects.toBeInstanceOf(Unavailable);
    // nor was what nobody sends while Graph wants to be left alone
    await expect(later.feed.tell(LINE)).rejects.toBeInstanceOf(NotServed);
    expect(later.asked).toHaveLength(1);
    await new Promise((done) => server.close(done));
    const broken = await graphThat({ status: 500 });
    await expect(broken.feed.tell(LINE)).rejects.toBeInstanceOf(Uncertain);
    expect(broken.asked).toHaveLength(1);
    await new Promise((done) => server.close(done));
    // that it says when to come again does not say that it told nobody
    const busy = await graphThat({ status: 503, headers: { 'retry-after': '1' } });
    await expect(busy.feed.tell(LINE)).rejects.toBeInstanceOf(Uncertain);
    expect(busy.asked).toHaveLength(1);
  });

  it('is off unless the setting says so', async () => {
    const { config } = await graphThat({ status: 204 });
    expect(activityFeed(graphClient(config, wall, { getToken: async () => null }), { ...config, ACTIVITY_FEED: false })).toBeNull();
  });
});
