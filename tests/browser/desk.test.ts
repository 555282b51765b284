import { describe, expect } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { fitsInto } from '../support/browser.ts';
import { helpAndDecisions } from './matters.ts';
import { errors, inBrowser, lookAs, move, tabOf } from './stage.ts';

// The whole product in a real browser: the sample tenant, one line of time. Each story begins where the one before it ended.
const PAST = 'Past the agreed time';
const PORTAL = 'Portal access for the new starters in Rotterdam';
const HOSTILE = '<img src=x onerror="window.struck=1"> [win](https://evil.example) **bold** {{TIME(2026-01-01T00:00:00Z)}}';
const cardWith = (page: Page, text: string): Locator => page.locator('.card').filter({ hasText: text });
const rowWith = (page: Page, text: string): Locator =>
  tabOf(page).getByRole('list', { name: 'Waiting for Fabrikam' }).locator('[data-row]').filter({ hasText: text });

describe('help and decisions', helpAndDecisions);

describe('the desk with the sample', () => {
  let anna: Page;

  inBrowser('shows a card that is past the agreed time, and in the tab what waits for either side', async () => {
    anna = await lookAs('anna');
    await cardWith(anna, PAST).first().waitFor();
    await cardWith(anna, PORTAL).waitFor();
    for (const side of ['Waiting for Contoso', 'Waiting for Fabrikam'])
      await tabOf(anna).getByRole('heading', { level: 2, name: side }).waitFor();
    await rowWith(anna, PORTAL).getByText(PAST).waitFor();
    expect(await tabOf(anna).locator('[data-row]').count()).toBeGreaterThan(3);
  });

  inBrowser(
    'lets the person asked press on his card; the other side sees it at once, on card and tab, and sees it taken back',
    async () => {
      const carlo = await lookAs('carlo');
      const card = cardWith(carlo, PORTAL);
      await card.getByRole('button', { name: 'Answered elsewhere' }).click();
      await card.getByRole('button', { name: 'Answered elsewhere' }).last().click();
      await card.getByRole('button', { name: 'Undo' }).waitFor();
      await cardWith(anna, PORTAL).getByText('Answered elsewhere').first().waitFor();
      await rowWith(anna, PORTAL).getByText(PAST).waitFor({ state: 'detached' });

      await card.getByRole('button', { name: 'Undo' }).click();
      await card.getByText('Taken back.').waitFor();
      await cardWith(anna, PORTAL).getByText(PAST).waitFor();
      await rowWith(anna, PORTAL).getByText(PAST).waitFor();
      await carlo.context().close();
    },
  );

  inBrowser('shows somebody who is not on the mail neither its subject nor its names', async () => {
    const before = await anna.locator('.card').filter({ hasText: PAST }).count();
    await anna.getByRole('button', { name: /Looking as Anna/ }).click();
    await anna.getByRole('menuitemradio', { name: /Maria Cruz/ }).click();
    await anna.getByRole('button', { name: /Looking as Maria/ }).waitFor();
    await tabOf(anna).getByRole('heading', { level: 2, name: 'Waiting for Fabrikam' }).waitFor();
    await cardWith(anna, PAST).first().waitFor();
    expect(await anna.locator('.card').filter({ hasText: PAST }).count()).toBe(before);
    expect(await anna.locator('.messages').textContent()).not.toContain(PORTAL);
    expect(await tabOf(anna).locator('body').textContent()).not.toContain(PORTAL);
    await anna.goBack();
    await cardWith(anna, PORTAL).waitFor();
  });

  inBrowser('shows a subject that means harm as the letters it is made of', async () => {
    await anna.getByRole('button', { name: 'Write a mail' }).click();
    const dialog = anna.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'To', exact: true }).fill('carlo.reyes@fabrikam.com');
    await dialog.getByLabel('Subject').fill(HOSTILE);
    await dialog.getByLabel('Text').fill('Hello');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.waitFor({ state: 'detached' });
    const row = rowWith(anna, 'onerror');
    await row.waitFor();
    expect(await row.textContent()).toContain(HOSTILE);
    expect(await row.locator('img, a[href*=evil], strong:text("bold")').count()).toBe(0);
  });

  inBrowser('settles a card when the clock reaches its answer, and posts the one whose time has come', async () => {
    await cardWith(anna, PORTAL).getByText(PAST).waitFor();
    await move(anna, 'Next working morning');
    await cardWith(anna, PORTAL).getByText('Answered by mail').waitFor();
    expect(await cardWith(anna, PORTAL).count()).toBe(1);
    await rowWith(anna, PORTAL).getByText(PAST).waitFor({ state: 'detached' });

    // Carlo's mail about the portal may have answered the other one too: Anna is asked, alone.
    await move(anna, '+1 hour');
    expect(await cardWith(anna, 'onerror').count()).toBe(0);
    await anna.getByRole('button', { name: /Private chat/ }).click();
    await expectInert(cardWith(anna, 'onerror'));
    const stillWaiting = cardWith(anna, 'onerror').getByRole('button', { name: 'No, still waiting' });
    await stillWaiting.click();
    await stillWaiting.waitFor({ state: 'detached' });
    await anna.getByRole('button', { name: /Fabrikam service desk/ }).click();
    await cardWith(anna, 'onerror').getByText(PAST).waitFor();
    await expectInert(cardWith(anna, 'onerror'));
    for (const frame of anna.frames()) expect(await frame.evaluate(() => (globalThis as { struck?: number }).struck)).toBeUndefined();
  });

  inBrowser('reads well in every theme', async () => {
    for (const theme of ['Light', 'Dark', 'High contrast']) {
      await anna.getByRole('button', { name: 'Theme' }).click();
      await anna.getByRole('menuitemradio', { name: theme }).click();
      const parts = [
        anna.getByRole('heading', { level: 2 }).first(),
        cardWith(anna, PORTAL).getByText('Answered by mail').first(),
        tabOf(anna).getByRole('heading', { level: 2, name: 'Waiting for Fabrikam' }),
      ];
      const dark = theme !== 'Light';
      for (const part of parts) await expectReadable(part, dark);
    }
    await anna.getByRole('button', { name: 'Theme' }).click();
    await anna.getByRole('menuitemradio', { name: 'Light' }).click();
  });

  inBrowser('fits 320 pixels, posts and tab', async () => {
    await anna.setViewportSize({ width: 320, height: 640 });
    await cardWith(anna, PORTAL).first().waitFor();
    await fitsInto(320, anna);
    await anna.getByRole('tab', { name: 'Rapport' }).click();
    await tabOf(anna).getByRole('heading', { level: 2, name: 'Waiting for Fabrikam' }).waitFor();
    await fitsInto(320, tabOf(anna));
    await fitsInto(320, anna);
  });

  inBrowser('and no page had an error', async () => {
    expect(errors).toEqual([]);
  });
});

/** A card that holds the hostile subject as letters. */
async function expectInert(card: Locator): Promise<void> {
  await card.waitFor();
  expect(await card.locator('img, script, a[href*=evil]').count()).toBe(0);
  const text = (await card.textContent()) ?? '';
  for (const letters of ['img src=x onerror=', 'evil.example', 'bold', 'TIME(2026-01-01T00:00:00Z)']) expect(text).toContain(letters);
}

/** Waits until text stands at 4.5:1 before its background, which is dark or light as the theme says. */
async function expectReadable(part: Locator, dark: boolean): Promise<void> {
  await part.waitFor();
  let seen = { ratio: 0, dark: !dark };
  for (let tries = 0; tries < 40 && (seen.ratio < 4.5 || seen.dark !== dark); tries += 1) {
    seen = await part.evaluate((element) => {
      const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
      const light = (colour: string) => {
        const [r = 0, g = 0, b = 0] = channels(colour).map((one) =>
          one / 255 <= 0.03928 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      let behind: Element | null = element;
      while (behind?.parentElement && (channels(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
      const [text, back] = [light(getComputedStyle(element).color), light(getComputedStyle(behind ?? element).backgroundColor)];
      return { ratio: (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05), dark: back < 0.2 };
    });
  }
  expect(seen).toEqual({ ratio: expect.any(Number), dark });
  expect(seen.ratio).toBeGreaterThanOrEqual(4.5);
}
