/**
 * Splits an mbox (mboxrd, and what other programs write as mbox) into messages as bytes come in. Holds one window of bytes: what is
 * left of the last chunk and the new one. Bodies pass through it; only their beginning is kept, and only on request.
 */
export type RawMessage = {
  /** Of the `From ` line, from the start of the stream. */
  readonly offset: number;
  /** The header block without the empty line that ends it. Valid until the next call of `push` or `end`. */
  readonly head: Buffer;
  /** At most the limit asked for, with `>From ` unquoted; undefined when no body was asked for. */
  readonly body: Buffer | undefined;
  /** `head`: the stream ended inside the headers. `body`: it ended without a line end, so that more may be missing. */
  readonly torn: 'head' | 'body' | undefined;
};

/** Headers beyond this are cut: no mail server lets through more, and memory must not follow the sender's wishes. */
export const HEAD_LIMIT_BYTES = 1024 * 1024;
const LINE_LIMIT_BYTES = 4096;
const LF = 10;
const CR = 13;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const FROM = Buffer.from('From ');

/** As programs write it: sender, weekday, month, day, time, year, with the zone anywhere behind the time. */
const STRICT_SEPARATOR =
  /^From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}|\d{1,2} +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)) .*\d{1,2}:\d{2}/;
const HEADER_LINE = /^(?:[!-9;-~]{1,76}[ \t]*:|>From )/;

export class MboxSplitter {
  private window = Buffer.allocUnsafe(0);
  private length = 0;
  /** Offset of the window's first byte in the stream. */
  private base = 0;
  private state: 'start' | 'head' | 'body' = 'start';
  private offset = 0;
  private head: Buffer | undefined;
  private body: Buffer[] = [];
  private bodyBytes = 0;
  /** No byte of this message's body has been passed on yet: what comes next stands behind the empty line. */
  private atBodyStart = false;
  private lastByte = LF;
  private readonly bodyLimit: number;

  /** @param bodyLimit - bytes of each body to keep; 0 keeps none and leaves `body` undefined */
  constructor(bodyLimit = 0) {
    this.bodyLimit = bodyLimit;
  }

  /** The messages that this chunk completes. Must be read to the end before the next chunk; the chunk may be reused then. */
  *push(chunk: Buffer): Generator<RawMessage> {
    this.append(chunk);
    yield* this.advance(false);
  }

  /** The last message, when there is one. */
  *end(): Generator<RawMessage> {
    yield* this.advance(true);
    if (this.state === 'head') {
      const rest = this.window.subarray(0, this.length);
      yield { offset: this.offset, head: rest, body: this.bodyLimit > 0 ? Buffer.alloc(0) : undefined, torn: 'head' };
    } else if (this.state === 'body') {
      yield this.complete(this.lastByte === LF ? undefined : 'body');
    }
    this.length = 0;
    this.state = 'start';
  }

  private *advance(atEnd: boolean): Generator<RawMessage> {
    let at = 0;
    for (;;) {
      const data = this.window.subarray(0, this.length);
      if (this.state === 'start') {
        if (this.base === 0 && at === 0 && data.length >= 3 && BYTE_ORDER_MARK.compare(data, 0, 3) === 0) at = 3;
        while (at < data.length && (data[at] === LF || data[at] === CR)) at++;
        const lineEnd = data.indexOf(LF, at);
        if (at === data.length || (lineEnd < 0 && !atEnd && data.length - at < LINE_LIMIT_BYTES)) break;
        this.offset = this.base + at;
        at = lineEnd < 0 ? data.length : lineEnd + 1;
        this.state = 'head';
      } else if (this.state === 'head') {
        const end = endOfHead(data, at);
        if (end === undefined) {
          if (data.length - at < HEAD_LIMIT_BYTES) break;
          this.head = Buffer.from(data.subarray(at, at + HEAD_LIMIT_BYTES));
          at += HEAD_LIMIT_BYTES;
          this.atBodyStart = false;
        } else {
          this.head = Buffer.from(data.subarray(at, end.head));
          at = end.next;
          this.atBodyStart = true;
        }
        this.state = 'body';
      } else {
        const found = nextSeparator(data, at, this.atBodyStart, atEnd);
        this.keep(data.subarray(at, found.at));
        if (found.at > at) this.atBodyStart = false;
        at = found.at;
        if (!found.separator) break;
        yield this.complete(undefined);
        this.offset = this.base + at;
        at = data.indexOf(LF, at) + 1;
        this.state = 'head';
      }
    }
    this.window.copyWithin(0, at, this.length);
    this.length -= at;
    this.base += at;
  }

  private append(chunk: Buffer): void {
    const needed = this.length + chunk.length;
    if (needed > this.window.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.window.length + this.window.length / 2));
      this.window.copy(grown, 0, 0, this.length);
      this.window = grown;
    }
    chunk.copy(this.window, this.length);
    this.length = needed;
    this.lastByte = chunk[chunk.length - 1] ?? this.lastByte;
  }

  private keep(bytes: Buffer): void {
    const room = Math.min(bytes.length, this.bodyLimit - this.bodyBytes);
    if (room <= 0) return;
    this.body.push(Buffer.from(bytes.subarray(0, room)));
    this.bodyBytes += room;
  }

  private complete(torn: 'body' | undefined): RawMessage {
    const body = this.bodyLimit > 0 ? unquote(Buffer.concat(this.body)) : undefined;
    const message = { offset: this.offset, head: this.head ?? Buffer.alloc(0), body, torn };
    this.head = undefined;
    this.body = [];
    this.bodyBytes = 0;
    return message;
  }
}

/** The end of the header block: an empty line, or the next message when a writer left the empty line out. */
function endOfHead(data: Buffer, start: number): { head: number; next: number } | undefined {
  let line = start;
  for (;;) {
    const lineEnd = data.indexOf(LF, line);
    if (lineEnd < 0) return undefined;
    if (lineEnd === line || (lineEnd === line + 1 && data[line] === CR)) return { head: line, next: lineEnd + 1 };
    if (line > start && isFrom(data, line) && separates(data, line, lineEnd, false)) return { head: line, next: line };
    line = lineEnd + 1;
  }
}

/**
 * Where the next message starts, or up to where it is certain that none does. The bytes behind that wait for the next chunk, always with
 * four bytes in front of a possible `From `, so that an empty line before it is seen.
 */
function nextSeparator(data: Buffer, start: number, atBodyStart: boolean, atEnd: boolean): { at: number; separator: boolean } {
  let search = start;
  for (;;) {
    const at = data.indexOf(FROM, search);
    if (at < 0) return { at: atEnd ? data.length : Math.max(start, data.length - 8), separator: false };
    // At the very start without being at the body's start it was judged with the chunk before.
    if (at === start ? atBodyStart : data[at - 1] === LF) {
      const lineEnd = data.indexOf(LF, at);
      const undecided = lineEnd < 0 ? data.length - at < LINE_LIMIT_BYTES : data.length - lineEnd < 101;
      if (undecided && !atEnd) return { at: Math.max(start, at - 4), separator: false };
      if (lineEnd >= 0 && separates(data, at, lineEnd, at === start || emptyLineBefore(data, at))) return { at, separator: true };
    }
    search = at + 1;
  }
}

function emptyLineBefore(data: Buffer, at: number): boolean {
  const before = data[at - 2] === CR ? at - 3 : at - 2;
  return before < 0 || data[before] === LF;
}

function isFrom(data: Buffer, at: number): boolean {
  return data[at] === 70 && data[at + 4] === 32 && data.compare(FROM, 0, FROM.length, at, at + FROM.length) === 0;
}

function separates(data: Buffer, at: number, lineEnd: number, blankBefore: boolean): boolean {
  if (lineEnd - at > LINE_LIMIT_BYTES) return false;
  if (STRICT_SEPARATOR.test(data.toString('latin1', at, lineEnd))) return true;
  return blankBefore && HEADER_LINE.test(data.toString('latin1', lineEnd + 1, Math.min(data.length, lineEnd + 101)));
}

/** What was written into the mbox, as it was sent. mboxrd: one `>` less in front of every quoted `From `. */
function unquote(written: Buffer): Buffer {
  const length = written.length;
  // The empty line before the next message belongs to the mbox.
  const emptyLine =
    written[length - 1] !== LF ? 0 : written[length - 2] === LF ? 1 : written.toString('latin1', length - 4) === '\r\n\r\n' ? 2 : 0;
  const body = written.subarray(0, length - emptyLine);
  if (!body.includes('>From ')) return body;
  return Buffer.from(body.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1');
}
