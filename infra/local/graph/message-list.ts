import { badRequest } from './errors.ts';
import { fits, readFilter, readOrder, type Term } from './filter.ts';
import { idOf, readId } from './ids.ts';
import { type Json, type MessageView, messageJson, readSelect } from './message-json.ts';
import type { Copy, Folder, MailboxStore } from './model.ts';

const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const FILTERABLE: Readonly<Record<string, (copy: Copy) => string>> = {
  conversationId: (copy) => idOf('conversation', copy.mailbox.mark, copy.conversation),
  internetMessageId: (copy) => copy.message.mail.messageId,
  receivedDateTime: (copy) => iso(copy.receivedMs),
  sentDateTime: (copy) => iso(copy.message.mail.sentAt.getTime()),
  subject: (copy) => copy.message.mail.subject,
  'from/emailAddress/address': (copy) => copy.message.mail.from.address,
  isRead: (copy) => String(copy.isRead),
  isDraft: () => 'false',
  importance: (copy) => copy.importance ?? copy.message.mail.importance,
};
const ORDERABLE = ['receivedDateTime', 'sentDateTime', 'subject'];
const OPTIONS = ['$select', '$top', '$skip', '$filter', '$orderby', '$count', '$search', '$expand'];

/**
 * GET .../messages of a folder or, without one, of the whole mailbox: Deleted Items and all.
 * @param url - of the collection, without a query
 */
export function messageList(given: {
  store: MailboxStore;
  folder: Folder | null;
  query: URLSearchParams;
  view: Omit<MessageView, 'select'>;
  pageSize: number | null;
  url: string;
}): Json {
  const { store, folder, query, url } = given;
  for (const option of query.keys())
    if (!OPTIONS.includes(option)) throw badRequest('BadRequest', `The query option '${option}' is not supported.`);
  if (query.has('$search')) throw badRequest('ErrorAccessDenied', 'Search is not available with the permissions of this token.');
  const view: MessageView = { ...given.view, select: readSelect(query.get('$select')) };
  const terms = query.has('$filter') ? readFilter(query.get('$filter')!) : [];
  const order = readOrder(query.get('$orderby'), terms, ORDERABLE);
  const copies = sorted(
    candidates(store, folder, terms),
    order ?? (terms.length === 0 ? { property: 'receivedDateTime', descending: true } : null),
  );
  const skip = count(query, '$skip', 0);
  const size = Math.min(count(query, '$top', given.pageSize ?? 10), 1000);
  const more = new URLSearchParams(query);
  more.set('$skip', String(skip + size));
  return {
    '@odata.context': `${new URL(url).origin}/v1.0/$metadata#Collection(message)`,
    ...(query.get('$count') === 'true' && { '@odata.count': copies.length }),
    value: copies.slice(skip, skip + size).map((copy) => messageJson(copy, view)),
    ...(copies.length > skip + size && { '@odata.nextLink': `${url}?${more}` }),
  };
}

function candidates(store: MailboxStore, folder: Folder | null, terms: readonly Term[]): Copy[] {
  for (const { property } of terms) {
    if (!Object.hasOwn(FILTERABLE, property))
      throw badRequest('ErrorInvalidUrlQueryFilter', `Filtering by '${property}' is not supported.`);
  }
  // One conversation is found without looking at the whole mailbox.
  const conversation = terms.find(({ property, operator }) => property === 'conversationId' && operator === 'eq');
  const number = conversation && readId(conversation.value, store.mark);
  const from = conversation ? (number?.kind === 'conversation' && store.conversations.get(number.number)) || [] : store.copies.values();
  const found: Copy[] = [];
  for (const copy of from) {
    if (
      copy.folder !== null &&
      (folder === null || copy.folder === folder) &&
      terms.every((term) => fits(term, FILTERABLE[term.property]!(copy)))
    )
      found.push(copy);
  }
  return found;
}

function sorted(copies: Copy[], order: { property: string; descending: boolean } | null): Copy[] {
  if (!order) return copies;
  const by = FILTERABLE[order.property]!;
  const sign = order.descending ? -1 : 1;
  return copies.sort((a, b) => sign * by(a).localeCompare(by(b)));
}

/** A whole number from the query. @throws {GraphError} 400 for anything else */
export function count(query: URLSearchParams, option: '$top' | '$skip', fallback: number): number {
  const text = query.get(option);
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < (option === '$top' ? 1 : 0))
    throw badRequest('ErrorInvalidUrlQuery', `Invalid value '${text}' for ${option}.`);
  return value;
}
