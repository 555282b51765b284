import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../../bot/errors.ts';
import { defaultStateFolder } from '../../../bot/store/folder.ts';

/** What local mode remembers between two starts, besides the database and the messages. */
export interface LocalMemory {
  /** Wall time of the first start: relative times of the tenant folder are counted from it. */
  readonly anchorAt: string;
  /** So that stored addresses stay good. */
  readonly ports: { readonly entra: number; readonly graph: number; readonly connector: number };
  readonly localKey: string;
  /** The channels were set up and the story was told. */
  readonly told: boolean;
  /** Product time, and the wall time at which it was that. */
  readonly productAt: string | null;
  readonly wallAt: string | null;
}

export interface LocalState {
  /** Holds `postgres` (the service's alone) and `local`. */
  readonly folder: string;
  readonly postgres: string;
  readonly local: string;
  readonly memory: () => LocalMemory;
  remember(change: Partial<LocalMemory>): void;
  file(name: string): string;
  /** Whether an earlier start left something. */
  readonly kept: boolean;
  /** Forgets everything. The database's server must have stopped. */
  wipe(now: Date): void;
}

/** Where local mode keeps its state: STATE_DIR, else a folder per user and project; another tenant than the sample has its own. */
export function openState(tenant: string | null, now: Date, env: NodeJS.ProcessEnv = process.env): LocalState {
  const own = tenant === null ? '' : `-${createHash('sha256').update(tenant).digest('hex').slice(0, 8)}`;
  const folder = path.resolve(env.STATE_DIR || `${defaultStateFolder()}${own}`);
  const local = path.join(folder, 'local');
  const postgres = path.join(folder, 'postgres');
  const file = (name: string) => path.join(local, name);
  const fresh = (at: Date): LocalMemory => ({
    anchorAt: at.toISOString(),
    ports: { entra: 0, graph: 0, connector: 0 },
    localKey: randomBytes(24).toString('base64url'),
    told: false,
    productAt: null,
    wallAt: null,
  });
  const prepare = () => {
    mkdirSync(folder, { recursive: true });
    // PostgreSQL may run as another user: it has to pass through here, and nothing else.
    chmodSync(folder, 0o711);
    mkdirSync(local, { recursive: true, mode: 0o700 });
  };
  prepare();
  const kept = existsSync(file('memory.json'));
  let memory = kept ? readMemory(file('memory.json')) : fresh(now);
  const write = () => {
    writeFileSync(file('memory.json.new'), JSON.stringify(memory, null, 2), { mode: 0o600 });
    renameSync(file('memory.json.new'), file('memory.json'));
  };
  return {
    folder,
    postgres,
    local,
    file,
    kept,
    memory: () => memory,
    remember(change) {
      memory = { ...memory, ...change };
      write();
    },
    wipe(at) {
      // The programs of PostgreSQL lie there too, and are good again. A thousand files go beside what comes next, not before it.
      const away = mkdtempSync(path.join(folder, 'gone-'));
      for (const part of [path.join(postgres, 'data'), path.join(postgres, 'users'), path.join(postgres, 'password'), local])
        if (existsSync(part)) renameSync(part, path.join(away, path.basename(part)));
      for (const gone of readdirSync(folder).filter((name) => name.startsWith('gone-')))
        rm(path.join(folder, gone), { recursive: true, force: true }).catch(() => {}); // what stays is taken away the next time
      prepare();
      memory = fresh(at);
    },
  };
}

function readMemory(file: string): LocalMemory {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalMemory;
  } catch {
    throw new BadInput(`${file} cannot be read. Start over with: npm start -- --fresh`);
  }
}
