import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { postgresPrograms } from '../../bot/store/embedded/binaries.ts';
import { alive } from '../../bot/store/embedded/postmaster.ts';
import { type EmbeddedServer, embeddedServer } from '../../bot/store/embedded/server.ts';
import { defaultStateFolder, openToAll, projectFolder } from '../../bot/store/folder.ts';

const programsFolder = defaultStateFolder();
const root = process.getuid?.() === 0;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(root ? '/tmp' : os.tmpdir(), 'rapport-embedded-'));
  if (root) chmodSync(folder, 0o711);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Promise<EmbeddedServer> => embeddedServer({ folder, programsFolder, durable: false });
const pid = (): number => Number(readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  it('is shared by all who open a folder at once; the last to leave stops it, and its data stays', async () => {
    const [first, second, third] = (await Promise.all([open(), open(), open()])) as [EmbeddedServer, EmbeddedServer, EmbeddedServer];
    expect(new Set([first.url, second.url, third.url]).size).toBe(1);
    const server = pid();
    await ask(first.url, 'create table kept as select 7 as n');
    await first.leave();
    await second.leave();
    expect(await ask(third.url, 'select n from kept')).toEqual([7]);
    await third.leave();
    expect(existsSync(path.join(folder, 'data', 'postmaster.pid'))).toBe(false);
    const again = await open();
    expect(pid()).not.toBe(server);
    expect(await ask(again.url, 'select n from kept')).toEqual([7]);
    await again.leave();
  });

  it('adopts a server that outlived its service, and does not count the dead among those who use it', async () => {
    const before = await open();
    const server = pid();
    for (const user of readdirSync(path.join(folder, 'users'))) rmSync(path.join(folder, 'users', user));
    writeFileSync(path.join(folder, 'users', '4194000.killed'), '');
    const after = await open();
    expect(after.url).toBe(before.url);
    expect(pid()).toBe(server);
    await after.leave();
    expect(existsSync(path.join(folder, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('starts again where the server itself was killed', async () => {
    const before = await open();
    await ask(before.url, 'insert into kept values (8)');
    const server = pid();
    process.kill(server, 'SIGKILL');
    while (alive(server) && !zombie(server)) await sleep(20);
    const after = await open();
    expect((await ask(after.url, 'select n from kept')).length).toBeGreaterThan(0);
    await after.leave();
    await before.leave();
  });

  it('does not mind a pid file whose number belongs to another program by now', async () => {
    const stale = [process.pid, path.join(folder, 'data'), 0, 9, '', '127.0.0.1', '', ''].join('\n');
    writeFileSync(path.join(folder, 'data', 'postmaster.pid'), stale);
    const server = await open();
    expect(await ask(server.url, 'select 1')).toEqual([1]);
    await server.leave();
  });

  it('makes the links between libraries itself, in a copy', () => {
    const native = path.dirname(postgresPrograms(programsFolder));
    const list = path.join(native, 'pg-symlinks.json');
    const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { target: string }[]) : [];
    for (const { target } of links) {
      const at = path.join(native, '..', target);
      expect(lstatSync(at).isSymbolicLink()).toBe(true);
      expect(existsSync(at)).toBe(true);
    }
  });

  it('as root, refuses a folder that nobody can reach, with a sentence that says what to do', async () => {
    if (!root) return expect(openToAll('/')).toBe(true);
    const closed = mkdtempSync(path.join(os.tmpdir(), 'rapport-closed-'));
    await expect(embeddedServer({ folder: path.join(closed, 'state'), programsFolder })).rejects.toThrow(
      /cannot be reached by the user nobody.*set DATABASE_URL/,
    );
    rmSync(closed, { recursive: true });
  });

  it('has a folder of its own per project and user', () => {
    expect(existsSync(path.join(projectFolder(), 'package.json'))).toBe(true);
    expect(defaultStateFolder('/a')).not.toBe(defaultStateFolder('/b'));
  });
});

/** Killed, and only waiting to be counted by its parent. */
const zombie = (of: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${of}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
