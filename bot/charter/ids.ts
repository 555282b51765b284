import { createHash } from 'node:crypto';

/** Namespace of the ids that follow a name; never changes, or every id would. */
const NAMESPACE = Buffer.from('5d1f6a0c7b4e4c0f9a35c1d2e8b7f604', 'hex');

/** A UUID (version 5) that is the same for the same parts, on every machine and at every start. */
export function idOf(...parts: readonly string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A partnership is known by the name of its charter file, without the ending. */
export const partnershipIdOf = (slug: string): string => idOf('partnership', slug);
/** A contact is known by its key in the charter of its partnership, over all versions. */
export const contactIdOf = (partnershipId: string, key: string): string => idOf('contact', partnershipId, key);
