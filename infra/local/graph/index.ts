import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, wall as systemWall } from '../../../bot/clock.ts';
import type { ThrowAwayCa } from '../certificates.ts';
import type { Entra } from '../entra/index.ts';
import { bodyOf, serveHttps } from '../serve.ts';
import type { MailMark, Meeting, SentMail, Tenant } from '../tenant/tenant.ts';
import { tokenCheck } from './access.ts';
import { batch, dispatch, failure, readUrl } from './dispatch.ts';
import { badRequest, noMailbox } from './errors.ts';
import { type Faults, faultSwitches, type TokenEpoch } from './faults.ts';
import { idOf } from './ids.ts';
import { lanes } from './lanes.ts';
import { calendars } from './meetings.ts';
import { type CopyRef, type NewMail, postOffice } from './post-office.ts';
import type { Answer, GraphState, RequestLog } from './state.ts';
import { type LifecycleEvent, subscriptions } from './subscriptions.ts';
import { directoryOf, findUser } from './users.ts';
import { toWire } from './wire.ts';

export type { FaultRule, Faults } from './faults.ts';
export type { CopyRef, NewMail } from './post-office.ts';
export type { RequestLog } from './state.ts';

export interface GraphOptions {
  readonly tenant: Tenant;
  readonly certificates: ThrowAwayCa;
  readonly entra: Pick<Entra, 'verify'>;
  readonly wall?: Clock;
  readonly port?: number;
  /** How long a request takes: without any, no two would ever be under way at once. */
  readonly latencyMs?: number;
  /** How much longer for each item of a list; nothing without it. */
  readonly itemMs?: number;
  /** Graph takes https alone for notifications; a service on this machine may have nothing else than http. */
  readonly httpNotifications?: boolean;
}

export interface Graph {
  /** `GRAPH_URL` of the service, without `/v1.0`. */
  readonly url: string;
  readonly requests: RequestLog;
  readonly faults: Faults;
  /** When the next mail arrives that is held back until product time has come to it. */
  nextReleaseAt(): Date | null;
  /** Lets everything arrive that is dated up to then. @returns how many mails */
  release(upTo: Date): number;
  addMail(mail: SentMail): void;
  /** Writes a mail as somebody, whoever it is. It arrives once product time has been released up to it. */
  send(mail: NewMail): SentMail;
  /** What the owner of a mailbox does to his copy. @returns false when there is no such copy */
  mark(copy: CopyRef, change: Omit<MailMark, 'on'>): boolean;
  move(copy: CopyRef, folder: string): boolean;
  erase(copy: CopyRef): boolean;
  /** Takes a folder out of somebody's mailbox for good. @param folder - path such as `Inbox/Done` */
  eraseFolder(on: string, folder: string): void;
  /** What this address wrote or got, newest first, as far as it has arrived. */
  mailOf(address: string, limit?: number): SentMail[];
  find(messageId: string): SentMail | null;
  /** Tells the object id of a mailbox's user and the ids of its folders whenever mail came into them, was changed or went. */
  onMailboxChange(listener: (userId: string, folderIds: readonly string[]) => void): void;
  /** Plans a meeting, or changes the one with this id. */
  putMeeting(meeting: Meeting): void;
  removeMeeting(id: string): void;
  lifecycle(event: LifecycleEvent): Promise<void>;
  /** Until all notifications under way were taken or given up. */
  notified(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The Graph stand-in: https on this machine, tokens of the Entra ID stand-in, the mailboxes of a tenant. What it must be true to is listed
 * at the end of the project's Graph facts; what it does awkwardly beyond that stands in `faults`.
 */
export async function startGraph(options: GraphOptions): Promise<Graph> {
  const { tenant, certificates, wall = systemWall, latencyMs = 2, itemMs = 0 } = options;
  const epoch: TokenEpoch = { current: 0, shape: 'syncStateNotFound' };
  const faults = faultSwitches(epoch);
  const mail = await postOffice(tenant);
  const directory = directoryOf(tenant);
  const storeOf = (key: string) => {
    const store = mail.stores.get(findUser(directory, key).id);
    if (!store) throw noMailbox();
    return store;
  };
  const lane = lanes(wall);
  const log: RequestLog = {
    total: 0,
    recent: [],
    get mostAtOnce() {
      return lane.most;
    },
  };
  const state: GraphState = {
    tenant,
    directory,
    mail,
    calendars: calendars(tenant.meetings),
    subscriptions: subscriptions({
      tenantId: tenant.id,
      storeOf,
      wall,
      caPem: certificates.caPem,
      faults,
      allowHttp: options.httpNotifications ?? false,
    }),
    lanes: lane,
    faults,
    epoch,
    process: randomUUID(),
    wall,
    latencyMs,
    itemMs,
    log,
    baseUrl: '',
  };
  mail.onChange(state.subscriptions.tell);
  const check = tokenCheck(options.entra, tenant.id, () => state.baseUrl, wall);
  const serving = await serveHttps(certificates, (request, response) => void serve(request, response), options.port);
  state.baseUrl = serving.url;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = request.method === 'GET' ? '' : await bodyOf(request).catch(() => '');
    const answer = await answerTo(request, text).catch((error: unknown) => failure(error));
    toWire({
      method: request.method ?? 'GET',
      url: `${state.baseUrl}${request.url}`,
      headers: request.headers,
      request: text === '' ? null : parsed(text),
      status: answer.status,
      answer: answer.body ?? null,
    });
    if (faults.cut?.test(`${request.method} ${request.url}`)) return void response.destroy();
    response.writeHead(answer.status, {
      'request-id': randomUUID(),
      'cache-control': 'private',
      ...(answer.body !== undefined && {
        'content-type': 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
      }),
      ...answer.headers,
    });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }

  async function answerTo(request: IncomingMessage, text: string): Promise<Answer> {
    const rights = await check(request.headers.authorization);
    const [, version = '', below = ''] = /^\/([^/]+)(\/.*)?$/.exec(request.url ?? '') ?? [];
    if (version !== 'v1.0') throw badRequest('BadRequest', `Invalid version: ${version}`);
    const body = text === '' ? null : parsed(text);
    if (body === undefined) throw badRequest('BadRequest', 'Unable to read JSON request payload.');
    const method = request.method ?? 'GET';
    const target = readUrl(below);
    if (method === 'POST' && target.path[0] === '$batch') return batch(state, body, rights);
    return dispatch(state, {
      method,
      ...target,
      headers: { prefer: preferOf(request), 'if-match': request.headers['if-match'] },
      body,
      rights,
    });
  }

  return {
    url: serving.url,
    requests: log,
    faults,
    nextReleaseAt: mail.nextReleaseAt,
    release: mail.release,
    addMail: mail.add,
    send: mail.send,
    mark: mail.mark,
    move: mail.move,
    erase: mail.erase,
    eraseFolder: mail.eraseFolder,
    mailOf: mail.mailOf,
    find: mail.find,
    onMailboxChange: (listener) =>
      mail.onChange(({ mailbox, folder, left }) => {
        const folders = [...(folder ? [folder] : []), ...(left?.keys() ?? [])];
        listener(
          mailbox.settings.objectId,
          folders.map(({ number }) => idOf('folder', mailbox.mark, number)),
        );
      }),
    putMeeting: state.calendars.put,
    removeMeeting: state.calendars.remove,
    lifecycle: (event) => state.subscriptions.lifecycle(event),
    notified: () => state.subscriptions.settled(),
    close: serving.close,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Several Prefer headers count as one with commas. */
const preferOf = ({ headers }: IncomingMessage): string | undefined =>
  Array.isArray(headers.prefer) ? headers.prefer.join(', ') : headers.prefer;
