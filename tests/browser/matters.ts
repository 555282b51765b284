import { expect } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { errors, inBrowser, lookAs, tabOf } from './stage.ts';

const LABELS = 'Labels do not print in Utrecht';
const AGENTS = 'Two more agents on the evening shift';
const cardWith = (page: Page, text: string): Locator =>
  page
    .locator('.card')
    .filter({ has: page.getByText(text, { exact: true }) })
    .first();

/** Help and decisions on the desk, as three people. */
export function helpAndDecisions(): void {
  let anna: Page;

  inBrowser('help is asked for from a message, in a dialog, and whoever is asked is mentioned below the card', async () => {
    anna = await lookAs('anna');
    await cardWith(anna, AGENTS).waitFor();
    await anna.locator('.message').first().getByRole('button', { name: 'More options' }).click();
    await anna.getByRole('menuitem', { name: 'Ask for help' }).click();
    const dialog = anna.getByRole('dialog');
    for (const [label, words] of [
      [/What happened/, LABELS],
      [/Why it matters/, 'Parcels stay in the store'],
      [/What you need/, 'A technician today'],
      [/Done when/, 'Ten labels in a row print'],
    ] as const)
      await dialog.getByLabel(label).fill(words);
    await dialog.getByRole('button', { name: 'Ask for help' }).click();
    await dialog.getByText('Recorded.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await cardWith(anna, LABELS).waitFor();
    await anna
      .getByText(/^Service desk, you are asked/)
      .first()
      .waitFor();
  });

  inBrowser('whoever is asked takes it, and the other side sees it at once, on card and tab', async () => {
    const carlo = await lookAs('carlo', { colorScheme: 'dark' });
    const card = cardWith(carlo, LABELS);
    await card.getByRole('button', { name: 'Take it' }).first().click();
    await card.getByRole('button', { name: 'Take it' }).last().click();
    await card.getByText('It is yours.').waitFor();
    await cardWith(anna, LABELS).getByText('Taken').first().waitFor();
    await tabOf(anna).getByRole('link', { name: 'Help' }).click();
    await tabOf(anna).getByRole('article', { name: LABELS }).getByText('Taken', { exact: true }).waitFor();
    await carlo.context().close();
  });

  inBrowser('a decision is approved on its card, which leads to its exact place in the tab', async () => {
    const card = cardWith(anna, AGENTS);
    await card.getByRole('button', { name: 'Approve' }).click();
    await card.getByText('✓ Approved').waitFor();
    await card
      .getByRole('button', { name: 'Open in Rapport' })
      .or(card.getByRole('link', { name: 'Open in Rapport' }))
      .first()
      .click();
    const row = tabOf(anna).getByRole('article', { name: AGENTS });
    await row.getByText('Approved', { exact: true }).waitFor();
    expect(await row.getByRole('heading').evaluate((heading) => heading === heading.ownerDocument.activeElement)).toBe(true);
  });

  inBrowser('somebody who is not asked sees how it stands, and has nothing to press', async () => {
    const maria = await lookAs('maria');
    const card = cardWith(maria, LABELS);
    await card.getByText('Taken').first().waitFor();
    for (const name of ['Update …', 'Resolved …', 'Confirm']) expect(await card.getByRole('button', { name }).count()).toBe(0);
    const decided = cardWith(maria, AGENTS);
    await decided.getByText('✓ Approved').waitFor();
    expect(errors).toEqual([]);
  });
}
