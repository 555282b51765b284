import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { Figures } from '../../bot/measure/rules.ts';
import { sideFinder } from '../../bot/measure/sides.ts';
import { CLIENT, command, fromClient, fromProvider, PROVIDER, SIDE_OPTIONS, withMailbox } from './mailbox.ts';

const talk = [
  fromClient({ id: 'a' }),
  fromProvider({ id: 'b', at: 4, replyTo: 'a' }),
  fromClient({ id: 'c', at: 30, replyTo: 'b' }),
  fromClient({ id: 'd', at: 31, replyTo: 'c' }),
  fromProvider({ id: 'e', at: 200, subject: 'Invoices' }),
  fromClient({ at: 2000, replyTo: 'e', subject: 'Re: Invoices' }),
];

describe('options', () => {
  it.each<[string, string[], string]>([
    ['nothing', [], '--mail is missing'],
    ['no client', ['--mail', 'x', '--provider', 'p.example'], '--client is missing'],
    ['no provider', ['--mail', 'x', '--client', 'c.example'], '--provider is missing'],
    ['an option without its value', ['--mail', '--client', 'c.example'], '--mail needs a value'],
    ['an option at the end', ['--mail'], '--mail needs a value'],
    ['an empty value', ['--mail', 'x', '--client=', '--provider', 'p.example'], '--client needs a value'],
    ['nothing but commas', ['--mail', 'x', '--client', ',', '--provider', 'p.example'], '--client needs a value'],
    ['an unknown option', [...SIDE_OPTIONS, '--sla', '4'], 'There is no option --sla'],
    ['a value for --json', [...SIDE_OPTIONS, '--json=yes'], 'There is no option --json=yes'],
    ['a stray word', ['inbox.mbox', ...SIDE_OPTIONS], 'inbox.mbox belongs to no option'],
    ['an option twice', ['--mail', 'x', ...SIDE_OPTIONS, '--client', 'd.example'], '--client is there twice'],
    ['a public mail domain', ['--mail', 'x', '--client', 'gmail.com', '--provider', 'p.example'], 'gmail.com is a public mail service'],
    [
      'another one, among others',
      ['--mail', 'x', '--client', 'c.example', '--provider', 'p.example,Outlook.com'],
      'outlook.com is a public',
    ],
    ['no domain', ['--mail', 'x', '--client', 'contoso', '--provider', 'p.example'], '"contoso" is not a domain'],
    [
      'one entry on both sides',
      ['--mail', 'x', '--client', 'c.example', '--provider', 'p.example,C.example'],
      'c.example stands under --client and',
    ],
    ['an unknown way to count', ['--mail', 'x', ...SIDE_OPTIONS, '--addressed', 'cc'], 'Write --addressed to, to-or-cc or thread'],
    ['a day that does not exist', ['--mail', 'x', ...SIDE_OPTIONS, '--as-of', '2026-02-30'], '--as-of 2026-02-30 is no instant'],
    ['a time without its zone', ['--mail', 'x', ...SIDE_OPTIONS, '--as-of', '2026-02-03T10:00'], 'with its zone'],
  ])('%s: a sentence and 2', async (_what, argv, words) => {
    const { code, out, errors } = await command(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain(words);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });

  it('--help says what there is', async () => {
    const { code, out } = await command(['--mail', '--help']);
    expect(code).toBe(0);
    for (const option of ['--mail', '--client', '--provider', '--addressed', '--as-of', '--calendar', '--json'])
      expect(out).toContain(option);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('take addresses at public services, @domain, *.domain and the form with =', () =>
    withMailbox([fromClient({ to: 'bo@gmail.com' })], async (file) => {
      const { code, out } = await command([
        `--mail=${file}`,
        '--client',
        '@CLIENT.example, *.other.example',
        '--provider=bo@gmail.com',
        '--json',
      ]);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ provider: { open: 1 } });
    }));
});

it('finds the side by whole address, then the longest domain', () => {
  const sideOf = sideFinder({ client: ['group.example', 'ana@desk.group.example'], provider: ['desk.group.example', 'bo@group.example'] });
  const sides = [
    'x@group.example',
    'x@a.group.example',
    'x@desk.group.example',
    'x@a.desk.group.example',
    'ana@desk.group.example',
    'bo@group.example',
    'x@agroup.example',
  ];
  expect(sides.map(sideOf)).toEqual(['client', 'client', 'provider', 'provider', 'client', 'provider', undefined]);
});

describe('files', () => {
  it('a missing one: a sentence and 1', async () => {
    const { code, errors } = await command(['--mail', '/nowhere/inbox.mbox', ...SIDE_OPTIONS]);
    expect({ code, errors }).toEqual({ code: 1, errors: '/nowhere/inbox.mbox does not exist. Check the path.\n' });
  });

  it('a torn one: the byte, what to do, and 1', () =>
    withMailbox([...talk, 'From a@b.example Mon Mar  2 09:00:00 2026\nFrom: Cl'], async (file) => {
      const { code, out, errors } = await command(['--mail', file, ...SIDE_OPTIONS]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(errors).toMatch(/at byte \d+, is cut off.*head -c \d+/);
    }));

  it('one with an open end is measured, with a note', () =>
    withMailbox([...talk, 'From a@b.example Mon Mar  2 09:00:00 2026\nFrom: x@y.example\n\nhalf a li'], async (file) => {
      const { code, out, errors } = await command(['--mail', file, ...SIDE_OPTIONS, '--json']);
      expect(code).toBe(0);
      expect(errors).toMatch(/^Note: The last message of .* may have been cut/);
      expect(JSON.parse(out)).toMatchObject({ provider: { answered: 1 } });
    }));

  it('an empty one gives nulls', () =>
    withMailbox([], async (file) => {
      const { code, out } = await command(['--mail', file, ...SIDE_OPTIONS, '--json']);
      expect(code).toBe(0);
      expect(out).not.toMatch(/NaN|Infinity|undefined/);
      expect(JSON.parse(out)).toMatchObject({ client: { answered: 0, openShare: null, medianWithOpenHours: null, working: null } });
      expect((await command(['--mail', file, ...SIDE_OPTIONS])).out).not.toMatch(/NaN|Infinity|undefined|null/);
    }));
});

describe('a calendar', () => {
  const weekdays = (interval: [string, string]) =>
    Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((name) => [name, [interval]]));
  const calendars = {
    client: { zone: 'Europe/Berlin', hours: weekdays(['09:00', '17:00']), holidays: [] },
    provider: { zone: 'Asia/Manila', hours: weekdays(['09:00', '18:00']), holidays: ['2026-03-03'] },
  };
  const measured = (content: string, mails = talk) =>
    withMailbox(mails, async (file, folder) => {
      const calendar = path.join(folder, 'calendars.json');
      await writeFile(calendar, content);
      return command(['--mail', file, ...SIDE_OPTIONS, '--json', '--calendar', calendar]);
    });

  it('gives the working time of the side that answers', async () => {
    const answers = [
      fromClient({ id: 'a', at: 0 }), // Monday 17:00 in Manila, an hour before the end; Tuesday is a holiday there
      fromProvider({ id: 'b', at: 41, replyTo: 'a' }), // Wednesday 10:00 in Manila
      fromClient({ at: 48, replyTo: 'b' }), // from Wednesday 03:00 to 10:00 in Berlin: one hour
    ];
    const { client, provider } = JSON.parse((await measured(JSON.stringify(calendars), answers)).out) as Figures;
    expect(provider).toMatchObject({ fromFirst: { medianHours: 41 }, working: { fromFirst: { medianHours: 2, p90Hours: 2 } } });
    expect(client).toMatchObject({
      fromFirst: { medianHours: 7 },
      working: { fromFirst: { medianHours: 1 }, fromLast: { medianHours: 1 } },
    });
  });

  it.each<[string, unknown, string]>([
    ['is missing for a side', { client: calendars.client }, '"provider" is missing'],
    [
      'has a wrong time',
      { ...calendars, client: { ...calendars.client, hours: { mon: [['9', '17:00']] } } },
      '"client.hours.mon.0.0": write a time',
    ],
    [
      'has a wrong weekday',
      { ...calendars, client: { ...calendars.client, hours: { monday: [] } } },
      'client.hours: "monday" is not known',
    ],
    ['has a wrong date', { ...calendars, provider: { ...calendars.provider, holidays: ['3 March'] } }, '"provider.holidays'],
    ['has an unknown field', { ...calendars, owner: 1 }, '"owner" is not known'],
    [
      'has an unknown zone',
      { ...calendars, provider: { ...calendars.provider, zone: 'Mars/Base' } },
      'provider: unknown time zone "Mars/Base"',
    ],
  ])('%s: the field and 2', async (_what, content, words) => {
    const { code, errors } = await measured(JSON.stringify(content));
    expect(code).toBe(2);
    expect(errors).toContain(words);
  });

  it('that is no JSON, or not there', async () => {
    expect(await measured('{,}')).toMatchObject({ code: 2, errors: expect.stringContaining('is not JSON') });
    expect(await command(['--mail', 'x', ...SIDE_OPTIONS, '--calendar', '/nowhere.json'])).toMatchObject({ code: 1 });
  });
});

describe('what people read', () => {
  const report = (mails: Parameters<typeof withMailbox>[0], options: string[] = [], columns = 100) =>
    withMailbox(mails, async (file) => (await command(['--mail', file, ...SIDE_OPTIONS, ...options], { columns })).out);

  it('has both sides side by side, what waits since when, what took longest', async () => {
    const out = await report(talk);
    expect(out).toMatch(/Mail +6 messages, 2 Mar 2026 to 24 May 2026/);
    expect(out).toMatch(/client\.example +provider\.example/);
    expect(out).toMatch(/Questions answered +2 +1\n/);
    expect(out).toMatch(/half within, +from the first message +38\.0 days +4\.0 h\n/);
    expect(out).toMatch(/share of all questions +0 % +67 %/);
    expect(out).toMatch(/half of all questions answered within +38\.0 days +not yet/);
    expect(out).toMatch(/Waiting for provider\.example since\n +3 Mar 2026 15:00 +89\.9 days {2}Offer {2}\(2 messages\)/);
    expect(out).toMatch(/What took longest\n 75\.0 days {2}until 24 May 2026 {2}by client\.example +Invoices\n +26\.0 h/);
  });

  it('blames nobody', async () => {
    const out = await report(talk);
    expect(`${out}${(await command(['--help'])).out}`).not.toMatch(/debtor|creditor|\bowe|overdue|breach|broken|fail|\bSLA\b/i);
  });

  it.each([60, 80, 100, 200])('fits %d columns', async (columns) => {
    const long = 'A rather long subject about the reconciliation of the second shift '.repeat(4);
    const out = await report(
      [fromClient({ id: 'l', subject: long }), fromProvider({ at: 9, replyTo: 'l' }), fromClient({ subject: `你好${'世界'.repeat(80)}` })],
      [],
      columns,
    );
    const limit = Math.max(80, Math.min(columns, 110));
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(limit);
  });

  it('takes nothing from mail but plain characters', async () => {
    const hostile = '=?utf-8?q?=1B[31mred=1B]0;title=07_=E2=80=AEdecnavda=9B=C2=9B2J_a=0D=0Ab=08?=';
    const out = await report([
      fromClient({ subject: hostile }),
      fromClient({ subject: `=?utf-8?q?${'e=CC=81=CC=81=CC=81=CC=81=CC=81=CC=81'.repeat(9)}?=` }),
    ]);
    expect(out).toMatch(/red/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be printed
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Bidi_Control}/u);
    expect(out).not.toMatch(/\p{M}{4}/u);
  });

  it('is bold and dim only where asked', () =>
    withMailbox(talk, async (file) => {
      const plain = await command(['--mail', file, ...SIDE_OPTIONS]);
      const styled = await command(['--mail', file, ...SIDE_OPTIONS], {}, true);
      expect(plain.out).not.toContain('\u001b');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the styles
      expect(styled.out.replace(/\u001b\[(?:1|2|22)m/g, '')).toBe(plain.out);
    }));

  it('says what was left aside, and helps when nothing was found', async () => {
    const headers = { 'Auto-Submitted': 'auto-replied' };
    const aside = await report([
      ...talk,
      fromClient({ id: 'a' }),
      fromProvider({ headers }),
      fromClient({ at: null }),
      fromClient({ at: 5000 }),
    ]);
    expect(aside).toMatch(/Left aside: 1 automatic message, 1 without a date, 1 later than the day of measuring, 1 further\scopy\./);
    const others = await report([{ from: 'x@third.example', to: PROVIDER }, fromProvider({ to: 'x@third.example' })]);
    expect(others).toContain('No message of the client was found. Most mail comes from third.example (1), provider.example (1).');
    const apart = await report([fromClient({ to: 'x@third.example' }), fromProvider({ to: 'x@third.example', cc: CLIENT })]);
    expect(apart).toMatch(/try --addressed\s+to-or-cc or thread\./);
  });

  it('lists the ten longest waits and counts the others', async () => {
    const out = await report(Array.from({ length: 14 }, (_, index) => fromClient({ at: index * 24, subject: `Question ${index}` })));
    expect(out.match(/Question \d+/g)).toEqual(Array.from({ length: 10 }, (_, index) => `Question ${index}`));
    expect(out).toContain('and 4 more since 12 Mar 2026 or later');
  });
});

it('shows how far it is on a terminal, and leaves nothing behind', () =>
  withMailbox(talk, async (file) => {
    const { measure } = await import('../../bot/measure/command.ts');
    let errors = '';
    const stderr = {
      isTTY: true,
      write: (text: string) => {
        errors += text;
      },
    };
    await measure(['--mail', file, ...SIDE_OPTIONS], {
      stdout: { write: () => undefined },
      stderr,
      clock: { now: () => new Date('2026-06-01') },
      styled: false,
    });
    expect(errors).toContain('100 %');
    expect(errors.endsWith('\r\u001b[2K')).toBe(true);
  }));

it(
  'runs as a command',
  () =>
    withMailbox(talk, async (file) => {
      const run = promisify(execFile)(process.execPath, [
        'infra/run.mjs',
        'bot/measure/main.ts',
        '--mail',
        file,
        ...SIDE_OPTIONS,
        '--json',
      ]);
      expect(JSON.parse((await run).stdout)).toMatchObject({
        provider: { answered: 1, fromFirst: { medianHours: 4 } },
        client: { answered: 2 },
      });
      await expect(promisify(execFile)(process.execPath, ['infra/run.mjs', 'bot/measure/main.ts'])).rejects.toMatchObject({ code: 2 });
    }),
  30_000,
);

const sample = '../shared/data/mail/threads.mbox';
(existsSync(sample) ? it : it.skip)('measures the sample of real mail as known (needs ../shared)', async () => {
  const options = ['--mail', sample, '--client', 'client.example', '--provider', 'provider-a.example', '--json'];
  const { out } = await command([...options, '--addressed', 'to-or-cc', '--as-of', '2026-11-01']);
  expect(JSON.parse(out)).toMatchObject({
    provider: { answered: 38, fromFirst: { medianHours: 46.4 }, fromLast: { medianHours: 42.64 } },
    client: { answered: 37, fromFirst: { medianHours: 8.36 }, fromLast: { medianHours: 7.56 } },
  });
});
