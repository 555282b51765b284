import type { Db } from '../store/database.ts';
import type { Graph } from './client.ts';
import { GraphRefusal } from './exchange.ts';
import { isOutOfScope } from './rules.ts';

/**
 * What asking for a mailbox outside the scope showed. `proven`: Graph refused it. `tooWide`: it could be read, so any mailbox could.
 * `unproven`: not asked yet, or answered in a way that says neither (there is no such mailbox).
 */
export type Scope = 'proven' | 'tooWide' | 'unproven';

/** The grant of the app does not end where it should, or nobody can tell: no mailbox is read until it does. */
export class ScopeNotProven extends Error {
  override readonly name = 'ScopeNotProven';
  readonly code: Scope;
  constructor(scope: Scope) {
    super(
      scope === 'tooWide'
        ? 'OUT_OF_SCOPE_MAILBOX can be read: the application permission is not limited to the mailboxes agreed. No mail is read. See docs/operating.md.'
        : 'OUT_OF_SCOPE_MAILBOX was not refused with 403: it must name a mailbox that exists and lies outside the scope. No mail is read.',
    );
    this.code = scope;
  }
}

/**
 * Asks Graph for a mailbox that the app must not read, and keeps what that showed for all instances.
 * @throws {ScopeNotProven} unless it was refused; {Unavailable} when Graph does not answer now, and what was known before stands
 */
export async function proveScope(graph: Graph, db: Db, outside: string): Promise<void> {
  const scope = await asked(graph, outside);
  await db.updateTable('graphTenant').set({ scope }).execute();
  if (scope !== 'proven') throw new ScopeNotProven(scope);
}

async function asked(graph: Graph, outside: string): Promise<Scope> {
  try {
    await graph.call({ url: `/users/${encodeURIComponent(outside)}/mailFolders/inbox?$select=id`, mailbox: outside });
    return 'tooWide';
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    return isOutOfScope(error) ? 'proven' : 'unproven';
  }
}

/** What the last proof showed. */
export const scopeOf = async (db: Db): Promise<Scope> =>
  (await db.selectFrom('graphTenant').select('scope').executeTakeFirstOrThrow()).scope;
