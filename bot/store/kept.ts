import type { Db, Tx } from './database.ts';
import { locksTaken } from './lock.ts';

/** What one transaction read, by key. */
export interface Kept<Value> {
  /** What was read before under the locks that are held now, else what `read` gives. Outside a transaction nothing is kept. */
  of(tx: Tx | Db, key: string, read: () => Promise<Value>): Promise<Value>;
  /** This transaction wrote it. */
  forget(tx: Tx | Db): void;
}

/**
 * Keeps what a transaction read until it takes another lock: whoever waited for one has to see what its holder before him left, however it
 * stood when it was read first.
 */
export function keptInTransaction<Value>(): Kept<Value> {
  const all = new WeakMap<object, Map<string, { readonly locks: number; readonly value: Promise<Value> }>>();
  return {
    of(tx, key, read) {
      if (!tx.isTransaction) return read();
      const own = all.get(tx) ?? new Map();
      all.set(tx, own);
      const locks = locksTaken(tx);
      const known = own.get(key);
      if (known?.locks === locks) return known.value;
      const value = read();
      own.set(key, { locks, value });
      return value;
    },
    forget(tx) {
      all.delete(tx);
    },
  };
}
