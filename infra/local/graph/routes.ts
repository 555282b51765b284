import {
  basicUsersOnly,
  mayRead,
  mayReadBodies,
  mayReadEventBodies,
  mayReadUsers,
  maySendMail,
  mayWriteEvents,
  type Rights,
} from './access.ts';
import { calendarView, eventById, eventList } from './calendar.ts';
import { calendarDelta } from './calendar-delta.ts';
import { accessDenied, badRequest, GraphError, noMailbox, notFound } from './errors.ts';
import { changeEvent } from './event-write.ts';
import { findFolder, folderDelta, folderJson, folderList } from './folders.ts';
import { readId } from './ids.ts';
import { messageDelta } from './message-delta.ts';
import { messageId, messageJson, readSelect } from './message-json.ts';
import { messageList } from './message-list.ts';
import type { MailboxStore } from './model.ts';
import { getSchedule } from './schedule.ts';
import { sendMail } from './send-mail.ts';
import type { Answer, Call, GraphState } from './state.ts';
import { type DirectoryUser, findUser, mailboxSettingsJson, userJson, userList } from './users.ts';

/** The mailbox that a call is for, by its user's object id: the lane that its limits are counted in. Null outside mailboxes. */
export function mailboxOf(state: GraphState, call: Call): string | null {
  if (call.path[0] !== 'users' || call.path.length < 3) return null;
  const key = call.path[1]!.toLowerCase();
  return state.directory.find(({ id, userPrincipalName }) => id === key || userPrincipalName.toLowerCase() === key)?.id ?? null;
}

/** @throws {GraphError} for everything that is no success */
export function route(state: GraphState, call: Call): Answer | Promise<Answer> {
  const [root, ...rest] = call.path;
  if (root === 'users') return users(state, call, rest);
  if (root === 'subscriptions') return subscriptionRoutes(state, call, rest);
  if (root === 'organization')
    return ok({
      '@odata.context': `${state.baseUrl}/v1.0/$metadata#organization`,
      value: [{ id: state.tenant.id, displayName: state.tenant.name }],
    });
  throw unknownSegment(root ?? '');
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const unknownSegment = (segment: string) => badRequest('BadRequest', `Resource not found for the segment '${segment}'.`);
const get = (call: Call) => {
  if (call.method !== 'GET') throw new GraphError(405, 'BadRequest', `The OData request is not supported: ${call.method}.`);
};

function users(state: GraphState, call: Call, [key, ...rest]: readonly string[]): Answer {
  const changesEvent = call.method === 'PATCH' && rest.length === 2 && rest[0] === 'events';
  const sends = call.method === 'POST' && rest.join('/') === 'sendMail';
  if (!changesEvent && !sends && !(call.method === 'POST' && rest.join('/') === 'calendar/getSchedule')) get(call);
  const url = `${state.baseUrl}/v1.0/users`;
  if (key === undefined || rest.length === 0) {
    if (!mayReadUsers(call.rights))
      throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    if (key === undefined) return ok(userList(state.directory, call.query, url, basicUsersOnly(call.rights)));
    return ok({
      '@odata.context': `${state.baseUrl}/v1.0/$metadata#users/$entity`,
      ...userJson(findUser(state.directory, key), call.query.get('$select'), basicUsersOnly(call.rights)),
    });
  }
  const user = findUser(state.directory, key);
  if (sends) {
    if (!maySendMail(call.rights)) throw accessDenied();
    sendMail(state.mail, openMailbox(state, call.rights, user, null), call.body, state.mail.releasedUpTo() ?? state.wall.now());
    return { status: 202 };
  }
  return mailboxRoutes(
    state,
    call,
    openMailbox(state, call.rights, user, AREA[rest[0]!] ?? null),
    `${url}/${encodeURIComponent(key)}`,
    rest,
  );
}

const AREA: Readonly<Record<string, 'Mail' | 'Calendars' | 'MailboxSettings'>> = {
  mailFolders: 'Mail',
  messages: 'Mail',
  calendar: 'Calendars',
  calendarView: 'Calendars',
  events: 'Calendars',
  mailboxSettings: 'MailboxSettings',
};

/** @throws {GraphError} 403 outside the scope of the app, 404 where there is no mailbox */
function openMailbox(
  state: GraphState,
  rights: Rights,
  user: DirectoryUser,
  area: 'Mail' | 'Calendars' | 'MailboxSettings' | null,
): MailboxStore {
  if (area && !mayRead(rights, area)) throw accessDenied();
  if (rights.userId !== null && rights.userId !== user.id) throw accessDenied();
  const store = state.mail.stores.get(user.id);
  if (!store) throw noMailbox();
  if (store.settings.state === 'outOfScope' && rights.userId === null) throw accessDenied();
  return store;
}

function mailboxRoutes(
  state: GraphState,
  call: Call,
  store: MailboxStore,
  base: string,
  [first, second, third, fourth]: readonly string[],
): Answer {
  const { query } = call;
  const prefer = readPrefer(call.headers.prefer);
  const view = { immutableIds: prefer.immutableIds, bodies: mayReadBodies(call.rights), headersHidden: state.faults.headersHidden };
  const pageSize = prefer.pageSize;
  const applied: Record<string, string> = prefer.applied.length > 0 ? { 'preference-applied': prefer.applied.join(', ') } : {};
  const answer = (body: unknown): Answer => ({ status: 200, body, headers: applied });
  const common = { store, query, pageSize };
  const { process, epoch, faults } = state;

  if (first === 'mailboxSettings' && !second)
    return answer({ '@odata.context': `${state.baseUrl}/v1.0/$metadata#mailboxSettings`, ...mailboxSettingsJson(store) });
  if (first === 'messages' && !second) return answer(messageList({ ...common, view, folder: null, url: `${base}/messages` }));
  if (first === 'messages' && second && !third) {
    const id = readId(second, store.mark);
    if (!id) throw badRequest('ErrorInvalidIdMalformed', 'Id is malformed.');
    const copy = store.copies.get(id.number);
    // A default id dies with the next move.
    if (!copy?.folder || messageId(copy, { immutableIds: id.kind === 'immutable' }) !== second) throw notFound();
    return answer({
      '@odata.context': `${state.baseUrl}/v1.0/$metadata#message/$entity`,
      ...messageJson(copy, { ...view, select: readSelect(query.get('$select')) }),
    });
  }
  if (first === 'mailFolders') {
    if (!second) return answer(folderList({ ...common, of: null, url: `${base}/mailFolders` }));
    if (second === 'delta') return answer(folderDelta({ ...common, url: `${base}/mailFolders/delta`, process, epoch }));
    const folder = findFolder(store, second);
    const url = `${base}/mailFolders/${encodeURIComponent(second)}`;
    if (!third)
      return answer({
        '@odata.context': `${state.baseUrl}/v1.0/$metadata#mailFolder/$entity`,
        ...folderJson(store, folder, query.get('$select')?.split(',') ?? null),
      });
    if (third === 'childFolders' && !fourth) return answer(folderList({ ...common, of: folder, url: `${url}/childFolders` }));
    if (third === 'messages' && !fourth) return answer(messageList({ ...common, view, folder, url: `${url}/messages` }));
    if (third === 'messages' && fourth === 'delta')
      return answer(messageDelta({ ...common, folder, view, url: `${url}/messages/delta`, process, epoch, faults }));
  }
  const events = { ...common, calendars: state.calendars, view: { zone: prefer.zone, bodies: mayReadEventBodies(call.rights) } };
  if (first === 'calendarView' && !second) return answer(calendarView({ ...events, url: `${base}/calendarView` }));
  if (first === 'calendarView' && second === 'delta')
    return answer(calendarDelta({ ...events, url: `${base}/calendarView/delta`, process, epoch }));
  if (first === 'calendar' && second === 'getSchedule' && call.method === 'POST')
    return answer(
      getSchedule({
        calendars: state.calendars,
        stores: state.mail.stores,
        body: call.body,
        details: mayReadEventBodies(call.rights),
        url: base,
      }),
    );
  if (first === 'events' && !second) return answer(eventList({ ...events, url: `${base}/events` }));
  if (first === 'events' && second && call.method === 'PATCH') {
    if (!mayWriteEvents(call.rights)) throw accessDenied();
    return answer(changeEvent({ ...events, id: second, body: call.body, ifMatch: call.headers['if-match'] }));
  }
  if (first === 'events' && second && !third) return answer(eventById({ ...events, id: second }));
  throw unknownSegment([first, second, third, fourth].filter(Boolean).at(-1) ?? '');
}

/** Preferences hold for one request: a next link does not carry them. */
function readPrefer(header: string | undefined): { immutableIds: boolean; pageSize: number | null; zone: string; applied: string[] } {
  const size = /odata\.maxpagesize\s*=\s*"?(\d+)/i.exec(header ?? '')?.[1];
  const immutableIds = /IdType\s*=\s*"?ImmutableId/i.test(header ?? '');
  return {
    immutableIds,
    pageSize: size === undefined ? null : Math.max(1, Number(size)),
    zone: /outlook\.timezone\s*=\s*"([^"]+)"/i.exec(header ?? '')?.[1] ?? 'UTC',
    applied: [...(size === undefined ? [] : [`odata.maxpagesize=${size}`]), ...(immutableIds ? ['IdType="ImmutableId"'] : [])],
  };
}

async function subscriptionRoutes({ subscriptions }: GraphState, call: Call, [id, action]: readonly string[]): Promise<Answer> {
  const { appId } = call.rights;
  if (id === undefined && call.method === 'GET') return ok({ value: subscriptions.list(appId) });
  if (id === undefined && call.method === 'POST') {
    return {
      status: 201,
      body: await subscriptions.create(call.body, { appId, immutableIds: readPrefer(call.headers.prefer).immutableIds }),
    };
  }
  if (id !== undefined && action === undefined && call.method === 'GET') return ok(subscriptions.get(id));
  if (id !== undefined && action === undefined && call.method === 'PATCH') return ok(subscriptions.renew(id, call.body));
  if (id !== undefined && action === undefined && call.method === 'DELETE') {
    subscriptions.remove(id);
    return { status: 204 };
  }
  if (id !== undefined && action === 'reauthorize' && call.method === 'POST') {
    subscriptions.get(id);
    return { status: 204 };
  }
  throw unknownSegment(action ?? id ?? 'subscriptions');
}
