import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Person } from '../tenant/person.ts';
import type { Channel } from '../tenant/tenant.ts';
import type { Core } from './core.ts';
import { ConnectorError } from './errors.ts';
import type { MessageContent, StoredMessage } from './history.ts';
import { groupIdOf, memberOf } from './roster.ts';

/** A message with its card may have 100 KB, counted in UTF-16. */
const MAX_BYTES = 100 * 1024;
/** A press and an event are activities with ids of another form, and no messages that could be gone. */
const MESSAGE_ID = /^\d+$/;

interface Params {
  conversationId: string;
  activityId: string;
  memberId: string;
  teamId: string;
}
type Request = FastifyRequest<{ Params: Params }>;

/** The calls a bot makes (Bot Connector v3). Each is checked for its token, its limits and the switches that are set. */
export function connectorRoutes(app: FastifyInstance, core: Core, verify: (bearer: string) => Promise<void>): void {
  const { roster, history } = core;

  app.setErrorHandler(async (error, _request, reply) => {
    const known = error instanceof ConnectorError ? error : new ConnectorError(500, 'ServiceError', String(error));
    if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
    return reply.code(known.status).send({ error: { code: known.code, message: known.message } });
  });
  app.addHook('onRequest', async (request) => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!bearer) throw new ConnectorError(401, 'Unauthorized', 'no bearer token');
    await verify(bearer).catch((cause: unknown) => {
      throw new ConnectorError(401, 'Unauthorized', `bearer token refused: ${cause instanceof Error ? cause.message : cause}`);
    });
  });

  /** Limits, switches, then the call. `key` is the conversation the call counts for. */
  async function guarded<T>(request: FastifyRequest, key: string, run: () => T): Promise<T> {
    const before = core.faults.take(request.method, key, false);
    if (before) throw before;
    if (request.method !== 'GET') {
      const turn = core.limiter.take(key);
      if (!turn.allowed) throw new ConnectorError(429, 'TooManyRequests', 'too many requests', turn.retryAfterSeconds);
    }
    const answer = run();
    const after = core.faults.take(request.method, key, true);
    if (after) throw after;
    return answer;
  }

  /** Adds a message by the bot, and opens a thread when it stands in a channel itself. */
  function post(conversationId: string, body: unknown): { id: string; thread: string | null } {
    const place = locate(core, conversationId);
    const id = history.nextId(core.wallMs());
    const thread = place.channel ? (place.thread ?? id) : null;
    history.add({
      id,
      conversationId: place.conversationId,
      thread,
      from: 'bot',
      at: core.now().toISOString(),
      editedAt: null,
      revision: 1,
      content: contentOf(body),
    });
    core.changes.emit('change', { conversationId: place.conversationId, messageId: id });
    return { id, thread };
  }

  app.post('/v3/conversations', async (request, reply) => {
    const body = record(request.body);
    const channelData = record(body.channelData);
    const channelId = text(record(channelData.channel).id);
    if (channelId) {
      const { id, thread } = await guarded(request, channelId, () => {
        inRoster(core, channelId);
        if (!body.activity) throw new ConnectorError(400, 'BadSyntax', 'a channel conversation needs its first activity');
        return post(channelId, body.activity);
      });
      return reply.code(201).send({ id: `${channelId};messageid=${thread}`, activityId: id, serviceUrl: serviceUrl(request) });
    }
    const members = Array.isArray(body.members) ? body.members.map(record) : [];
    const person = members.length === 1 ? roster.personByMri(text(members[0]?.id) ?? '') : undefined;
    if (!person) throw new ConnectorError(400, 'BadArgument', 'members must name one user of this bot by its 29: id');
    const tenant = text(body.tenantId) ?? text(record(channelData.tenant).id);
    if (tenant !== roster.tenantId) throw new ConnectorError(400, 'BadArgument', 'tenantId is missing or not the tenant of this bot');
    if (person.kind === 'external') throw new ConnectorError(403, 'BotNotInConversationRoster', 'the user is in another tenant');
    const id = roster.personalChat(person);
    return await guarded(request, id, () => {
      knows(core, person);
      history.setInstalled(id, true);
      const first = body.activity ? post(id, body.activity) : undefined;
      return reply.code(201).send({ id, ...(first && { activityId: first.id }), serviceUrl: serviceUrl(request) });
    });
  });

  const send = async (request: Request) => {
    const { conversationId, activityId } = request.params;
    return guarded(request, conversationId, () => {
      if (activityId && MESSAGE_ID.test(activityId)) standing(core, conversationId, activityId);
      return { id: post(conversationId, request.body).id };
    });
  };
  app.post<{ Params: Params }>('/v3/conversations/:conversationId/activities', async (request, reply) =>
    reply.code(201).send(await send(request)),
  );
  app.post<{ Params: Params }>('/v3/conversations/:conversationId/activities/:activityId', async (request, reply) =>
    reply.code(201).send(await send(request)),
  );

  app.put<{ Params: Params }>('/v3/conversations/:conversationId/activities/:activityId', async (request) => {
    const { conversationId, activityId } = request.params;
    return guarded(request, conversationId, () => {
      own(core, conversationId, activityId);
      history.edit(activityId, contentOf(request.body), core.now().toISOString());
      core.changes.emit('change', { conversationId: locate(core, conversationId).conversationId, messageId: activityId });
      return { id: activityId };
    });
  });
  app.delete<{ Params: Params }>('/v3/conversations/:conversationId/activities/:activityId', async (request) => {
    const { conversationId, activityId } = request.params;
    return guarded(request, conversationId, () => {
      own(core, conversationId, activityId);
      history.delete(activityId);
      core.changes.emit('change', { conversationId: locate(core, conversationId).conversationId, messageId: activityId });
      return {};
    });
  });

  const members = (conversationId: string) => {
    const place = locate(core, conversationId);
    return (place.channel ? place.channel.members.filter((person) => person.kind !== 'mailOnly') : [place.person]).map(memberOf);
  };
  app.get<{ Params: Params }>('/v3/conversations/:conversationId/members', async (request) =>
    guarded(request, request.params.conversationId, () => members(request.params.conversationId)),
  );
  app.get<{ Params: Params; Querystring: { pageSize?: string; continuationToken?: string } }>(
    '/v3/conversations/:conversationId/pagedmembers',
    async (request) =>
      guarded(request, request.params.conversationId, () => {
        const size = Math.min(500, Math.max(50, Number(request.query.pageSize ?? 200) || 200));
        const from = Number(request.query.continuationToken ?? 0) || 0;
        const all = members(request.params.conversationId);
        return { members: all.slice(from, from + size), ...(from + size < all.length && { continuationToken: String(from + size) }) };
      }),
  );
  app.get<{ Params: Params }>('/v3/conversations/:conversationId/members/:memberId', async (request) =>
    guarded(request, request.params.conversationId, () => {
      const wanted = request.params.memberId;
      const found = members(request.params.conversationId).find((member) => member.id === wanted || member.aadObjectId === wanted);
      if (!found) throw new ConnectorError(404, 'MemberNotFoundInConversation', 'the member is not part of the conversation');
      return found;
    }),
  );

  const team = (teamId: string): Channel[] => {
    const found = roster.channels.filter((channel) => channel.teamId === teamId && history.isInstalled(channel.id));
    if (found.length === 0) throw new ConnectorError(403, 'BotNotInConversationRoster', 'the bot is not part of the team');
    return found;
  };
  app.get<{ Params: Params }>('/v3/teams/:teamId', async (request) =>
    guarded(request, request.params.teamId, () => {
      const [first] = team(request.params.teamId);
      const channelCount = roster.channels.filter((channel) => channel.teamId === request.params.teamId).length + 1;
      return {
        id: first?.teamId,
        name: first?.teamName,
        aadGroupId: first && groupIdOf(first),
        tenantId: roster.tenantId,
        channelCount,
        type: 'standard',
      };
    }),
  );
  app.get<{ Params: Params }>('/v3/teams/:teamId/conversations', async (request) =>
    guarded(request, request.params.teamId, () => {
      team(request.params.teamId);
      const channels = roster.channels.filter((channel) => channel.teamId === request.params.teamId);
      return {
        conversations: [
          { id: request.params.teamId, type: 'standard' },
          ...channels.map(({ id, name, kind }) => ({ id, name, type: kind })),
        ],
      };
    }),
  );
}

type Place =
  | { conversationId: string; channel: Channel; thread: string | null; person?: undefined }
  | { conversationId: string; channel: null; thread: null; person: Person };

/** Finds the channel or personal chat and refuses as Teams does where the bot is not, or no longer, part of it. */
function locate(core: Core, conversationId: string): Place {
  const channel = core.roster.channelOf(conversationId);
  if (channel) {
    inRoster(core, channel.id);
    return { conversationId: channel.id, channel, thread: /;messageid=(\d+)$/.exec(conversationId)?.[1] ?? null };
  }
  const person = core.roster.personOfChat(conversationId);
  if (!person) throw new ConnectorError(404, 'ConversationNotFound', 'no such conversation');
  if (!core.history.isInstalled(conversationId))
    throw new ConnectorError(403, 'ConversationBlockedByUser', 'the user blocked the conversation with the bot');
  return { conversationId, channel: null, thread: null, person };
}

function inRoster(core: Core, channelId: string): void {
  if (!core.roster.channelOf(channelId)) throw new ConnectorError(404, 'ConversationNotFound', 'no such channel');
  if (!core.history.isInstalled(channelId))
    throw new ConnectorError(403, 'BotNotInConversationRoster', 'the bot is not part of the conversation roster');
}

/** A bot can open a chat with people who share a team with it, or who opened it before. */
function knows(core: Core, person: Person): void {
  const shared = core.roster.channels.some(
    (channel) => core.history.isInstalled(channel.id) && channel.members.some((member) => member.key === person.key),
  );
  if (!shared && !core.history.isInstalled(core.roster.personalChat(person)))
    throw new ConnectorError(403, 'BotNotInConversationRoster', 'the app is not installed for the user');
}

function standing(core: Core, conversationId: string, activityId: string): StoredMessage {
  const place = locate(core, conversationId);
  const message = core.history.message(activityId);
  if (!message || message.conversationId !== place.conversationId)
    throw new ConnectorError(404, 'ActivityNotFoundInConversation', 'no such activity in the conversation');
  return message;
}

function own(core: Core, conversationId: string, activityId: string): void {
  const message = standing(core, conversationId, activityId);
  if (message.from !== 'bot') throw new ConnectorError(403, 'ActivityNotOwnedByBot', "the activity is not the bot's");
}

function contentOf(body: unknown): MessageContent {
  if (Buffer.byteLength(JSON.stringify(body), 'utf16le') > MAX_BYTES)
    throw new ConnectorError(413, 'MessageSizeTooBig', 'the message is too big');
  const { text: words, summary, attachments, entities, type } = record(body);
  if (type !== 'message') throw new ConnectorError(400, 'BadSyntax', 'only messages can be sent here');
  return {
    ...(typeof words === 'string' && words && { text: words }),
    ...(typeof summary === 'string' && { summary }),
    ...(Array.isArray(attachments) && attachments.length > 0 && { attachments }),
    ...(Array.isArray(entities) && { entities }),
  };
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);
const serviceUrl = (request: FastifyRequest) => `${request.protocol}://${request.host}/`;
