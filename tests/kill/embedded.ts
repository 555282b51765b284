import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresPrograms } from '../../bot/store/embedded/binaries.ts';
import { alive } from '../../bot/store/embedded/postmaster.ts';
import { type EmbeddedServer, embeddedServer } from '../../bot/store/embedded/server.ts';
import { connect, type Db, defaultStateFolder } from '../../bot/store/index.ts';
import type { PlaceDatabase } from '../journeys/place.ts';

/** The embedded database that a service makes in its STATE_DIR, and what can happen to it. */
export interface EmbeddedDatabase extends PlaceDatabase {
  /** kill -9 of the server; its sessions end with it. */
  kill(): Promise<void>;
  /** All its processes stand still, connections stay; until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Starts it without a service. */
  start(): Promise<EmbeddedServer>;
  /** It is killed, and nobody can start it until `returns`. */
  goAway(): Promise<void>;
  returns(): void;
  /** Its server's process id now. */
  pid(): number | null;
}

/** @param prepare - called with the folder that will hold the data, before anything is in it */
export function embeddedDatabase(prepare: (dataParent: string) => void = () => {}) {
  return async (folder: string): Promise<EmbeddedDatabase> => {
    mkdirSync(folder, { recursive: true });
    prepare(folder);
    if (process.getuid?.() === 0) chmodSync(folder, 0o711);
    // the programs are those of every other test: not copied again
    const programs = path.dirname(path.dirname(postgresPrograms(defaultStateFolder())));
    symlinkSync(programs, path.join(folder, path.basename(programs)));
    const pidFile = path.join(folder, 'data', 'postmaster.pid');
    const control = path.join(folder, 'data', 'global', 'pg_control');
    const lines = (): string[] => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : []);
    const pid = () => Number(lines()[0]) || null;
    let open: { url: string; db: Db; end(): Promise<void> } | null = null;
    let frozen: number[] = [];
    const kill = async (): Promise<void> => {
      const server = pid()!;
      process.kill(server, 'SIGKILL');
      while (alive(server) && !isZombie(server)) await sleep(10);
    };
    return {
      url: null,
      pid,
      get db() {
        const password = readFileSync(path.join(folder, 'password'), 'utf8').trim();
        const url = `postgres://rapport:${password}@127.0.0.1:${lines()[3]}/rapport`;
        if (open?.url !== url) {
          void open?.end();
          open = { url, ...connect(url, 4) };
        }
        return open.db;
      },
      kill,
      start: () => embeddedServer({ folder, programsFolder: defaultStateFolder(), keptUp: false }),
      async goAway() {
        renameSync(control, `${control}.away`);
        await kill();
      },
      returns() {
        renameSync(`${control}.away`, control);
      },
      freeze() {
        const server = pid()!;
        frozen = [server, ...childrenOf(server)];
        for (const one of frozen) process.kill(one, 'SIGSTOP');
      },
      thaw() {
        for (const one of frozen.splice(0).reverse()) if (alive(one)) process.kill(one, 'SIGCONT');
      },
      async close() {
        await open?.end();
        const server = pid();
        if (server && alive(server)) process.kill(server, 'SIGQUIT'); // nobody needs it any more
        while (server && alive(server) && !isZombie(server)) await sleep(20);
      },
    };
  };
}

/** `/proc/<pid>/stat` after the name in brackets: state, parent. */
export const statOf = (pid: number): string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};
/** Killed, and only waiting to be counted by its parent. */
export const isZombie = (pid: number): boolean => statOf(pid)[0] === 'Z';
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((one) => one > 0 && Number(statOf(one)[1]) === pid);
