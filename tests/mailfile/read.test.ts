import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MailFileMessage, type MailFileWarning, mailFileBytes, type ReadMailOptions, readMail } from '../../bot/mailfile/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailfile-'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string | Buffer): Promise<string> => {
  const target = path.join(folder, name);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
  return target;
};
const read = async (target: string, options?: ReadMailOptions, into: MailFileMessage[] = []): Promise<MailFileMessage[]> => {
  for await (const message of readMail(target, options)) into.push(message);
  return into;
};
const subjects = async (target: string): Promise<string[]> => (await read(target)).map(({ subject }) => subject);
const mbox = (...names: string[]): string =>
  names.map((name) => `From a@b.example Mon Mar  2 09:30:00 2026\nSubject: ${name}\n\n>From here\n\n`).join('');

it('reads an mbox, whatever it is called', async () => {
  expect(await subjects(await file('Inbox', mbox('one', 'two')))).toEqual(['one', 'two']);
});

it('reads an mbox of many chunks', async () => {
  const names = Array.from({ length: 3000 }, (_, index) => `message ${index} ${'x'.repeat(900)}`);
  const target = await file('large.mbox', mbox(...names));
  const seen: number[] = [];
  const messages = await read(target, { onProgress: (bytes) => seen.push(bytes) });
  expect(messages.map(({ subject }) => subject)).toEqual(names);
  expect(seen.at(-1)).toBe(await mailFileBytes(target));
  expect(seen.length).toBeGreaterThan(2);
});

it('reads one .eml, also one of headers alone', async () => {
  expect(await subjects(await file('one.eml', 'Subject: one\r\n\r\nFrom here on it is text\r\n'))).toEqual(['one']);
  expect(await subjects(await file('short.eml', '\ufeffSubject: two\n'))).toEqual(['two']);
});

it('reads a folder with its sub-folders in the order of names, mail files only', async () => {
  await file('box/b.eml', 'Subject: b\n\n');
  await file('box/a/2.EML', 'Subject: a2\n\n');
  await file('box/a/1.mbox', mbox('a1', 'a1b'));
  await file('box/readme.txt', 'no mail');
  await file('box/empty.eml', '');
  const messages = await read(path.join(folder, 'box'));
  expect(messages.map(({ subject }) => subject)).toEqual(['a1', 'a1b', 'a2', 'b']);
  expect(path.basename(messages[3]!.file)).toBe('b.eml');
});

it('gives the beginning of bodies on request alone', async () => {
  const target = await file('bodies.mbox', mbox('one'));
  expect((await read(target))[0]).not.toHaveProperty('body');
  expect((await read(target, { bodyLimit: 100 }))[0]?.body?.toString()).toBe('From here\n');
  expect((await read(await file('body.eml', 'A: b\n\nhello world'), { bodyLimit: 5 }))[0]?.body?.toString()).toBe('hello');
});

it('an empty mailbox is an empty mailbox', async () => {
  expect(await read(await file('empty.mbox', ''))).toEqual([]);
});

describe('a torn file', () => {
  it('gives all before the tear, then names the byte and what to do', async () => {
    const whole = mbox('one', 'two');
    const target = await file('torn.mbox', `${whole}From a@b.example Mon Mar  2 09:30:00 2026\nSubject: thr`);
    const before: MailFileMessage[] = [];
    await expect(read(target, {}, before)).rejects.toMatchObject({
      code: 'mail.torn',
      offset: whole.length,
      message: expect.stringContaining(`head -c ${whole.length}`),
    });
    expect(before.map(({ subject }) => subject)).toEqual(['one', 'two']);
  });

  it('may be a warning, and an open end always is one', async () => {
    const warnings: MailFileWarning[] = [];
    const onWarning = (warning: MailFileWarning) => warnings.push(warning);
    expect(
      await read(await file('torn2.mbox', `${mbox('one')}From a@b.example Mon Mar  2 09:30:00 2026\nSub`), { onWarning }),
    ).toHaveLength(1);
    expect(await read(await file('open.mbox', mbox('one').trimEnd()), { onWarning })).toHaveLength(1);
    expect(warnings.map(({ code }) => code)).toEqual(['mail.torn', 'mail.open_end']);
    await expect(read(await file('torn.eml', 'Subject: on'))).rejects.toMatchObject({ code: 'mail.torn' });
  });
});

it.each<[string, string, string, string]>([
  ['an Outlook data file', '!BDN....', 'mail.unknown', '.pst'],
  ['an Outlook message', '\xd0\xcf\x11\xe0....', 'mail.unknown', '.msg'],
  ['an archive', 'PK\x03\x04....', 'mail.unknown', 'Unpack'],
  ['data', '{"client": {}}', 'mail.unknown', 'no mail file'],
  ['a text', 'Dear all,\nhello', 'mail.unknown', 'no mail file'],
])('refuses %s with a sentence', async (_what, content, code, words) => {
  const target = await file('refused.mbox', Buffer.from(content, 'latin1'));
  await expect(read(target)).rejects.toMatchObject({ name: 'MailFileError', code, message: expect.stringContaining(words) });
});

it('says that a path is wrong or a folder empty', async () => {
  await expect(read(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'mail.missing' });
  await mkdir(path.join(folder, 'hollow'));
  await expect(read(path.join(folder, 'hollow'))).rejects.toMatchObject({ code: 'mail.empty_folder' });
});

const sample = '../shared/data/mail/threads.mbox';
(existsSync(sample) ? it : it.skip)('reads the sample of real mail (needs ../shared)', async () => {
  const messages = await read(sample);
  expect(messages).toHaveLength(563);
  expect(messages.filter(({ inReplyTo }) => inReplyTo.length > 0)).toHaveLength(492);
  expect(messages.filter(({ references }) => references.length > 0)).toHaveLength(490);
  expect(messages.every(({ messageId, sentAt, from, subject }) => messageId && sentAt && from.length === 1 && subject)).toBe(true);
});
