import { createHash } from 'node:crypto';

/** A GUID that follows from a text: the same tenant folder gives the same ids on every machine. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const shortHash = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('base64url').replaceAll(/[-_]/g, '0').slice(0, length);
