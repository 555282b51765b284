import { type Document, isAlias, isMap, isNode, isPair, isSeq, type LineCounter, type Node } from 'yaml';

/** A place in a charter file, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly PropertyKey[];

/**
 * Where a value stands, or its key (`key: true`). Where the path ends early (something is missing, or one value stands for a list), the
 * nearest thing around it: for something missing that is the first key of the mapping that lacks it.
 */
export function placeOf(document: Document, lines: LineCounter, path: Path, { key = false }: { key?: boolean } = {}): Place {
  let node: unknown = document.contents;
  let at: unknown = node;
  for (const [depth, step] of path.entries()) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    if (isMap(inside)) {
      const pair = inside.items.find((item) => isNode(item.key) && String((item.key as { value?: unknown }).value) === String(step));
      if (!pair) break;
      const last = depth === path.length - 1;
      at = (key && last) || !isNode(pair.value) || pair.value.range?.[0] === undefined ? pair.key : pair.value;
      node = pair.value;
    } else if (isSeq(inside)) {
      const item = inside.items[Number(step)];
      if (item === undefined) break;
      node = isPair(item) ? item.value : item;
      at = node;
    } else break;
  }
  return position(at, lines);
}

function position(node: unknown, lines: LineCounter): Place {
  const start = (node as Node | null)?.range?.[0] ?? 0;
  const { line, col } = lines.linePos(start);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
