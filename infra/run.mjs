// Bundles a TypeScript entry and runs it: node infra/run.mjs <entry.ts> [arguments]
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './build.mjs';

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  console.error('usage: node infra/run.mjs <entry.ts> [arguments]');
  process.exit(2);
}
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const outfile = path.join(
  root,
  'dist',
  `${path
    .relative(root, path.resolve(root, entry))
    .replaceAll(/[\\/]/g, '-')
    .replace(/\.[^.]+$/, '')}.js`,
);
await bundle(entry, outfile).catch(() => process.exit(1)); // esbuild has said what is wrong

// The channel says nothing: it closes when this process is gone, however it went.
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...rest], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
// Ctrl+C at a terminal reaches the child by itself, and a second one might mean haste to it; everything else is handed on.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
