import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { projectFolder } from '../../bot/store/folder.ts';

/** As a deployment starts it (docs/operating.md, Running it). */
export const SERVICE_FLAGS = ['--max-old-space-size=256', '--heap-growing-percent=100', '--v8-pool-size=1'];

/** The processes of a bench, ended together. */
export interface Processes {
  /** @param file - below `dist` */
  start(file: string, args: readonly string[], env?: Readonly<Record<string, string>>, flags?: readonly string[]): ChildProcess;
  end(child: ChildProcess): Promise<void>;
  endAll(): Promise<void>;
}

export function processes(): Processes {
  const children: ChildProcess[] = [];
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return {
    start(file, args, env = {}, flags = []) {
      const child = spawn(process.execPath, [...flags, path.join(projectFolder(), 'dist', file), ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { PATH: process.env.PATH, ...env },
      });
      children.push(child);
      return child;
    },
    end,
    async endAll() {
      for (const child of children) await end(child);
    },
  };
}

/** Builds the service, and programs of benches into `dist/bench/<name>.js`. @param files - below `tests/bench` */
export async function buildAll(files: readonly string[]): Promise<void> {
  const at = (...parts: string[]) => path.join(projectFolder(), ...parts);
  await build({
    entryPoints: files.map((file) => at('tests', 'bench', file)),
    outdir: at('dist', 'bench'),
    outbase: at('tests', 'bench'),
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  const service = spawn(process.execPath, [at('infra', 'build.mjs'), 'service'], { stdio: 'inherit' });
  const [code] = (await once(service, 'exit')) as [number];
  if (code !== 0) throw new Error('the service could not be built');
}

const lines = new WeakMap<ChildProcess, AsyncIterator<string>>();

/** The next line of JSON that a process says. */
export async function nextLine<Said>(child: ChildProcess): Promise<Said> {
  const known = lines.get(child) ?? createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  lines.set(child, known);
  const { value, done } = await known.next();
  if (done) throw new Error(`a process of the bench ended without a word (${child.exitCode})`);
  return JSON.parse(value) as Said;
}

/** The most memory a process has ever held, where the system says so; else 0. */
export async function memoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
