import { Logger, runMigrations } from 'graphile-worker';
import { type Connection, openPool } from '../store/connection.ts';

/** The worker's own tables (schema `graphile_worker`). Safe beside other instances. */
export async function migrateJobs(connection: Connection): Promise<void> {
  const pool = openPool(connection, { max: 2 });
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
  } finally {
    await pool.end();
  }
}
