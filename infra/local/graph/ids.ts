import { createHash } from 'node:crypto';

/**
 * Ids as Graph gives them: opaque, case-sensitive, made for one mailbox. They follow from mailbox and content alone, so a stand-in that is
 * started again with the same mail gives the same ids.
 */
export type IdKind = 'immutable' | 'default' | 'folder' | 'conversation' | 'event';

const PREFIX: Readonly<Record<IdKind, string>> = {
  immutable: 'AAkA',
  default: 'AAMk',
  folder: 'AQMk',
  conversation: 'AAQk',
  event: 'AAYk',
};

/** 48 bits of a hash: a safe integer that names a thing within its mailbox. */
export function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

/** 16 bytes that stand for a mailbox in every id of it. */
export const mailboxMark = (objectId: string): Buffer => createHash('sha256').update(`mailbox/${objectId}`).digest().subarray(0, 16);

/** @param moves - how often the item has changed its folder: a part of default ids alone */
export function idOf(kind: IdKind, mark: Buffer, number: number, moves = 0): string {
  const bytes = Buffer.allocUnsafe(24);
  mark.copy(bytes, 0);
  bytes.writeUInt16BE(moves & 0xffff, 16);
  bytes.writeUIntBE(number, 18, 6);
  return `${PREFIX[kind]}${bytes.toString('base64url')}`;
}

/** What an id names in the mailbox with this mark; null when it is no id of that mailbox. */
export function readId(id: string, mark: Buffer): { kind: IdKind; number: number; moves: number } | null {
  const kind = (Object.keys(PREFIX) as IdKind[]).find((one) => id.startsWith(PREFIX[one]));
  if (!kind) return null;
  const bytes = Buffer.from(id.slice(4), 'base64url');
  // Written anew and compared: base64 has several spellings of one value, an id has one.
  if (bytes.length !== 24 || !bytes.subarray(0, 16).equals(mark) || `${PREFIX[kind]}${bytes.toString('base64url')}` !== id) return null;
  return { kind, number: bytes.readUIntBE(18, 6), moves: bytes.readUInt16BE(16) };
}
