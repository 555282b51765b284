import { createHash } from 'node:crypto';
import type { Person } from '../tenant/person.ts';
import type { Channel, Tenant } from '../tenant/tenant.ts';

/** What people read as the bot's name. */
export const BOT_NAME = 'Rapport';

/** The parts of a tenant folder that Teams knows. */
export type TeamsTenant = Pick<Tenant, 'id' | 'domain' | 'people' | 'channels'> & { readonly app: Pick<Tenant['app'], 'id'> };

/** Who is where, by the ids that activities carry. People with mail alone have no place in Teams. */
export interface Roster {
  /** The client's tenant: where teams and channels live. */
  readonly tenantId: string;
  readonly domain: string;
  readonly appId: string;
  /** `28:<app id>`. */
  readonly botMri: string;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  person(key: string): Person | undefined;
  personByMri(mri: string): Person | undefined;
  /** By the id of the channel itself or of a thread in it. */
  channelOf(conversationId: string): Channel | undefined;
  /** The person's chat with the bot, by person or by id. */
  personalChat(person: Person): string;
  personOfChat(conversationId: string): Person | undefined;
}

export function rosterOf(tenant: TeamsTenant): Roster {
  const people = tenant.people.filter((person) => person.kind !== 'mailOnly');
  const personalChat = (person: Person) => `a:1${digest(`${tenant.app.id}/personal/${person.teamsUserId}`)}`;
  const byKey = new Map(people.map((person) => [person.key, person]));
  const byMri = new Map(people.map((person) => [person.teamsUserId, person]));
  const byChat = new Map(people.map((person) => [personalChat(person), person]));
  const byChannelId = new Map(tenant.channels.map((channel) => [channel.id, channel]));
  return {
    tenantId: tenant.id,
    domain: tenant.domain,
    appId: tenant.app.id,
    botMri: `28:${tenant.app.id}`,
    people,
    channels: tenant.channels,
    person: (key) => byKey.get(key),
    personByMri: (mri) => byMri.get(mri),
    channelOf: (conversationId) => byChannelId.get(conversationId.split(';')[0] ?? ''),
    personalChat,
    personOfChat: (conversationId) => byChat.get(conversationId),
  };
}

/** The member object of the roster calls. External members may come without names and addresses. */
export const memberOf = (person: Person) => ({
  id: person.teamsUserId,
  name: person.name,
  aadObjectId: person.objectId,
  objectId: person.objectId,
  tenantId: person.tenantId,
  ...(person.kind !== 'external' && {
    givenName: person.name.split(' ')[0],
    surname: person.name.split(' ').slice(1).join(' '),
    email: person.address,
    userPrincipalName: person.userPrincipalName,
  }),
  userRole: person.kind === 'member' ? 'user' : person.kind === 'guest' ? 'guest' : 'anonymous',
});

/** The Microsoft 365 group behind a team. */
export function groupIdOf(channel: Channel): string {
  const hex = createHash('sha256').update(`group/${channel.teamId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
