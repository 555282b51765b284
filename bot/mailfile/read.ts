import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MailFileError } from './errors.ts';
import { headEnd } from './headers.ts';
import { type MailFileMessage, readMessage } from './message.ts';
import { HEAD_LIMIT_BYTES, MboxSplitter } from './splitting.ts';

export type MailFileWarning = {
  /** `mail.torn` in the headers (message left out), `mail.open_end` behind them, `mail.unknown` for a file that is no mail. */
  readonly code: 'mail.torn' | 'mail.open_end' | 'mail.unknown';
  readonly path: string;
  readonly offset: number;
  readonly message: string;
};

export type ReadMailOptions = {
  /** Keep at most so many bytes of each body; without it bodies are skipped. */
  readonly bodyLimit?: number;
  /** Takes what would otherwise end the reading with a {@link MailFileError}, and the mere hint of an open end. */
  readonly onWarning?: (warning: MailFileWarning) => void;
  /** Bytes read so far, of `mailFileBytes(path)`. */
  readonly onProgress?: (bytes: number) => void;
};

const CHUNK_BYTES = 1024 * 1024;
const MAIL_FILE = /\.(?:eml|mbox|mbx)$/i;
const SEPARATOR = 'From ';

/**
 * Every message of an mbox, a single .eml, or a folder of both (with its sub-folders, in the order of their names), as they stand in
 * it, in constant memory. All messages before a problem have been given before it is thrown.
 * @throws {MailFileError} with a sentence that says what to do
 */
export async function* readMail(target: string, options: ReadMailOptions = {}): AsyncGenerator<MailFileMessage> {
  const progress = { bytes: 0 };
  for (const file of await mailFiles(target)) yield* readFile(file.path, options, progress);
}

/** The size of all that `readMail` will read, for a progress bar. */
export async function mailFileBytes(target: string): Promise<number> {
  return (await mailFiles(target)).reduce((sum, file) => sum + file.bytes, 0);
}

async function mailFiles(target: string): Promise<{ path: string; bytes: number }[]> {
  const info = await stat(target).catch((cause) => {
    throw unreadable(target, cause);
  });
  if (!info.isDirectory()) return [{ path: target, bytes: info.size }];
  const files: { path: string; bytes: number }[] = [];
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile() && MAIL_FILE.test(one.name))) {
    const file = path.join(entry.parentPath, entry.name);
    files.push({ path: file, bytes: (await stat(file)).size });
  }
  if (files.length === 0) {
    throw new MailFileError(
      'mail.empty_folder',
      target,
      `${target} holds no .eml or .mbox file. Name the folder into which the mail was saved.`,
    );
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function* readFile(file: string, options: ReadMailOptions, progress: { bytes: number }): AsyncGenerator<MailFileMessage> {
  const handle = await open(file).catch((cause) => {
    throw unreadable(file, cause);
  });
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const first = await readChunk(handle, buffer, file);
    const kind = kindOf(first);
    if (kind === 'mbox') yield* readMbox(handle, first, buffer, file, options, progress);
    else if (kind === 'eml') yield* readEml(handle, first, file, options, progress);
    else if (kind !== 'empty') report(options, { code: 'mail.unknown', path: file, offset: 0, message: `${file} ${kind}` });
  } finally {
    await handle.close();
  }
}

async function* readMbox(
  handle: FileHandle,
  first: Buffer,
  buffer: Buffer,
  file: string,
  options: ReadMailOptions,
  progress: { bytes: number },
): AsyncGenerator<MailFileMessage> {
  const splitter = new MboxSplitter(options.bodyLimit);
  for (let chunk = first; chunk.length > 0; chunk = await readChunk(handle, buffer, file)) {
    for (const raw of splitter.push(chunk)) yield readMessage(raw.head, file, raw.offset, raw.body);
    progress.bytes += chunk.length;
    options.onProgress?.(progress.bytes);
  }
  for (const raw of splitter.end()) {
    if (raw.torn === 'head') {
      report(options, { code: 'mail.torn', path: file, offset: raw.offset, message: torn(file, raw.offset) });
      continue;
    }
    if (raw.torn === 'body') {
      const message = `The last message of ${file}, at byte ${raw.offset}, ends in the middle of a line: the file may have been cut there, and mail behind it be missing.`;
      options.onWarning?.({ code: 'mail.open_end', path: file, offset: raw.offset, message });
    }
    yield readMessage(raw.head, file, raw.offset, raw.body);
  }
}

async function* readEml(
  handle: FileHandle,
  first: Buffer,
  file: string,
  options: ReadMailOptions,
  progress: { bytes: number },
): AsyncGenerator<MailFileMessage> {
  const bodyLimit = options.bodyLimit ?? 0;
  // The headers and the part of the body that is wanted; the rest of the file is not read.
  let bytes = first;
  let end = headEnd(bytes);
  while (first.length === CHUNK_BYTES && (!end ? bytes.length < HEAD_LIMIT_BYTES : bytes.length - end.body < bodyLimit)) {
    const chunk = await readChunk(handle, Buffer.allocUnsafe(CHUNK_BYTES), file);
    if (chunk.length === 0) break;
    bytes = Buffer.concat([bytes, chunk]);
    end ??= headEnd(bytes);
  }
  progress.bytes += (await handle.stat()).size;
  options.onProgress?.(progress.bytes);
  // A mail may consist of headers alone, but not of half a line.
  if (!end && bytes[bytes.length - 1] !== 10 && bytes.length < HEAD_LIMIT_BYTES) {
    const message = `${file} ends in the middle of its headers. Save that mail again, or take the file out of the folder.`;
    report(options, { code: 'mail.torn', path: file, offset: 0, message });
    return;
  }
  const start = bytes.indexOf(0xbf) === 2 && bytes[0] === 0xef ? 3 : 0;
  const body = bodyLimit > 0 ? Buffer.from(bytes.subarray(end?.body ?? bytes.length).subarray(0, bodyLimit)) : undefined;
  yield readMessage(bytes.subarray(start, end?.head ?? bytes.length), file, 0, body);
}

async function readChunk(handle: FileHandle, buffer: Buffer, file: string): Promise<Buffer> {
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, null).catch((cause) => {
    throw unreadable(file, cause);
  });
  return buffer.subarray(0, bytesRead);
}

/** What a file is by its first bytes, or, as the end of a sentence, why it is none and what to do. */
function kindOf(bytes: Buffer): 'mbox' | 'eml' | 'empty' | (string & {}) {
  if (bytes.length === 0) return 'empty';
  const magic = bytes.toString('latin1', 0, 4);
  if (magic === '!BDN') return 'is an Outlook data file (.pst). Export the mail as .eml or .mbox first.';
  if (magic === '\xd0\xcf\x11\xe0') return 'is an Outlook message (.msg). Save the mail as .eml first.';
  if (magic.startsWith('PK') || magic.startsWith('\x1f\x8b')) return 'is packed. Unpack it first.';
  const start = bytes
    .toString('latin1', 0, 4096)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (start === '') return 'empty';
  if (start.startsWith(SEPARATOR)) return 'mbox';
  if (/^[a-z][\w-]{0,75}[ \t]*:/i.test(start)) return 'eml';
  return 'is no mail file: it starts neither with "From " (mbox) nor with a header (.eml).';
}

function torn(file: string, offset: number): string {
  return `The last message of ${file}, at byte ${offset}, is cut off within its headers. Export the mailbox again; to go on without that message and what should follow it, keep the first ${offset} bytes (head -c ${offset}).`;
}

function report(options: ReadMailOptions, warning: MailFileWarning & { code: 'mail.torn' | 'mail.unknown' }): void {
  if (!options.onWarning) throw new MailFileError(warning.code, warning.path, warning.message, warning.offset);
  options.onWarning(warning);
}

function unreadable(file: string, cause: NodeJS.ErrnoException): MailFileError {
  if (cause.code === 'ENOENT') return new MailFileError('mail.missing', file, `${file} does not exist. Check the path.`);
  const why = cause.code === 'EACCES' || cause.code === 'EPERM' ? 'you may not open it' : (cause.code ?? cause.message);
  return new MailFileError('mail.unreadable', file, `${file} cannot be read: ${why}. Check its permissions, or copy it to another place.`);
}
