import type { Tenant } from '../tenant/tenant.ts';
import { windowsZone } from '../zones.ts';
import { badRequest, GraphError } from './errors.ts';
import type { Json } from './message-json.ts';
import { count } from './message-list.ts';
import type { MailboxStore } from './model.ts';

/** An account of the client's directory: a member, a guest, or a shared mailbox. */
export interface DirectoryUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly mail: string;
  readonly aliases: readonly string[];
  readonly displayName: string;
  readonly jobTitle: string | null;
  readonly companyName: string | null;
  readonly userType: 'Member' | 'Guest';
  readonly accountEnabled: boolean;
}

/** Everybody the directory knows. External members of shared channels are not in it. */
export function directoryOf(tenant: Tenant): DirectoryUser[] {
  const people = tenant.people
    .filter(({ kind }) => kind === 'member' || kind === 'guest')
    .map(
      (person): DirectoryUser => ({
        id: person.objectId,
        userPrincipalName: person.userPrincipalName,
        mail: person.address,
        aliases: person.aliases,
        displayName: person.name,
        jobTitle: person.title || null,
        companyName: person.company,
        userType: person.kind === 'guest' ? 'Guest' : 'Member',
        accountEnabled: true,
      }),
    );
  const ids = new Set(people.map(({ id }) => id));
  const shared = tenant.mailboxes
    .filter(({ objectId }) => !ids.has(objectId))
    .map(
      (mailbox): DirectoryUser => ({
        id: mailbox.objectId,
        userPrincipalName: mailbox.address,
        mail: mailbox.address,
        aliases: mailbox.aliases,
        displayName: mailbox.name,
        jobTitle: null,
        companyName: null,
        userType: 'Member',
        accountEnabled: mailbox.kind === 'user',
      }),
    );
  return [...people, ...shared];
}

const PROPERTIES: Readonly<Record<string, (user: DirectoryUser) => unknown>> = {
  id: (user) => user.id,
  businessPhones: () => [],
  displayName: (user) => user.displayName,
  givenName: (user) => user.displayName.split(' ')[0],
  jobTitle: (user) => user.jobTitle,
  mail: (user) => user.mail,
  mobilePhone: () => null,
  officeLocation: () => null,
  preferredLanguage: () => null,
  surname: (user) => user.displayName.split(' ').slice(1).join(' ') || null,
  userPrincipalName: (user) => user.userPrincipalName,
  accountEnabled: (user) => user.accountEnabled,
  companyName: (user) => user.companyName,
  userType: (user) => user.userType,
  proxyAddresses: (user) => [`SMTP:${user.mail}`, ...user.aliases.map((alias) => `smtp:${alias}`)],
  otherMails: () => [],
};
const DEFAULT = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
];

/** All that `User.ReadBasic.All` lets be seen; what is selected beyond it is empty, and a filter by it is refused. */
const BASIC = ['id', 'displayName', 'givenName', 'mail', 'surname', 'userPrincipalName'];
const EMPTY: Readonly<Record<string, unknown>> = { businessPhones: [], proxyAddresses: [], otherMails: [] };

/** @param basic - of the basic profile alone */
export function userJson(user: DirectoryUser, select: string | null, basic: boolean): Json {
  const names = select?.split(',').map((name) => name.trim()) ?? DEFAULT;
  for (const name of names)
    if (!Object.hasOwn(PROPERTIES, name))
      throw badRequest('Request_BadRequest', `Could not find a property named '${name}' on type 'microsoft.graph.user'.`);
  return Object.fromEntries(names.map((name) => [name, basic && !BASIC.includes(name) ? (EMPTY[name] ?? null) : PROPERTIES[name]!(user)]));
}

/** By object id or user principal name, as Graph takes them; other addresses of a user are no key. @throws {GraphError} 404 */
export function findUser(directory: readonly DirectoryUser[], key: string): DirectoryUser {
  const wanted = key.toLowerCase();
  const found = directory.find(({ id, userPrincipalName }) => id === wanted || userPrincipalName.toLowerCase() === wanted);
  if (!found)
    throw new GraphError(
      404,
      'Request_ResourceNotFound',
      `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
    );
  return found;
}

/** GET /users with an optional filter by address, name or type. */
export function userList(directory: readonly DirectoryUser[], query: URLSearchParams, url: string, basic: boolean): Json {
  const filter = query.get('$filter');
  const named = [...(filter ?? '').matchAll(/(\w+)(?:\/any\(|\s+(?:eq|in)\b)/gi)].map(([, name]) => name!);
  if (basic && named.some((name) => Object.hasOwn(PROPERTIES, name) && !BASIC.includes(name)))
    throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  const found =
    filter === null ? directory : directory.filter((user) => readUserFilter(filter).some((all) => all.every((test) => test(user))));
  const skip = Number(query.get('$skiptoken') ?? 0);
  const size = Math.min(count(query, '$top', 100), 999);
  const more = new URLSearchParams(query);
  more.set('$skiptoken', String(skip + size));
  return {
    '@odata.context': `${new URL(url).origin}/v1.0/$metadata#users`,
    ...(query.get('$count') === 'true' && { '@odata.count': found.length }),
    value: found.slice(skip, skip + size).map((user) => userJson(user, query.get('$select'), basic)),
    ...(found.length > skip + size && { '@odata.nextLink': `${url}?${more}` }),
  };
}

type UserTest = (user: DirectoryUser) => boolean;

/** `or` of `and` of equalities, memberships and proxyAddresses/any. */
function readUserFilter(filter: string): UserTest[][] {
  return filter.split(/\s+or\s+/i).map((alternative) => alternative.split(/\s+and\s+/i).map(readUserTerm));
}

function readUserTerm(term: string): UserTest {
  const text = term.trim().replace(/^\((.*)\)$/, '$1');
  const any = /^proxyAddresses\/any\(\s*(\w+)\s*:\s*\1\s+eq\s+'smtp:([^']*)'\s*\)$/i.exec(text);
  if (any) return (user) => [user.mail, ...user.aliases].includes(any[2]!.toLowerCase());
  const equal = /^(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|(true|false))$/.exec(text);
  const member = /^(\w+)\s+in\s+\(\s*('[^']*'(?:\s*,\s*'[^']*')*)\s*\)$/.exec(text);
  const property = (equal ?? member)?.[1] ?? '';
  if (!Object.hasOwn(PROPERTIES, property))
    throw badRequest('Request_UnsupportedQuery', `Unsupported or invalid query filter clause: ${text}`);
  const values = equal ? [equal[2]?.replaceAll("''", "'") ?? equal[3]!] : [...member![2]!.matchAll(/'([^']*)'/g)].map((match) => match[1]!);
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  return (user) => wanted.has(String(PROPERTIES[property]!(user)).toLowerCase());
}

export function mailboxSettingsJson({ settings }: MailboxStore): Json {
  const zone = windowsZone(settings.zone);
  const off = settings.outOfOffice;
  const at = (instant: Date) => ({ dateTime: `${instant.toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' });
  return {
    timeZone: zone,
    dateFormat: 'dd/MM/yyyy',
    timeFormat: 'HH:mm',
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
    language: { locale: 'en-GB', displayName: 'English (United Kingdom)' },
    userPurpose: settings.kind,
    workingHours: {
      daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      startTime: '09:00:00.0000000',
      endTime: '17:30:00.0000000',
      timeZone: { name: zone },
    },
    automaticRepliesSetting: {
      status: off ? 'scheduled' : 'disabled',
      externalAudience: 'all',
      scheduledStartDateTime: at(off?.startAt ?? new Date(0)),
      scheduledEndDateTime: at(off?.endAt ?? new Date(0)),
      internalReplyMessage: off?.text ?? '',
      externalReplyMessage: off?.text ?? '',
    },
  };
}
