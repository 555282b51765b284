import { badRequest } from './errors.ts';
import type { Faults, TokenEpoch } from './faults.ts';
import { type Json, type MessageView, messageId, messageJson, partialJson, readSelect } from './message-json.ts';
import type { Folder, LogEntry, MailboxStore } from './model.ts';
import { type RoundState, readToken, writeToken } from './tokens.ts';

/** A filter by receivedDateTime caps the first round. */
const FILTER_CAP = 5_000;

export interface DeltaRequest {
  readonly store: MailboxStore;
  readonly folder: Folder;
  readonly query: URLSearchParams;
  readonly view: Omit<MessageView, 'select'>;
  /** From `Prefer: odata.maxpagesize`. */
  readonly pageSize: number | null;
  /** The URL of the collection without a query. */
  readonly url: string;
  readonly process: string;
  readonly epoch: TokenEpoch;
  readonly faults: Faults;
}

/**
 * One page of GET .../mailFolders/{id}/messages/delta. The first round gives what lies in the folder, later ones what was logged since: new
 * items whole, changed ones with the change alone, gone ones as `@removed`.
 */
export function messageDelta(request: DeltaRequest): Json {
  const { store, folder, query, url, process, epoch, faults } = request;
  const of = `messages/${store.settings.objectId}/${folder.number}`;
  const token = query.get('$skiptoken') ?? query.get('$deltatoken');
  const state =
    token === null
      ? firstState(request, of)
      : { ...readToken<RoundState>(token, of, process, epoch, url), ...(query.has('$deltatoken') && { emptied: false }) };
  const view: MessageView = { ...request.view, select: readSelect(state.select) };
  const size = Math.min(request.pageSize ?? state.top ?? 10, 1000);
  const link = (kind: 'nextLink' | 'deltaLink', next: RoundState) => ({
    [`@odata.${kind}`]: `${url}?$${kind === 'nextLink' ? 'skip' : 'delta'}token=${writeToken(next)}`,
  });
  const context = { '@odata.context': `${new URL(url).origin}/v1.0/$metadata#Collection(message)` };
  if (faults.emptyPages && !state.emptied) return { ...context, ...link('nextLink', { ...state, emptied: true }), value: [] };

  const page = state.first ? firstPage(folder, state, size, view) : laterPage(folder, state, size, view, faults);
  const value = faults.replays && page.value.length > 0 ? [page.value[0]!, ...page.value] : page.value;
  if (page.more)
    return { ...context, ...link('nextLink', { ...state, at: page.at, given: state.given + page.value.length, emptied: true }), value };
  return { ...context, ...link('deltaLink', { ...state, first: false, at: page.end, end: page.end, given: 0, emptied: false }), value };
}

function firstState({ folder, query, process, epoch }: DeltaRequest, of: string): RoundState {
  for (const option of query.keys()) {
    if (!['$select', '$top', '$filter', '$orderby', '$expand', 'changeType'].includes(option))
      throw badRequest('ErrorInvalidUrlQuery', `The query option '${option}' is not supported for change tracking.`);
  }
  const orderBy = query.get('$orderby');
  if (orderBy !== null && !/^receivedDateTime\s+desc$/i.test(orderBy))
    throw badRequest('ErrorInvalidUrlQuery', 'Change tracking can be ordered by receivedDateTime desc alone.');
  const filter = query.get('$filter');
  const since = filter === null ? null : /^receivedDateTime\s+(?:ge|gt)\s+(\S+)$/i.exec(filter)?.[1];
  if (since === undefined || (since !== null && Number.isNaN(Date.parse(since))))
    throw badRequest('ErrorInvalidUrlQuery', 'Change tracking can be filtered by receivedDateTime ge or gt alone.');
  const top = query.get('$top');
  if (top !== null && !(Number.isInteger(Number(top)) && Number(top) >= 1))
    throw badRequest('ErrorInvalidUrlQuery', `Invalid value '${top}' for $top.`);
  const select = query.get('$select');
  readSelect(select);
  const end = folder.log.length;
  const newestFirst = orderBy !== null;
  return {
    of,
    process,
    epoch: epoch.current,
    first: true,
    end,
    at: newestFirst ? end - 1 : 0,
    given: 0,
    select,
    newestFirst,
    sinceMs: since === null ? null : Date.parse(since),
    changeType: query.get('changeType'),
    top: top === null ? null : Number(top),
    emptied: false,
  };
}

type Page = { readonly value: Json[]; readonly at: number; readonly more: boolean; readonly end: number };

function firstPage(folder: Folder, state: RoundState, size: number, view: MessageView): Page {
  const step = state.newestFirst ? -1 : 1;
  const cap = state.sinceMs === null ? Number.POSITIVE_INFINITY : FILTER_CAP - state.given;
  const value: Json[] = [];
  let at = state.at;
  for (; at >= 0 && at < state.end && value.length < Math.min(size, cap); at += step) {
    const entry = folder.log[at]!;
    // A line that is not where the copy lies now is history: it moved on, or came back later.
    if ('message' in entry && entry.folder === folder && entry.logIndex === at && entry.receivedMs >= (state.sinceMs ?? 0))
      value.push(messageJson(entry, view, true));
  }
  return { value, at, more: at >= 0 && at < state.end && value.length < cap, end: state.end };
}

function laterPage(folder: Folder, state: RoundState, size: number, view: MessageView, faults: Faults): Page {
  const value: Json[] = [];
  let at = state.at;
  for (; at < folder.log.length && value.length < size; at += 1) {
    const item = laterItem(folder, folder.log[at]!, at, state, view, faults);
    if (item) value.push(item);
  }
  return { value, at, more: at < folder.log.length, end: folder.log.length };
}

function laterItem(folder: Folder, entry: LogEntry, at: number, state: RoundState, view: MessageView, faults: Faults): Json | null {
  const wanted = (kind: string) => state.changeType === null || state.changeType === kind;
  const copy = 'message' in entry ? entry : entry.copy;
  if (state.sinceMs !== null && copy.receivedMs < state.sinceMs) return null;
  if ('removed' in entry)
    return wanted('deleted')
      ? { '@odata.type': '#microsoft.graph.message', id: messageId(copy, view, entry.moves), '@removed': { reason: entry.removed } }
      : null;
  if (copy.folder !== folder) return null;
  if ('changed' in entry)
    return wanted('updated') ? (faults.wholeItems ? messageJson(copy, view, true) : partialJson(copy, entry.changed, view)) : null;
  if (copy.logIndex !== at || !wanted('created')) return null;
  // Graph's own trap: moved out and back within one round, an item with an immutable id is told as gone, and not again until it is touched.
  const wentAndCame = (copy.left?.get(folder) ?? -1) >= state.end;
  return view.immutableIds && wentAndCame ? null : messageJson(copy, view, true);
}
