import type { TokenCredential } from '@azure/identity';
import type { Activity } from 'botbuilder';
import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import {
  type ConversationRef,
  GatewayGaveUp,
  type Member,
  type Message,
  PostGone,
  type TeamsPort,
  Tombstoned,
  TooLarge,
  Uncertain,
} from '../posts/port.ts';
import { connectorScope, type TeamsAdapter } from './adapter.ts';
import { requireAllowed } from './hosts.ts';
import { NeverSent } from './line.ts';

const SEND_MS = 15_000;
const CARD = 'application/vnd.microsoft.card.adaptive';
/** What is asked about a message that is not there any more, also when an answer is to go below it. */
const GONE = 'ActivityNotFoundInConversation';
/** Refusals that no repetition changes: the conversation is closed to the bot. */
const CLOSED = new Set([
  'MessageWritesBlocked',
  'ConversationBlockedByUser',
  'BotNotInConversationRoster',
  'BotDisabledByAdmin',
  'ConversationNotFound',
]);
/** The same of a personal chat alone: the app is not installed for this person. */
const NOT_INSTALLED = 'ForbiddenOperationException';
/** Answers that say come again; nothing was posted. */
const AGAIN = new Set([408, 412, 429, 500, 502, 503, 504]);
/** No connection came about, so nothing can have arrived: through a proxy the code alone tells. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function activityOf(message: Message): Partial<Activity> {
  if ('card' in message) return { type: 'message', attachments: [{ contentType: CARD, content: message.card }] };
  const { text: words, mention } = message;
  if (!mention) return { type: 'message', text: words, textFormat: 'plain' };
  // what stands in the text and in the entity has to be the same to the letter
  const at = `<at>${mention.name}</at>`;
  const entity = { type: 'mention', text: at, mentioned: { id: mention.userId, name: mention.name } };
  return { type: 'message', text: `${at}, ${words}`, entities: [entity] };
}

/** A card's own thread: where Teams keeps what is answered to it. */
const threadOf = (to: ConversationRef, activityId: string): string =>
  to.kind === 'channel' ? `${to.conversationId};messageid=${activityId}` : to.conversationId;

/** Sends through the Bot Connector; see `TeamsPort` for what its errors mean. */
export function connectorPort(config: Config, adapter: TeamsAdapter, credential: TokenCredential): TeamsPort {
  const client = async (serviceUrl: string) => {
    requireAllowed(serviceUrl, config.BOT_SERVICE_HOSTS);
    await credential.getToken(connectorScope(config)).catch((cause) => {
      throw new Unavailable('no token for the Bot Connector', { cause });
    });
    return (await adapter.connector(serviceUrl)).conversations;
  };
  const options = () => ({ abortSignal: AbortSignal.timeout(SEND_MS) });
  return {
    async send(to, message) {
      const connector = await client(to.serviceUrl);
      const activity = activityOf(message) as Activity;
      const answer = await mapped('send', to.kind, () =>
        to.kind === 'channel'
          ? connector.createConversation(
              {
                isGroup: true,
                tenantId: to.tenantId,
                bot: { id: to.botId, name: 'Rapport' },
                channelData: { channel: { id: to.conversationId }, tenant: { id: to.tenantId } },
                activity,
              } as Parameters<typeof connector.createConversation>[0],
              options(),
            )
          : connector.sendToConversation(to.conversationId, activity, options()),
      );
      const { id: ownId, activityId } = answer as { id?: string; activityId?: string };
      const id = activityId ?? ownId;
      if (!id) throw new Uncertain('Teams answered without an activity id');
      return id;
    },
    async reply(to, threadId, activityId, message) {
      const connector = await client(to.serviceUrl);
      const activity = { ...activityOf(message), replyToId: activityId } as Activity;
      return (await mapped('send', to.kind, () => connector.replyToActivity(threadId, activityId, activity, options()))).id;
    },
    async update(to, activityId, card) {
      const connector = await client(to.serviceUrl);
      const activity = { ...activityOf({ card }), id: activityId } as Activity;
      await mapped('change', to.kind, () => connector.updateActivity(threadOf(to, activityId), activityId, activity, options()));
    },
    async remove(to, activityId) {
      const connector = await client(to.serviceUrl);
      try {
        await mapped('change', to.kind, () => connector.deleteActivity(threadOf(to, activityId), activityId, options()));
      } catch (error) {
        if (!(error instanceof PostGone)) throw error;
      }
    },
    async members(to) {
      const connector = await client(to.serviceUrl);
      const members: Member[] = [];
      let continuationToken: string | undefined;
      do {
        const page = await mapped('asked', to.kind, () =>
          connector.getConversationPagedMembers(to.conversationId, {
            ...options(),
            pageSize: 200,
            continuationToken: continuationToken as string,
          }),
        );
        members.push(...page.members.map(memberOf));
        continuationToken = page.continuationToken || undefined;
      } while (continuationToken);
      return members;
    },
    async openPersonal({ serviceUrl, tenantId, botId }, userId) {
      const connector = await client(serviceUrl);
      const parameters = {
        isGroup: false,
        tenantId,
        bot: { id: botId, name: 'Rapport' },
        members: [{ id: userId }],
        channelData: { tenant: { id: tenantId } },
      };
      return (
        await mapped('asked', 'personal', () =>
          connector.createConversation(parameters as Parameters<typeof connector.createConversation>[0], options()),
        )
      ).id;
    },
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' && value ? value : null);

/** A member as the connector answers: fields vary with the kind of account. */
const memberOf = (account: object): Member => {
  const raw = account as Record<string, unknown>;
  return {
    userId: String(raw.id ?? ''),
    objectId: text(raw.aadObjectId) ?? text(raw.objectId),
    tenantId: text(raw.tenantId),
    name: text(raw.name) ?? '',
    address: addressOf(text(raw.email) ?? text(raw.userPrincipalName)),
  };
};

/** The principal name of a guest is made of his own address: `joan_fabrikam.com#EXT#@contoso.onmicrosoft.com`, and no address of the client's. */
function addressOf(given: string | null): string | null {
  const [own, guest] = given?.toLowerCase().split('#ext#@') ?? [];
  return (guest === undefined ? own : own?.replace(/_(?=[^_]*$)/, '@')) ?? null;
}

interface RestError extends Error {
  code?: string;
  statusCode?: number;
  details?: { error?: { code?: string } };
  response?: { headers?: { get(name: string): string | undefined } };
}

/** `send` may leave a card behind unseen; a `change` of a card may be made twice, and so may be `asked` what changes none. */
type Kind = 'send' | 'change' | 'asked';

/** Says what an error of the connector means. */
async function mapped<T>(kind: Kind, where: ConversationRef['kind'], call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (caught) {
    throw meaning(kind, where, caught as RestError);
  }
}

function meaning(kind: Kind, where: ConversationRef['kind'], error: RestError): Error {
  if (error instanceof Unavailable) return error;
  const status = error.statusCode;
  const code = error.details?.error?.code ?? error.code ?? '';
  if (status === undefined) {
    if (kind === 'send' && !(error instanceof NeverSent || NOT_SENT.has(code)))
      return new Uncertain(`cut off in the send: ${code || error.name}`, { cause: error });
    return new Unavailable(`the Bot Connector does not answer: ${code || error.name}`, { cause: error });
  }
  if ((status === 403 || status === 404) && CLOSED.has(code)) return new Tombstoned(code);
  if (status === 403 && code === NOT_INSTALLED && where === 'personal') return new Tombstoned(code);
  if (status === 404 && (code === GONE || kind === 'change')) return new PostGone('the activity is not there any more', { cause: error });
  if (AGAIN.has(status)) {
    const retryAfterSeconds = retryAfter(error.response?.headers?.get('retry-after'));
    const Again = kind === 'send' && (status === 502 || status === 504) ? GatewayGaveUp : Unavailable;
    return new Again(`the Bot Connector answered ${status}`, {
      cause: error,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }
  if (status === 413) return new TooLarge('the card is too large for Teams (MessageSizeTooBig)', { cause: error });
  return new Error(`the Bot Connector answered ${status} ${code}`, { cause: error });
}

/** `Retry-After` in seconds, decimals allowed; null when absent or a date, which the connector does not send. */
function retryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
