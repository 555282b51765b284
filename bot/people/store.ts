import type { ColumnType } from 'kysely';

interface IdentityTable {
  tenantId: string;
  objectId: string;
  contactId: string;
  /** Teams user id in our bot's conversations (`29:...`), once seen. */
  conversationUserId: string | null;
  /** `directory`, or the id of the contact who said so. */
  boundBy: string;
  boundAt: Date;
  /** Since when the account gets its side's brief in its own chat. */
  ownBriefSince: ColumnType<Date | null, undefined, Date | null>;
}
declare module '../store/database.ts' {
  interface Database {
    identity: IdentityTable;
  }
}

/** Who presses or asks: the tenant as verified, and the object id in that tenant. */
export interface Identity {
  readonly tenantId: string;
  readonly objectId: string;
}

/** What `bound_by` holds when our own directory said who it is. */
export const DIRECTORY = 'directory';
