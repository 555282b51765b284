import { createHash, randomUUID } from 'node:crypto';
import type { MailAddress, MailMark, SentMail, Tenant } from '../tenant/tenant.ts';
import type { Copy, MailboxStore, StoredMessage } from './model.ts';
import { change, deliver, erase, eraseFolder, folderAt, mailboxStore, move } from './store.ts';

/** A mail that somebody writes now. Addresses as they are written; names come from the people of the tenant. */
export interface NewMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly subject: string;
  /** Message id of the mail it answers. */
  readonly inReplyTo?: string;
  readonly at: Date;
  readonly importance?: 'low' | 'normal' | 'high';
  readonly text?: string;
  readonly headers?: SentMail['headers'];
  /** False: no copy stays with whoever sends it. */
  readonly saved?: boolean;
}
/** One copy: the mail, and the owner of the mailbox it is in. */
export interface CopyRef {
  readonly messageId: string;
  readonly on: string;
}

/** All mailboxes of the client's tenant, and the mail that is still on its way because its time has not come. */
export interface PostOffice {
  /** By object id of the mailbox's user. */
  readonly stores: ReadonlyMap<string, MailboxStore>;
  storeOf(address: string): MailboxStore | undefined;
  /** When the next mail arrives that is held back. */
  nextReleaseAt(): Date | null;
  /** The product time up to which mail has arrived; null before any. */
  releasedUpTo(): Date | null;
  /** Lets everything arrive that is dated up to then. @returns how many mails that were */
  release(upTo: Date): number;
  /** Hands in a mail: it arrives at once when its time has come. A message id that is known already changes nothing. */
  add(mail: SentMail): void;
  /** Writes a mail as somebody and hands it in. */
  send(mail: NewMail): SentMail;
  /** What its owner does to a copy. False when there is no such copy. */
  mark(copy: CopyRef, change: Omit<MailMark, 'on'>): boolean;
  /** @param folder - path such as `Inbox/Done` or `Deleted Items` */
  move(copy: CopyRef, folder: string): boolean;
  erase(copy: CopyRef): boolean;
  /** Takes a folder out of a mailbox for good. @param on - address of its owner @param folder - path such as `Inbox/Done` */
  eraseFolder(on: string, folder: string): void;
  /** The mail that has arrived and that this address wrote or got, newest first. */
  mailOf(address: string, limit?: number): SentMail[];
  find(messageId: string): SentMail | null;
  /** The copies of a message that has arrived. */
  copiesOf(messageId: string): readonly Copy[];
  onChange(listener: (copy: Copy, kind: 'created' | 'updated' | 'deleted') => void): void;
}

/** Seconds from sending to the first copy and to the last. */
const ON_THE_WAY_SECONDS = { first: 2, last: 7 };

export async function postOffice(tenant: Tenant): Promise<PostOffice> {
  const stores = new Map<string, MailboxStore>();
  const byAddress = new Map<string, MailboxStore>();
  for (const settings of tenant.mailboxes) {
    if (settings.state === 'none') continue;
    const store = mailboxStore(settings);
    stores.set(settings.objectId, store);
    for (const address of [settings.address, ...settings.aliases]) byAddress.set(address, store);
  }
  const messages = new Map<string, StoredMessage>();
  const people = new Map<string, MailAddress>();
  const listeners: ((copy: Copy, kind: 'created' | 'updated' | 'deleted') => void)[] = [];
  const tell = (copy: Copy, kind: 'created' | 'updated' | 'deleted') => {
    for (const listener of listeners) listener(copy, kind);
  };
  const unsaved = new Set<string>();
  let releasedMs = Number.NEGATIVE_INFINITY;
  let held: SentMail[] = [];
  /** Position of the first mail of `held` that is still held; those before it are gone. */
  let next = 0;

  for (const { name, address } of [...tenant.people, ...tenant.mailboxes]) people.set(address, { name, address });

  function arrive(mail: SentMail): void {
    if (messages.has(mail.messageId)) return;
    const message: StoredMessage = { mail, copies: [] };
    messages.set(mail.messageId, message);
    const parents = [message, ...[...mail.inReplyTo, ...[...mail.references].reverse()].flatMap((id) => messages.get(id) ?? [])];
    const author = byAddress.get(mail.from.address);
    if (author && !unsaved.has(mail.messageId))
      finish(deliver(author, message, { sent: true, receivedMs: mail.sentAt.getTime(), parents }));
    const firstMs = firstArrivalMs(mail);
    const recipients = new Set([...mail.to, ...mail.cc].flatMap(({ address }) => byAddress.get(address) ?? []));
    let nth = 0;
    for (const store of recipients) finish(deliver(store, message, { sent: false, receivedMs: firstMs + (nth++ % 3) * 1000, parents }));
  }
  function finish(copy: Copy): void {
    for (const mark of copy.message.mail.marks) if (byAddress.get(mark.on) === copy.mailbox) change(copy, mark);
    tell(copy, 'created');
  }
  function add(mail: SentMail): void {
    if (arrivedMs(mail) <= releasedMs) arrive(mail);
    else held.splice(positionOf(held, arrivedMs(mail), next), 0, mail);
  }
  const copyAt = ({ messageId, on }: CopyRef) =>
    messages.get(messageId)?.copies.find(({ mailbox }) => mailbox === byAddress.get(on.toLowerCase()));
  const onCopy = (ref: CopyRef, kind: 'updated' | 'deleted', run: (copy: Copy) => void): boolean => {
    const copy = copyAt(ref);
    if (!copy) return false;
    run(copy);
    tell(copy, kind);
    return true;
  };

  for await (const mail of tenant.mail()) held.push(mail);
  held.sort((a, b) => arrivedMs(a) - arrivedMs(b));

  return {
    stores,
    storeOf: (address) => byAddress.get(address.toLowerCase()),
    nextReleaseAt: () => (next < held.length ? new Date(arrivedMs(held[next]!)) : null),
    releasedUpTo: () => (Number.isFinite(releasedMs) ? new Date(releasedMs) : null),
    release(upTo) {
      releasedMs = Math.max(releasedMs, upTo.getTime());
      const before = next;
      while (next < held.length && arrivedMs(held[next]!) <= releasedMs) arrive(held[next++]!);
      const count = next - before;
      if (next > 1000) {
        held = held.slice(next);
        next = 0;
      }
      return count;
    },
    add,
    send({ from, to, cc = [], subject, inReplyTo, at, importance = 'normal', text = '', headers = [], saved = true }) {
      const who = (address: string) => people.get(address.toLowerCase()) ?? { name: '', address: address.toLowerCase() };
      const parent = inReplyTo === undefined ? undefined : messages.get(inReplyTo)?.mail;
      const mail: SentMail = {
        messageId: `<${randomUUID()}@${from.split('@')[1] ?? 'localhost'}>`,
        inReplyTo: inReplyTo === undefined ? [] : [inReplyTo],
        references: parent ? [...parent.references, parent.messageId] : [],
        from: who(from),
        to: to.map(who),
        cc: cc.map(who),
        subject,
        sentAt: new Date(Math.floor(at.getTime() / 1000) * 1000),
        receivedAt: null,
        importance,
        headers,
        text,
        meeting: null,
        marks: [],
      };
      if (!saved) unsaved.add(mail.messageId);
      add(mail);
      return mail;
    },
    mark: (ref, changes) => onCopy(ref, 'updated', (copy) => change(copy, changes)),
    move: (ref, folder) => onCopy(ref, 'updated', (copy) => move(copy, folderAt(copy.mailbox, folder))),
    erase: (ref) => onCopy(ref, 'deleted', erase),
    eraseFolder(on, folder) {
      const store = byAddress.get(on.toLowerCase());
      if (store) eraseFolder(store, folderAt(store, folder));
    },
    mailOf(address, limit = 50) {
      const wanted = address.toLowerCase();
      const found: SentMail[] = [];
      for (const { mail } of messages.values()) {
        if (mail.from.address === wanted || mail.to.some((one) => one.address === wanted) || mail.cc.some((one) => one.address === wanted))
          found.push(mail);
      }
      return found.sort((a, b) => b.sentAt.getTime() - a.sentAt.getTime()).slice(0, limit);
    },
    find: (messageId) => messages.get(messageId)?.mail ?? null,
    copiesOf: (messageId) => messages.get(messageId)?.copies ?? [],
    onChange: (listener) => void listeners.push(listener),
  };
}

/** A mail has some seconds to go, always the same ones. */
function firstArrivalMs(mail: SentMail): number {
  const spread = createHash('sha256').update(mail.messageId).digest()[0]! % (ON_THE_WAY_SECONDS.last - ON_THE_WAY_SECONDS.first - 2);
  return (mail.receivedAt ?? mail.sentAt).getTime() + (mail.receivedAt ? 0 : (ON_THE_WAY_SECONDS.first + spread) * 1000);
}

/** When its last copy has arrived: no copy is ever dated later than the time at which it is there to be read. */
const arrivedMs = (mail: SentMail) => (mail.receivedAt ?? mail.sentAt).getTime() + (mail.receivedAt ? 2 : ON_THE_WAY_SECONDS.last) * 1000;

function positionOf(held: readonly SentMail[], ms: number, from: number): number {
  let [low, high] = [from, held.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (arrivedMs(held[middle]!) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
