import { createHash } from 'node:crypto';
import type { Db, Tx } from '../store/database.ts';
import { anyOf } from '../store/tableOf.ts';

interface ErasedTable {
  hash: string;
  mark: string;
  at: Date;
}
declare module '../store/database.ts' {
  interface Database {
    erased: ErasedTable;
  }
}

/** Stands where the words of somebody stood who was erased, and where words stood whose time is over. */
export const ERASED_WORDS = '(erased)';
export const EMPTIED_WORDS = '(not kept any more)';

const hashOf = (kind: 'address' | 'account', value: string): string =>
  createHash('sha256').update(`rapport erased ${kind} ${value.trim().toLowerCase()}`).digest('base64url');

export const hashOfAddress = (address: string): string => hashOf('address', address);
export const hashOfAccount = (tenantId: string, objectId: string): string => hashOf('account', `${tenantId}/${objectId}`);

const ERASED_MEMBER = 'erased:';
export const isErasedMember = (userId: string): boolean => userId.startsWith(ERASED_MEMBER);
/** What stands in the place of Teams' name for a member of a channel who was erased; for one who was already, the same. */
export const erasedMember = ({ tenantId, userId }: { readonly tenantId: string | null; readonly userId: string }): string =>
  isErasedMember(userId) ? userId : `${ERASED_MEMBER}${hashOfAccount(tenantId ?? '', userId)}`;

/** What stands in the place of an address; null for that of anybody else. */
export type Mask = (address: string) => string | null;

/** Of these addresses, those of people who were erased: nothing of them is stored again until a charter lists them anew. */
export async function maskFor(tx: Tx | Db, addresses: Iterable<string>): Promise<Mask> {
  const hashes = new Map([...new Set(addresses)].map((address) => [hashOfAddress(address), address.trim().toLowerCase()]));
  const marks = await marksOf(tx, [...hashes.keys()]);
  if (marks.size === 0) return () => null;
  const byAddress = new Map([...marks].map(([hash, mark]) => [hashes.get(hash)!, mark]));
  return (address) => byAddress.get(address.trim().toLowerCase()) ?? null;
}

/** Marks by hash. */
export async function marksOf(tx: Tx | Db, hashes: readonly string[]): Promise<Map<string, string>> {
  if (hashes.length === 0) return new Map();
  const rows = await tx.selectFrom('erased').select(['hash', 'mark']).where('hash', '=', anyOf(hashes, 'text')).execute();
  return new Map(rows.map(({ hash, mark }) => [hash, mark]));
}
