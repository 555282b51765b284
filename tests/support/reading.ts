import type { Locator } from 'playwright-core';

/**
 * What a check by roles can see wrong in a page: names that are missing, ids that stand twice, headings out of order, text too faint for
 * its ground (WCAG 2.2 AA), more than one `main` or `h1`.
 * @param root - the `html` element of the page
 */
export const flawsOf = (root: Locator): Promise<string[]> =>
  root.evaluate((html: HTMLElement) => {
    const flaws: string[] = [];
    const all = (selector: string): HTMLElement[] =>
      [...html.querySelectorAll<HTMLElement>(selector)].filter((element) => element.checkVisibility());
    const textOf = (ids: string | null): string =>
      (ids ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' ')
        .trim();
    const nameOf = (element: HTMLElement): string =>
      (element.getAttribute('aria-label') ?? '') ||
      textOf(element.getAttribute('aria-labelledby')) ||
      [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent).join(' ') ||
      (element.textContent ?? '').trim();

    for (const element of all(
      'a, button, input, select, textarea, summary, table, [role=dialog], [role=menu], section, ul[aria-labelledby]',
    ))
      if (!nameOf(element).trim()) flaws.push(`no name: ${element.outerHTML.slice(0, 120)}`);
    for (const element of all('svg'))
      if (!element.closest('[aria-hidden=true]') && !element.getAttribute('aria-label'))
        flaws.push('an icon that is neither hidden nor named');
    const ids = [...html.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) flaws.push(`id twice: ${id}`);
    for (const selector of ['main', 'h1']) if (html.querySelectorAll(selector).length !== 1) flaws.push(`not one ${selector}`);
    let level = 0;
    for (const heading of all('main :is(h1, h2, h3, h4)')) {
      const next = Number(heading.tagName[1]);
      if (next > level + 1) flaws.push(`heading ${next} after ${level}: ${heading.textContent}`);
      level = next;
    }
    if (!html.lang) flaws.push('no language');

    const channels = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
    const light = ([r = 0, g = 0, b = 0]: number[]): number => {
      const [x, y, z] = [r, g, b].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
    };
    const groundOf = (element: Element | null): number[] => {
      for (let at = element; at; at = at.parentElement) {
        const ground = channels(getComputedStyle(at).backgroundColor);
        if (ground.length >= 3 && (ground[3] ?? 1) > 0.99) return ground;
      }
      return [255, 255, 255];
    };
    for (const element of all('*')) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
      if (!own || element.closest('[aria-disabled=true], option')) continue;
      const [ink, ground] = [light(channels(getComputedStyle(element).color)), light(groundOf(element))];
      const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
      if (contrast < 4.5) flaws.push(`contrast ${contrast.toFixed(2)}: ${element.textContent!.trim().slice(0, 40)}`);
    }
    return flaws;
  });
