import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readTenant, writeCharters } from '../../infra/local/tenant/index.ts';
import { fillDays, readDay, readMoment, readStart } from '../../infra/local/tenant/moments.ts';
import { mailsOf } from './support/fold.ts';

describe('moments', () => {
  // A Monday, 10:10 in Amsterdam.
  const anchor = { at: new Date('2026-11-23T09:10:00Z'), zone: 'Europe/Amsterdam' };

  it.each([
    ['-2d 10:12 Europe/Amsterdam', '2026-11-21T09:12:00Z'],
    ['-1wd 10:12 Europe/Amsterdam', '2026-11-20T09:12:00Z'],
    ['last working day 16:40 Asia/Manila', '2026-11-20T08:40:00Z'],
    ['next working day 09:00', '2026-11-24T08:00:00Z'],
    ['+5wd 09:00 Asia/Kolkata', '2026-11-30T03:30:00Z'],
    ['-20wd 09:00', '2026-10-26T08:00:00Z'],
    ['-21wd 09:00', '2026-10-23T07:00:00Z'],
    ['today 9:05', '2026-11-23T08:05:00Z'],
    ['2026-03-29 02:30', '2026-03-29T01:30:00Z'],
    ['-55m', '2026-11-23T08:15:00Z'],
    ['+2h', '2026-11-23T11:10:00Z'],
    ['40s later', '2026-11-01T00:00:40Z'],
    ['2026-11-20T09:10+08:00', '2026-11-20T01:10:00Z'],
  ])('%s', (text, at) => expect(readMoment(text, anchor, 'Europe/Amsterdam', new Date('2026-11-01T00:00:00Z'))).toEqual(new Date(at)));

  it.each(['yesterday 10:00', 'today', 'today 25:00', 'today 10:00 Asia/Atlantis', '-3 10:00', ''])('not %p', (text) =>
    expect(() => readMoment(text, anchor, 'Europe/Amsterdam')).toThrow(/Write/),
  );

  it('days, and days in text', () => {
    expect(readDay('-1wd', anchor)).toBe('2026-11-20');
    expect(fillDays('on {{ weekday +2wd }}, {{day +2wd}} ({{ +2wd }})', anchor)).toBe('on Wednesday, 25 November (2026-11-25)');
    expect(() => fillDays('{{ soon }}', anchor)).toThrow(/no day/);
  });

  it.each([
    ['2026-11-22T03:12:00Z', '2026-11-20T09:10:00Z'],
    ['2026-11-23T09:09:59Z', '2026-11-20T09:10:00Z'],
    ['2026-11-23T09:10:00Z', '2026-11-23T09:10:00Z'],
  ])('the clock that is started at %s starts at %s', (now, start) => {
    expect(readStart('last working day 17:10 Asia/Manila', new Date(now))).toEqual(new Date(start));
    expect(readStart('last working day 17:10 Asia/Manila', new Date(start))).toEqual(new Date(start));
  });
});

const SMALL = `name: Contoso
domain: contoso.example
zone: Europe/Amsterdam
clock: { start: last working day 17:10 Asia/Manila, agreed: -20wd 10:00 }
looking: anna
companies:
  fabrikam: { name: Fabrikam, zone: Asia/Manila }
people:
  anna: { name: Anna, address: Anna@contoso.example }
  joan: { name: Joan, address: joan@fabrikam.example, company: fabrikam }
mailboxes: [anna]
channels:
  - { partnership: fabrikam, team: Partners, name: Fabrikam, members: [anna, joan] }
charters: { fabrikam: fabrikam.yaml }
mail:
  - subject: A question
    mails:
      - { at: -1wd 10:00, from: anna, to: joan, flag: { due: +1wd } }
      - { at: -1wd 17:00, from: joan }
      - { at: 30s later, from: joan, text: 'One more thing' }
`;

describe('a tenant folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rapport-tenant-'));
    await writeFile(path.join(folder, 'tenant.yaml'), SMALL);
    await writeFile(path.join(folder, 'fabrikam.yaml'), 'effective: {{ -20wd }}\n');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const anchor = new Date('2026-11-23T12:00:00Z');
  const read = () => readTenant(folder, { anchor, root: folder });
  const change = (from: string, to: string) => writeFile(path.join(folder, 'tenant.yaml'), SMALL.replace(from, to));
  const problem = async (from: string, to: string) => {
    await change(from, to);
    return read().then(
      () => 'nothing wrong',
      (error: Error) => error.message.replaceAll(`${path.join(folder, 'tenant.yaml')}:`, ''),
    );
  };

  it('says who and what there is', async () => {
    const tenant = await read();
    expect(tenant).toMatchObject({
      name: 'Contoso',
      clockStartAt: new Date('2026-11-23T09:10:00Z'),
      agreedAt: new Date('2026-10-26T09:00:00Z'),
      firstLooking: { key: 'anna', address: 'anna@contoso.example' },
    });
    expect(tenant.people.map(({ kind, zone }) => [kind, zone])).toEqual([
      ['member', 'Europe/Amsterdam'],
      ['guest', 'Asia/Manila'],
    ]);
    expect(tenant.people[1]!.userPrincipalName).toBe('joan_fabrikam.example#EXT#@contoso.onmicrosoft.com');
    expect(tenant.charters).toEqual([{ slug: 'fabrikam', fileName: 'fabrikam.yaml', text: 'effective: 2026-10-26\n' }]);
  });

  it('writes mail as people do: answers go back to the author, in his zone, with headers', async () => {
    const [asked, answered, more] = await mailsOf(await read());
    expect(asked).toMatchObject({
      subject: 'A question',
      to: [{ address: 'joan@fabrikam.example' }],
      marks: [{ on: 'anna@contoso.example', flag: 'flagged', flagDueAt: new Date('2026-11-24T00:00:00Z') }],
    });
    expect(answered).toMatchObject({
      subject: 'Re: A question',
      to: [{ address: 'anna@contoso.example' }],
      inReplyTo: [asked!.messageId],
      sentAt: new Date('2026-11-20T09:00:00Z'),
    });
    expect(more).toMatchObject({
      to: [{ address: 'anna@contoso.example' }],
      references: [asked!.messageId, answered!.messageId],
      sentAt: new Date('2026-11-20T09:00:30Z'),
    });
  });

  it('reads mail files from the folder or from the root, without their text', async () => {
    await mkdir(path.join(folder, 'old'));
    const mbox = (id: string) =>
      `From x Fri Nov 20 09:00:00 2026\nFrom: Joan <joan@fabrikam.example>\nTo: Anna <anna@contoso.example>\nSubject: Old ${id}\nDate: Fri, 20 Nov 2026 17:00:00 +0800\nMessage-ID: <${id}@x>\nX-Priority: 1\nAuto-Submitted: auto-replied\n\nText.\n\n`;
    await writeFile(path.join(folder, 'old', 'a.mbox'), mbox('1') + mbox('2').replace(/Date:.*\n/, ''));
    await change('mail:\n', 'mail:\n  - old/a.mbox\n');
    const mails = (await mailsOf(await read())).filter(({ subject }) => subject.startsWith('Old'));
    expect(mails).toEqual([
      expect.objectContaining({
        messageId: '<1@x>',
        importance: 'high',
        text: null,
        sentAt: new Date('2026-11-20T09:00:00Z'),
        headers: [{ name: 'auto-submitted', value: 'auto-replied' }],
      }),
    ]);
  });

  it('reads invitations: the meeting, and the mail that it came in', async () => {
    const ics = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'METHOD:REQUEST',
      'BEGIN:VEVENT',
      'UID:series-1',
      'SUMMARY:Weekly',
      'DTSTAMP:20261116T080000Z',
      'DTSTART;TZID=W. Europe Standard Time:20261117T100000',
      'DTEND;TZID=W. Europe Standard Time:20261117T103000',
      'RRULE:FREQ=WEEKLY;BYDAY=TU',
      'EXDATE;TZID=W. Europe Standard Time:20261124T100000',
      'ORGANIZER;CN=Anna:mailto:Anna@contoso.example',
      'ATTENDEE;CN=Joan:mailto:joan@fabrikam.example',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n');
    await writeFile(path.join(folder, 'weekly.ics'), ics);
    await change('mail:\n', 'mail:\n  - weekly.ics\n');
    const tenant = await read();
    expect(tenant.meetings).toEqual([
      expect.objectContaining({
        id: 'series-1',
        startAt: new Date('2026-11-17T09:00:00Z'),
        minutes: 30,
        zone: 'Europe/Amsterdam',
        recurrence: 'FREQ=WEEKLY;BYDAY=TU',
        cancelledAt: [new Date('2026-11-24T09:00:00Z')],
      }),
    ]);
    expect((await mailsOf(tenant)).find(({ meeting }) => meeting)).toMatchObject({
      subject: 'Weekly',
      meeting: 'request',
      from: { address: 'anna@contoso.example' },
      sentAt: new Date('2026-11-16T08:00:00Z'),
    });
  });

  it('writes charters only when they say something new', async () => {
    const tenant = await read();
    const target = path.join(folder, 'charters', 'fabrikam.yaml');
    await writeCharters(tenant, path.dirname(target));
    expect(await readFile(target, 'utf8')).toBe('effective: 2026-10-26\n');
  });

  it.each([
    ['a missing part', 'zone: Europe/Amsterdam\n', '', '1:1: "zone" is missing.'],
    [
      'an unknown part',
      'looking:',
      'watching: anna\nlooking:',
      '5:11: "watching" is not known here. Remove it, or look at the README of the tenant folders.',
    ],
    [
      'a wrong moment',
      'at: -1wd 10:00',
      'at: at ten',
      '18:15: "at ten" is no moment. Write it like -2wd 10:12 Europe/Amsterdam, today 16:40, +30m, 40s later or 2026-11-20T09:10Z.',
    ],
    ['an unknown person', 'to: joan,', 'to: john,', '18:43: "john" is neither the key of a person nor a mail address.'],
    [
      'a mailbox elsewhere',
      'mailboxes: [anna]',
      'mailboxes: [joan]',
      '11:13: Joan is not of this company: his mailbox lies elsewhere. Take it out.',
    ],
    [
      'a channel without a charter',
      'partnership: fabrikam',
      'partnership: litware',
      '13:20: There is no charter "litware". Name one of the charters.',
    ],
    [
      'an unknown member',
      'members: [anna, joan]',
      'members: [anna, jo]',
      '13:78: There is no "jo" among the people. Write the key of one.',
    ],
    [
      'a charter that is not there',
      'fabrikam: fabrikam.yaml',
      'fabrikam: f.yaml',
      '14:23: f.yaml cannot be read (ENOENT). Put the charter there.',
    ],
    ['an address that is none', 'joan@fabrikam.example', 'joan at fabrikam', '10:32: "address": This is not a mail address.'],
    ['no YAML', 'people:', 'people: [', expect.stringMatching(/This is not YAML/)],
  ])('names file, line and mend: %s', async (_what, from, to, message) => expect(await problem(from, to)).toEqual(message));

  it('says which mail file is not there, and what to do about it', async () => {
    await change('mail:\n', 'mail:\n  - { file: ../archive.mbox, when it is missing: Get the archive first. }\n');
    await expect(read()).rejects.toThrow(`../archive.mbox is neither in ${folder} nor in ${folder}. Get the archive first.`);
    await rm(path.join(folder, 'tenant.yaml'));
    await expect(read()).rejects.toThrow(/tenant.yaml cannot be read \(ENOENT\). A tenant folder holds a tenant.yaml./);
  });
});
