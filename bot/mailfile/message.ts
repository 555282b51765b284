import { decodeWords } from 'postal-mime';
import { type Address, parseAddresses } from './addresses.ts';
import { parseMailDate, parseReceivedDate } from './dates.ts';
import { parseHeaders, parseMessageIds } from './headers.ts';

/** One message as its headers tell it. Nothing in it is to be believed: anyone may write anything into a mail. */
export interface MailFileMessage {
  /** Without angle brackets, as are all message ids here. */
  messageId?: string;
  inReplyTo: string[];
  references: string[];
  /** Usually one; several when people sign together. */
  from: Address[];
  sender?: Address;
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  /** Decoded and unfolded; empty when there is none. */
  subject: string;
  /** What the Date header says; undefined when it is missing or no date. */
  sentAt: Date | undefined;
  /** When the last server on the way took it (topmost Received); undefined for mail that never travelled. */
  receivedAt: Date | undefined;
  /** Every header by lower-case name, unfolded, not decoded. */
  headers: Map<string, string[]>;
  /** The file that it stands in. */
  file: string;
  /** Byte offset in that file. */
  offset: number;
  /** The beginning of the body as it was sent, when it was asked for. */
  body?: Buffer;
}

/** Reads a header block into a message. */
export function readMessage(block: Buffer, file: string, offset: number, body?: Buffer): MailFileMessage {
  const headers = parseHeaders(block);
  const addresses = (name: string): Address[] => headers.get(name)?.flatMap(parseAddresses) ?? [];
  const ids = (name: string): string[] => headers.get(name)?.flatMap(parseMessageIds) ?? [];
  const message: MailFileMessage = {
    inReplyTo: ids('in-reply-to'),
    references: ids('references'),
    from: addresses('from'),
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    subject: decodeText(headers.get('subject')?.[0] ?? ''),
    sentAt: parseMailDate(headers.get('date')?.[0] ?? ''),
    receivedAt: topmostReceived(headers.get('received') ?? []),
    headers,
    file,
    offset,
  };
  const messageId = ids('message-id')[0];
  const sender = addresses('sender')[0];
  if (messageId !== undefined) message.messageId = messageId;
  if (sender) message.sender = sender;
  if (body) message.body = body;
  return message;
}

/** Servers write on top: the first that says when is the last on the way. */
function topmostReceived(received: readonly string[]): Date | undefined {
  for (const line of received) {
    const at = parseReceivedDate(line);
    if (at) return at;
  }
  return undefined;
}

/** The text of an unstructured header: encoded words (RFC 2047) decoded, spaces collapsed. */
export function decodeText(value: string): string {
  return (value.includes('=?') ? decodeWords(value) : value).replace(/\s+/g, ' ').trim();
}
