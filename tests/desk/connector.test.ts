import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import type { Connector } from '../../infra/local/connector/index.ts';
import { Limiter } from '../../infra/local/connector/limits.ts';
import type { Person } from '../../infra/local/tenant/person.ts';
import { aCard, anna, type Bot, channel, eve, joan, olga, type Stage, setStage, TENANT } from './stage.ts';

let stage: Stage;
let connector: Connector;
let bot: Bot;
let call: Stage['call'];
let botsToken: Stage['botsToken'];
let folder: string;
let wallMs = 0;
const thread = (id: string) => encodeURIComponent(id);
const inChannel = (activity: unknown) => ({ isGroup: true, activity, channelData: { channel: { id: channel.id } }, tenantId: TENANT });

beforeAll(async () => {
  stage = await setStage({ wallMs: () => wallMs });
  ({ bot, call, botsToken } = stage);
});
afterAll(() => stage.close());
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'rapport-connector-'));
  wallMs = Date.parse('2026-11-22T10:00:00Z');
  await stage.restartConnector(path.join(folder, 'teams.jsonl'));
  connector = stage.connector;
  bot.seen = [];
});
afterEach(() => rm(folder, { recursive: true }));

describe('what the bot may call', () => {
  it('asks for a token that was issued to this bot for the Bot Framework', async () => {
    const url = `${connector.url}v3/conversations/${thread(channel.id)}/members`;
    expect((await call('GET', url)).status).toBe(401);
    expect((await call('GET', url, 'not.a.token')).status).toBe(401);
    expect((await call('GET', url, await botsToken('https://graph.microsoft.com/.default'))).status).toBe(401);
    await connector.client.install('fabrikam', 'anna');
    expect((await call('GET', url, await botsToken())).status).toBe(200);
  });

  it('opens a thread in a channel, answers in it, changes and removes what the bot wrote', async () => {
    await connector.client.install('fabrikam', 'anna');
    const token = await botsToken();
    const opened = await call('POST', `${connector.url}v3/conversations`, token, inChannel(aCard('first')));
    expect(opened.status).toBe(201);
    expect(opened.body.id).toBe(`${channel.id};messageid=${opened.body.activityId}`);
    const answered = await call('POST', `${connector.url}v3/conversations/${thread(opened.body.id)}/activities`, token, aCard('second'));
    expect(connector.messagesIn(channel.id).map((message) => message.thread)).toEqual([opened.body.activityId, opened.body.activityId]);
    const second = `${connector.url}v3/conversations/${thread(opened.body.id)}/activities/${answered.body.id}`;
    expect((await call('PUT', second, token, aCard('changed'))).status).toBe(200);
    expect(connector.messagesIn(channel.id)[1]).toMatchObject({
      revision: 2,
      content: aCard('changed').attachments && { attachments: aCard('changed').attachments },
    });
    expect((await call('DELETE', second, token)).status).toBe(200);
    expect((await call('PUT', second, token, aCard('too late'))).body.error.code).toBe('ActivityNotFoundInConversation');
    expect(connector.messagesIn(channel.id)).toHaveLength(1);
  });

  it('opens a personal chat with a member and a guest, not with somebody of another tenant or of no shared team', async () => {
    await connector.client.install('fabrikam', 'anna');
    const token = await botsToken();
    const chat = (who: Person, tenantId: string | undefined = TENANT) =>
      call('POST', `${connector.url}v3/conversations`, token, {
        isGroup: false,
        bot: { id: `28:${stage.tenant.app.id}` },
        members: [{ id: who.teamsUserId }],
        tenantId,
      });
    const withJoan = await chat(joan);
    expect(withJoan).toMatchObject({ status: 201, body: { id: connector.roster.personalChat(joan) } });
    expect(
      (await call('POST', `${connector.url}v3/conversations/${thread(withJoan.body.id)}/activities`, token, aCard('hello'))).status,
    ).toBe(201);
    expect((await chat(eve)).body.error.code).toBe('BotNotInConversationRoster');
    expect((await chat(olga)).body.error.code).toBe('BotNotInConversationRoster');
    expect((await chat(anna, '0f3b7a52-0000-4000-8000-00000000dead')).status).toBe(400);
  });

  it('is not let into a channel where it is not installed, nor after it was removed', async () => {
    const token = await botsToken();
    const post = () => call('POST', `${connector.url}v3/conversations`, token, inChannel(aCard('hello')));
    expect(await post()).toMatchObject({ status: 403, body: { error: { code: 'BotNotInConversationRoster' } } });
    await connector.client.install('fabrikam', 'anna');
    expect((await post()).status).toBe(201);
    await connector.client.uninstall('fabrikam', 'anna');
    expect((await post()).status).toBe(403);
    expect(
      (await call('POST', `${connector.url}v3/conversations/${thread('19:nowhere@thread.tacv2')}/activities`, token, aCard('x'))).status,
    ).toBe(404);
  });

  it('lists members with their tenant and standing; an external member comes without name parts and address', async () => {
    await connector.client.install('fabrikam', 'anna');
    const token = await botsToken();
    const { body } = await call('GET', `${connector.url}v3/conversations/${thread(channel.id)}/pagedmembers?pageSize=100`, token);
    expect(body.members.map((member: Record<string, string>) => [member.id, member.userRole, member.tenantId, member.email])).toEqual([
      ['29:1anna', 'user', TENANT, 'anna@contoso.example'],
      ['29:1joan', 'guest', TENANT, 'joan@fabrikam.example'],
      ['29:1eve', 'anonymous', eve.tenantId, undefined],
    ]);
    const one = await call('GET', `${connector.url}v3/conversations/${thread(channel.id)}/members/${thread('29:1joan')}`, token);
    expect(one.body.aadObjectId).toBe(joan.objectId);
    const teams = await call('GET', `${connector.url}v3/teams/${thread(channel.teamId)}`, token);
    expect(teams.body).toMatchObject({ id: channel.teamId, name: 'Partners', tenantId: TENANT });
    const channels = await call('GET', `${connector.url}v3/teams/${thread(channel.teamId)}/conversations`, token);
    expect(channels.body.conversations.map((one: { id: string }) => one.id)).toEqual([channel.teamId, channel.id]);
  });

  it('answers 429 with Retry-After beyond 7 calls in a second and 8 in two, per conversation', async () => {
    await connector.client.install('fabrikam', 'anna');
    const token = await botsToken();
    const { body } = await call('POST', `${connector.url}v3/conversations`, token, inChannel(aCard('first')));
    const post = async () =>
      (await call('POST', `${connector.url}v3/conversations/${thread(body.id)}/activities`, token, aCard('again'))).status;
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) statuses.push(await post());
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 201, 429]);
    wallMs += 1_000;
    expect([await post(), await post()]).toEqual([201, 429]);
    wallMs += 2_000;
    expect(await post()).toBe(201);
  });

  it('lets no more than 60 calls through in 30 seconds and 1,800 in an hour', () => {
    let nowMs = 0;
    const limiter = new Limiter(() => nowMs);
    const through = (everyMs: number, forMs: number): number => {
      let count = 0;
      for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += everyMs) if (limiter.take('c').allowed) count += 1;
      return count;
    };
    expect(through(260, 29_900)).toBe(60);
    nowMs += 3_600_000;
    expect(through(500, 3_600_000)).toBe(1_800);
  });

  it('gives the errors that are switched on, before the call or after it', async () => {
    await connector.client.install('fabrikam', 'anna');
    const token = await botsToken();
    const post = () => call('POST', `${connector.url}v3/conversations`, token, inChannel(aCard('hello')));
    connector.faults.add({ status: 412, times: 1 });
    connector.faults.add({ status: 403, code: 'MessageWritesBlocked', times: 1, conversationId: channel.id });
    connector.faults.add({ status: 504, times: 1, after: true });
    expect([(await post()).status, (await post()).body.error.code]).toEqual([412, 'MessageWritesBlocked']);
    expect(connector.messagesIn(channel.id)).toHaveLength(0);
    expect((await post()).status).toBe(504);
    expect(connector.messagesIn(channel.id)).toHaveLength(1);
    expect((await post()).status).toBe(201);
    const big = await call('POST', `${connector.url}v3/conversations`, token, inChannel(aCard('x'.repeat(60_000))));
    expect(big).toMatchObject({ status: 413, body: { error: { code: 'MessageSizeTooBig' } } });
  });
});

describe('what the bot is sent', () => {
  const posted = async (more: object = {}) => {
    await connector.client.install('fabrikam', 'anna');
    const { body } = await call('POST', `${connector.url}v3/conversations`, await botsToken(), inChannel(aCard('question', more)));
    bot.seen = [];
    return body.activityId as string;
  };

  it('signs for this bot with a key that is endorsed for Teams, and says its own service URL in the token', async () => {
    await connector.client.install('fabrikam', 'anna');
    const keys = createRemoteJWKSet(new URL(`${stage.entra.url}/botframework/v1/.well-known/keys`), {
      [customFetch]: async (url: string) => new Response(JSON.stringify((await call('GET', url)).body)),
    });
    for (const { activity, authorization } of bot.seen) {
      const { payload } = await jwtVerify(authorization.replace('Bearer ', ''), keys, {
        issuer: 'https://api.botframework.com',
        audience: stage.tenant.app.id,
      });
      expect(payload.serviceurl).toBe(activity.serviceUrl);
      expect(activity.serviceUrl).toBe(connector.url);
    }
    expect(bot.seen.map(({ activity }) => [activity.type, activity.action])).toEqual([
      ['conversationUpdate', undefined],
      ['installationUpdate', 'add'],
    ]);
    expect(bot.seen[1]?.activity.channelData).toMatchObject({
      settings: { selectedChannel: { id: channel.id } },
      team: { id: channel.teamId },
      tenant: { id: TENANT },
    });
  });

  it('says who pressed in `from`, with the tenant of the person, and shows the answered card to that person alone', async () => {
    const id = await posted();
    bot.answer = () => ({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: { type: 'AdaptiveCard', body: [] } });
    const pressed = await connector.client.press('eve', id, { type: 'Action.Execute', verb: 'obligation.waive', data: { subjectId: '1' } });
    expect(pressed).toEqual({ kind: 'card', card: { type: 'AdaptiveCard', body: [] } });
    expect(bot.seen[0]?.activity).toMatchObject({
      type: 'invoke',
      name: 'adaptiveCard/action',
      from: { id: '29:1eve', aadObjectId: eve.objectId },
      recipient: { id: `28:${stage.tenant.app.id}` },
      conversation: { id: `${channel.id};messageid=${id}`, conversationType: 'channel', tenantId: TENANT },
      channelData: { tenant: { id: eve.tenantId }, channel: { id: channel.id } },
      replyToId: id,
      value: { action: { verb: 'obligation.waive' }, trigger: 'manual' },
    });
    expect(await connector.client.view('eve', id)).toEqual({ type: 'AdaptiveCard', body: [] });
    expect(await connector.client.view('anna', id)).toMatchObject({ body: [{ text: 'question' }] });
    await expect(connector.client.press('olga', id, { type: 'Action.Execute', verb: 'x' })).rejects.toThrow('not in');
  });

  it("asks for a person's own view once per change of the message, for the listed people alone, and keeps the card when that fails", async () => {
    const refresh = { action: { type: 'Action.Execute', verb: 'refresh' }, userIds: ['29:1anna'] };
    const id = await posted({ refresh });
    bot.answer = () => ({
      statusCode: 200,
      type: 'application/vnd.microsoft.card.adaptive',
      value: { type: 'AdaptiveCard', body: [{ own: 1 }] },
    });
    await connector.client.view('anna', id);
    expect(await connector.client.view('anna', id)).toEqual({ type: 'AdaptiveCard', body: [{ own: 1 }] });
    expect(await connector.client.view('joan', id)).toMatchObject({ body: [{ text: 'question' }] });
    expect(bot.seen.map(({ activity }) => (activity.value as { trigger: string }).trigger)).toEqual(['automatic']);
    connector.client.enter('anna', channel.id);
    await connector.client.view('anna', id);
    expect(bot.seen).toHaveLength(2);
    bot.answer = () => ({ statusCode: 500, type: 'application/vnd.microsoft.error', value: { code: '500', message: 'no' } });
    await call(
      'PUT',
      `${connector.url}v3/conversations/${thread(channel.id)}/activities/${id}`,
      await botsToken(),
      aCard('newer', { refresh }),
    );
    expect(await connector.client.view('anna', id)).toMatchObject({ body: [{ text: 'newer' }] });
  });

  it('hands on what is typed: with a mention in the channel, without one in the personal chat, which installs the app first', async () => {
    await connector.client.install('fabrikam', 'anna');
    bot.seen = [];
    await connector.client.say('joan', channel.id, 'help <b>');
    expect(bot.seen[0]?.activity).toMatchObject({ type: 'message', text: '<at>Rapport</at> help <b>', from: { id: '29:1joan' } });
    expect(bot.seen[0]?.activity.entities).toContainEqual({
      type: 'mention',
      mentioned: { id: `28:${stage.tenant.app.id}`, name: 'Rapport' },
      text: '<at>Rapport</at>',
    });
    bot.seen = [];
    await connector.client.say('anna', connector.roster.personalChat(anna), 'brief');
    expect(bot.seen.map(({ activity }) => activity.type)).toEqual(['conversationUpdate', 'installationUpdate', 'message']);
    expect(bot.seen[2]?.activity).toMatchObject({ text: 'brief', conversation: { conversationType: 'personal' } });
  });

  it('sends Action.Submit as a message with a value', async () => {
    const id = await posted();
    await connector.client.press('anna', id, { type: 'Action.Submit', data: { verb: 'x' } });
    expect(bot.seen[0]?.activity).toMatchObject({ type: 'message', value: { verb: 'x' }, replyToId: id });
    expect(bot.seen[0]?.activity.text).toBeUndefined();
  });
});

describe('what stays over a restart', () => {
  it('keeps channel, messages and where the bot is installed; ids go on growing', async () => {
    await connector.client.install('fabrikam', 'anna');
    const token = await botsToken();
    const first = await call('POST', `${connector.url}v3/conversations`, token, inChannel(aCard('first')));
    const gone = await call('POST', `${connector.url}v3/conversations`, token, inChannel(aCard('gone')));
    await call(
      'PUT',
      `${connector.url}v3/conversations/${thread(channel.id)}/activities/${first.body.activityId}`,
      token,
      aCard('changed'),
    );
    await call('DELETE', `${connector.url}v3/conversations/${thread(channel.id)}/activities/${gone.body.activityId}`, token);
    const before = connector.messagesIn(channel.id);
    wallMs -= 60_000;
    await stage.restartConnector(path.join(folder, 'teams.jsonl'));
    connector = stage.connector;
    expect(connector.messagesIn(channel.id)).toEqual(before);
    const next = await call('POST', `${connector.url}v3/conversations`, await botsToken(), inChannel(aCard('next')));
    expect(Number(next.body.activityId)).toBeGreaterThan(Number(first.body.activityId));
  });
});
