import { type FocusEvent, useCallback, useLayoutEffect, useRef } from 'react';

const ROW = '[data-row]';
const linkOf = (row: Element | null | undefined): HTMLElement | null => row?.querySelector<HTMLElement>('h3 a') ?? null;

/**
 * Keeps the keyboard's place when rows come and go: the row that had it, wherever it stands now, else the one that took its place, else
 * the heading of its list.
 * @param seen - changes when rows or what stands beside them may have gone
 * @returns what the element around all rows does on focus
 */
export function useKeptFocus(...seen: readonly unknown[]): (event: FocusEvent) => void {
  const last = useRef<{ id: string; index: number; list: string } | null>(null);

  useLayoutEffect(() => {
    const place = last.current;
    if (!place || document.activeElement !== document.body) return;
    const heading = document.getElementById(place.list);
    const rows = heading?.closest('section, details')?.querySelectorAll(ROW);
    const next = rowLink(place.id) ?? linkOf(rows?.[Math.min(place.index, rows.length - 1)]) ?? heading;
    next?.focus({ preventScroll: true });
    // biome-ignore lint/correctness/useExhaustiveDependencies: they say when rows may have come or gone
  }, seen);

  return useCallback((event) => {
    const row = event.target.closest(ROW);
    const list = row?.closest('ul');
    last.current =
      row && list
        ? { id: row.getAttribute('data-row')!, index: [...list.children].indexOf(row), list: list.getAttribute('aria-labelledby') ?? '' }
        : null;
  }, []);
}

/** The link of a row that can be seen. */
export const rowLink = (id: string): HTMLElement | null => {
  const links = [...document.querySelectorAll(ROW)].filter((row) => row.getAttribute('data-row') === id).map(linkOf);
  return links.find((link) => link?.checkVisibility()) ?? null;
};
