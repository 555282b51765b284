import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createLine, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wall } from '../../bot/clock.ts';
import { readConfig } from '../../bot/config.ts';
import { card, textBlock } from '../../bot/posts/parts.ts';
import type { ConversationRef, TeamsPort } from '../../bot/posts/port.ts';
import { connectTeams } from '../../bot/teams/index.ts';
import { throwAwayCa } from '../../infra/local/certificates.ts';

const TENANT = '22222222-2222-4222-8222-222222222222';
let answer: (request: IncomingMessage, response: ServerResponse, body: unknown) => void;
const seen: { method: string; url: string; body: Record<string, unknown>; authorization: string | undefined }[] = [];
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    const body = text ? JSON.parse(text) : {};
    seen.push({ method: request.method!, url: request.url!, body, authorization: request.headers.authorization });
    answer(request, response, body);
  });
});
const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  answer = (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

const portOf = (of: Server) => (of.address() as AddressInfo).port;
const listening = (of: Server) => new Promise<void>((resolve) => of.listen(0, '127.0.0.1', resolve));
const closed = (of: Server) => new Promise((resolve) => of.close(resolve));

/** Its certificate is nobody's whom we believe. */
let untrusted: Server;
let arrived = 0;
/** Hears the beginning of a handshake, and lets go. */
const resetting = createLine((socket) => void socket.once('data', () => socket.resetAndDestroy()));

let teams: TeamsPort;
let channel: ConversationRef;
let tokens = async () => ({ token: 't', expiresOnTimestamp: wall.now().getTime() + 1_000_000 });
beforeAll(async () => {
  await listening(server);
  const host = `127.0.0.1:${portOf(server)}`;
  const { key, cert } = await (await throwAwayCa()).serverFor();
  untrusted = createSecureServer({ key, cert }, () => {
    arrived += 1;
  });
  for (const each of [untrusted, resetting]) await listening(each);
  const config = readConfig({
    PUBLIC_URL: 'https://rapport.example',
    TENANT_ID: TENANT,
    APP_ID: '11111111-1111-4111-8111-111111111111',
    CREDENTIAL: 'secret',
    OUT_OF_SCOPE_MAILBOX: 'unproven',
    APP_SECRET: 's',
    CHARTERS_DIR: '.',
    BOT_SERVICE_HOSTS: [server, untrusted, resetting].map((each) => `127.0.0.1:${portOf(each)}`).join(),
  });
  teams = connectTeams(config, { wall, credential: { getToken: () => tokens() } }).port;
  channel = { kind: 'channel', serviceUrl: `http://${host}/`, tenantId: TENANT, conversationId: '19:x@thread.tacv2', botId: '28:bot' };
});
afterAll(() => Promise.all([server, untrusted, resetting].map(closed)));

const hello = { card: card([textBlock('Hello')]) };

describe('what is sent', () => {
  it('a card starts a thread of its own in the channel', async () => {
    json(201, { id: '19:x@thread.tacv2;messageid=17', activityId: '17' });
    expect(await teams.send(channel, hello)).toBe('17');
    expect(seen.at(-1)).toMatchObject({
      method: 'POST',
      url: '/v3/conversations',
      authorization: 'Bearer t',
      body: {
        isGroup: true,
        tenantId: TENANT,
        channelData: { channel: { id: '19:x@thread.tacv2' } },
        activity: { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: hello.card }] },
      },
    });
  });

  it('a change goes to the thread of the card', async () => {
    json(200, { id: '17' });
    await teams.update(channel, '17', hello.card);
    expect(seen.at(-1)).toMatchObject({
      method: 'PUT',
      url: `/v3/conversations/${encodeURIComponent('19:x@thread.tacv2;messageid=17')}/activities/17`,
    });
    json(200, {});
    await teams.remove(channel, '17');
    expect(seen.at(-1)?.method).toBe('DELETE');
  });

  it('all pages of the members are read, with what each kind of account carries', async () => {
    let page = 0;
    answer = (_request, response) => {
      page += 1;
      const members =
        page === 1
          ? [{ id: '29:a', aadObjectId: 'o1', tenantId: TENANT, name: 'Anna', email: 'Anna@Contoso.com' }]
          : [
              { id: '29:b', name: null },
              { id: '29:c', name: 'Joan', userPrincipalName: 'joan_d_santos_fabrikam.com#EXT#@contoso.com' },
            ];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ members, ...(page === 1 && { continuationToken: 'n2' }) }));
    };
    expect(await teams.members(channel)).toEqual([
      { userId: '29:a', objectId: 'o1', tenantId: TENANT, name: 'Anna', address: 'anna@contoso.com' },
      { userId: '29:b', objectId: null, tenantId: null, name: '', address: null },
      // a guest without an address of his own: his principal name is under the client's domain, he is not
      { userId: '29:c', objectId: null, tenantId: null, name: 'Joan', address: 'joan_d_santos@fabrikam.com' },
    ]);
    expect(seen.at(-1)?.url).toContain('continuationToken=n2');
  });
});

describe('what an answer means', () => {
  const error = (code: string) => ({ error: { code, message: 'words' } });
  it.each([
    [403, 'MessageWritesBlocked', 'Tombstoned'],
    [403, 'ConversationBlockedByUser', 'Tombstoned'],
    [403, 'BotNotInConversationRoster', 'Tombstoned'],
    [403, 'BotDisabledByAdmin', 'Tombstoned'],
    [404, 'ConversationNotFound', 'Tombstoned'],
    [412, 'PreconditionFailed', 'Unavailable'],
    [429, 'TooManyRequests', 'Unavailable'],
    [502, 'BadGateway', 'Unavailable'],
    [504, 'GatewayTimeout', 'Unavailable'],
    [413, 'MessageSizeTooBig', 'TooLarge'],
    [400, 'BadSyntax', 'Error'],
    [401, 'BotNotRegistered', 'Error'],
  ])('%s %s: %s', async (status, code, name) => {
    const before = seen.length;
    json(status, error(code), { 'retry-after': '2.5' });
    await expect(teams.send(channel, hello)).rejects.toMatchObject({ name, ...(name === 'Unavailable' && { retryAfterSeconds: 2.5 }) });
    expect(seen).toHaveLength(before + 1);
  });

  it('a card that somebody deleted is gone, and removing it is no error', async () => {
    json(404, error('ActivityNotFoundInConversation'));
    await expect(teams.update(channel, '17', hello.card)).rejects.toMatchObject({ name: 'PostGone' });
    await expect(teams.remove(channel, '17')).resolves.toBeUndefined();
  });

  it('an answer below a card that somebody deleted does not close the conversation, nor does a 404 that names no reason', async () => {
    json(404, error('ActivityNotFoundInConversation'));
    await expect(teams.reply(channel, `${channel.conversationId};messageid=17`, '17', hello)).rejects.toMatchObject({ name: 'PostGone' });
    json(404, {});
    await expect(teams.send(channel, hello)).rejects.toMatchObject({ name: 'Error' });
    await expect(teams.members(channel)).rejects.toMatchObject({ name: 'Error' });
  });

  it('the app is not installed for a person: his chat is closed, and no channel', async () => {
    json(403, error('ForbiddenOperationException'));
    const chat = { ...channel, kind: 'personal', conversationId: 'a:1' } as const;
    await expect(teams.send(chat, hello)).rejects.toMatchObject({ name: 'Tombstoned' });
    await expect(teams.openPersonal(channel, '29:a')).rejects.toMatchObject({ name: 'Tombstoned' });
    await expect(teams.send(channel, hello)).rejects.toMatchObject({ name: 'Error' });
  });

  it('a send that is cut off is uncertain, a change that is cut off can be made again', async () => {
    const before = seen.length;
    answer = (request) => void request.socket.destroy();
    await expect(teams.send(channel, hello)).rejects.toMatchObject({ name: 'Uncertain' });
    expect(seen).toHaveLength(before + 1);
    // over a connection of its own too, once it is there
    await expect(teams.send(channel, hello)).rejects.toMatchObject({ name: 'Uncertain' });
    await expect(teams.update(channel, '17', hello.card)).rejects.toMatchObject({ name: 'Unavailable' });
  });

  it('what never left this machine was not sent, and is sent again: a certificate that is not believed, a handshake that is reset', async () => {
    for (const each of [untrusted, resetting]) {
      const there = { ...channel, serviceUrl: `https://127.0.0.1:${portOf(each)}/` };
      await expect(teams.send(there, hello)).rejects.toMatchObject({ name: 'Unavailable', retryAfterSeconds: undefined });
      await expect(teams.reply(there, '19:x@thread.tacv2;messageid=17', '17', hello)).rejects.toMatchObject({ name: 'Unavailable' });
    }
    expect(arrived).toBe(0);
  });

  it('a redirect is not followed, and no token goes to a host that is not listed', async () => {
    const before = seen.length;
    json(307, {}, { location: 'http://127.0.0.1:1/' });
    await expect(teams.send(channel, hello)).rejects.toMatchObject({ name: 'Error' });
    expect(seen).toHaveLength(before + 1);
    await expect(teams.send({ ...channel, serviceUrl: 'https://evil.example/' }, hello)).rejects.toMatchObject({
      name: 'Refusal',
      code: 'teams.host',
    });
  });

  it('nothing is sent without a token, and it is tried again', async () => {
    const before = seen.length;
    tokens = async () => {
      throw new Error('the authority is away');
    };
    await expect(teams.send(channel, hello)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(seen).toHaveLength(before);
  });
});
