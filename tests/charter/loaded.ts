import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actor } from '../../bot/capability.ts';
import { contactIdOf, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import type { TestDatabase } from '../support/database.ts';

const EXAMPLES = join(import.meta.dirname, '../support/charters');
let count = 0;

export interface Loaded {
  readonly id: string;
  actor(key: string, side: Actor['side'], owner?: boolean): Actor;
}

/** One of the example charters as a partnership of its own. */
export async function loaded({ ports }: TestDatabase, example: 'fabrikam' | 'northwind' | 'litware' = 'fabrikam'): Promise<Loaded> {
  count += 1;
  const folder = await mkdtemp(join(tmpdir(), 'charters-'));
  await copyFile(join(EXAMPLES, `${example}.yaml`), join(folder, `${example}-${count}.yaml`));
  await loadCharters(ports, folder);
  await rm(folder, { recursive: true });
  const id = partnershipIdOf(`${example}-${count}`);
  return { id, actor: (key, side, owner = true) => ({ partnershipId: id, contactId: contactIdOf(id, key), side, owner, through: 'tab' }) };
}
