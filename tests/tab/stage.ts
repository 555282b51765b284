import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { newPage, openBrowser } from '../support/browser.ts';
import { buildTab, openTabPlace, type TabPlace, type World } from '../support/tabPlace.ts';
import { aMe, anAction, anObligation, aResult, aToday, BUTTONS } from '../support/views.ts';

/** The tab as a person meets it: built, served behind the product's headers, framed by a host, in one browser for a file of cases. */

export const invoice = anObligation({
  subject: 'Invoice run for November',
  people: { asker: 'Anna de Vries', asked: ['Carlo Reyes'] },
  tone: 'past',
  status: 'Past the agreed time',
  pastDue: true,
  openMailUrl: 'https://outlook.office.com/mail/1',
  history: [
    { at: '2026-11-23T02:12:00Z', text: 'The mail was written.', eventId: '7', undoable: false, said: false },
    { at: '2026-11-24T08:00:00Z', text: 'Contoso (Service owner) still needs an answer.', eventId: '9', undoable: true, said: true },
  ],
});
export const access = anObligation({ tone: 'soon', status: 'Expected today' });
export const finance = anObligation({ on: 'client' });
export const question = anObligation({
  subject: 'Thanks for the call',
  verdict: 'unsure',
  tone: 'unsure',
  status: 'May not need an answer',
  expectedBy: null,
  explanation: null,
  actions: [anAction({ verb: 'obligation.notExpected', label: 'No answer expected' }), BUTTONS.neverLikeThis],
});
const before = (): World => ({
  me: aMe(),
  today: aToday({ waitingFor: { client: [finance], provider: [invoice, access] }, mine: [question] }),
  obligations: {},
  act: () => aResult(),
  withoutToken: false,
  context: { theme: 'default', locale: 'en-gb', entityId: 'today', frameContext: 'content', hostName: 'Teams', hostClientType: 'web' },
});

let browser: Browser | null;
export let place: TabPlace;
export let page: Page;
export let tab: FrameLocator;
const crashes: string[] = [];

beforeAll(async () => {
  await buildTab();
  browser = await openBrowser();
  if (!browser) return;
  place = await openTabPlace();
  // One page: a process of the browser's that has compiled the tab once does not compile it again for each case.
  page = await newPage(browser);
  page.on('pageerror', (error) => crashes.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await place?.close();
});
beforeEach(async () => {
  if (!browser) return;
  place.start(before());
  await page.setViewportSize({ width: 1280, height: 900 });
});
afterEach(async () => {
  await page?.goto('about:blank');
  await page?.unrouteAll({ behavior: 'wait' });
  expect(crashes.splice(0)).toEqual([]);
});

/** Opens the tab in its host and waits for its heading. */
export async function open(address = '', host = place.url): Promise<void> {
  await page.goto(`${host}/host${address}`);
  tab = page.frameLocator('iframe');
  await tab.locator('h1').waitFor();
}
/** What stands for a row, a side's column, and what came of a press. */
export const row = (id: string) => tab.locator(`li[data-row="${id}"]`);
export const column = (name: string) => tab.getByRole('region', { name: `Waiting for ${name}` });
export const notice = () => tab.locator('[data-notice]');
/** What the tab asked of its host by this function: the arguments of each time. */
export const asked = (func: string): Promise<unknown[][]> =>
  page.evaluate(
    (name) =>
      (window as unknown as { asked: { func: string; args: unknown[] }[] }).asked
        .filter((each) => each.func === name)
        .map(({ args }) => args),
    func,
  );
export const focused = (): Promise<string> => tab.locator('html').evaluate(() => document.activeElement?.textContent ?? '');
/** Waits until so many streams are open. */
export const streams = async (count: number): Promise<void> => {
  for (let tries = 0; place.streams.open !== count && tries < 400; tries += 1) await page.waitForTimeout(25);
  expect(place.streams.open).toBe(count);
};

/** A case that is passed over, and says so, where no browser starts. */
export const inBrowser = (name: string, run: () => Promise<void>) =>
  it(name, async () => {
    if (browser) await run();
    else console.warn(`skipped: ${name}`);
  });
