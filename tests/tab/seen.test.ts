import { describe, expect } from '@jest/globals';
import type { Route } from 'playwright-core';
import { fitsInto } from '../support/browser.ts';
import { flawsOf } from '../support/reading.ts';
import { aMe, anObligation, aPartnership, aTime, aToday, NOW, PARTNERSHIP } from '../support/views.ts';
import { access, asked, column, inBrowser, invoice, open, page, place, question, row, tab } from './stage.ts';

const OTHER = '22222222-2222-4222-8222-222222222222';

describe('what a person sees', () => {
  inBrowser('both sides in equal columns, his own first, each under its clock', async () => {
    await open();
    expect(await tab.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'Yours to answer',
      'Waiting for Contoso',
      'Waiting for Fabrikam',
      'What Rapport reads',
    ]);
    const [own, other] = [await column('Contoso').boundingBox(), await column('Fabrikam').boundingBox()];
    expect(own!.x).toBeLessThan(other!.x);
    expect(Math.abs(own!.width - other!.width)).toBeLessThan(2);
    expect(await column('Fabrikam').textContent()).toContain('Manila Tue 17:30');
    expect(await column('Contoso').textContent()).toContain('Working until 17:30');
  });

  inBrowser('a row: how it stands in words and a sign, the sentence, and its time in both zones', async () => {
    await open();
    const text = await row(invoice.id).textContent();
    for (const part of [
      'Past the agreed time',
      'Invoice run for November',
      invoice.lead,
      'Wed 25 Nov, 18:00',
      'Manila',
      '11:00',
      'Amsterdam',
    ])
      expect(text).toContain(part);
    expect(await row(invoice.id).locator('svg').count()).toBeGreaterThan(0);
    expect(await row(access.id).getByRole('link').textContent()).toBe(access.lead);
  });

  inBrowser('what he alone is asked, and what else stands out about a wait; two questions at first', async () => {
    const four = [1, 2, 3, 4].map((n) =>
      anObligation({
        ...question,
        id: `00000000-0000-4000-9000-00000000000${n}`,
        subject: `Question ${n}`,
        question: `Is an answer to ${n} expected?`,
      }),
    );
    const noted = anObligation({ notes: ['Fabrikam (Service desk) is away; the time stays as it is. No stand-in is named.'] });
    place.world.today = aToday({ waitingFor: { client: [], provider: [noted] }, mine: four });
    await open();
    expect(await row(noted.id).textContent()).toContain('No stand-in is named.');
    expect(await row(four[0]!.id).textContent()).toContain('Is an answer to 1 expected?');
    expect(await row(four[3]!.id).count()).toBe(0);
    await tab.getByRole('button', { name: 'Show 2 more' }).click();
    await row(four[3]!.id).waitFor();
  });

  inBrowser('how a time came about, and what happened, behind a row and by a link of its own', async () => {
    await open(`#/obligation/${invoice.id}`);
    const detail = tab.getByRole('dialog', { name: 'Invoice run for November' });
    await detail.getByText('How this time came about').waitFor();
    const text = await detail.textContent();
    for (const part of [
      'Working time of Fabrikam in Manila',
      '7 h 48 min',
      'Sun 22 Nov',
      'Carlo Reyes, Fabrikam (Service desk)',
      'Tue 24 Nov, 09:00',
    ])
      expect(text).toContain(part);
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(
      await row(invoice.id)
        .getByRole('link')
        .evaluate((link) => link === document.activeElement),
    ).toBe(true);
  });

  inBrowser('what was over long ago, when a link of Teams names it', async () => {
    const old = anObligation({
      subject: 'Last year',
      state: 'settled',
      tone: 'done',
      status: 'Answered by mail',
      settledAt: aTime(NOW),
      actions: [],
    });
    place.world.obligations = { [old.id]: old };
    place.world.context = { ...place.world.context, subEntityId: `obligation/${old.id}` };
    await open();
    await tab.getByRole('dialog', { name: 'Last year' }).getByText('Answered by mail').waitFor();
  });

  inBrowser('his partnerships, when there are several, and the way between them', async () => {
    place.world.me = aMe({ partnerships: [aPartnership(), aPartnership({ id: OTHER, name: 'Contoso and Northwind', pastDue: 0 })] });
    await open();
    expect(await tab.getByRole('listitem').first().textContent()).toContain('1 past the agreed time');
    await tab.getByRole('link', { name: 'Contoso and Fabrikam' }).click();
    await column('Fabrikam').waitFor();
    await tab.getByLabel('Partnership').selectOption('');
    await tab.getByRole('heading', { name: 'Your partnerships' }).waitFor();
  });

  inBrowser('that nothing waits, and that a partnership is paused', async () => {
    place.world.today = aToday({
      headline: 'Nothing waits between Contoso and Fabrikam.',
      partnership: { id: PARTNERSHIP, name: 'Contoso and Fabrikam', paused: true },
      waitingFor: { client: [], provider: [] },
    });
    await open();
    await tab.getByText('Nothing waits for Fabrikam.').waitFor();
    await tab.getByText(/^Paused\./).waitFor();
  });
});

describe('for everybody', () => {
  inBrowser('names, order, contrast in the three themes of Teams', async () => {
    for (const theme of ['default', 'dark', 'contrast']) {
      place.world.context = { ...place.world.context, theme };
      await page.goto('about:blank');
      await open();
      await row(invoice.id)
        .getByRole('button', { name: /^More for/ })
        .waitFor();
      expect({ theme, flaws: await flawsOf(tab.locator('html')) }).toEqual({ theme, flaws: [] });
    }
  });

  inBrowser('the theme changes with Teams while the page is open', async () => {
    await open();
    const ground = () =>
      tab
        .locator('[data-theme]')
        .evaluate((element) => [element.getAttribute('data-theme'), getComputedStyle(element).backgroundColor].join(' '));
    const light = await ground();
    await page.evaluate(() => (window as unknown as { toTab(func: string, ...args: unknown[]): void }).toTab('themeChange', 'contrast'));
    await tab.locator('[data-theme=contrast]').waitFor();
    expect(light).toBe('light rgb(245, 245, 245)');
    expect(await ground()).toBe('contrast rgb(0, 0, 0)');
  });

  inBrowser('at 320 pixels nothing runs off the side, the details included', async () => {
    await page.setViewportSize({ width: 320, height: 720 });
    await open();
    await fitsInto(320, tab);
    await row(invoice.id).getByRole('link').click();
    await tab.getByText('How this time came about').waitFor();
    await fitsInto(320, tab); // the page behind gives up its scroll bar
    expect((await tab.getByRole('dialog').boundingBox())!.width).toBeLessThanOrEqual(320);
  });
});

describe('as a part of Teams', () => {
  inBrowser("in a frame of teams.microsoft.com: its greeting is heard, and the page's own policy lets it frame", async () => {
    const app = 'https://rapport.example';
    const forward = async (route: Route) => {
      const { pathname, search } = new URL(route.request().url());
      // A route can only hand on what has an end.
      if (pathname.endsWith('/stream')) await route.abort();
      else await route.fulfill({ response: await route.fetch({ url: `${place.url}${pathname}${search}` }) });
    };
    await page.route('https://teams.microsoft.com/**', forward);
    await page.route(`${app}/**`, forward);
    await page.route('https://teams.microsoft.com/host.js', async (route) => {
      const script = await (await route.fetch({ url: `${place.url}/host.js` })).text();
      await route.fulfill({ contentType: 'text/javascript', body: script.replace("'/tab/'", `'${app}/tab/'`) });
    });
    await open('', 'https://teams.microsoft.com');
    await tab.getByRole('heading', { level: 1 }).getByText('past the agreed time').waitFor();
    expect((await asked('appInitialization.success')).length).toBeGreaterThan(0);
    await page.unrouteAll({ behavior: 'wait' });
  });

  inBrowser("sets up a channel's tab for one partnership", async () => {
    place.world.me = aMe({ partnerships: [aPartnership(), aPartnership({ id: OTHER, name: 'Contoso and Northwind' })] });
    place.world.context = { ...place.world.context, frameContext: 'settings' };
    await open('#/config');
    await tab.getByLabel('Partnership').selectOption(OTHER);
    await page.evaluate(() => (window as unknown as { toTab(func: string): void }).toTab('settings.save'));
    for (let tries = 0; (await asked('settings.setSettings')).length === 0 && tries < 200; tries += 1) await page.waitForTimeout(25);
    const [[set]] = (await asked('settings.setSettings')) as [[Record<string, string>]];
    expect(set).toMatchObject({ entityId: `partnership:${OTHER}`, contentUrl: `${place.url}/tab/?partnership=${OTHER}` });
  });
});
