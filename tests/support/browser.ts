import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type FrameLocator, type LaunchOptions, type Page } from 'playwright-core';
import { lock } from 'proper-lockfile';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a page is waited for: far beyond what a slow machine needs. */
const PATIENCE_MS = 120_000;

/**
 * A Chromium: the one that CHROMIUM_PATH names, /usr/bin/chromium, else the one that comes with the npm package. Null where there is none;
 * the reason is printed, so that a skipped test is seen.
 */
export async function openBrowser(): Promise<Browser | null> {
  const reasons: string[] = [];
  for (const found of [process.env.CHROMIUM_PATH, '/usr/bin/chromium']) {
    if (!found) continue;
    if (existsSync(found)) return chromium.launch({ executablePath: found, args: FLAGS });
    reasons.push(`${found} is not there`);
  }
  try {
    // The package's own flags switch web security off, so they are not used.
    return await chromium.launch({ ...(await unpacked()), args: [...FLAGS, '--no-zygote'] });
  } catch (error) {
    reasons.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  console.warn(`Browser tests are skipped: no Chromium starts here (${reasons.join('; ')}). Set CHROMIUM_PATH.`);
  return null;
}

/** A page, alone in its context, that is waited for patiently. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/**
 * Waits until a page, or the page in a frame, is at most so many pixels wide and has nothing that runs off its side. A page is laid out anew
 * some time after its window was given another size.
 * @throws {Error} with the widths, where it stays wider
 */
export async function fitsInto(width: number, where: Page | FrameLocator): Promise<void> {
  const widths = () => where.locator('html').evaluate((html) => ({ seen: html.clientWidth, needed: html.scrollWidth }));
  let { seen, needed } = await widths();
  for (let tries = 0; (seen > width || needed > seen) && tries < 200; tries += 1) {
    await sleep(25);
    ({ seen, needed } = await widths());
  }
  if (seen > width || needed > seen) throw new Error(`the page needs ${needed} pixels, ${seen} are seen, ${width} are wanted`);
}

/**
 * What starts the browser that comes with the npm package. It unpacks into the folder for temporary files, and takes what it finds there for
 * whole: so one test file at a time unpacks, each user into a folder of their own, and what was cut off is thrown away.
 */
async function unpacked(): Promise<Pick<LaunchOptions, 'executablePath' | 'env'>> {
  const { version } = JSON.parse(readFileSync(path.resolve('node_modules/@sparticuz/chromium/package.json'), 'utf8'));
  const folder = path.join(os.tmpdir(), `rapport-chromium-${version}-${process.getuid?.() ?? 'any'}`);
  const ready = path.join(folder, 'ready.json');
  const retries = { retries: 600, minTimeout: 100, maxTimeout: 100 };
  const release = await lock(folder, { realpath: false, retries, stale: 60_000 });
  try {
    if (!existsSync(ready)) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      // A process of its own, since the folder for temporary files is that of a process. VERCEL has the libraries unpacked and named too.
      const env = { ...process.env, TMPDIR: folder, VERCEL: '1' };
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', UNPACK], {
        cwd: import.meta.dirname,
        env,
      });
      // Its own file looks for the fonts where AWS keeps them, and in /tmp/fonts: nowhere, and without a font the browser ends itself.
      const { FONTCONFIG_PATH } = JSON.parse(stdout) as { FONTCONFIG_PATH: string };
      writeFileSync(
        path.join(FONTCONFIG_PATH, 'fonts.conf'),
        `<fontconfig><dir>${FONTCONFIG_PATH}</dir><cachedir>${path.join(folder, 'fonts-cache')}</cachedir></fontconfig>`,
      );
      writeFileSync(ready, stdout);
    }
  } finally {
    await release();
  }
  const { executablePath, ...named } = JSON.parse(readFileSync(ready, 'utf8'));
  return { executablePath, env: { ...process.env, ...named } };
}

const UNPACK = `
  const { default: chromium } = await import('@sparticuz/chromium');
  const executablePath = await chromium.executablePath();
  const { LD_LIBRARY_PATH, FONTCONFIG_PATH } = process.env;
  console.log(JSON.stringify({ executablePath, LD_LIBRARY_PATH, FONTCONFIG_PATH }));`;
