import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { createLogger, defineConfig, type Plugin } from 'vite';

// Whoever asks for a build (a test run sets its own), people get React as it ships.
process.env.NODE_ENV = 'production';

/** Lays a `.br` and a `.gz` beside each file worth it: the service sends those to whoever takes them, without work of its own. */
const compressed = (): Plugin => ({
  name: 'compressed',
  writeBundle({ dir }) {
    const assets = path.join(dir!, 'assets');
    for (const name of readdirSync(assets).filter((each) => /\.(js|css)$/.test(each))) {
      const content = readFileSync(path.join(assets, name));
      if (content.length < 1024) continue;
      writeFileSync(path.join(assets, `${name}.br`), brotliCompressSync(content));
      writeFileSync(path.join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
    }
  },
});

/** Says everything but one thing that is said of Vite's own reading of CSS modules, and that nobody here can mend. */
function logger() {
  const own = createLogger();
  const { warnOnce } = own;
  own.warnOnce = (text, options) => {
    if (!/did not pass the `from` option/.test(text)) warnOnce(text, options);
  };
  return own;
}

/** Builds the tab to `dist/tab`, served under `/tab/`. No inline script: the page's policy allows scripts of its own origin alone. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/tab/',
  customLogger: logger(),
  plugins: [react(), compressed()],
  build: {
    outDir: path.join(import.meta.dirname, '..', 'dist', 'tab'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
