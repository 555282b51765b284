import { randomUUID } from 'node:crypto';
import type { Person } from '../tenant/person.ts';
import type { Channel } from '../tenant/tenant.ts';
import type { Core } from './core.ts';
import type { StoredMessage } from './history.ts';
import { BOT_NAME, groupIdOf } from './roster.ts';

export interface CardAction {
  readonly type: 'Action.Execute' | 'Action.Submit';
  readonly id?: string;
  readonly title?: string;
  readonly verb?: string;
  /** Inputs merged in. */
  readonly data?: unknown;
}

/** What a press brought: a card for this person, a sentence, or a refusal. */
export type Pressed =
  | { readonly kind: 'card'; readonly card: unknown }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** What a command of the app brought: a page of its dialog, a sentence that ends it, or a refusal. */
export type Dialogue =
  | { readonly kind: 'page'; readonly title: string; readonly card: unknown }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** Where a command of the app is called: on a message, or beside the box in which one is written. */
export interface CalledOn {
  readonly conversationId: string;
  readonly messageId: string | null;
}

export interface Delivered {
  readonly status: number;
  readonly body: unknown;
}

/** What the Teams client of a person does towards the bot. */
export interface TeamsClient {
  /** Adds the bot to a channel's team and to the channel, as the person who installs it. */
  install(channelKey: string, by: string): Promise<void>;
  uninstall(channelKey: string, by: string): Promise<void>;
  /** Opens the personal chat with the bot; the first time, the app is installed for the person. */
  openPersonal(personKey: string): Promise<string>;
  /** Types to the bot: in a channel with a mention. */
  say(personKey: string, conversationId: string, words: string, thread?: string): Promise<Delivered>;
  press(personKey: string, messageId: string, action: CardAction): Promise<Pressed>;
  /** Calls a command of the app from the menu of a message. */
  openDialog(personKey: string, on: CalledOn, commandId: string): Promise<Dialogue>;
  /** Sends a page of its dialog, the inputs merged in. */
  sendDialog(personKey: string, on: CalledOn, commandId: string, data: unknown): Promise<Dialogue>;
  /** The person comes to a conversation anew: cards that ask for it are refreshed again. */
  enter(personKey: string, conversationId: string): void;
  /** The card of a message as this person sees it: the answer to an automatic refresh where the card asks for one, else what is stored. */
  view(personKey: string, messageId: string): Promise<unknown>;
}

/** Hands an activity to the bot and answers what it said. */
export type Deliver = (activity: Record<string, unknown>) => Promise<Delivered>;

const CARD = 'application/vnd.microsoft.card.adaptive';

/** Activities as Teams makes them; who presses stands in `from`, never in the card. */
export function teamsClient(core: Core, deliver: Deliver): TeamsClient {
  const { roster, history } = core;
  /** Views made for one person, good until the message changes. */
  const views = new Map<string, { revision: number; card: Promise<unknown> }>();

  const common = (person: Person) => {
    const at = new Date(core.wallMs());
    return {
      id: `f:${randomUUID()}`,
      timestamp: at.toISOString(),
      localTimestamp: at.toISOString(),
      channelId: 'msteams',
      from: { id: person.teamsUserId, name: person.name, aadObjectId: person.objectId },
      recipient: { id: roster.botMri, name: BOT_NAME },
      locale: 'en-GB',
      entities: [{ locale: 'en-GB', country: 'GB', platform: 'Web', type: 'clientInfo' }],
    };
  };
  const inChannel = (channel: Channel, person: Person, thread?: string) => ({
    conversation: {
      isGroup: true,
      conversationType: 'channel',
      tenantId: roster.tenantId,
      id: thread ? `${channel.id};messageid=${thread}` : channel.id,
    },
    channelData: {
      teamsChannelId: channel.id,
      teamsTeamId: channel.teamId,
      channel: { id: channel.id, name: channel.name },
      team: { id: channel.teamId, name: channel.teamName, aadGroupId: groupIdOf(channel) },
      tenant: { id: person.tenantId },
    },
  });
  const inPersonal = (person: Person) => ({
    conversation: { conversationType: 'personal', tenantId: roster.tenantId, id: roster.personalChat(person) },
    channelData: { tenant: { id: person.tenantId } },
  });
  const place = (person: Person, conversationId: string, thread?: string) => {
    const channel = roster.channelOf(conversationId);
    if (channel && !channel.members.some((member) => member.key === person.key))
      throw new Error(`${person.name} is not in ${channel.name}`);
    if (!channel && conversationId !== roster.personalChat(person)) throw new Error(`this is not a chat of ${person.name}`);
    return channel ? inChannel(channel, person, thread) : inPersonal(person);
  };
  const who = (key: string): Person => {
    const person = roster.person(key);
    if (!person) throw new Error(`nobody is called ${key} here`);
    return person;
  };
  const stored = (person: Person, messageId: string) => {
    const message = history.message(messageId);
    if (!message) throw new Error('this message is gone');
    place(person, message.conversationId);
    return message;
  };
  const lifecycle = async (key: string, by: string, installed: boolean) => {
    const person = who(by);
    const channel = roster.channels.find((one) => one.slug === key);
    if (!channel) throw new Error(`no channel is called ${key}`);
    const base = { ...common(person), ...inChannel(channel, person) };
    const eventType = installed ? 'teamMemberAdded' : 'teamMemberRemoved';
    const bot = [{ id: roster.botMri }];
    if (installed) history.setInstalled(channel.id, true);
    await deliver({
      ...base,
      type: 'conversationUpdate',
      ...(installed ? { membersAdded: bot } : { membersRemoved: bot }),
      conversation: { ...base.conversation, id: channel.teamId },
      channelData: { team: base.channelData.team, eventType, tenant: base.channelData.tenant },
    });
    await deliver({
      ...base,
      id: `f:${randomUUID()}`,
      type: 'installationUpdate',
      action: installed ? 'add' : 'remove',
      channelData: { ...base.channelData, settings: { selectedChannel: { id: channel.id } }, source: { name: 'message' } },
    });
    if (!installed) history.setInstalled(channel.id, false);
  };

  async function invoke(person: Person, message: StoredMessage, action: CardAction, trigger: 'manual' | 'automatic'): Promise<Pressed> {
    const at = place(person, message.conversationId, message.thread ?? undefined);
    const base = { ...common(person), ...at, replyToId: message.id };
    const channelData = { ...at.channelData, source: { name: 'message' }, legacy: { replyToId: message.id } };
    if (action.type === 'Action.Submit') {
      const answer = await deliver({ ...base, channelData, type: 'message', value: action.data ?? {} });
      return answer.status < 300
        ? { kind: 'nothing' }
        : { kind: 'error', code: String(answer.status), message: 'Something went wrong. Please try again.' };
    }
    const { status, body } = await deliver({
      ...base,
      channelData,
      type: 'invoke',
      name: 'adaptiveCard/action',
      value: { action, trigger },
    });
    return pressedOf(status, body);
  }

  function originalCard(message: StoredMessage): unknown {
    return message.content.attachments?.find((attachment) => attachment.contentType === CARD)?.content;
  }

  /** A message as the client hands it over with a command. */
  const payloadOf = (message: StoredMessage) => {
    const person = message.from === 'bot' ? undefined : roster.person(message.from);
    const thread = message.thread && message.thread !== message.id ? message.thread : undefined;
    const link = new URL(`https://teams.microsoft.com/l/message/${encodeURIComponent(message.conversationId)}/${message.id}`);
    link.searchParams.set('tenantId', roster.tenantId);
    if (thread) link.searchParams.set('parentMessageId', thread);
    return {
      id: message.id,
      ...(thread && { replyToId: thread }),
      linkToMessage: link.href,
      createdDateTime: message.at,
      importance: 'normal',
      locale: 'en-gb',
      body: { contentType: 'html', content: `<div>${escapeHtml(message.content.text ?? '')}</div>` },
      from: person
        ? { user: { userIdentityType: 'aadUser', id: person.objectId, displayName: person.name } }
        : { application: { applicationIdentityType: 'bot', displayName: BOT_NAME } },
    };
  };
  async function command(key: string, { conversationId, messageId }: CalledOn, name: string, value: object): Promise<Dialogue> {
    const person = who(key);
    const message = messageId === null ? null : stored(person, messageId);
    const at = place(person, conversationId, message?.thread ?? undefined);
    const { status, body } = await deliver({
      ...common(person),
      ...at,
      ...(message && { replyToId: message.thread ?? message.id }),
      type: 'invoke',
      name: `composeExtension/${name}`,
      value: {
        ...value,
        commandContext: message ? 'message' : 'compose',
        ...(message && { messagePayload: payloadOf(message) }),
        context: { theme: 'default' },
      },
    });
    return dialogueOf(status, body);
  }

  return {
    openDialog: (key, on, commandId) => command(key, on, 'fetchTask', { commandId }),
    sendDialog: (key, on, commandId, data) => command(key, on, 'submitAction', { commandId, data }),

    install: (key, by) => lifecycle(key, by, true),
    uninstall: (key, by) => lifecycle(key, by, false),

    async openPersonal(key) {
      const person = who(key);
      const id = roster.personalChat(person);
      if (history.isInstalled(id) || person.kind === 'external') return id;
      history.setInstalled(id, true);
      const base = { ...common(person), ...inPersonal(person) };
      await deliver({
        ...base,
        type: 'conversationUpdate',
        membersAdded: [{ id: person.teamsUserId, aadObjectId: person.objectId }, { id: roster.botMri }],
      });
      await deliver({ ...base, id: `f:${randomUUID()}`, type: 'installationUpdate', action: 'add' });
      return id;
    },

    async say(key, conversationId, words, thread) {
      const person = who(key);
      const id = history.nextId(core.wallMs());
      const channel = roster.channelOf(conversationId);
      if (!channel) await this.openPersonal(key);
      const opened = channel ? (thread ?? id) : undefined;
      const at = place(person, conversationId, opened);
      const mention = `<at>${BOT_NAME}</at>`;
      const base = { ...common(person), ...at, id, type: 'message', textFormat: 'plain', ...(thread && { replyToId: thread }) };
      const shown = channel ? `${BOT_NAME} ${words}` : words;
      history.add({
        id,
        conversationId: channel?.id ?? conversationId,
        thread: opened ?? null,
        from: key,
        at: core.now().toISOString(),
        editedAt: null,
        revision: 1,
        content: { text: shown },
      });
      core.changes.emit('change', { conversationId: channel?.id ?? conversationId, messageId: id });
      return deliver({
        ...base,
        text: channel ? `${mention} ${words}` : words,
        attachments: [{ contentType: 'text/html', content: `<p>${channel ? `<span>${mention}</span> ` : ''}${escapeHtml(words)}</p>` }],
        entities: [
          ...base.entities,
          ...(channel ? [{ type: 'mention', mentioned: { id: roster.botMri, name: BOT_NAME }, text: mention }] : []),
        ],
      });
    },

    async press(key, messageId, action) {
      const person = who(key);
      const message = stored(person, messageId);
      const pressed = await invoke(person, message, action, 'manual');
      // Teams shows the answered card to this person, in place, until the message is updated.
      const now = history.message(messageId);
      if (pressed.kind === 'card' && now) views.set(`${key} ${messageId}`, { revision: now.revision, card: Promise.resolve(pressed.card) });
      return pressed;
    },

    enter(key, conversationId) {
      for (const { id } of history.messagesIn(conversationId)) views.delete(`${key} ${id}`);
    },

    async view(key, messageId) {
      const person = who(key);
      const message = stored(person, messageId);
      const card = originalCard(message);
      const refresh = refreshOf(card);
      const made = views.get(`${key} ${messageId}`);
      if (made && made.revision === message.revision) return made.card;
      if (!refresh || !asks(refresh.userIds, person, message)) return card;
      const asked = invoke(person, message, refresh.action, 'automatic').catch(() => null);
      const view = { revision: message.revision, card: asked.then((pressed) => (pressed?.kind === 'card' ? pressed.card : card)) };
      views.set(`${key} ${messageId}`, view);
      // What could not be had is asked for again the next time.
      if ((await asked)?.kind !== 'card' && views.get(`${key} ${messageId}`) === view) views.delete(`${key} ${messageId}`);
      return view.card;
    },
  };

  /** Listed by user id; without a list everybody, where at most 60 are in the conversation; an empty list nobody. */
  function asks(userIds: readonly string[] | undefined, person: Person, message: StoredMessage): boolean {
    if (userIds) return userIds.slice(0, 60).includes(person.teamsUserId);
    const channel = roster.channelOf(message.conversationId);
    return !channel || channel.members.length <= 60;
  }
}

function refreshOf(card: unknown): { action: CardAction; userIds?: readonly string[] } | undefined {
  const refresh = (card as { refresh?: { action?: CardAction; userIds?: readonly string[] } } | undefined)?.refresh;
  return refresh?.action?.type === 'Action.Execute'
    ? { action: refresh.action, ...(refresh.userIds && { userIds: refresh.userIds }) }
    : undefined;
}

/** The invoke's answer: HTTP 200 with its own status and type inside. */
function pressedOf(status: number, body: unknown): Pressed {
  const { statusCode, type, value } = (body ?? {}) as { statusCode?: number; type?: string; value?: unknown };
  if (status === 200 && statusCode === 200 && type === CARD) return { kind: 'card', card: value };
  if (status === 200 && statusCode === 200 && type === 'application/vnd.microsoft.activity.message')
    return { kind: 'message', text: String(value) };
  if (status === 200 && !type) return { kind: 'nothing' };
  const { code, message } = (value ?? {}) as { code?: string; message?: string };
  return { kind: 'error', code: code ?? String(statusCode ?? status), message: message ?? 'Something went wrong. Please try again.' };
}

function dialogueOf(status: number, body: unknown): Dialogue {
  const { task } = (body ?? {}) as { task?: { type?: string; value?: unknown } };
  if (status === 200 && task?.type === 'message') return { kind: 'message', text: String(task.value) };
  const { title, card } = (task?.value ?? {}) as { title?: string; card?: { contentType?: string; content?: unknown } };
  if (status === 200 && task?.type === 'continue' && card?.contentType === CARD)
    return { kind: 'page', title: title ?? '', card: card.content };
  return { kind: 'error', code: String(status), message: 'Something went wrong. Please try again.' };
}

const escapeHtml = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
