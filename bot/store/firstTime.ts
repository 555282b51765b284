import type { Db, Tx } from './database.ts';

/**
 * Remembers by key what a transaction did: for what holds until its commit, so that doing it again changes nothing. Gives of `keys` those that
 * it meets for the first time in this transaction, and all of them outside one. What is undone goes with its transaction: there are no savepoints.
 */
export function firstTimeIn(): (tx: Tx | Db, keys: readonly string[]) => string[] {
  const done = new WeakMap<object, Set<string>>();
  return (tx, keys) => {
    const distinct = [...new Set(keys)];
    if (!tx.isTransaction) return distinct;
    const before = done.get(tx) ?? new Set();
    done.set(tx, before);
    const fresh = distinct.filter((key) => !before.has(key));
    for (const key of fresh) before.add(key);
    return fresh;
  };
}
