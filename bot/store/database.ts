import type { Kysely, Transaction } from 'kysely';

/**
 * All tables. Each room adds its own by declaration merging in its `store.ts`:
 *
 *     declare module '../store/database.ts' { interface Database { obligation: ObligationTable } }
 *
 * Columns are camelCase here and snake_case in SQL (CamelCasePlugin).
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the rooms
export interface Database {}

export type Db = Kysely<Database>;
/** An open transaction. What a use case writes through one `Tx` commits together or not at all. */
export type Tx = Transaction<Database>;
