import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { nameOfError, Unavailable } from '../errors.ts';
import { type Connection, openPool } from './connection.ts';
import type { Database, Db } from './database.ts';
import { embeddedServer } from './embedded/server.ts';
import { defaultStateFolder } from './folder.ts';
import { type Room, roomOf } from './room.ts';

export interface Store {
  readonly db: Db;
  /** For those that need a connection of their own. */
  readonly connection: Connection;
  readonly room: Room;
  close(): Promise<void>;
}

const DATE = 1082;
/** A `date` stays the 'YYYY-MM-DD' it is: as a Date it would be an instant in the zone of this machine. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === DATE ? (text: string) => text : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Kysely over a pool: columns are camelCase here and snake_case in SQL; keys inside jsonb stay as they are. */
export function connect(
  connection: Connection,
  connections = 20,
  failed: (error: unknown) => void = () => {},
): { db: Db; end(): Promise<void> } {
  const pool = openPool(connection, { max: connections, types });
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    log: (event) => {
      if (event.level === 'error') failed(event.error);
    },
  });
  return { db, end: () => db.destroy() };
}

/**
 * Opens the database that `connection` names, else an embedded PostgreSQL in `stateDir`.
 * @throws {BadInput} when there is neither a connection nor an embedded PostgreSQL for this machine
 */
export async function openStore(options: { connection: Connection | null; stateDir?: string | undefined }): Promise<Store> {
  const folder = options.connection ? null : (options.stateDir ?? defaultStateFolder());
  const server = folder === null ? null : await embeddedServer({ folder });
  const connection = options.connection ?? server!.url;
  const room = roomOf(folder);
  const { db, end } = connect(connection, undefined, room.note);
  if (!server)
    await sql`select 1`.execute(db).catch(async (cause) => {
      await end();
      const found = answersNot(cause) ? 'no PostgreSQL server answers there' : 'the PostgreSQL server there does not let Rapport in';
      throw new Unavailable(`DATABASE_URL: ${found} (${nameOfError(cause)}).`, { cause });
    });
  return {
    db,
    connection,
    room,
    async close() {
      await end();
      await server?.leave();
    },
  };
}

const answersNot = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'].includes(String(cause.code));
