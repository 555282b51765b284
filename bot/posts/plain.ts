/** Characters that a card could read as markup, and the twins that look the same and that no renderer reads. */
const TWINS: Readonly<Record<string, string>> = { '*': '∗', '`': 'ˋ', '~': '∼', '\\': '∖', '<': '‹', '>': '›' };

/** What opens a list, a heading or a rule does so only at the very start: a no-break space before it makes it plain. */
const opens = /^([-+=#]|\d{1,9}[.)])/;
const plainStart = (text: string): string => (opens.test(text) ? `\u00A0${text}` : text);

/**
 * Text that came from mail or people as one line without control, bidirectional or invisible characters, nor lone halves of one: for places
 * that read no markup. @param max - longest result in characters, the closing `…` included
 */
export function visible(value: unknown, max: number): string {
  const clean = String(value ?? '')
    .normalize('NFC')
    .replaceAll('\uFEFF', '')
    .replace(/[\s\u2028\u2029]+/gu, ' ')
    .replace(/\p{C}/gu, '')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  const letters = [...clean];
  const start = letters.slice(0, Math.max(0, max - 1)).join('');
  return letters.length > max ? `${start.trimEnd()}…` : clean;
}

/**
 * Text that came from mail or people, made inert: one line, no link, mention, markdown or `{{...}}`, no control, bidirectional or
 * invisible character. Markup characters become their typographic twins, because a backslash escape shows itself where a renderer reads no
 * markdown; what only opens markup together with its neighbour is set apart. One way: for showing alone.
 * @param max - longest result in characters, the closing `…` included
 */
export function plain(value: unknown, max = 160): string {
  return plainStart(
    visible(value, max)
      .replace(/[*`~\\<>]/g, (mark) => TWINS[mark] ?? mark)
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ')
      .replace(/\](?=[([:])/g, '] ')
      .replace(/&(?=#?\w{1,31};)/g, '& ')
      .replace(/:\/\//g, ':∕∕')
      .replace(/\b(www|mailto|tel|callto|sip)([.:])/gi, (_all, word: string, mark: string) => word + (mark === '.' ? '․' : '∶'))
      .replace(/([{$])(?=\{)/g, '$1 ')
      .replace(/\}(?=\})/g, '} '),
  );
}
