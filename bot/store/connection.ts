import type { TokenCredential } from '@azure/identity';
import pg from 'pg';
import type { Config } from '../config.ts';
import { BadInput, Unavailable } from '../errors.ts';

/**
 * How PostgreSQL is reached: a connection string, or parts whose password is asked for at each new connection. Made once and handed to all
 * who open a connection. It may hold a password: never logged.
 */
export type Connection = string | ConnectionParts;
export interface ConnectionParts {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: () => Promise<string>;
  readonly ssl: true | { readonly ca: string };
}

/** Audience of the tokens that Azure Database for PostgreSQL takes as passwords. */
const DATABASE_SCOPE = 'https://ossrdbms-aad.database.windows.net/.default';
/** A connection whose password does not come must not wait for ever. */
const CONNECT_MS = 30_000;

/** What the driver is given. A connection string would win over a password function, so the two never meet. */
export const clientConfig = (connection: Connection): pg.ClientConfig =>
  typeof connection === 'string'
    ? { connectionString: connection }
    : { ...connection, ssl: connection.ssl === true ? true : { ...connection.ssl }, connectionTimeoutMillis: CONNECT_MS };

/**
 * A pool whose connections may be cut, idle ones and those in the middle of a transaction: it opens others, and whoever asks meanwhile is
 * told by the query. Without a listener of its own a connection that is cut between two queries would end the process.
 */
export function openPool(connection: Connection, options: Pick<pg.PoolConfig, 'max' | 'types'>): pg.Pool {
  const pool = new pg.Pool({ ...clientConfig(connection), ...options });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/**
 * The database that the settings name, or null for the embedded one. With `DATABASE_AUTH=entra` each new connection shows a token of
 * `credential` in place of a password, over TLS with the server's certificate checked; a connection that stands outlives its token.
 * @throws {BadInput} where DATABASE_URL does not fit that
 */
export function connectionFor(
  config: Pick<Config, 'DATABASE_URL' | 'DATABASE_AUTH'>,
  credential: Pick<TokenCredential, 'getToken'>,
): Connection | null {
  if (config.DATABASE_AUTH === 'password') return config.DATABASE_URL || null; // a setting left empty is none
  const url = partsOf(config.DATABASE_URL ?? '');
  const password = async (): Promise<string> => {
    const answer = await credential.getToken(DATABASE_SCOPE).catch((cause: unknown) => {
      throw new Unavailable('no token for the database', { cause });
    });
    if (!answer) throw new Unavailable('no token for the database');
    return answer.token;
  };
  return { ...url, password, ssl: true };
}

const NEEDED = 'DATABASE_URL: DATABASE_AUTH=entra needs postgres://role@server:5432/database';

function partsOf(text: string): Pick<ConnectionParts, 'host' | 'port' | 'user' | 'database'> {
  if (!URL.canParse(text)) throw new BadInput(`${NEEDED}.`);
  const url = new URL(text);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (!/^postgres(ql)?:$/.test(url.protocol) || !url.hostname || !url.username || !database) throw new BadInput(`${NEEDED}.`);
  if (url.password) throw new BadInput(`${NEEDED}, without a password.`);
  const loose = [...url.searchParams].filter(([name, value]) => !(name === 'sslmode' && /^(require|verify-full)$/.test(value)));
  if (loose.length) throw new BadInput(`${NEEDED}, without ${loose.map(([name]) => name).join(', ')}: TLS is always used and checked.`);
  return { host: url.hostname, port: Number(url.port || 5432), user: decodeURIComponent(url.username), database };
}
