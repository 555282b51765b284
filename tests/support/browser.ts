import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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
    // Makes the package unpack the libraries that come with it. Its own flags switch web security off, so they are not used.
    process.env.VERCEL ??= '1';
    const packed = (await import('@sparticuz/chromium')).default;
    return await chromium.launch({ executablePath: await packed.executablePath(), args: [...FLAGS, '--no-zygote'] });
  } catch (error) {
    reasons.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  console.warn(`Browser tests are skipped: no Chromium starts here (${reasons.join('; ')}). Set CHROMIUM_PATH.`);
  return null;
}
