interface DeadlineTable {
  kind: string;
  subjectKind: string;
  subjectId: string;
  at: Date;
  leaseUntil: Date | null;
  failures: number;
  parkedAt: Date | null;
  lastError: string | null;
}
declare module '../store/database.ts' {
  interface Database {
    deadline: DeadlineTable;
  }
}

export type { DeadlineTable };
