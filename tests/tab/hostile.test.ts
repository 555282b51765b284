import { describe, expect } from '@jest/globals';
import { fitsInto } from '../support/browser.ts';
import { anObligation, aToday } from '../support/views.ts';
import { inBrowser, open, page, place, row, tab } from './stage.ts';

const HOSTILE: readonly (readonly [string, string])[] = [
  ['HTML', '<img src=x onerror="window.struck=1"><b>bold</b>'],
  ['a script', '</script><script>window.struck=1</script>'],
  ['an event handler', '" onmouseover="window.struck=1" x="'],
  ['a link', '[win](https://evil.example) https://evil.example javascript:window.struck=1'],
  ['a mention', '<at>Joan Santos</at>'],
  ['card functions', '{{DATE(2026-01-01T00:00:00Z)}} $'.concat('{secret}')],
  ['turned text', 'invoice\u202Egpj.exe\u202C'],
  ['invisible characters', 'pay\u200Bpal\u2060 \u00AD\uFEFFnow'],
  ['right-to-left letters', 'חשבון 12 של Contoso (דחוף)'],
  ['64 KB', 'Long '.repeat(13_000)],
  ['one word of 64 KB', 'x'.repeat(65_536)],
];

describe('text that means harm', () => {
  inBrowser('is the letters it is made of, in rows, details, notes and history', async () => {
    const rows = HOSTILE.map(([, subject]) =>
      anObligation({
        subject,
        people: { asker: subject, asked: [subject] },
        notes: [subject.slice(0, 500)],
        question: subject.slice(0, 500),
        history: [{ at: '2026-11-24T08:00:00Z', text: subject.slice(0, 500), eventId: '9', undoable: true, said: true }],
      }),
    );
    place.world.today = aToday({ waitingFor: { client: [], provider: rows }, mine: [] });
    await open();
    for (const [index, [what, subject]] of HOSTILE.entries()) {
      const seen = row(rows[index]!.id);
      expect([
        what,
        await seen
          .getByRole('link')
          .first()
          .evaluate((link) => link.textContent),
      ]).toEqual([what, subject]);
      await seen.getByRole('link').first().click();
      const detail = tab.locator(`[data-detail="${rows[index]!.id}"]`);
      await detail.waitFor();
      expect(await detail.locator('img, script, at, b:text-is("bold"), a[href*=evil], a[href^=javascript]').count()).toBe(0);
      await page.keyboard.press('Escape');
      await detail.waitFor({ state: 'detached' });
      expect(await seen.locator('img, script, at, b:text-is("bold"), a[href*=evil], a[href^=javascript]').count()).toBe(0);
    }
    for (const frame of page.frames()) expect(await frame.evaluate(() => (globalThis as { struck?: number }).struck)).toBeUndefined();
  });

  inBrowser('keeps to its own place: no override reaches what stands beside it, and nothing grows wider than the page', async () => {
    const turned = anObligation({ subject: 'invoice\u202Egpj.exe' });
    const long = anObligation({ subject: 'x'.repeat(65_536) });
    place.world.today = aToday({ waitingFor: { client: [], provider: [turned, long] }, mine: [] });
    await open();
    await row(turned.id).waitFor();
    const kept = await row(turned.id)
      .getByRole('link')
      .evaluate((link) => getComputedStyle(link).unicodeBidi);
    expect(kept).toMatch(/isolate/);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await fitsInto(width, tab);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    const height = await row(long.id).evaluate((element) => element.getBoundingClientRect().height);
    expect(height).toBeLessThan(900);
  });
});
