import type { EventEmitter } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { partnershipIdOf } from '../../../bot/charter/ids.ts';
import type { StoredMessage } from '../connector/history.ts';
import type { Connector } from '../connector/index.ts';
import type { Entra } from '../entra/index.ts';
import type { Mover } from '../mover.ts';
import type { Person } from '../tenant/person.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { messageCommands } from './commands.ts';
import type { DeskClock, DeskConversation, DeskDialogue, DeskEvent, DeskMessage, DeskPlace, DeskState } from './contract.ts';
import { mailRoutes, type Post } from './mail.ts';
import { targetOf } from './moves.ts';

/** What the desk shows and acts on. `mover` is there once the service answers. */
export interface DeskParts {
  readonly tenant: Tenant;
  readonly connector: Connector;
  readonly entra: Pick<Entra, 'tokenFor'>;
  readonly post: Post;
  /** Places of a partnership, by slug. */
  readonly places: ReadonlyMap<string, readonly DeskPlace[]>;
  mover(): Mover | null;
  service(): DeskClock['service'];
  /** Says when `service()` changed. */
  readonly serviceChanges: EventEmitter;
}

const CARD = 'application/vnd.microsoft.card.adaptive';
/** Messages shown of a conversation, the newest. */
const SHOWN = 60;
/** A view that takes longer is shown as stored. */
const VIEW_MS = 3_000;

const As = z.object({ as: z.string() });
const Messages = As.extend({ conversation: z.string(), enter: z.literal('true').optional() });
const Say = Messages.extend({ text: z.string().min(1).max(4_000), thread: z.string().nullish() });
const Press = As.extend({
  message: z.string(),
  action: z.object({
    type: z.enum(['Action.Execute', 'Action.Submit']),
    id: z.string().optional(),
    title: z.string().optional(),
    verb: z.string().optional(),
    data: z.unknown(),
  }),
});
const Called = Messages.extend({ message: z.string().nullable(), command: z.string(), data: z.unknown().optional() });
const Move = z.union([As.extend({ step: z.enum(['hour', 'day', 'morning', 'next']) }), As.extend({ to: z.iso.datetime() })]);

/** The desk's own answers, under `/desk/api`. Everything is done as the person who is looking, through the clients of the connector. */
export function deskRoutes(app: FastifyInstance, parts: DeskParts): void {
  const { connector } = parts;
  const { roster } = connector;
  const who = (key: string): Person => {
    const person = roster.person(key);
    if (!person) throw Object.assign(new Error(`Nobody is called ${key} here.`), { statusCode: 404 });
    return person;
  };
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    const status = error instanceof z.ZodError ? 400 : (error.statusCode ?? 500);
    return reply.code(status).send({ message: error instanceof z.ZodError ? z.prettifyError(error) : error.message });
  });

  const commands = messageCommands();
  const clock = (): DeskClock => {
    const mover = parts.mover();
    const moving = mover?.moving() ?? null;
    return {
      now: (mover?.now() ?? parts.tenant.clockStartAt).toISOString(),
      moving: moving && { from: moving.from.toISOString(), to: moving.to.toISOString(), at: moving.at.toISOString() },
      service: parts.service(),
    };
  };
  /** Of the partnerships in whose channels the person is; of all for somebody who is in none. */
  const placesOf = (person: Person): DeskPlace[] => {
    const own = roster.channels.filter(({ members }) => members.some(({ key }) => key === person.key));
    const slugs = own.length > 0 ? own.map(({ slug }) => slug) : [...parts.places.keys()];
    const byZone = new Map(slugs.flatMap((slug) => parts.places.get(slug) ?? []).map((one) => [one.zone, one]));
    return [...byZone.values()];
  };
  const latest = (id: string) => connector.messagesIn(id).at(-1)?.id ?? null;
  const conversationsOf = (person: Person): DeskConversation[] => [
    ...roster.channels
      .filter((channel) => channel.members.some((member) => member.key === person.key))
      .map((channel) => ({
        id: channel.id,
        kind: 'channel' as const,
        name: channel.name,
        detail: channel.teamName,
        partnershipId: partnershipIdOf(channel.slug),
        members: channel.members.map(({ key, name }) => ({ key, name })),
        installed: connector.isInstalled(channel.id),
        latestId: latest(channel.id),
      })),
    // The app of this tenant is not offered to people of another one.
    ...(person.kind === 'external'
      ? []
      : [
          {
            id: roster.personalChat(person),
            kind: 'personal' as const,
            name: 'Rapport',
            detail: 'Private chat',
            partnershipId: null,
            members: [{ key: person.key, name: person.name }],
            installed: connector.isInstalled(roster.personalChat(person)),
            latestId: latest(roster.personalChat(person)),
          },
        ]),
  ];

  app.get('/desk/api/state', async (request): Promise<DeskState> => {
    const person = who(As.parse(request.query).as || parts.tenant.firstLooking.key);
    return {
      tenant: parts.tenant.name,
      about: parts.tenant.about,
      clock: clock(),
      places: placesOf(person),
      people: roster.people.flatMap(({ key, name, company, title, kind, zone, desk }) =>
        desk === null || kind === 'mailOnly' ? [] : [{ key, name, company, title, kind, zone, note: desk }],
      ),
      firstLooking: parts.tenant.firstLooking.key,
      conversations: conversationsOf(person),
      commands,
      host: { tenantId: person.tenantId, objectId: person.objectId, loginHint: person.userPrincipalName },
    };
  });

  app.get('/desk/api/messages', async (request): Promise<DeskMessage[]> => {
    const query = Messages.parse(request.query);
    const person = who(query.as);
    if (!conversationsOf(person).some(({ id }) => id === query.conversation))
      throw Object.assign(new Error(`${person.name} is not in this conversation.`), { statusCode: 403 });
    if (query.enter) connector.client.enter(person.key, query.conversation);
    const shown = connector.messagesIn(query.conversation).slice(-SHOWN);
    return Promise.all(shown.map((message) => asSeen(message, person)));
  });

  async function asSeen(message: StoredMessage, person: Person): Promise<DeskMessage> {
    const cards = (message.content.attachments ?? []).filter((one) => one.contentType === CARD).map((one) => one.content);
    const own = cards.length === 1 ? await soon(connector.client.view(person.key, message.id), cards[0]) : undefined;
    return {
      id: message.id,
      thread: message.thread,
      from:
        message.from === 'bot'
          ? { bot: true, name: 'Rapport', key: null }
          : { bot: false, name: who(message.from).name, key: message.from },
      at: message.at,
      editedAt: message.editedAt,
      text: message.content.text ?? null,
      summary: message.content.summary ?? null,
      cards: own === undefined ? cards : [own],
    };
  }

  app.post('/desk/api/say', async (request) => {
    const said = Say.parse(request.body);
    const { status, body } = await connector.client.say(said.as, said.conversation, said.text, said.thread ?? undefined);
    if (status >= 300) throw Object.assign(new Error(`Rapport answered ${status}: ${JSON.stringify(body)}`), { statusCode: 502 });
    return {};
  });
  app.post('/desk/api/press', async (request) => {
    const { as, message, action } = Press.parse(request.body);
    const { type, id, title, verb, data } = action;
    return connector.client.press(as, message, { type, data, ...(id && { id }), ...(title && { title }), ...(verb && { verb }) });
  });
  app.post('/desk/api/dialog', async (request): Promise<DeskDialogue> => {
    const { as, conversation, message, command, data } = Called.parse(request.body);
    const on = { conversationId: conversation, messageId: message };
    return data === undefined ? connector.client.openDialog(as, on, command) : connector.client.sendDialog(as, on, command, data);
  });
  app.post('/desk/api/open', async (request) => {
    await connector.client.openPersonal(As.parse(request.body).as);
    return {};
  });
  app.post('/desk/api/move', async (request) => {
    const mover = parts.mover();
    if (!mover) throw Object.assign(new Error('The service is not there yet.'), { statusCode: 503 });
    if (parts.service() === 'telling') throw Object.assign(new Error('The story so far is still being told.'), { statusCode: 409 });
    const move = Move.parse(request.body);
    const target = await targetOf(move, who(move.as).zone, mover);
    if (!target) throw Object.assign(new Error('Nothing more is going to happen by itself.'), { statusCode: 409 });
    if (target <= mover.now())
      throw Object.assign(new Error('Time only moves forward. Start over with: npm start -- --fresh'), { statusCode: 409 });
    await mover.moveTo(target);
    return { clock: clock() };
  });
  // What getAuthToken of the Teams client gives: never cached, asked for each time.
  app.post('/desk/api/token', async (request) => ({ token: await parts.entra.tokenFor(who(As.parse(request.body).as)) }));

  app.get('/desk/api/stream', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    const send = (event: DeskEvent) => raw.write(`data: ${JSON.stringify(event)}\n\n`);
    const sendClock = () => send({ kind: 'clock', clock: clock() });
    sendClock();
    const ends = [connector.onChange((change) => send({ kind: 'conversation', ...change }))];
    let mover = parts.mover();
    if (mover) ends.push(mover.onChange(sendClock));
    const onService = () => {
      const there = parts.mover();
      if (there && there !== mover) ends.push(there.onChange(sendClock));
      mover = there;
      sendClock();
    };
    parts.serviceChanges.on('change', onService);
    ends.push(() => parts.serviceChanges.off('change', onService));
    const beat = setInterval(sendClock, 15_000);
    request.raw.on('close', () => {
      clearInterval(beat);
      for (const end of ends) end();
    });
  });

  mailRoutes(app, { tenant: parts.tenant, post: parts.post, who, mover: parts.mover });
}

/** The value, or `otherwise` when it fails or takes too long. */
async function soon<T>(value: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), VIEW_MS);
  });
  try {
    return await Promise.race([value, late]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
}
