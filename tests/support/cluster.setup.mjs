// One PostgreSQL for a whole run of the tests. Here only its name is made: the first test file that asks for a database starts it
// (tests/support/database.ts), so that a run of pure tests starts nothing. With TEST_DATABASE_URL that server is used instead.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PREFIX = 'rapport-tests-';

export default function setup() {
  const place = process.getuid?.() === 0 ? '/tmp' : os.tmpdir();
  for (const name of readdirSync(place)) if (name.startsWith(PREFIX)) sweep(path.join(place, name));
  const folder = mkdtempSync(path.join(place, PREFIX));
  if (process.getuid?.() === 0) chmodSync(folder, 0o711); // PostgreSQL runs as nobody then
  writeFileSync(path.join(folder, 'runner.pid'), String(process.pid));
  process.env.RAPPORT_TEST_FOLDER = folder;
  process.env.RAPPORT_TEST_TEMPLATE = `rapport_template_${randomBytes(4).toString('hex')}`;
}

/** A run that was killed could not clean up. */
function sweep(folder) {
  try {
    const pid = Number(readFileSync(path.join(folder, 'runner.pid'), 'utf8'));
    if (!isAlive(pid)) removeCluster(folder);
  } catch {
    // another run is making or removing it, or it belongs to somebody else
  }
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Stops the server at once (nothing in it is kept) and takes its folder away. */
export function removeCluster(folder) {
  const file = path.join(folder, 'postgres', 'data', 'postmaster.pid');
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    if (isAlive(pid)) process.kill(pid, 'SIGQUIT');
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
