import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import { wall } from '../../../bot/clock.ts';
import { projectFolder } from '../../../bot/store/folder.ts';
import type { Db } from '../../../bot/store/index.ts';
import { nextLine, type Processes } from '../process.ts';
import { APP_ID, addressOf, type BenchMail, DENSE, MAILBOXES, SECRET, TENANT_ID } from './tenant.ts';

/** What the stand-in was asked so far: how many items each page of a folder held in a first reading, and how often it said that it was too much. */
export interface Asked {
  readonly requests: number;
  readonly throttled: number;
  readonly folders: readonly { readonly mailbox: string; readonly pages: readonly number[] }[];
}

/** What the stand-in is to be. `latencyMs`: how long a request takes; `itemMs`: how much longer for each item of its answer. */
export interface StandIn {
  readonly caFile: string;
  readonly messages: number;
  readonly mailboxes: number;
  readonly mail: BenchMail;
  readonly latencyMs: number;
  readonly itemMs: number;
}

/** Starts the stand-in of Graph with its mail in a process of its own. @returns the settings of a service that reads from it, but for its database */
export async function openReading(
  all: Processes,
  folder: string,
  options: Partial<StandIn> & { messages: number },
): Promise<{ env: Record<string, string>; asked(): Promise<Asked> }> {
  const { mailboxes = MAILBOXES } = options;
  const caFile = path.join(folder, 'ca.pem');
  const what: StandIn = { caFile, mailboxes, mail: DENSE, latencyMs: 0, itemMs: 0, ...options };
  const standIn = all.start('bench/ingest/standIn.js', [JSON.stringify(what)]);
  const urls = await nextLine<{ graph: string; login: string; botOpenId: string }>(standIn);
  await writeCharter(folder);
  return {
    async asked() {
      standIn.kill('SIGUSR2');
      return nextLine<Asked>(standIn);
    },
    env: {
      NODE_EXTRA_CA_CERTS: caFile,
      PORT: '0',
      PUBLIC_URL: 'http://localhost:3978',
      TENANT_ID,
      APP_ID,
      APP_SECRET: SECRET,
      CREDENTIAL: 'secret',
      GRAPH_URL: urls.graph,
      LOGIN_URL: urls.login,
      BOT_OPENID_URL: urls.botOpenId,
      CHARTERS_DIR: folder,
      MAILBOXES: Array.from({ length: mailboxes }, (_, n) => addressOf(n)).join(','),
      LOG_LEVEL: 'warn',
    },
  };
}

async function writeCharter(folder: string): Promise<void> {
  const text = await readFile(path.join(projectFolder(), 'tests/support/charters/fabrikam.yaml'), 'utf8');
  const effective = new Date(wall.now().getTime() - 120 * 86_400_000).toISOString().slice(0, 10);
  await writeFile(path.join(folder, 'fabrikam.yaml'), text.replace(/^effective: .*$/m, `effective: ${effective}`));
}

/** Every mailbox is read up to now, and what had to be read again has been. */
export async function readThrough(db: Db, mailboxes = MAILBOXES): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    select count(*) = ${mailboxes} and bool_and(last_read_at is not null) and not exists (select 1 from mail_wanted)
      and not exists (select 1 from mail_folder where not complete) as done
    from mailbox`.execute(db);
  return rows[0]!.done;
}
