import type { ColumnType, Generated } from 'kysely';

interface JournalTable {
  id: ColumnType<string, never, never>;
  subjectKind: string;
  subjectId: string;
  seq: number;
  kind: string;
  partnershipId: string | null;
  at: Date;
  byContactId: string | null;
  bySide: 'client' | 'provider' | null;
  through: string;
  data: ColumnType<Record<string, unknown>, string, never>;
  transactionId: Generated<string>;
}
interface RemarkTable {
  journalId: string;
  text: string;
}
interface ReactionTable {
  eventKind: string;
  capability: string;
}
declare module '../store/database.ts' {
  interface Database {
    journal: JournalTable;
    remark: RemarkTable;
    reaction: ReactionTable;
  }
}

export interface JournalRow {
  id: string;
  subjectKind: string;
  subjectId: string;
  kind: string;
  partnershipId: string | null;
  at: Date;
  byContactId: string | null;
  bySide: 'client' | 'provider' | null;
  data: Record<string, unknown>;
}
export const EVENT_COLUMNS = ['id', 'subjectKind', 'subjectId', 'kind', 'partnershipId', 'at', 'byContactId', 'bySide', 'data'] as const;
