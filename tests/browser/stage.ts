import { afterAll, beforeAll, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { newPage, openBrowser } from '../support/browser.ts';
import { type Product, startProduct } from './product.ts';

// The whole product with its sample tenant, and a real browser: one for all stories of a test file, each of which begins where the one before
// it ended.
let browser: Browser | null = null;
let product: Product | null = null;
/** What went wrong in any page. */
export const errors: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  if (browser) product = await startProduct();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** Opens the desk as somebody, in a browser window of his own. */
export async function lookAs(person: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(browser!, { viewport: { width: 1500, height: 950 }, locale: 'en-GB', ...options });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${product!.url}/?as=${person}`);
  await page.getByRole('main').waitFor();
  return page;
}
export const tabOf = (page: Page): FrameLocator => page.frameLocator('iframe.tab-frame');

/** Waits until a move of the clock has begun and is over. */
export async function moved(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Move the clock', disabled: true }).waitFor();
  await page.getByRole('button', { name: 'Move the clock', disabled: false }).waitFor();
}
/** Moves the clock by one of the steps that the desk offers. */
export async function move(page: Page, step: string): Promise<void> {
  await page.getByRole('button', { name: 'Move the clock' }).click();
  await page.getByRole('menuitem', { name: step }).click();
  await moved(page);
}

/** A part of a story; nothing where no browser starts, which was said. */
export const inBrowser = (name: string, run: () => Promise<void>): void =>
  it(name, async () => {
    if (browser) await run();
  });
