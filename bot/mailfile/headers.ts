import { isAscii, isUtf8 } from 'node:buffer';

const LF = 10;
const CR = 13;
const COLON = 58;

/**
 * The fields of a header block by lower-case name, values unfolded but not decoded, repeated fields in their order. Lines that are no
 * field (a stray `>From ` line, a cut line) are skipped. Raw 8-bit text is read as UTF-8 where it is that, else as Latin-1.
 */
export function parseHeaders(block: Buffer): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  const encoding = !isAscii(block) && isUtf8(block) ? 'utf8' : 'latin1';
  let line = 0;
  while (line < block.length) {
    let end = lineEnd(block, line);
    const first = end;
    // A line that starts with a space or a tab goes on with the one before.
    while (end + 1 < block.length && isBlank(block[end + 1])) end = lineEnd(block, end + 1);
    const colon = block.indexOf(COLON, line);
    if (colon > line && colon < first && !isBlank(block[line])) {
      const name = block.toString('latin1', line, colon).trimEnd().toLowerCase();
      if (/^[!-9;-~]+$/.test(name)) {
        const text = block.toString(encoding, colon + 1, end);
        const value = (end === first ? text : text.replace(/\r?\n/g, '')).trim();
        const same = headers.get(name);
        if (same) same.push(value);
        else headers.set(name, [value]);
      }
    }
    line = end + 1;
  }
  return headers;
}

/** The message ids in a Message-ID, In-Reply-To or References value, without brackets, in their order. */
export function parseMessageIds(value: string): string[] {
  const ids: string[] = [];
  for (const match of value.matchAll(/<([^<>]+)>/g)) {
    const id = match[1]!.replace(/\s+/g, '');
    if (id !== '') ids.push(id);
  }
  if (ids.length === 0 && /^[^\s<>]+@[^\s<>]+$/.test(value.trim())) ids.push(value.trim());
  return ids;
}

function lineEnd(block: Buffer, from: number): number {
  const at = block.indexOf(LF, from);
  return at < 0 ? block.length : at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}

/** The end of a header block in bytes: the first empty line, or undefined when there is none yet. */
export function headEnd(bytes: Buffer): { head: number; body: number } | undefined {
  for (let line = 0; ; ) {
    const end = bytes.indexOf(LF, line);
    if (end < 0) return undefined;
    if (end === line || (end === line + 1 && bytes[line] === CR)) return { head: line, body: end + 1 };
    line = end + 1;
  }
}
