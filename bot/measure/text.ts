/**
 * Text that came from mail, for a terminal: without control, escape and direction characters, on one line. Cut to a width in terminal
 * cells, where East Asian characters and emoji take two and combining marks none.
 */
export function cellText(text: string, width: number): string {
  const plain = text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  let cells = 0;
  let marks = 0;
  let kept = '';
  for (const character of plain) {
    const wide = cellsOf(character);
    // A pile of marks on one letter runs over the lines above and below.
    marks = wide === 0 ? marks + 1 : 0;
    if (marks > 3) continue;
    if (cells + wide > width) return `${cutTo(kept, width - 1)}…`;
    kept += character;
    cells += wide;
  }
  return kept;
}

/** Spaces behind (or, for figures, in front of) a text up to a width in cells. */
export function padded(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? text + spaces : spaces + text;
}

export function widthOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += cellsOf(character);
  return cells;
}

function cutTo(text: string, width: number): string {
  let cells = 0;
  let kept = '';
  for (const character of text) {
    cells += cellsOf(character);
    if (cells > width) break;
    kept += character;
  }
  return kept.trimEnd();
}

const MARK = /^\p{M}$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

function cellsOf(character: string): 0 | 1 | 2 {
  if (character < '\u0300') return 1;
  return MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}
