import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import path from 'node:path';
import { BadInput } from '../../../bot/errors.ts';
import { projectFolder } from '../../../bot/store/folder.ts';

/** Of the system's priorities, where lower comes first and 0 is everybody's. */
const GIVE_WAY = 10;

/**
 * Builds parts of the project in a process of its own, beside everything else; `patient` gives way to whatever else runs.
 * @throws {BadInput} when that fails; the compiler has said why
 */
export function build(part: 'service' | 'desk' | 'tab', { patient = false } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(projectFolder(), 'infra', 'build.mjs'), part], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (patient && child.pid) setPriority(child.pid, GIVE_WAY);
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new BadInput(`Building ${part} failed; see above.`))));
  });
}
