import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HEAD_LIMIT_BYTES, MboxSplitter } from '../../bot/mailfile/splitting.ts';

type Split = { offset: number; head: string; body: string; torn: string | undefined };

function split(mbox: string, cuts: number[] = []): Split[] {
  const bytes = Buffer.from(mbox, 'latin1');
  const splitter = new MboxSplitter(1_000_000);
  const found: Split[] = [];
  const take = (raw: Iterable<{ offset: number; head: Buffer; body: Buffer | undefined; torn: string | undefined }>) => {
    for (const { offset, head, body, torn } of raw)
      found.push({ offset, head: head.toString('latin1'), body: body!.toString('latin1'), torn });
  };
  let from = 0;
  // One buffer for every chunk, as a reader of files does it.
  const reused = Buffer.alloc(bytes.length + 1);
  for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    bytes.copy(reused, 0, from, to);
    take(splitter.push(reused.subarray(0, to - from)));
    reused.fill(0x21);
    from = to;
  }
  take(splitter.end());
  return found;
}

const SEPARATOR = 'From ana@fabrikam.example Mon Mar  2 09:30:00 2026\n';

describe('an mbox', () => {
  it('is split at its From lines, with the byte at which each stands', () => {
    const first = `${SEPARATOR}Subject: one\n\nfirst\n\n`;
    expect(split(`${first}${SEPARATOR}Subject: two\n\nsecond\n`)).toEqual([
      { offset: 0, head: 'Subject: one\n', body: 'first\n', torn: undefined },
      { offset: first.length, head: 'Subject: two\n', body: 'second\n', torn: undefined },
    ]);
  });

  it('gives quoted From lines back with one > less', () => {
    expect(split(`${SEPARATOR}A: b\n\n>From here on\n>>From there\n> From nowhere\n`)[0]?.body).toBe(
      'From here on\n>From there\n> From nowhere\n',
    );
  });

  it('may have carriage returns, a byte order mark and empty lines in front', () => {
    const crlf = `${SEPARATOR}A: b\n\nbody\n\n${SEPARATOR}C: d\n\nbody\n`.replaceAll('\n', '\r\n');
    expect(split(`\xef\xbb\xbf\r\n${crlf}`)).toMatchObject([
      { offset: 5, head: 'A: b\r\n', body: 'body\r\n' },
      { head: 'C: d\r\n', body: 'body\r\n' },
    ]);
  });

  it.each([
    ['an unquoted From in the text', 'From the start of the month\nwe work in two shifts\n', 1],
    ['the same behind an empty line', '\nFrom Monday on we work in two shifts\nThanks\n', 1],
    ['a From in the middle of a line', 'as said From a@b.example Mon Mar  2 09:30:00 2026\nx: y\n', 1],
    ['a separator without an empty line before it', `${SEPARATOR}C: d\n\nmore\n`, 2],
    ['a separator with the zone before the year', 'From x Mon Mar 2 09:30:00 +0100 2026\nC: d\n\nmore\n', 2],
    ['a bare separator behind an empty line, before a header', '\nFrom -\nC: d\n\nmore\n', 2],
    ['an open separator at the end', '\nFrom ana@fabrikam.example Mon Mar  2', 1],
  ])('%s', (_why, text, messages) => {
    expect(split(`${SEPARATOR}A: b\n\n${text}`)).toHaveLength(messages);
  });

  it('starts anew when a message has no empty line behind its headers', () => {
    expect(split(`${SEPARATOR}A: b\n${SEPARATOR}C: d\n\nx\n`).map(({ head }) => head)).toEqual(['A: b\n', 'C: d\n']);
  });

  it('reads an empty body, and a From line right behind the empty line', () => {
    expect(split(`${SEPARATOR}A: b\n\n${SEPARATOR}C: d\n\n`)).toMatchObject([
      { head: 'A: b\n', body: '' },
      { head: 'C: d\n', body: '' },
    ]);
  });

  it('says how the last message ends', () => {
    expect(split(`${SEPARATOR}A: b\n\nx\n\n${SEPARATOR}C: d\nE: f`)).toMatchObject([
      { torn: undefined },
      { head: 'C: d\nE: f', torn: 'head' },
    ]);
    expect(split(`${SEPARATOR}A: b\n\nhalf a li`)).toMatchObject([{ body: 'half a li', torn: 'body' }]);
    expect(split('From ana')).toMatchObject([{ torn: 'head' }]);
  });

  it('cuts headers that never end', () => {
    const endless = `A: ${'x'.repeat(HEAD_LIMIT_BYTES * 2)}\n\nbody\n\n${SEPARATOR}C: d\n\nx\n`;
    const found = split(SEPARATOR + endless, [1000, 300_000, 1_200_000]);
    expect(found.map(({ head }) => head.length)).toEqual([HEAD_LIMIT_BYTES, 5]);
  });

  it('is split the same way however the bytes arrive', () => {
    const piece = fc.constantFrom(SEPARATOR, 'A: b\n', '\n', '\r\n', 'From ', '>From x\n', 'text\n', 'From the start\n', 'x', ' folded\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, cuts) => {
        const mbox = SEPARATOR + pieces.join('');
        expect(split(mbox, cuts)).toEqual(split(mbox));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps no body that nobody asked for', () => {
    const splitter = new MboxSplitter();
    const bodies = [...splitter.push(Buffer.from(`${SEPARATOR}A: b\n\nx\n`)), ...splitter.end()].map(({ body }) => body);
    expect(bodies).toEqual([undefined]);
  });
});
