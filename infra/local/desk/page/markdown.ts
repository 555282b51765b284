const inHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

/** The part of Markdown that Teams draws in a card: bold, italic, links, lists. Backslashes take a sign's meaning away, as in Teams. */
export function markdown(text: string): string {
  const kept: string[] = [];
  const keep = (sign: string) => `\uE000${kept.push(sign) - 1}\uE000`;
  const withoutEscapes = text.replace(/\\([\\`*_{}[\]()#+\-.!<>~|])/g, (_whole, sign: string) => keep(inHtml(sign)));
  const html = blocks(withoutEscapes.split('\n'));
  return html.replace(/\uE000(\d+)\uE000/g, (_whole, index: string) => kept[Number(index)] ?? '');
}

function blocks(lines: string[]): string {
  const out: string[] = [];
  let list: { tag: string; items: string[] } | undefined;
  const endList = () => {
    if (list) out.push(`<${list.tag}>${list.items.map((item) => `<li>${item}</li>`).join('')}</${list.tag}>`);
    list = undefined;
  };
  for (const line of lines) {
    const item = /^\s*(?:([-*])|(\d+)\.)\s+(.*)$/.exec(line);
    if (!item) {
      endList();
      if (line.trim()) out.push(`<p>${inline(line)}</p>`);
      continue;
    }
    const tag = item[1] ? 'ul' : 'ol';
    if (list?.tag !== tag) endList();
    list ??= { tag, items: [] };
    list.items.push(inline(item[3] ?? ''));
  }
  endList();
  return out.join('');
}

const inline = (text: string): string =>
  inHtml(text)
    .replace(/\[([^\]]+)\]\(((?:https?|mailto):[^)\s]+)\)/g, '<a href="$2" target="_blank" rel="noopener">$1</a>')
    .replace(/\*\*(?=\S)(.+?)(?<=\S)\*\*/g, '<strong>$1</strong>')
    .replace(/(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])/g, '<em>$1</em>')
    .replace(/(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)/g, '<em>$1</em>');
