import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measure } from '../../bot/measure/command.ts';
import type { Figures } from '../../bot/measure/rules.ts';

export type Mail = {
  /** The local part of the Message-ID; null for a message without one. */
  id?: string | null;
  from?: string;
  to?: string;
  cc?: string;
  subject?: string;
  /** Hours after Monday, 2 March 2026, 09:00 UTC; null for no Date header. */
  at?: number | null;
  /** Ids of In-Reply-To, of References. */
  replyTo?: string;
  references?: string[];
  headers?: Record<string, string>;
};

export const START = Date.UTC(2026, 2, 2, 9);
export const hoursIn = (hours: number): Date => new Date(START + hours * 3_600_000);
export const rfcDate = (hours: number): string => hoursIn(hours).toUTCString().replace('GMT', '+0000');

export const CLIENT = 'Cleo <cleo@client.example>';
export const PROVIDER = 'Ana <ana@provider.example>';
export const fromClient = (mail: Mail): Mail => ({ from: CLIENT, to: PROVIDER, ...mail });
export const fromProvider = (mail: Mail): Mail => ({ from: PROVIDER, to: CLIENT, ...mail });

let made = 0;
/** One message as it stands in an mbox; valid with nothing given. */
export function written({
  id,
  from = CLIENT,
  to = PROVIDER,
  cc,
  subject = 'Offer',
  at = 0,
  replyTo,
  references,
  headers = {},
}: Mail): string {
  const fields: Record<string, string | undefined> = {
    ...headers,
    From: from,
    To: to,
    Cc: cc,
    Subject: subject,
    Date: at === null ? undefined : rfcDate(at),
    'Message-ID': id === null ? undefined : `<${id ?? `made-${made++}`}@mail.example>`,
    'In-Reply-To': replyTo && `<${replyTo}@mail.example>`,
    References: references?.map((one) => `<${one}@mail.example>`).join(' '),
  };
  const head = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\n`]));
  return `From a@b.example Mon Mar  2 09:00:00 2026\n${head.join('')}\ntext\n\n`;
}

export type Outcome = { code: number; out: string; errors: string };

/** Runs the command in this process on a clock that stands at noon of 1 June 2026. */
export async function command(argv: string[], stdout: { columns?: number } = {}, styled = false): Promise<Outcome> {
  let out = '';
  let errors = '';
  const code = await measure(argv, {
    stdout: {
      ...stdout,
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      write: (text) => {
        errors += text;
      },
    },
    clock: { now: () => new Date('2026-06-01T12:00:00Z') },
    styled,
  });
  return { code, out, errors };
}

export async function withMailbox<T>(mails: (Mail | string)[], use: (file: string, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'measure-'));
  try {
    const file = path.join(folder, 'mail.mbox');
    await writeFile(file, mails.map((mail) => (typeof mail === 'string' ? mail : written(mail))).join(''));
    return await use(file, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const SIDE_OPTIONS = ['--client', 'client.example', '--provider', 'provider.example'];

/** The figures of a small mailbox. */
export const figures = (mails: (Mail | string)[], ...options: string[]): Promise<Figures> =>
  withMailbox(mails, async (file) => {
    const { code, out, errors } = await command(['--mail', file, ...SIDE_OPTIONS, '--json', ...options]);
    if (code !== 0) throw new Error(errors);
    return JSON.parse(out) as Figures;
  });

/** How a mailbox of one or two threads counts, in short: answers and open ones of each side, and the medians from the first message. */
export async function short(mails: (Mail | string)[], ...options: string[]): Promise<string> {
  const { client, provider } = await figures(mails, ...options);
  const side = (one: Figures['client']) => `${one.answered} in ${one.fromFirst.medianHours} h, ${one.open} open`;
  return `provider ${side(provider)}; client ${side(client)}`;
}
