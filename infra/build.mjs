// Builds what `npm start` and a deployment run: node infra/build.mjs [service] [desk] [tab]   (without a name: all of them)
//   dist/bot/main.js and dist/bot/migrations   the service; erase.js and holds.js beside it, its commands
//   dist/desk                                  the page of the desk, for local mode
//   dist/tab                                   the tab
// Each is built again only when what it is made of has changed.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);

/** Bundles one entry for Node; packages stay outside. The SQL files of the store go beside the bundle, where it looks for them. */
export async function bundle(entry, outfile) {
  mkdirSync(path.dirname(outfile), { recursive: true });
  await build({
    entryPoints: [path.resolve(root, entry)],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    sourcemap: 'inline',
    sourcesContent: false, // a stack needs places alone, and reading the map takes time at each start
    logLevel: 'warning',
  });
  const migrations = at('bot', 'store', 'migrations');
  const beside = path.join(path.dirname(outfile), 'migrations');
  cpSync(migrations, beside, { recursive: true });
  const known = new Set(readdirSync(migrations));
  for (const name of readdirSync(beside)) if (!known.has(name)) rmSync(path.join(beside, name), { force: true }); // of another version
}

async function service() {
  mkdirSync(at('dist', 'tab'), { recursive: true }); // the tab may be built while the service starts
  const out = at('dist', 'bot');
  await whenChanged(out, [at('bot'), at('package-lock.json'), at('tsconfig.json'), at('infra', 'build.mjs')], async () => {
    await bundle('bot/main.ts', path.join(out, 'main.js'));
    for (const command of ['erase', 'holds']) await bundle(`bot/privacy/${command}.main.ts`, path.join(out, `${command}.js`));
  });
}

async function desk() {
  const page = at('infra', 'local', 'desk', 'page');
  const out = at('dist', 'desk');
  await whenChanged(
    out,
    [page, at('infra', 'local', 'desk', 'contract.ts'), at('package-lock.json'), at('infra', 'build.mjs')],
    async () => {
      await build({
        entryPoints: [path.join(page, 'main.tsx')],
        outfile: path.join(out, 'page.js'),
        bundle: true,
        minify: true,
        format: 'esm',
        target: 'es2022',
        jsx: 'automatic',
        define: { 'process.env.NODE_ENV': '"production"' },
        logLevel: 'warning',
      });
      for (const name of readdirSync(page).filter((one) => /\.(html|css)$/.test(one))) cpSync(path.join(page, name), path.join(out, name));
    },
  );
}

async function tab() {
  const config = at('tab', 'vite.config.ts');
  if (!existsSync(config)) return;
  const sources = [at('tab'), at('bot', 'contract'), at('package-lock.json')];
  await whenChanged(at('dist', 'tab'), sources, async () => {
    const vite = await import('vite');
    // Run in memory: the other way writes into node_modules, which may belong to somebody else.
    await vite.build({ configFile: config, configLoader: 'runner', logLevel: 'warn' });
  });
}

/** Runs `make` when the sources differ from those of the last time; a half-made folder is made again. */
async function whenChanged(out, sources, make) {
  const stamp = path.join(out, '.sources');
  const now = createHash('sha256').update(sources.flatMap(listing).join('\n')).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  rmSync(stamp, { force: true });
  mkdirSync(out, { recursive: true });
  await make();
  writeFileSync(stamp, now);
}

function listing(place) {
  if (!existsSync(place)) return [];
  const { mtimeMs, size } = statSync(place);
  if (!statSync(place).isDirectory()) return [`${place} ${mtimeMs} ${size}`];
  return readdirSync(place)
    .filter((name) => name !== 'node_modules' && name !== 'dist')
    .flatMap((name) => listing(path.join(place, name)));
}

const parts = { service, desk, tab };
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in parts));
  if (unknown) {
    console.error(`usage: node infra/build.mjs [${Object.keys(parts).join('] [')}]`);
    process.exit(2);
  }
  const names = wanted.length > 0 ? wanted : Object.keys(parts);
  await Promise.all(names.map((name) => parts[name]())).catch((error) => {
    if (!error.errors) console.error(error); // esbuild has said what is wrong
    process.exit(1);
  });
}
