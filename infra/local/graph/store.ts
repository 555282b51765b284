import type { Mailbox, MailMark, SentMail } from '../tenant/tenant.ts';
import { conversationFor } from './conversations.ts';
import { mailboxMark, numberOf } from './ids.ts';
import type { ChangedProperty, Copy, Folder, MailboxStore, StoredMessage } from './model.ts';

const TOP = 'msgfolderroot';
const WELL_KNOWN: readonly (readonly [string, string])[] = [
  ['inbox', 'Inbox'],
  ['drafts', 'Drafts'],
  ['sentitems', 'Sent Items'],
  ['deleteditems', 'Deleted Items'],
  ['archive', 'Archive'],
  ['junkemail', 'Junk Email'],
  ['outbox', 'Outbox'],
];

export function mailboxStore(settings: Mailbox): MailboxStore {
  const top = folder('Top of Information Store', TOP, null);
  const folders: Folder[] = [];
  const wellKnown = new Map<string, Folder>([[TOP, top]]);
  for (const [key, name] of WELL_KNOWN) {
    const made = folder(name, key, top);
    folders.push(made);
    wellKnown.set(key, made);
  }
  const store: MailboxStore = {
    settings,
    mark: mailboxMark(settings.objectId),
    folders,
    wellKnown,
    copies: new Map(),
    conversations: new Map(),
    topics: new Map(),
  };
  for (const path of [...settings.folders, ...settings.rules.map((rule) => rule.folder)]) folderAt(store, path);
  return store;
}

function folder(name: string, wellKnown: string | null, parent: Folder | null): Folder {
  const path = parent ? `${parent.number}/${name}` : name;
  const made: Folder = { number: numberOf(`folder/${path}`), name, wellKnown, parent, children: [], log: [], total: 0, unread: 0 };
  parent?.children.push(made);
  return made;
}

/** The folder at `Inbox/Partners/Fabrikam`, made where it is missing. */
export function folderAt(store: MailboxStore, path: string): Folder {
  let at = store.wellKnown.get(TOP)!;
  for (const name of path.split('/').filter(Boolean)) {
    const known = at.children.find((child) => child.name === name);
    if (known) at = known;
    else {
      at = folder(name, null, at);
      store.folders.push(at);
    }
  }
  return at;
}

/** Puts a copy into a mailbox: Sent Items of the author, or where a rule or else the Inbox receives it. */
export function deliver(
  store: MailboxStore,
  message: StoredMessage,
  how: { sent: boolean; receivedMs: number; parents: readonly StoredMessage[] },
): Copy {
  const { sent, receivedMs } = how;
  let number = numberOf(`copy/${store.settings.objectId}/${message.mail.messageId}/${sent ? 'sent' : 'received'}`);
  while (store.copies.has(number)) number = (number + 1) % 2 ** 48;
  const { conversation, level } = conversationFor(store, message.mail, how.parents);
  const copy: Copy = {
    message,
    mailbox: store,
    number,
    sent,
    receivedMs,
    conversation,
    level,
    folder: null,
    logIndex: -1,
    left: null,
    moves: 0,
    changes: 0,
    isRead: sent,
    flag: 'notFlagged',
    flagDueMs: null,
    categories: NONE,
    importance: null,
  };
  store.copies.set(number, copy);
  message.copies.push(copy);
  const together = store.conversations.get(conversation);
  if (together) together.push(copy);
  else store.conversations.set(conversation, [copy]);
  enter(copy, sent ? store.wellKnown.get('sentitems')! : folderFor(store, message.mail));
  return copy;
}
const NONE: readonly string[] = [];

function folderFor(store: MailboxStore, mail: SentMail): Folder {
  const rule = store.settings.rules.find(
    ({ from, subject }) =>
      (from === null || mail.from.address.includes(from.toLowerCase())) &&
      (subject === null || mail.subject.toLowerCase().includes(subject.toLowerCase())),
  );
  return rule ? folderAt(store, rule.folder) : store.wellKnown.get('inbox')!;
}

function enter(copy: Copy, folder: Folder): void {
  copy.folder = folder;
  copy.logIndex = folder.log.length;
  folder.log.push(copy);
  folder.total += 1;
  if (!copy.isRead) folder.unread += 1;
}

function leave(copy: Copy, removed: 'deleted' | 'changed'): void {
  const { folder } = copy;
  if (!folder) return;
  copy.left ??= new Map();
  copy.left.set(folder, folder.log.length);
  // Its default id until now: the one that readers of this folder know.
  folder.log.push({ copy, removed, moves: copy.moves });
  folder.total -= 1;
  if (!copy.isRead) folder.unread -= 1;
  copy.folder = null;
}

/** To another folder: looks like a removal in the one and like new mail in the other. */
export function move(copy: Copy, to: Folder): void {
  leave(copy, 'changed');
  copy.moves += 1;
  copy.changes += 1;
  enter(copy, to);
}

/** For good, from wherever it is. */
export function erase(copy: Copy): void {
  leave(copy, 'deleted');
  copy.mailbox.copies.delete(copy.number);
  const together = copy.mailbox.conversations.get(copy.conversation);
  if (together) together.splice(together.indexOf(copy), 1);
  copy.message.copies.splice(copy.message.copies.indexOf(copy), 1);
}

/** A folder for good, with all that lies in it and below it. */
export function eraseFolder(store: MailboxStore, folder: Folder): void {
  for (const child of [...folder.children]) eraseFolder(store, child);
  for (const copy of [...store.copies.values()]) if (copy.folder === folder) erase(copy);
  folder.parent?.children.splice(folder.parent.children.indexOf(folder), 1);
  store.folders.splice(store.folders.indexOf(folder), 1);
}

/** What the owner of a copy does to it. Properties that are not named stay. */
export function change(copy: Copy, { flag, flagDueAt, categories, importance, isRead }: Omit<MailMark, 'on'>): void {
  const changed: ChangedProperty[] = [];
  if (flag !== undefined || flagDueAt !== undefined) {
    if (flag !== undefined) copy.flag = flag === 'none' ? 'notFlagged' : flag;
    copy.flagDueMs = copy.flag === 'notFlagged' ? null : flagDueAt === undefined ? copy.flagDueMs : (flagDueAt?.getTime() ?? null);
    changed.push('flag');
  }
  if (categories !== undefined) {
    copy.categories = categories;
    changed.push('categories');
  }
  if (importance !== undefined) {
    copy.importance = importance;
    changed.push('importance');
  }
  if (isRead !== undefined && isRead !== copy.isRead) {
    copy.isRead = isRead;
    if (copy.folder) copy.folder.unread += isRead ? -1 : 1;
    changed.push('isRead');
  }
  if (changed.length === 0) return;
  copy.changes += 1;
  copy.folder?.log.push({ copy, changed });
}
