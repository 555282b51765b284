import type { MailAddress } from '../tenant/tenant.ts';
import { badRequest } from './errors.ts';
import { idOf } from './ids.ts';
import type { ChangedProperty, Copy } from './model.ts';

/** How a message is asked for: which properties, which kind of id, and what the token may see. */
export interface MessageView {
  /** Null: the default set of properties. */
  readonly select: readonly string[] | null;
  readonly immutableIds: boolean;
  /** `Mail.Read`: bodies too. `Mail.ReadBasic` leaves out body, preview and attachments. */
  readonly bodies: boolean;
  /** internetMessageHeaders are withheld, as nobody has promised them for ReadBasic. */
  readonly headersHidden: boolean;
}
export type Json = Readonly<Record<string, unknown>>;

const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const recipient = ({ name, address }: MailAddress) => ({ emailAddress: { name: name || address, address } });
const webLink = (id: string) => `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(id)}&exvsurl=1&viewmodel=ReadMessageItem`;
const text = (copy: Copy) => copy.message.mail.text ?? '';

/** Every property a message has here. Undefined: this copy does not have it. */
const PROPERTIES: Readonly<Record<string, (copy: Copy, view: MessageView) => unknown>> = {
  createdDateTime: (copy) => iso(copy.receivedMs),
  lastModifiedDateTime: (copy) => iso(copy.receivedMs),
  changeKey: (copy) => changeKey(copy),
  categories: (copy) => copy.categories,
  receivedDateTime: (copy) => iso(copy.receivedMs),
  sentDateTime: (copy) => iso(copy.message.mail.sentAt.getTime()),
  hasAttachments: () => false,
  internetMessageId: (copy) => copy.message.mail.messageId,
  subject: (copy) => copy.message.mail.subject,
  bodyPreview: (copy, { bodies }) => (bodies ? text(copy).slice(0, 255) : undefined),
  importance: (copy) => copy.importance ?? copy.message.mail.importance,
  parentFolderId: (copy) => (copy.folder ? idOf('folder', copy.mailbox.mark, copy.folder.number) : null),
  conversationId: (copy) => idOf('conversation', copy.mailbox.mark, copy.conversation),
  conversationIndex: (copy) => conversationIndex(copy),
  isDeliveryReceiptRequested: () => null,
  isReadReceiptRequested: () => false,
  isRead: (copy) => copy.isRead,
  isDraft: (copy) => copy.folder?.wellKnown === 'drafts',
  webLink: (copy, view) => webLink(messageId(copy, view)),
  inferenceClassification: () => 'focused',
  body: (copy, { bodies }) => (bodies ? { contentType: 'text', content: text(copy) } : undefined),
  uniqueBody: (copy, { bodies }) => (bodies ? { contentType: 'text', content: text(copy) } : undefined),
  // whoever really sent it: a delegate, say
  sender: (copy) => recipient(copy.message.mail.sender ?? copy.message.mail.from),
  from: (copy) => recipient(copy.message.mail.from),
  toRecipients: (copy) => copy.message.mail.to.map(recipient),
  ccRecipients: (copy) => copy.message.mail.cc.map(recipient),
  bccRecipients: () => [],
  replyTo: () => [],
  flag: (copy) => ({
    flagStatus: copy.flag,
    ...(copy.flagDueMs !== null && { startDateTime: dayOf(copy.flagDueMs), dueDateTime: dayOf(copy.flagDueMs) }),
    ...(copy.flag === 'complete' && { completedDateTime: dayOf(copy.flagDueMs ?? copy.receivedMs) }),
  }),
  internetMessageHeaders: (copy, { headersHidden }) => (copy.sent || headersHidden ? undefined : headersOf(copy)),
};
const ONLY_WHEN_ASKED = new Set(['internetMessageHeaders', 'uniqueBody']);
const DEFAULT = Object.keys(PROPERTIES).filter((name) => !ONLY_WHEN_ASKED.has(name));

/** Properties of meeting mail, asked for by a cast; plain messages do not have them. */
const CASTS: Readonly<Record<string, (copy: Copy) => unknown>> = {
  'microsoft.graph.eventMessage/meetingMessageType': (copy) =>
    copy.message.mail.meeting ? MEETING_MESSAGE_TYPE[copy.message.mail.meeting] : undefined,
};
const MEETING_MESSAGE_TYPE = {
  request: 'meetingRequest',
  cancelled: 'meetingCancelled',
  accepted: 'meetingAccepted',
  // Microsoft's spelling.
  tentative: 'meetingTenativelyAccepted',
  declined: 'meetingDeclined',
} as const;
const TYPE = {
  request: '#microsoft.graph.eventMessageRequest',
  cancelled: '#microsoft.graph.eventMessage',
  accepted: '#microsoft.graph.eventMessageResponse',
  tentative: '#microsoft.graph.eventMessageResponse',
  declined: '#microsoft.graph.eventMessageResponse',
} as const;

/** @throws {GraphError} 400 for a name that a message does not have */
export function readSelect(select: string | null): readonly string[] | null {
  if (select === null) return null;
  const names = select
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  for (const name of names) {
    if (name !== 'id' && !Object.hasOwn(PROPERTIES, name) && !Object.hasOwn(CASTS, name))
      throw badRequest('RequestBroker--ParseUri', `Could not find a property named '${name}' on type 'Microsoft.OutlookServices.Message'.`);
  }
  return names;
}

/** @param moves - the item's moves at the time that is told of: default ids change with each */
export const messageId = (copy: Copy, { immutableIds }: Pick<MessageView, 'immutableIds'>, moves = copy.moves): string =>
  immutableIds ? idOf('immutable', copy.mailbox.mark, copy.number) : idOf('default', copy.mailbox.mark, copy.number, moves);

/** A whole item, or as much of it as was selected. @param typed - delta and meeting mail name their type */
export function messageJson(copy: Copy, view: MessageView, typed = false): Json {
  const { meeting } = copy.message.mail;
  const json: Record<string, unknown> = {};
  if (meeting) json['@odata.type'] = TYPE[meeting];
  else if (typed) json['@odata.type'] = '#microsoft.graph.message';
  json['@odata.etag'] = `W/"${changeKey(copy)}"`;
  json.id = messageId(copy, view);
  for (const name of view.select ?? DEFAULT) {
    const value = (PROPERTIES[name] ?? CASTS[name])?.(copy, view);
    if (value !== undefined) json[name.slice(name.indexOf('/') + 1)] = value;
  }
  if (view.select === null && meeting) json.meetingMessageType = MEETING_MESSAGE_TYPE[meeting];
  return json;
}

/** What a delta round tells of a changed item: the change, whatever was selected. */
export function partialJson(copy: Copy, changed: readonly ChangedProperty[], view: MessageView): Json {
  return messageJson(copy, { ...view, select: ['parentFolderId', ...changed] }, true);
}

function changeKey(copy: Copy): string {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(copy.number, 0, 6);
  bytes.writeUInt32BE(copy.changes, 8);
  return bytes.toString('base64');
}

/** 22 bytes for the conversation, 5 more for each reply level. */
function conversationIndex(copy: Copy): string {
  const levels = Math.min(copy.level, 40);
  const bytes = Buffer.alloc(22 + 5 * levels);
  bytes[0] = 1;
  bytes.writeUIntBE(copy.conversation, 6, 6);
  for (let level = 0; level < levels; level += 1) bytes.writeUInt32BE((copy.number + level) >>> 0, 22 + 5 * level);
  return bytes.toString('base64');
}

/** Flags are due on days: midnight, as Outlook writes them. */
const dayOf = (ms: number) => ({ dateTime: `${new Date(ms).toISOString().slice(0, 10)}T00:00:00.0000000`, timeZone: 'UTC' });

function headersOf({ message: { mail }, receivedMs }: Copy): readonly { name: string; value: string }[] {
  const list = (addresses: readonly MailAddress[]) =>
    addresses.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ');
  return [
    {
      name: 'Received',
      value: `from mail.${mail.from.address.split('@')[1] ?? 'unknown'} by mail.protection.outlook.com with Microsoft SMTP Server; ${new Date(receivedMs).toUTCString()}`,
    },
    { name: 'From', value: list([mail.from]) },
    { name: 'To', value: list(mail.to) },
    ...(mail.cc.length > 0 ? [{ name: 'CC', value: list(mail.cc) }] : []),
    { name: 'Subject', value: mail.subject },
    { name: 'Date', value: mail.sentAt.toUTCString() },
    { name: 'Message-ID', value: mail.messageId },
    ...(mail.inReplyTo.length > 0 ? [{ name: 'In-Reply-To', value: mail.inReplyTo.join(' ') }] : []),
    ...(mail.references.length > 0 ? [{ name: 'References', value: mail.references.join(' ') }] : []),
    ...mail.headers,
    ...(mail.meeting ? [{ name: 'Content-Type', value: 'text/calendar; charset="utf-8"' }] : []),
  ];
}
