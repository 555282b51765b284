import { describe, expect } from '@jest/globals';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { fitsInto } from '../support/browser.ts';
import { errors, inBrowser, lookAs, move, moved, tabOf } from './stage.ts';

// A review from its preparation to what came out of it, in a real browser on the desk: both sides at once. Each part begins where the one before
// it ended. The sample has a review on its next working morning.
const MINUTE_MS = 60_000;
const REVIEW = 'Weekly service review';
const ADDED = 'Holidays in December';
const LATE = 'Headsets for the night shift';
const DECISION = 'Two more until the sixth of January';
const ACTION = 'Write down who works on the holidays';
let anna: Page;
let carlo: Page;

const itemOf = (page: Page, text: string): Locator => tabOf(page).locator('ol [data-item]').filter({ hasText: text });
const order = async (page: Page): Promise<string[]> =>
  (await tabOf(page).locator('ol [data-item] h3').allTextContents()).map((each) => each.replace(/^\d+\. /, ''));
const button = (place: Locator | FrameLocator, name: string | RegExp) => place.getByRole('button', { name });
const press = (page: Page, text: string, name: string | RegExp) => button(itemOf(page, text), name).click();
const dialog = (page: Page) => tabOf(page).getByRole('dialog');
const confirm = async (page: Page) => {
  await button(dialog(page), 'Confirm').click();
  await dialog(page).waitFor({ state: 'detached' });
};
/** Moves the clock to an instant, written as Anna's clock in Amsterdam shows it. */
const moveTo = async (page: Page, at: Date) => {
  await page.getByRole('button', { name: 'Move the clock' }).click();
  await page.getByRole('menuitem', { name: 'To a day and time' }).click();
  const wall = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Amsterdam', dateStyle: 'short', timeStyle: 'short' })
    .format(at)
    .replace(' ', 'T');
  await page.getByLabel('To (time of Anna)').fill(wall);
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await moved(page);
};
const becomes = async <T>(what: () => Promise<T>, wanted: T): Promise<void> => {
  let seen = await what();
  for (let tries = 0; JSON.stringify(seen) !== JSON.stringify(wanted) && tries < 400; tries += 1) {
    await anna.waitForTimeout(50);
    seen = await what();
  }
  expect(seen).toEqual(wanted);
};
describe('a review on the desk', () => {
  let first = '';
  let second = '';

  inBrowser('is prepared: its agenda is there, from what is really open, with the figures of both sides', async () => {
    anna = await lookAs('anna');
    carlo = await lookAs('carlo');
    for (const page of [anna, carlo]) {
      await tabOf(page).getByRole('navigation').getByRole('link', { name: 'Reviews' }).click();
      await tabOf(page).getByRole('list', { name: 'Next' }).getByRole('link', { name: REVIEW }).click();
      await tabOf(page).getByRole('heading', { level: 1, name: REVIEW }).waitFor();
    }
    [first = '', second = ''] = await order(anna);
    for (const text of ['Decisions wanted', 'Help asked for', 'Past the agreed time'])
      await tabOf(anna).getByText(text, { exact: true }).first().waitFor();
    for (const side of ['Contoso', 'Fabrikam'])
      await tabOf(anna)
        .getByRole('table', { name: side })
        .getByRole('row', { name: /^Answered in the agreed time \d+ of \d+/ })
        .waitFor();
    await tabOf(anna).locator('[data-chart] rect').first().waitFor();
  });

  inBrowser('both sides add, move and drop, and see each other do it', async () => {
    await button(tabOf(carlo), 'Add an item').click();
    await dialog(carlo)
      .getByLabel(/^What it is about/)
      .fill(ADDED);
    await confirm(carlo);
    await itemOf(anna, ADDED).waitFor();

    const before = await order(anna);
    await press(anna, ADDED, /^Earlier/);
    const [last, moved] = [before.at(-2)!, before.at(-1)!];
    await becomes(() => order(carlo), [...before.slice(0, -2), moved, last]);
    // pressed again by keyboard, where it stands now
    await button(itemOf(anna, ADDED), /^Later/).press('Enter');
    await becomes(() => order(carlo), before);

    await press(anna, last, /^More for/);
    await tabOf(anna).getByRole('menuitem', { name: 'Drop' }).click();
    await dialog(anna)
      .getByLabel(/^Why not/)
      .fill('Settled by phone');
    await confirm(anna);
    await tabOf(carlo).getByText('Dropped · 1').click();
    await tabOf(carlo)
      .getByText(/Settled by phone/)
      .first()
      .waitFor();
    await becomes(
      () => order(carlo),
      before.filter((each) => each !== last),
    );
  });

  inBrowser('is held: whose turn it is, the time left, what was discussed and decided, live on both sides', async () => {
    const starts = await tabOf(anna).locator('[data-review] time').first().getAttribute('datetime');
    await moveTo(anna, new Date(Date.parse(starts!) + MINUTE_MS));
    await tabOf(anna)
      .getByText(/minutes of the meeting are left\./)
      .waitFor();
    await itemOf(anna, first.slice(0, 30))
      .getByText(/min left$/)
      .waitFor();

    await press(carlo, first.slice(0, 30), 'Discussed');
    await itemOf(anna, first.slice(0, 30)).getByText('Discussed', { exact: true }).first().waitFor();
    await itemOf(anna, second.slice(0, 30)).and(anna.frameLocator('iframe.tab-frame').locator('[aria-current=step]')).waitFor();

    await press(anna, first.slice(0, 30), /^Decide/);
    await dialog(anna)
      .getByLabel(/^What was decided/)
      .fill(DECISION);
    await confirm(anna);
    await itemOf(carlo, DECISION).getByText('Decided', { exact: true }).waitFor();

    await button(tabOf(carlo), /^Add an item/).click();
    await dialog(carlo)
      .getByLabel(/^What it is about/)
      .fill(LATE);
    await confirm(carlo);
    await itemOf(anna, LATE).getByText('To come').waitFor();
    expect((await order(anna)).at(-1)).toBe(LATE);

    await press(carlo, ADDED, 'Note an action');
    await dialog(carlo)
      .getByLabel(/^What is to be done/)
      .fill(ACTION);
    await dialog(carlo)
      .getByLabel(/^Done when/)
      .fill('Both sides have the list');
    await confirm(carlo);
    await tabOf(anna).getByRole('region', { name: 'What came out of it' }).getByText(ACTION).waitFor();
  });

  inBrowser('is followed up: what is missing, the minutes, and the action on its page', async () => {
    await move(anna, '+1 hour');
    const outcome = (page: Page) => tabOf(page).getByRole('region', { name: 'What came out of it' });
    await outcome(anna).getByText(DECISION).waitFor();
    await itemOf(anna, second.slice(0, 30)).getByText('Not spoken of').waitFor();
    await button(tabOf(anna), 'That is all').click();
    await outcome(carlo).getByText('Minutes sent').waitFor();
    await button(tabOf(carlo), 'We agree to the minutes').click();
    await outcome(anna)
      .getByText(/agreed to the minutes|has read|agree/)
      .first()
      .waitFor();
    await outcome(anna).getByRole('link', { name: ACTION }).click();
    await tabOf(anna).getByRole('heading', { level: 1, name: 'Actions' }).waitFor();
    await tabOf(anna).getByText('Both sides have the list').first().waitFor();
  });

  inBrowser('fits 320 pixels, with its figures', async () => {
    await carlo.setViewportSize({ width: 320, height: 640 });
    await carlo.getByRole('tab', { name: 'Rapport' }).click();
    await tabOf(carlo).getByRole('navigation').getByRole('link', { name: 'Reviews' }).click();
    await tabOf(carlo).getByRole('list', { name: 'Held lately' }).getByRole('link', { name: REVIEW }).first().click();
    await tabOf(carlo).getByRole('table', { name: 'Fabrikam' }).waitFor();
    await fitsInto(320, tabOf(carlo));
  });

  inBrowser('and no page had an error', async () => {
    expect(errors).toEqual([]);
  });
});
