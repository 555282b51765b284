import { existsSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Ports } from '../capability.ts';
import { wall } from '../clock.ts';
import { readConfig } from '../config.ts';
import { credential } from '../credential.ts';
import { BadInput, Unavailable } from '../errors.ts';
import { connectionFor, defaultStateFolder, openStore, portsOf } from '../store/index.ts';
import type { Asked } from './somebody.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whom a command line names: an address, the id of a contact, or an account as `<tenant id>/<object id>`. @throws {BadInput} */
export function askedBy(words: readonly string[], usage: string): Asked {
  const [word = '', ...more] = words;
  if (more.length === 0 && word.includes('@')) return { address: word };
  const [id, objectId, ...rest] = word.split('/');
  if (more.length + rest.length === 0 && isId(id)) {
    if (objectId === undefined) return { contactId: id };
    if (isId(objectId)) return { tenantId: id, objectId };
  }
  throw new BadInput(usage);
}

const isId = (text: string | undefined): text is string => z.guid().safeParse(text).success;

/**
 * Runs something on the database that DATABASE_URL names, else on that of a local start in STATE_DIR, beside a service that may be running.
 * @throws {BadInput} where there is none, or it is that of an earlier release
 */
export async function onDatabase<Result>(env: Environment, run: (ports: Ports) => Promise<Result>): Promise<Result> {
  const url = env.DATABASE_URL || null;
  const entra = env.DATABASE_AUTH === 'entra';
  const connection = entra ? connectionFor(readConfig(env), credential(readConfig(env))) : url;
  const store = await openStore({ connection, stateDir: connection ? undefined : embeddedIn(env) });
  try {
    const { rows } = await sql<{ offsetMs: string; ready: boolean }>`
      select offset_ms, to_regclass('erased') is not null as ready from product_clock`.execute(store.db);
    if (!rows[0]?.ready) throw new BadInput('This database is that of an earlier release. Start the service of this release once.');
    return await run(portsOf(store.db, wall, () => Number(rows[0]!.offsetMs)));
  } finally {
    await store.close();
  }
}

/** The embedded database of a service, or of `npm start`, which keeps it one folder deeper. */
function embeddedIn(env: Environment): string {
  const folder = path.resolve(env.STATE_DIR || defaultStateFolder());
  const found = [folder, path.join(folder, 'postgres')].find((one) => existsSync(path.join(one, 'data', 'PG_VERSION')));
  if (!found) throw new BadInput(`There is no database in ${folder}. Name it: DATABASE_URL=postgres://..., or STATE_DIR=<folder>.`);
  return found;
}

/** Runs a command; what an operator can mend is said as it is. @returns the exit code */
export async function command(run: () => Promise<void>, say: (line: string) => void): Promise<number> {
  try {
    await run();
    return 0;
  } catch (error) {
    if (!(error instanceof BadInput || error instanceof Unavailable)) throw error;
    say(error.message);
    return error instanceof BadInput ? 2 : 1;
  }
}
